/* cli/report_print: an answer on standard output, in the form that was asked for.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/answer.h"
#include "cli/options.h"

void report_print(const struct answer *answer, const struct options *options);
