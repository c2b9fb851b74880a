/* SPDX-License-Identifier: MIT */
#include "cli/phrases.h"

#include <math.h>
#include <string.h>

#include "cli/answer.h"

void phrases_ahead_or_behind(struct text *out, double offset_ns)
{
	if (!isfinite(offset_ns)) {
		text_char(out, '-');
		return;
	}
	answer_add_duration(out, fabs(offset_ns));
	text_add(out, offset_ns < 0 ? " behind" : " ahead");
}

void phrases_compare(struct text *out, double offset_ns, const char *with)
{
	if (fabs(offset_ns) < 0.5) {
		text_add(out, "level with ");
	} else {
		phrases_ahead_or_behind(out, offset_ns);
		text_add(out, offset_ns > 0 ? " of " : " ");
	}
	text_add(out, with);
}

void phrases_wrap(struct text *out, const char *string, size_t indent, size_t width)
{
	size_t column = indent;

	while (*string) {
		const size_t length = strcspn(string, " ");

		if (column > indent && column + 1 + length > width) {
			text_char(out, '\n');
			text_pad(out, out->length_bytes, indent);
			column = indent;
		} else if (column > indent) {
			text_char(out, ' ');
			column++;
		}
		text_add_bytes(out, string, length);
		column += length;
		string += length + strspn(string + length, " ");
	}
}
