/* refclock/refclock_numbering: which second a pulse begins. SPDX-License-Identifier: MIT
 *
 * A pulse recurs each interval and says nothing else. Once the clock is right to a fraction of
 * that, it knows by itself; before, another clock must say. When the two contradict each other the
 * clock is right, as no oscillator gains a second: the number-giver had a bad moment, or its week
 * counter overflowed. Only one that insists for longer than a receiver takes to hear all that its
 * satellites say, while nobody else has a say, is given in to: then the start was the wrong one.
 * Not if it had agreed for as long before: then it knew all that by then, and is the one that
 * changed. Unless a leap second may have come that nobody announced. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct numbering_rules {
	double rate_hz;
	double width_s; /* 0 = not known */
};

/* What somebody says of the offset: the truth is within `half_s` of it. */
struct numbering_opinion {
	bool is_there;
	int64_t offset_ns;
	double half_s;
};

struct numbering {
	unsigned doubts_count;    /* pulses in a row to which the giver gives another number … */
	struct free_time doubted; /* … since … */
	bool is_proven;           /* … after it had agreed for so long that it is the wrong one */
	bool has_agreed;
	struct free_time agreed, agreed_until; /* the giver and the clock, first and last */
	unsigned ambiguous_share; /* of the last pulses, in 1/256: half a pulse off the giver */
	double giver_off_s;       /* giver minus pulse, of the last; NaN = none */
	bool is_following_giver;
};

enum numbering_verdict {
	NUMBERING_DONE,
	NUMBERING_NOBODY,
	NUMBERING_AMBIGUOUS,
	NUMBERING_WRONG_EDGE
};

void numbering_init(struct numbering *numbering);

/* offset_ns: of the pulse, modulo its interval. `clock`: the kept time; is_alone: nobody but this
 * clock and its giver stands for it. *offset_ns_out only on NUMBERING_DONE. */
enum numbering_verdict numbering_find(struct numbering *numbering,
                                      const struct numbering_rules *rules, struct free_time at,
                                      int64_t offset_ns, const struct numbering_opinion *clock,
                                      const struct numbering_opinion *giver, bool is_alone,
                                      int64_t *offset_ns_out);

/* The giver has been about half a pulse off for a while: either second is as likely. */
bool numbering_is_ambiguous(const struct numbering *numbering);
