/* report/sentence: the phrases that sentences about clocks share. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* "300 ms ahead", "12.0 us behind"; with is_of "300 ms ahead of". */
void sentence_ahead_or_behind(struct text *out, double offset_ns, bool is_of);
/* "(-200 us .. +310 us)" */
void sentence_interval(struct text *out, double low_ns, double high_ns);
/* "3 of 4 sources" */
void sentence_count_of(struct text *out, double part, double whole, const char *noun);
