/* daemon/step_budget: how much of makestep's and maxchange's budgets is used up since the machine
 * was started. SPDX-License-Identifier: MIT
 *
 * Without it every restart of the program would buy a liar, who can bring about a crash, new steps.
 * It stands beside the drift file, and counts for the boot alone that it was written in: after a
 * boot the clock may be far off, and the budgets are whole. */
#pragma once

#include "daemon/log.h"
#include "node/node.h"

#define STEP_BUDGET_BOOT_SIZE 40 /* with the terminating zero */

/* This boot's name; "" = not known, then nothing is remembered. */
void step_budget_boot(char boot_out[STEP_BUDGET_BOOT_SIZE]);
/* What was used up in the boot of that name: nothing if the file is another boot's, or not there,
 * or wrong, which is said. driftfile "": nothing is remembered. */
struct node_spent step_budget_load(const char *driftfile, const char *boot, const struct log *log);
/* numbers: of STATE_FILE_SPENT. 0, or -errno of os/state_file. */
NODISCARD int step_budget_save(const char *driftfile, const char *boot, const char *numbers,
                               size_t length_bytes);
