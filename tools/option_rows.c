/* SPDX-License-Identifier: MIT
 * Prints the words of the configuration that are known: for tools/chrony-compatibility. */
#include "daemon/option_rows.h"

int main(void)
{
	option_rows_print(stdout);
	return 0;
}
