/* report/why_source: a source's state as a word and as a sentence. SPDX-License-Identifier: MIT
 *
 * The numbers that decided, node_source_status.reason[0..3], mean, by state (durations in ns,
 * offsets as reference - clock):
 *
 *   FALSETICKER      own offset, low and high end of the agreed interval, agreeing sources
 *   DISTANT, JITTERY root distance or jitter, the limit
 *   STRATUM          its stratum, the limit that it breaks
 *   IMPLAUSIBLE      UTC that it claims, the floor, in ns since 1970
 *   TIE, NO_MAJORITY agreeing sources, voters
 *   MINSOURCES       selectable sources, minsources (no more than that: a `require` is not met)
 *   TOO_DISTANT      root distance, combinelimit (a factor)
 *   OUTLIER          root distance, combinelimit, own offset
 *   STALE            polls in a row without a good reply, ns since the last one
 *   all others       nothing that is said here */
#pragma once

#include "base/text.h"
#include "node/node.h"

/* "falseticker"; never NULL. */
const char *why_source_word(enum source_state state);

/* "not used: it is 300 ms ahead of the interval that 3 of 4 sources agree on (…); a falseticker" */
void why_source(struct text *out, const struct node_source_status *source,
                const struct node_status *status);
/* It has not spoken for eight polls. What it said before may steer the clock all the same. */
bool why_source_is_silent(const struct node_source_status *source);
