/* SPDX-License-Identifier: MIT */
#include "estimate/law_fit.h"

#include <assert.h>
#include <math.h>

/* Shares of the lateness classes before anything is known, and how many readings that counts for.
 * Raised: rare lateness is believed in longer; lowered: a few late packets bend the law. */
static const double usual_share[LATENESS_CLASSES] = { 0.93, 0.05, 0.02 };
#define USUAL_READINGS 8.0

/* How much of the other direction's statistics a direction takes for its own. */
#define SHARED_READINGS 0.3

/* log(s / tau) ~ N(-1, 2^2): lateness tends to be more than noise. The skew costs 4 nats a unit. */
#define RATIO_MEAN (-1.0)
#define RATIO_SD   2.0
#define SKEW_COST  4.0

/* The noise of a reading is never believed to be less than this share of the precision. Raised:
 * fine structure of coarse clocks is lost; lowered: rounding errors, which are all alike on an idle
 * network, are averaged as if they were not. */
#define PRECISION_SHARE 0.5

/* Nats per e-fold that s or tau lies below the precision of the clocks. */
#define PRECISION_COST 100.0

/* Search steps: grow on success, shrink on failure, within limits. */
#define STEP_GROWS   1.5
#define STEP_SHRINKS 0.6
#define STEP_MIN     0.03
#define STEP_MAX     1.0

/* A past wander above this times the present one is not believed in a replay. */
#define WANDER_EXCUSE 30.0

/* Fresh starts look at this many of the newest exchanges; if that means dropping older ones they
 * must be better by this many nats. Raised: a changed path is followed later; lowered: good data is
 * thrown away on a whim. */
#define FRESH_WINDOW    128
#define FRESH_ADVANTAGE 16.0

/* Offsets after a break are anywhere (sd 1 s), the frequency has changed by about 1e-4. */
#define BREAK_VARIANCE           1.0
#define BREAK_FREQUENCY_VARIANCE 1e-8

/* Age, in exchanges, that a law is taken back to when its path changes: learning is quick again. */
#define AGE_AFTER_MOVE    9
#define AGE_AFTER_RESTART 24

/* Until now many the law is only a guess from the spread of the round trips. */
#define FEW 8

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static void set_usual_shares(struct law_guess *guess)
{
	for (unsigned way = 0; way < 2; way++)
		for (unsigned k = 0; k < LATENESS_CLASSES; k++)
			guess->share[way][k] = usual_share[k];
}

static void set_steps(struct law_fit *fit, double step)
{
	for (unsigned i = 0; i < LAW_PARAMETERS; i++)
		fit->step[i] = step;
}

void law_fit_start(struct law_fit *fit, double delay_s, double precision_s)
{
	*fit = (struct law_fit){ .exchanges_count = 1, .precision_s = precision_s };
	fit->guess.at[LAW_LOG_NOISE] = log(larger(delay_s, 0) / 50 + precision_s);
	fit->guess.at[LAW_LOG_LATENESS] = log(larger(delay_s, 0) / 20 + precision_s);
	fit->guess.at[LAW_FLOOR] = delay_s / 2;
	set_usual_shares(&fit->guess);
	set_steps(fit, 0.7);
}

static struct path_law law_of(const struct law_guess *guess, double precision_s, double asymmetry_s)
{
	const double lateness_s[2] = { exp(guess->at[LAW_LOG_LATENESS] + guess->at[LAW_SKEW]),
		                       exp(guess->at[LAW_LOG_LATENESS] - guess->at[LAW_SKEW]) };
	struct path_law law = { .floor_s = guess->at[LAW_FLOOR],
		                .noise_s = larger(exp(guess->at[LAW_LOG_NOISE]),
		                                  PRECISION_SHARE * precision_s),
		                .asymmetry_s = asymmetry_s };

	path_law_set_lateness(&law, lateness_s, guess->share);
	return law;
}

struct path_law law_fit_law(const struct law_fit *fit, double asymmetry_s)
{
	return law_of(&fit->guess, fit->precision_s, asymmetry_s);
}

double law_fit_noise_s(const struct law_fit *fit)
{
	return exp(fit->guess.at[LAW_LOG_NOISE]);
}

double law_fit_lateness_s(const struct law_fit *fit)
{
	return exp(fit->guess.at[LAW_LOG_LATENESS] + fabs(fit->guess.at[LAW_SKEW]));
}

static double log_prior(const struct law_guess *guess, double precision_s)
{
	const double noise = guess->at[LAW_LOG_NOISE], lateness = guess->at[LAW_LOG_LATENESS];
	const double ratio = (noise - lateness - RATIO_MEAN) / RATIO_SD, least = log(precision_s);
	double sum = -0.5 * ratio * ratio - SKEW_COST * fabs(guess->at[LAW_SKEW]);

	for (unsigned way = 0; way < 2; way++)
		for (unsigned k = 0; k < LATENESS_CLASSES; k++)
			sum += USUAL_READINGS / 2 * usual_share[k] *
			       log(guess->share[way][k] / usual_share[k]);
	sum -= PRECISION_COST * larger(least - noise, 0);
	sum -= PRECISION_COST * larger(least - lateness, 0);
	return sum;
}

typedef double class_sums[2][LATENESS_CLASSES];

/* Log density of the newest `count` readings under the guess. With sums: adds up how probably each
 * reading was of each class. */
static double replay(const struct law_fit *fit, const struct law_guess *guess,
                     const struct law_past *past, unsigned count, class_sums sums)
{
	const struct history *history = past->history;
	const struct path_law law = law_of(guess, fit->precision_s, past->asymmetry_s);
	struct path_update update = { .rounds = sums ? 2 : 1, .wants_classes = sums != NULL };
	struct track track = history->start;
	int64_t at_ns = history->start_at_ns;
	double sum = 0;

	if (count < history->count) {
		track = history_entry_at_age(history, count)->after;
		at_ns = history_entry_at_age(history, count)->at_ns;
	} else {
		count = history->count;
	}
	if (!(history_entry_at_age(history, 0)->bend > 0))
		track = track_level(&track);
	track.variance *= 4; /* it has seen the future through its law */
	track.covariance *= 4;
	track.frequency_variance *= 4;
	track.trend_offset *= 4;
	track.trend_frequency *= 4;
	track.trend_variance *= 4;
	for (unsigned age = count; age-- > 0;) {
		const struct history_entry *entry = history_entry_at_age(history, age);
		struct belief belief;

		track_predict(&track, (double)(entry->at_ns - at_ns) * 1e-9,
		              fmin(entry->wander, WANDER_EXCUSE * past->wander));
		if (entry->bend > 0)
			track_bend(&track, (double)(entry->at_ns - at_ns) * 1e-9, entry->bend);
		at_ns = entry->at_ns;
		if (entry->is_break) {
			track.offset_s = entry->reading.middle_s;
			track.variance = BREAK_VARIANCE;
			track.covariance = track.trend_offset = 0;
			track.frequency_variance += BREAK_FREQUENCY_VARIANCE;
		}
		belief = (struct belief){ track.offset_s, track.variance };
		sum += path_law_update(&law, &entry->reading, &belief, &update);
		track_learn_offset(&track, belief.mean_s, belief.variance);
		for (unsigned k = 0; sums && k < LATENESS_CLASSES; k++) {
			sums[PATH_FORTH][k] += update.classes[PATH_FORTH][k];
			sums[PATH_BACK][k] += update.classes[PATH_BACK][k];
		}
	}
	return sum;
}

static double score(const struct law_fit *fit, const struct law_guess *guess,
                    const struct law_past *past, unsigned count)
{
	return replay(fit, guess, past, count, NULL) + log_prior(guess, fit->precision_s);
}

/* One step of expectation maximisation for the shares. Returns the score before it, under the new
 * shares' prior. */
static double improve_shares(const struct law_fit *fit, struct law_guess *guess,
                             const struct law_past *past, unsigned count)
{
	class_sums sums = { { 0 } };
	const double before = replay(fit, guess, past, count, sums);

	for (unsigned way = 0; way < 2; way++) {
		double sum = 0;

		for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
			guess->share[way][k] = sums[way][k] + SHARED_READINGS * sums[!way][k] +
			                       USUAL_READINGS * usual_share[k];
			sum += guess->share[way][k];
		}
		for (unsigned k = 0; k < LATENESS_CLASSES; k++)
			guess->share[way][k] /= sum;
	}
	return before + log_prior(guess, fit->precision_s);
}

/* Pattern search: `moves` times the next parameter is tried a step lower, then higher. */
static double climb(struct law_fit *fit, struct law_guess *guess, double step[LAW_PARAMETERS],
                    const struct law_past *past, unsigned count, unsigned moves, double present)
{
	while (moves-- > 0) {
		const unsigned i = fit->turn;
		const double noise_s = exp(guess->at[LAW_LOG_NOISE]);
		const double spread_s = hypot(noise_s, exp(guess->at[LAW_LOG_LATENESS]));
		const double unit = i == LAW_FLOOR ? sqrt(noise_s * spread_s) : 1;
		const double stay = guess->at[i];
		double tried = present;

		fit->turn = (fit->turn + 1) % LAW_PARAMETERS;
		for (int sign = -1; sign <= 1 && !(tried > present); sign += 2) {
			guess->at[i] = stay + sign * step[i] * unit;
			tried = score(fit, guess, past, count);
		}
		if (tried > present) {
			present = tried;
			step[i] = fmin(step[i] * STEP_GROWS, STEP_MAX);
		} else {
			guess->at[i] = stay;
			step[i] = larger(step[i] * STEP_SHRINKS, STEP_MIN);
		}
	}
	return present;
}

/* Standard deviation of the round trips as their quartiles have it, and their median. */
static double spread_of(const double *delays_s, unsigned count, double *median_out)
{
	const double median_s = (delays_s[count / 2] + delays_s[(count - 1) / 2]) / 2;
	double spread_s;

	*median_out = median_s;
	if (count < FEW)
		return (delays_s[count - 1] - delays_s[0]) / (count > 2 ? 2 : 1);
	spread_s = (delays_s[3 * count / 4] - delays_s[count / 4]) / 1.35;
	if (median_s - delays_s[0] < 3 * spread_s)
		spread_s = larger(spread_s, (median_s - delays_s[0]) / 1.7);
	return spread_s;
}

/* The best law found from four shapes (s / tau) scaled to the spread of the newest `count` round
 * trips. */
static struct law_guess start_fresh(struct law_fit *fit, const struct law_past *past,
                                    unsigned count, unsigned moves, double *score_out)
{
	static const double shape[] = { 0.05, 0.35, 1.5, 6 };
	static const double step_first[LAW_PARAMETERS] = { .3, .3, .3, .7 };
	double delays_s[HISTORY_MAX + 1], step[LAW_PARAMETERS] = { .7, .5, .3, .7 };
	double median_s, spread_s, most = -INFINITY;
	struct law_guess best = fit->guess;
	unsigned found = history_sort_delays(past->history, 0, count, delays_s);

	if (past->history->is_whole && found < FEW) {
		delays_s[found++] = past->history->first.delay_s;
		history_sort(delays_s, found);
	}
	spread_s = larger(spread_of(delays_s, found, &median_s), fit->precision_s);
	for (unsigned i = 0; i < sizeof shape / sizeof shape[0]; i++) {
		const double lateness_s = spread_s / sqrt(2 * (1 + shape[i] * shape[i]));
		struct law_guess guess = { .at = { 0 } };
		double have;

		guess.at[LAW_LOG_NOISE] = log(larger(shape[i] * lateness_s, fit->precision_s));
		guess.at[LAW_LOG_LATENESS] = log(larger(lateness_s, fit->precision_s));
		guess.at[LAW_FLOOR] = (median_s - 1.75 * lateness_s) / 2;
		set_usual_shares(&guess);
		have = score(fit, &guess, past, count);
		if (i < 2) { /* hard walls are judged by where exactly they stand */
			double steps[LAW_PARAMETERS] = { step_first[0], step_first[1],
				                         step_first[2], step_first[3] };

			have = climb(fit, &guess, steps, past, count, 4, have);
		}
		if (have > most) {
			most = have;
			best = guess;
		}
	}
	improve_shares(fit, &best, past, count);
	most = score(fit, &best, past, count);
	*score_out = climb(fit, &best, step, past, count, moves, most);
	return best;
}

/* Fewer than FEW exchanges: tau from the mean excess of the round trips over their minimum. */
static void guess_from_few(struct law_fit *fit, const struct history *history)
{
	const double n = fit->exchanges_count;
	double least_s = history->first.delay_s, sum_s = least_s, lateness_s;

	for (unsigned age = 0; age < history->count; age++) {
		const double delay_s = history_entry_at_age(history, age)->reading.delay_s;

		least_s = fmin(least_s, delay_s);
		sum_s += delay_s;
	}
	lateness_s = larger((sum_s / n - least_s) * (0.5 + 0.7 / n), fit->precision_s);
	fit->guess.at[LAW_LOG_NOISE] = log(larger(0.5 * lateness_s, fit->precision_s));
	fit->guess.at[LAW_LOG_LATENESS] = log(lateness_s);
	fit->guess.at[LAW_SKEW] = 0;
	fit->guess.at[LAW_FLOOR] = (least_s - 1.2 * lateness_s / sqrt(n)) / 2;
}

static bool is_time_for_fresh(unsigned n)
{
	return n == 8 || n == 12 || n == 16 || n == 24 || n == 32 || n == 48 || n == 64 ||
	       n == 128 || (n > 0 && n % 256 == 0);
}

static unsigned moves_due(unsigned n)
{
	if (n <= 32)
		return 6;
	if (n <= 64)
		return n % 2 == 0 ? 2 : 0;
	return n % (n <= 128 ? 16 : 32) == 0 ? 2 : 0;
}

/* Returns whether a fresh start was better than the present law. */
static bool try_fresh(struct law_fit *fit, struct history *history, const struct law_past *past)
{
	const bool is_shorter = fit->exchanges_count > 64 && history->count > FRESH_WINDOW;
	const unsigned count = is_shorter ? FRESH_WINDOW : history->count;
	const unsigned moves = fit->exchanges_count <= 16 ? 16 : 8;
	double fresh;
	const struct law_guess guess = start_fresh(fit, past, count, moves, &fresh);

	if (!(fresh > score(fit, &fit->guess, past, count) + (is_shorter ? FRESH_ADVANTAGE : 0)))
		return false;
	fit->guess = guess;
	set_steps(fit, 0.3);
	history_keep_newest(history, count);
	return true;
}

bool law_fit_learn(struct law_fit *fit, struct history *history, double wander, double asymmetry_s)
{
	const struct law_past past = { history, wander, asymmetry_s };
	const unsigned n = fit->exchanges_count, moves = moves_due(n);
	bool is_new = false;

	if (history->count == 0)
		return false;
	if (history->is_whole && n < FEW) {
		guess_from_few(fit, history);
		return true;
	}
	if (is_time_for_fresh(n))
		is_new = try_fresh(fit, history, &past);
	if (moves > 0) {
		const double present = n >= 6 ? improve_shares(fit, &fit->guess, &past, HISTORY_MAX)
		                              : score(fit, &fit->guess, &past, HISTORY_MAX);

		climb(fit, &fit->guess, fit->step, &past, HISTORY_MAX, moves, present);
		is_new = true;
	}
	return is_new;
}

void law_fit_restart(struct law_fit *fit, const struct law_past *past)
{
	double unused;

	assert(past->history->count > 0);
	fit->guess = start_fresh(fit, past, past->history->count, 12, &unused);
	fit->exchanges_count = AGE_AFTER_RESTART;
	set_steps(fit, 0.3);
}

void law_fit_move_floor(struct law_fit *fit, double floor_s)
{
	fit->guess.at[LAW_FLOOR] = floor_s;
	set_usual_shares(&fit->guess);
	set_steps(fit, 0.5);
	fit->exchanges_count = AGE_AFTER_MOVE;
}
