/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <string.h>

void report_rows_add(struct report_rows *rows, const void *row)
{
	rows->on_row(rows->to, row);
}

const char *report_field_unit(const struct report_field *field)
{
	/* longest first, where one ends in another */
	static const char *const units[] = { "log2_s", "q16_s", "ntp64", "bytes", "count",
		                             "index",  "ppm",   "ppb",   "ns",    "us",
		                             "ms",     "hz",    "s" };
	const size_t length = strlen(field->name);

	if (field->type == REPORT_TIME)
		return "ns";
	for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
		const size_t unit_length = strlen(units[i]);

		if (length > unit_length && field->name[length - unit_length - 1] == '_' &&
		    strcmp(field->name + length - unit_length, units[i]) == 0)
			return units[i];
	}
	return "";
}

const char *report_type_name(enum report_type type)
{
	static const char *const names[] = {
		[REPORT_INTEGER] = "integer", [REPORT_COUNT] = "integer",
		[REPORT_WORD] = "integer",    [REPORT_OCTAL] = "octal",
		[REPORT_REAL] = "real",       [REPORT_BOOLEAN] = "boolean",
		[REPORT_LETTER] = "text",     [REPORT_TEXT] = "text",
		[REPORT_CHARS] = "text",      [REPORT_TIME] = "time",
	};

	return names[type];
}
