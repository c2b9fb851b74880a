/* control/mode6_variables: what is known, as ntpd's variables: `name=value, …`.
 * SPDX-License-Identifier: MIT
 *
 * Private to mode6. Times in milliseconds, offsets positive when the clock is behind. */
#pragma once

#include "base/text.h"
#include "node/node.h"

struct mode6_variables {
	struct text text;
	const char *names; /* those asked for, with commas between them; "" = all */
};

void mode6_variables_system(struct mode6_variables *variables, const char *version,
                            const struct node *node, struct instant now);
void mode6_variables_source(struct mode6_variables *variables,
                            const struct node_source_status *source, struct instant now);
