/* sim/forger: what somebody beside the path sends in another's name. SPDX-License-Identifier: MIT
 *
 * It sees nothing of what passes, so it cannot know the random number that a reply must bring back
 * (RFC 5905, origin timestamp); everything else it may guess rightly. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

/* Makes a forgery out of a true datagram, in its place: any bits may be others, its end may be cut
 * off or be longer. Returns the new length, 0..size_bytes. */
size_t forger_alter(struct rng *rng, uint8_t *bytes, size_t length_bytes, size_t size_bytes);
