/* SPDX-License-Identifier: MIT */
#include "estimate/wander_bank.h"

#include <assert.h>
#include <math.h>

/* How the members think that the oscillator walks: `wander` is that of its rate; where there is a
 * `bend`, the rate has a trend, as temperature gives it, which walks by so much per sqrt(s). */
static const struct {
	double wander, bend;
} walk[] = {
	/* half decades from a good oven to a laptop that wakes up */
	{ 1e-12, 0 },
	{ 3.16227766016838e-12, 0 },
	{ 1e-11, 0 },
	{ 3.16227766016838e-11, 0 },
	{ 1e-10, 0 },
	{ 3.16227766016838e-10, 0 },
	{ 1e-9, 0 },
	{ 3.16227766016838e-9, 0 },
	{ 1e-8, 0 },
	{ 3.16227766016838e-8, 0 },
	{ 1e-7, 0 },
	/* swings of a day to swings of an hour. More of them gain nothing that is measured. */
	{ 1e-10, 6e-13 },
	{ 1e-9, 1e-12 },
	{ 1e-10, 7e-12 },
	{ 1e-10, 8e-11 },
};

/* Each sloping member's share before any reading, and after a jump. Raised: a rate that merely
 * wanders is taken for a slope; lowered: temperature is noticed later. */
#define SLOPE_SHARE 1e-6

/* For how long error bars reckon with a trend as it is. Raised: wide ones between polls; lowered:
 * they are too narrow when a source stays away. */
#define SLOPE_LASTS_S 1000.0

/* Before the first reading: log-normal about an ordinary crystal. Raising the spread makes the
 * start more nervous, lowering it slows the recognition of uncommon oscillators. */
#define USUAL_WANDER_LOG10 (-9.2)
#define USUAL_SPREAD_LOG10 1.2

/* Chance that the wander is another one level up or down at the next reading (each). Raised:
 * members spoil each other, 8 % worse at ten times this; lowered: changes of the oscillator go
 * unnoticed. */
#define LEAK 0.001

/* Added to each weight so that no member is lost for ever. Raised: the same as a larger leak. */
#define WEIGHT_MIN 1e-9

static void fuse(struct wander_bank *bank)
{
	bank->mean = track_mixture(bank->member, bank->weight, WANDER_MEMBERS);
}

/* As far as at the start; the others share the rest as they did. */
static void believe_in_slopes(struct wander_bank *bank)
{
	double level = 0;

	for (unsigned j = 0; j < WANDER_LEVELS; j++)
		level += bank->weight[j];
	for (unsigned j = 0; j < WANDER_LEVELS; j++)
		bank->weight[j] *= (1 - SLOPE_SHARE * (WANDER_MEMBERS - WANDER_LEVELS)) / level;
	for (unsigned j = WANDER_LEVELS; j < WANDER_MEMBERS; j++)
		bank->weight[j] = SLOPE_SHARE;
}

void wander_bank_start(struct wander_bank *bank, const struct track *track)
{
	double sum = 0;

	for (unsigned j = 0; j < WANDER_LEVELS; j++) {
		const double off =
			(log10(walk[j].wander) - USUAL_WANDER_LOG10) / USUAL_SPREAD_LOG10;

		bank->weight[j] = exp(-0.5 * off * off);
		sum += bank->weight[j];
	}
	for (unsigned j = 0; j < WANDER_LEVELS; j++)
		bank->weight[j] /= sum;
	believe_in_slopes(bank);
	wander_bank_place(bank, track);
}

void wander_bank_predict(struct wander_bank *bank, double dt_s)
{
	struct wander_bank next;

	for (unsigned j = 0; j < WANDER_LEVELS; j++) {
		const unsigned first = j > 0 ? j - 1 : 0;
		const unsigned last = j + 1 < WANDER_LEVELS ? j + 1 : j;
		double share[3], sum = 0;

		for (unsigned i = first; i <= last; i++) {
			const double stay = 1 - LEAK * (double)(last - first);

			share[i - first] = bank->weight[i] * (i == j ? stay : LEAK);
			sum += share[i - first];
		}
		for (unsigned i = first; i <= last; i++)
			share[i - first] /= sum;
		next.member[j] = track_mixture(&bank->member[first], share, last - first + 1);
		next.weight[j] = sum;
		track_predict(&next.member[j], dt_s, walk[j].wander);
	}
	for (unsigned j = WANDER_LEVELS; j < WANDER_MEMBERS; j++) {
		next.member[j] = bank->member[j];
		next.weight[j] = bank->weight[j];
		track_predict(&next.member[j], dt_s, walk[j].wander);
		track_bend(&next.member[j], dt_s, walk[j].bend);
	}
	next.mean = bank->mean;
	*bank = next;
}

void wander_bank_fade(struct wander_bank *bank, double factor)
{
	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		track_fade(&bank->member[j], factor);
}

/* Weights times e^evidence, summed to 1 again. Returns the log of the sum before that. */
static double reweigh(struct wander_bank *bank, const double evidence[WANDER_MEMBERS])
{
	double most = -INFINITY, sum = 0, floored = 0;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		most = fmax(most, evidence[j]);
	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		bank->weight[j] *= exp(evidence[j] - most);
		sum += bank->weight[j];
	}
	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		bank->weight[j] = sum > 0 ? bank->weight[j] / sum + WEIGHT_MIN : 1;
		floored += bank->weight[j];
	}
	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		bank->weight[j] /= floored;
	return most + log(fmax(sum, 1e-300));
}

double wander_bank_update(struct wander_bank *bank, const struct path_law *law,
                          const struct reading *reading, struct likelihood *likelihood)
{
	struct path_update update = { .rounds = 2, .likelihood = likelihood };
	double evidence[WANDER_MEMBERS], sum;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		struct track *member = &bank->member[j];
		struct belief belief = { member->offset_s, member->variance };

		evidence[j] = path_law_update(law, reading, &belief, &update);
		track_learn_offset(member, belief.mean_s, belief.variance);
	}
	sum = reweigh(bank, evidence);
	fuse(bank);
	return sum;
}

double wander_bank_update_gaussian(struct wander_bank *bank, double offset_s, double variance)
{
	double evidence[WANDER_MEMBERS], sum;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		struct track *member = &bank->member[j];
		const double total = member->variance + variance, gain = member->variance / total;
		const double error_s = offset_s - member->offset_s;

		evidence[j] = -0.5 * (error_s * error_s / total + log(2 * M_PI * total));
		track_learn_offset(member, member->offset_s + gain * error_s, gain * variance);
	}
	sum = reweigh(bank, evidence);
	fuse(bank);
	return sum;
}

void wander_bank_jump(struct wander_bank *bank, const struct track *track, double frequency_jump)
{
	const unsigned half = WANDER_LEVELS / 2;
	double calm = 0;

	for (unsigned j = 0; j < half; j++)
		calm += bank->weight[j] + 1e-3;
	for (unsigned j = 0; j < WANDER_LEVELS; j++) {
		bank->member[j] = track_level(track);
		if (j < half) {
			bank->weight[j] = 0.5 * (bank->weight[j] + 1e-3) / calm;
		} else {
			bank->member[j].frequency_variance += frequency_jump * frequency_jump;
			bank->member[j].covariance = 0;
			bank->weight[j] = 0.5 / (WANDER_LEVELS - half);
		}
	}
	for (unsigned j = WANDER_LEVELS; j < WANDER_MEMBERS; j++)
		bank->member[j] = *track;
	believe_in_slopes(bank);
	fuse(bank);
}

void wander_bank_place(struct wander_bank *bank, const struct track *track)
{
	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		bank->member[j] = j < WANDER_LEVELS ? track_level(track) : *track;
	bank->mean = *track;
}

void wander_bank_shift(struct wander_bank *bank, double shift_s)
{
	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		bank->member[j].offset_s -= shift_s;
	bank->mean.offset_s -= shift_s;
}

double wander_bank_wander(const struct wander_bank *bank)
{
	double sum = 0;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		sum += bank->weight[j] * log(walk[j].wander);
	return exp(sum);
}

double wander_bank_bend(const struct wander_bank *bank)
{
	double sum = 0, share = 0;

	for (unsigned j = WANDER_LEVELS; j < WANDER_MEMBERS; j++) {
		share += bank->weight[j];
		sum += bank->weight[j] * log(walk[j].bend);
	}
	return share > 0.5 ? exp(sum / share) : 0;
}

double wander_bank_variance(const struct wander_bank *bank)
{
	double sum = 0;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		const struct track *member = &bank->member[j];
		const double slope = member->trend * member->trend + member->trend_variance;

		sum += bank->weight[j] * (walk[j].wander * walk[j].wander + slope * SLOPE_LASTS_S);
	}
	return sum;
}

bool wander_bank_is_sound(const struct wander_bank *bank)
{
	bool is_sound = track_is_sound(&bank->mean);

	for (unsigned j = 0; j < WANDER_MEMBERS; j++)
		is_sound = is_sound && track_is_sound(&bank->member[j]) && bank->weight[j] >= 0;
	return is_sound;
}
