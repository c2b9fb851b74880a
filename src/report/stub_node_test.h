/* report/stub_node_test: a subject with known numbers, for the tests of reports.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "report/report.h"

#define STUB_SOURCES 4

/* Four sources: one leads, one helps, one lies by 300 ms, one has no address; clock synchronised.
 */
void stub_subject(struct report_subject *subject);
