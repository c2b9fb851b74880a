/* discipline/discipline: a chosen estimate -> clock commands. SPDX-License-Identifier: MIT
 *
 * Phase and frequency are independent: the frequency is set to what is estimated, the phase error
 * is slewed away on top of it and the slew ends by its own deadline. It steps only when the
 * operator's rules say so. It does not choose sources and does not know what is true; whoever calls
 * it does. */
#pragma once

#include "base/instant.h"
#include "discipline/discipline_options.h"
#include "discipline/fallback.h"
#include "discipline/timeline.h"
#include "estimate/exchange.h"
#include "source/outbox.h"
#include "source/trace.h"

struct discipline {
	struct discipline_options options;
	struct trace_sink trace;
	struct timeline timeline;
	bool can_adjust; /* false: -x: estimate only */
	bool is_refused; /* the driver did not carry out the last command: the clock runs as before
	                  */
	bool has_estimate;
	struct estimate estimate; /* the last one followed */
	double frequency;         /* s/s: correction of the oscillator, without any slew */
	double compensation;      /* s/s, beside both: what the temperature takes */
	double slew;              /* s/s of the moment, on top */
	int64_t slew_ns;          /* what it brings in all */
	struct mono_time slew_from, slew_end; /* MONO_TIME_NEVER = none */
	bool is_stepping;                     /* a step was commanded that is no leap second */
	int32_t steps_left;                   /* makestep's budget; < 0 = unlimited */
	int32_t ignores_left;                 /* maxchange's */
	uint64_t updates_count, steps_count;
	int64_t last_offset_ns;  /* reference - local, as the last update found it, less what */
	int64_t last_pending_ns; /* was being slewed already */
	double mean_square_offset_s2; /* of the former; long-term, factor 0.1 */
	bool is_mean_begun;
	double sd_before_s;         /* of the last estimate but one, when the last one came */
	double mean_square_news_s2; /* of what an update says that the one before did not */
	double mean_variance_s2;    /* of the estimates meanwhile */
	struct fallback fallback;
	struct mono_time last_update;
	double update_interval_s;
	/* what every clock command repeats */
	bool is_synchronised;
	int64_t error_max_ns, error_estimate_ns;
	enum leap leap;
	int16_t tai_offset_s;
};

enum discipline_outcome {
	DISCIPLINE_UPDATED,
	DISCIPLINE_STEPPED,
	DISCIPLINE_IGNORED, /* maxchange: too big, not followed this time */
	DISCIPLINE_GAVE_UP, /* maxchange: too big once too often */
};

/* initial_frequency: s/s to start with, from the drift file. */
void discipline_init(struct discipline *discipline, const struct discipline_options *options,
                     const struct trace_sink *trace, bool can_adjust, double initial_frequency,
                     struct instant now);
/* The first command: sets the initial frequency, no slew. */
void discipline_on_start(struct discipline *discipline, struct outbox *out);

/* interval_s: expected time until the next update; > 0. The caller has set the repeated fields. */
enum discipline_outcome discipline_on_estimate(struct discipline *discipline,
                                               const struct estimate *estimate, double interval_s,
                                               struct instant now, struct outbox *out);
/* Ends a slew that is due. */
void discipline_on_deadline(struct discipline *discipline, struct mono_time now,
                            struct outbox *out);
struct mono_time discipline_deadline(const struct discipline *discipline);
/* When the last update is so long ago that a mean rate is better (fallbackdrift), or a longer one;
 * MONO_TIME_NEVER = never. */
struct mono_time discipline_fallback_deadline(const struct discipline *discipline);
void discipline_fall_back(struct discipline *discipline, struct mono_time now, struct outbox *out);

/* What the driver did. */
void discipline_on_adjusted(struct discipline *discipline, struct local_time at, double frequency,
                            int64_t step_ns, int error);
/* Steps by what is still to be corrected, whatever makestep says (the operator asked). */
void discipline_step_now(struct discipline *discipline, struct instant now, struct outbox *out);
/* As `makestep` in the configuration; the budget of steps begins anew. */
void discipline_set_makestep(struct discipline *discipline, double threshold_s, int32_t limit);
/* Speeds the clock up by `frequency`, and slews it by offset_ns, against what is known of it. */
void discipline_shift(struct discipline *discipline, double frequency, int64_t offset_ns,
                      struct instant now, struct outbox *out);
/* The clock is sped up by so much, for what its oscillator loses at the present temperature: what
 * is called the free clock is the one so corrected. */
void discipline_set_compensation(struct discipline *discipline, double rate, struct outbox *out);
/* Repeats the command of the moment, because leap, synchronised or the errors changed. */
void discipline_refresh(struct discipline *discipline, struct outbox *out);
/* A leap second: a step that is no correction, beside all budgets; a slew of the moment goes on. */
void discipline_leap(struct discipline *discipline, int64_t step_ns, struct outbox *out);
/* Slews what is still to be corrected as fast as it may. */
void discipline_slew_now(struct discipline *discipline, struct instant now, struct outbox *out);
/* The last command: the clock runs on by its frequency alone, what is left of a slew is not done.
 */
void discipline_on_exit(struct discipline *discipline, struct outbox *out);
/* Somebody else moved the clock: what was estimated is void, the frequency is kept. */
void discipline_on_clock_jumped(struct discipline *discipline, struct outbox *out);

/* reference - local at `now` by the last estimate: what is still to be corrected; 0 without one. */
int64_t discipline_offset_ns(const struct discipline *discipline, struct local_time now);
