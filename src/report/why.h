/* report/why: why the clock is synchronised, or is not, in a sentence. SPDX-License-Identifier: MIT
 */
#pragma once

#include "base/text.h"
#include "report/report.h"

/* "synchronised to ntp1 and 1 other: …", or why not. */
void why_clock(struct text *out, const struct report_subject *subject);
