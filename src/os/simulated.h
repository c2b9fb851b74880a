/* os/simulated: are libc's calls replaced? SPDX-License-Identifier: MIT
 *
 * Simulators of clocks and networks do that, by a library that is loaded before it. There the date,
 * and the machine's boot, are not those of the world; and what they do not know, they abort at. */
#pragma once

#include <stdbool.h>

bool simulated_is(void);
