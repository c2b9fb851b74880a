/* estimate/flywheel: a clock that nobody trusts for its time, and everybody for its steadiness.
 * SPDX-License-Identifier: MIT
 *
 * A source that is noisy or seldom asked cannot tell its own noise from the oscillator's wandering.
 * Its exchanges are therefore also looked at as if a steadier clock had stamped them: against that
 * they lie on nearly a straight line, which is worth averaging for hours. What is found so is put
 * back on the free clock by what the steady clock itself says against it. */
#pragma once

#include <stdbool.h>

#include "estimate/exchange.h"

/* flywheel: the steady clock - free clock. Its stamps instead of the free clock's. */
struct exchange flywheel_exchange(const struct estimate *flywheel, const struct exchange *exchange);

/* against: reference - steady clock. Returns reference - free clock, at the later of both. */
struct estimate flywheel_estimate(const struct estimate *flywheel, const struct estimate *against);

/* Do two estimates of the same offset contradict each other at `when`, by what both claim? Of two
 * that rest on the same exchanges, either is then wrong. */
bool flywheel_is_contradicted(const struct estimate *with, const struct estimate *without,
                              struct free_time when);
