/* cli/report_view: a report as a table for people. SPDX-License-Identifier: MIT
 *
 * A report that is not known here is shown too: all its fields, as the daemon describes them. */
#pragma once

#include <stdio.h>

#include "cli/answer.h"

/* Columns of the terminal on standard output; 0 = it is none. */
size_t report_view_width(void);

/* Long sentences are wrapped at `width`; 0 = never. */
void report_view_print(const struct answer *answer, size_t width, FILE *out);
