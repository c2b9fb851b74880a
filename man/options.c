/* SPDX-License-Identifier: MIT
 * Prints the manual's part that is made of the option tables. Built and run with the manual only.
 */
#include "daemon/daemon_config.h"

int main(void)
{
	daemon_config_document(stdout);
	return 0;
}
