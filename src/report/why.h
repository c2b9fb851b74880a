/* report/why: each source's state as a word and as a sentence. SPDX-License-Identifier: MIT
 *
 * The numbers that decided, node_source_status.reason[0..3], mean, by state (durations in ns,
 * offsets as reference - clock):
 *
 *   FALSETICKER      own offset, own root distance, low and high end of the agreed interval
 *   DISTANT          root distance, maxdistance
 *   TOO_DISTANT      root distance, limit (combinelimit times the best one's)
 *   JITTERY          jitter, maxjitter
 *   STRATUM          its stratum, minstratum, maxstratum
 *   IMPLAUSIBLE      UTC that it claims, the floor, in ns since 1970
 *   TIE, NO_MAJORITY agreeing sources, voters
 *   MINSOURCES       selectable sources, minsources; not 0 when a `require` is not met
 *   WAITING          sources that have had their say, sources that are awaited
 *   OUTLIER          offset from the mean of the others, sd of that
 *   STALE            polls in a row without a good reply
 *   all others       nothing */
#pragma once

#include "base/text.h"
#include "report/report.h"

/* "falseticker"; never NULL. */
const char *why_word(enum source_state state);

/* "not used: it is 300 ms ahead of the interval that 3 of 4 sources agree on (…); a falseticker" */
void why_source(struct text *out, const struct node_source_status *source,
                const struct node_status *status);

/* "synchronised to ntp1 (stratum 2): …", or why not. */
void why_clock(struct text *out, const struct report_subject *subject);
