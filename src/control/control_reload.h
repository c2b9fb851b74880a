/* control/control_reload: what a reload of the configuration changed, as an answer.
 * SPDX-License-Identifier: MIT
 *
 * {"done":"reload","removed":[LINE…],"added":[LINE…],"restart":[DIRECTIVE…],"warnings":[TEXT…]}:
 * `restart` names the directives whose change waits for the next start. Or, and then nothing was
 * changed, {"error":TEXT,"mistakes":[TEXT…]}. */
#pragma once

#include "base/text.h"
#include "config/config_diff.h"
#include "config/config_errors.h"

struct control_reload {
	const char *error; /* NULL: it was done */
	const struct config_diff *diff;
	const char *const *restart;
	size_t restart_count;
	const struct config_errors *errors; /* and warnings; NULL = none */
};

/* Ended by a newline, never cut: lines that find no room are left out, and counted in
 * "left_out". */
void control_reload_answer(const struct control_reload *reload, struct text *reply);
