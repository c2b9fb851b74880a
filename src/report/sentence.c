/* SPDX-License-Identifier: MIT */
#include "report/sentence.h"

#include <math.h>

void sentence_ahead_or_behind(struct text *out, double offset_ns, bool is_of)
{
	text_duration(out, fabs(offset_ns));
	text_add(out, offset_ns < 0 ? " behind" : " ahead");
	if (is_of && offset_ns >= 0)
		text_add(out, " of");
}

void sentence_interval(struct text *out, double low_ns, double high_ns)
{
	text_add(out, low_ns < 0 ? "(" : "(+");
	text_duration(out, low_ns);
	text_add(out, high_ns < 0 ? " .. " : " .. +");
	text_duration(out, high_ns);
	text_char(out, ')');
}

void sentence_count_of(struct text *out, double part, double whole, const char *noun)
{
	text_fixed(out, part, 0);
	text_add(out, " of ");
	text_fixed(out, whole, 0);
	text_char(out, ' ');
	text_add(out, noun);
	text_add(out, whole == 1 ? "" : "s");
}
