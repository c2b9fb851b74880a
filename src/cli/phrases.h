/* cli/phrases: numbers as people say them, shared by all views. SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"

/* reference minus clock -> what the reference is: "12.3 us ahead"; "-" when not finite. */
void phrases_ahead_or_behind(struct text *out, double offset_ns);
/* The same with what it is compared with: "12.3 us ahead of true time", "level with true time". */
void phrases_compare(struct text *out, double offset_ns, const char *with);
/* Breaks `string` at blanks so that no line is longer than `width`; continued lines are indented.
 */
void phrases_wrap(struct text *out, const char *string, size_t indent, size_t width);
