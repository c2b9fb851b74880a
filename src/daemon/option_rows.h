/* daemon/option_rows: which words of chrony's configuration are known here, one a line, for tools.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

/* Three columns with tabs between: the word, the directive (or driver) that it is an option of or
 * "-", and "there", "not-yet" (accepted, without effect) or "obsolete". */
void option_rows_print(FILE *out);
