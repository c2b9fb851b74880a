/* SPDX-License-Identifier: MIT */
#include "estimate/path_watch.h"

#include <assert.h>
#include <math.h>

/* A round trip this far below the floor is none of the old path's. Raised: shorter paths go
 * unnoticed and spoil the law; lowered: reading noise looks like a shorter path. */
#define BELOW_NOISE_SD 8.5
#define BELOW_LATENESS 0.7

/* A round trip below the floor by less than that, but by so many noise sd, shows that the floor was
 * learnt too high. Raised: such exchanges look impossible and are held back; lowered: the floor
 * follows the noise. */
#define TOO_HIGH_NOISE_SD 6.0

/* Two of them within so many exchanges are a shorter path. */
#define FAST_WITHIN 16

/* Before this many exchanges the floor is a guess and simply corrected. */
#define YOUNG_COUNT 64

/* From this one on, a run of slow exchanges is held back. */
#define HOLD_FROM 3

/* A run is another path if it stands this many times its own spread above the floor. Raised: small
 * changes of route are taken for lateness; lowered: queues are taken for routes. */
#define CLEAR_OF_FLOOR 3.0

/* Share of the round trips that count as slow: rarer ones make runs certain and small. */
#define SLOW_QUANTILE 0.92
#define SLOW_RENEWED  32

/* The asymmetry is taken to be 0 if the readings allow that within 4 sd; a new one is booked only
 * if more than 6 sd and 2 tau, with the other direction's floor moving less than a fifth as much.
 */
#define SYMMETRIC_SD  4.0
#define ONE_WAY_SD    6.0
#define ONE_WAY_TAU   2.0
#define ONE_WAY_SHARE 0.2

/* A slow rise: the fastest recent round trip is above this share of the older ones. */
#define RISEN_SHARE   0.25
#define RISEN_HISTORY 80

void path_watch_reset(struct path_watch *watch)
{
	*watch = (struct path_watch){ .run_count = 0 };
}

/* The new floors by the fastest exchange of each direction against the coasting clock. */
static struct path_move measure_move(const struct path_scene *scene,
                                     const struct timed_reading *readings, unsigned count,
                                     bool is_abrupt)
{
	const struct path_law *law = scene->law;
	const double tau_s = scene->lateness_s, own_s = tau_s / count;
	double forth_s = INFINITY, back_s = INFINITY, delay_s = INFINITY, away_s = 0;
	double sd_s, skew_s, forth_move_s, back_move_s;
	struct path_move move = { .asymmetry_s = law->asymmetry_s };

	for (unsigned i = 0; i < count; i++) {
		const struct reading *reading = &readings[i].reading;
		const double dt_s = (double)(readings[i].at_ns - scene->at_ns) * 1e-9;
		const double offset_s = scene->track->offset_s + scene->track->frequency * dt_s;
		const double ahead_s = reading->middle_s - offset_s;

		forth_s = fmin(forth_s, reading->delay_s / 2 + ahead_s);
		back_s = fmin(back_s, reading->delay_s / 2 - ahead_s);
		delay_s = fmin(delay_s, reading->delay_s);
		away_s = fmax(away_s, fabs(dt_s));
	}
	/* so long before, or after, the clock may have been elsewhere than the track says */
	sd_s = sqrt(scene->track->variance + away_s * away_s * scene->track->frequency_variance +
	            law->noise_s * law->noise_s + own_s * own_s);
	skew_s = (forth_s - back_s) / 2;
	forth_move_s = fabs(forth_s - law->floor_s - law->asymmetry_s);
	back_move_s = fabs(back_s - law->floor_s + law->asymmetry_s);
	if (fabs(skew_s) < SYMMETRIC_SD * sd_s || fabs(skew_s) > delay_s / 2) {
		/* nothing can be read off; no direction takes less than no time */
		move.asymmetry_s = 0;
		move.floor_s = (delay_s - own_s) / 2;
		return move;
	}
	if (is_abrupt &&
	    fabs(skew_s - law->asymmetry_s) > fmax(ONE_WAY_SD * sd_s, ONE_WAY_TAU * tau_s) &&
	    fmin(forth_move_s, back_move_s) < ONE_WAY_SHARE * fmax(forth_move_s, back_move_s))
		move.asymmetry_s = skew_s;
	if (fabs(move.asymmetry_s) > 0)
		move.asymmetry_variance = sd_s * sd_s;
	move.floor_s = (forth_s + back_s) / 2 - 0.5 * own_s; /* even the fastest were late */
	return move;
}

static enum path_outcome lower_floor(struct path_watch *watch, const struct timed_reading *now,
                                     struct path_move *move_out)
{
	watch->run_count = 0;
	*move_out = (struct path_move){ .floor_s = now->reading.delay_s / 2 };
	return PATH_LOWER_FLOOR;
}

static enum path_outcome judge_fast(struct path_watch *watch, const struct path_scene *scene,
                                    const struct timed_reading *now, struct path_move *move_out)
{
	double slower_s, before_s = INFINITY;

	if (scene->exchanges_count < YOUNG_COUNT)
		return lower_floor(watch, now, move_out);
	watch->run_count = 0;
	if (watch->fast_count > 0 && scene->exchanges_count - watch->fast_at_count > FAST_WITHIN)
		watch->fast_count = 0;
	watch->fast[watch->fast_count++] = *now;
	watch->fast_at_count = scene->exchanges_count;
	if (watch->fast_count < 2)
		return PATH_HOLD;

	watch->fast_count = 0;
	slower_s = fmax(watch->fast[0].reading.delay_s, watch->fast[1].reading.delay_s);
	for (unsigned age = 0; age < PATH_RUN_MAX && age < scene->history->count; age++)
		before_s =
			fmin(before_s, history_entry_at_age(scene->history, age)->reading.delay_s);
	*move_out = measure_move(scene, watch->fast, 2,
	                         before_s - slower_s > ONE_WAY_TAU * scene->lateness_s);
	return PATH_MOVED;
}

static void begin_run(struct path_watch *watch, const struct history *history)
{
	double before_s[HISTORY_MAX + 1];
	const unsigned count = history_sort_delays(history, 0, PATH_RUN_MAX, before_s);

	watch->is_before_known = count > 4;
	if (watch->is_before_known)
		watch->before_s = before_s[count / 2];
}

static enum path_outcome judge_slow(struct path_watch *watch, const struct path_scene *scene,
                                    const struct timed_reading *now, struct path_move *move_out)
{
	double delays_s[PATH_RUN_MAX], spread_s, excess_s;
	unsigned count;
	bool is_abrupt;

	if (watch->run_count == 0)
		begin_run(watch, scene->history);
	watch->run[watch->run_count++ % PATH_RUN_MAX] = *now;
	if (watch->run_count < HOLD_FROM)
		return PATH_AS_USUAL;

	count = watch->run_count < PATH_RUN_MAX ? watch->run_count : PATH_RUN_MAX;
	for (unsigned i = 0; i < count; i++)
		delays_s[i] = watch->run[i].reading.delay_s;
	history_sort(delays_s, count);
	spread_s = delays_s[count / 2] - delays_s[0];
	excess_s = delays_s[0] - 2 * scene->law->floor_s;
	if (!(excess_s > CLEAR_OF_FLOOR * spread_s && excess_s > 2 * scene->law->noise_s))
		return PATH_AS_USUAL;
	if (count < PATH_RUN_MAX)
		return PATH_HOLD;

	is_abrupt =
		watch->is_before_known && delays_s[0] - watch->before_s > CLEAR_OF_FLOOR * spread_s;
	*move_out = measure_move(scene, watch->run, count, is_abrupt);
	return PATH_MOVED;
}

enum path_outcome path_watch_judge(struct path_watch *watch, const struct path_scene *scene,
                                   const struct timed_reading *now, struct path_move *move_out)
{
	const double below_s =
		fmax(BELOW_NOISE_SD * scene->law->noise_s, BELOW_LATENESS * scene->lateness_s);
	const double above_s = now->reading.delay_s - 2 * scene->law->floor_s;
	enum path_outcome outcome = PATH_AS_USUAL;

	if (above_s < -below_s)
		outcome = judge_fast(watch, scene, now, move_out);
	else if (above_s < -TOO_HIGH_NOISE_SD * scene->law->noise_s)
		outcome = lower_floor(watch, now, move_out);
	else if (watch->is_slow_known && now->reading.delay_s > watch->slow_delay_s)
		outcome = judge_slow(watch, scene, now, move_out);
	else
		watch->run_count = 0;
	if (outcome == PATH_MOVED) {
		watch->run_count = 0;
		watch->is_slow_known = false;
	}
	return outcome;
}

double path_watch_floor_s(const struct path_watch *watch, const struct path_law *law)
{
	double floor_s = law->floor_s;

	for (unsigned i = 0; i < watch->fast_count; i++)
		floor_s = fmin(floor_s, watch->fast[i].reading.delay_s / 2);
	return floor_s;
}

void path_watch_learn(struct path_watch *watch, const struct history *history,
                      unsigned law_age_count)
{
	double delays_s[HISTORY_MAX + 1];
	unsigned count;

	if (history->count < PATH_RECENT ||
	    (watch->is_slow_known && law_age_count % SLOW_RENEWED != 0))
		return;
	count = history_sort_delays(history, 0, HISTORY_MAX, delays_s);
	watch->slow_delay_s = delays_s[(unsigned)(SLOW_QUANTILE * count)];
	watch->is_slow_known = true;
}

bool path_watch_has_risen(const struct history *history)
{
	double least_s = INFINITY;
	unsigned faster = 0;

	if (history->count < RISEN_HISTORY)
		return false;
	for (unsigned age = 0; age < history->count; age++) {
		const double delay_s = history_entry_at_age(history, age)->reading.delay_s;

		if (age < PATH_RECENT)
			least_s = fmin(least_s, delay_s);
		else
			faster += delay_s < least_s;
	}
	return faster > RISEN_SHARE * (history->count - PATH_RECENT);
}

void path_watch_shift(struct path_watch *watch, double shift_s)
{
	for (unsigned i = 0; i < PATH_RUN_MAX; i++)
		watch->run[i].reading.middle_s -= shift_s;
	for (unsigned i = 0; i < 2; i++)
		watch->fast[i].reading.middle_s -= shift_s;
}
