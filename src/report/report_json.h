/* report/report_json: values and reports as JSON, RFC 8259. SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "report/report.h"

/* With its quotes. Bytes that are no UTF-8 become U+FFFD, control characters are escaped: the text
 * may come from anybody. */
void report_json_string(struct text *out, const char *string);
/* null when not finite. Ten significant digits. */
void report_json_real(struct text *out, double value);

/* {"report":…,"summary":…,"fields":[{"name","unit","type","text"}…],"rows":[{…}…]} */
void report_json_write(struct text *out, const struct report *report,
                       const struct report_subject *subject);
