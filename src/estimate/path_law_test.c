/* SPDX-License-Identifier: MIT */
#include "estimate/path_law.h"

#include "base/rng.h"
#include "testing/check.h"

#define GRID 3000

/* The density of one lateness, straight from the definition. */
static double density(const struct path_law *law, enum path_direction way, double late_s)
{
	long double sum = 0;

	for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
		const long double rate = law->rate[way][k], noise = law->noise_s;
		const long double w = late_s / noise - noise * rate;

		sum += law->share[way][k] * rate *
		       expl(noise * noise * rate * rate / 2 - late_s * rate) *
		       erfcl(-w / sqrtl(2)) / 2;
	}
	return (double)sum;
}

struct moments {
	double log_evidence, mean_s, variance;
};

/* Prior times likelihood, summed over a fine grid that covers both. */
static struct moments brute_force(const struct path_law *law, const struct reading *reading,
                                  const struct belief *prior)
{
	const double upper_s =
		reading->middle_s + reading->delay_s / 2 - law->floor_s - law->asymmetry_s;
	const double lower_s =
		reading->middle_s - reading->delay_s / 2 + law->floor_s - law->asymmetry_s;
	const double sd_s = sqrt(prior->variance), noise_s = law->noise_s;
	const double from_s = fmax(prior->mean_s - 9 * sd_s, fmin(lower_s, upper_s) - 9 * noise_s);
	const double to_s = fmin(prior->mean_s + 9 * sd_s, fmax(lower_s, upper_s) + 9 * noise_s);
	const double step_s = (to_s - from_s) / GRID;
	double sum = 0, first = 0, second = 0;

	for (int i = 0; i <= GRID; i++) {
		const double x = from_s + step_s * i, u = (x - prior->mean_s) / sd_s;
		const double weight = exp(-0.5 * u * u) * density(law, PATH_FORTH, upper_s - x) *
		                      density(law, PATH_BACK, x - lower_s);

		sum += weight;
		first += weight * (x - from_s);
		second += weight * (x - from_s) * (x - from_s);
	}
	first /= sum;
	return (struct moments){ log(sum * step_s / sd_s / sqrt(2 * M_PI)), from_s + first,
		                 second / sum - first * first };
}

static struct path_law random_law(struct rng *rng)
{
	static const double share[2][LATENESS_CLASSES] = { { 0.93, 0.05, 0.02 },
		                                           { 0.8, 0.15, 0.05 } };
	const double tau_s = 1e-4, skew = 0.5 * rng_normal(rng);
	struct path_law law = { .floor_s = 1e-3,
		                .noise_s = tau_s * exp(1.5 * rng_normal(rng) - 0.5),
		                .asymmetry_s = 1e-4 * rng_normal(rng) };

	path_law_set_lateness(&law, (double[2]){ tau_s * exp(skew), tau_s * exp(-skew) }, share);
	return law;
}

static double random_lateness(struct rng *rng, const struct path_law *law, enum path_direction way)
{
	double chance = rng_unit(rng);
	unsigned k = 0;

	while (k + 1 < LATENESS_CLASSES && chance > law->share[way][k])
		chance -= law->share[way][k++];
	return rng_exponential(rng) / law->rate[way][k] + law->noise_s * rng_normal(rng);
}

TEST(estimate_path_law, agrees_with_brute_force)
{
	double squares = 0, worst = 0, evidence_squares = 0, log_ratio_worst = 0;
	const int rounds = 400;
	struct rng rng;

	rng_init_seed(&rng, 11);
	for (int round = 0; round < rounds; round++) {
		const struct path_law law = random_law(&rng);
		const double forth_s =
			law.floor_s + law.asymmetry_s + random_lateness(&rng, &law, PATH_FORTH);
		const double back_s =
			law.floor_s - law.asymmetry_s + random_lateness(&rng, &law, PATH_BACK);
		const struct reading reading = { (forth_s - back_s) / 2, forth_s + back_s };
		const double alone = law.noise_s * law.noise_s + 1e-8;
		const double variance = alone * pow(10, -3 + 5 * rng_unit(&rng));
		const struct belief prior = { sqrt(variance) * rng_normal(&rng), variance };
		const struct moments want = brute_force(&law, &reading, &prior);
		struct path_update update = { .rounds = 2 };
		struct belief belief = prior;
		const double evidence = path_law_update(&law, &reading, &belief, &update);
		const double error = (belief.mean_s - want.mean_s) / sqrt(want.variance);

		squares += error * error;
		worst = fmax(worst, fabs(error));
		evidence_squares += pow(evidence - want.log_evidence, 2);
		log_ratio_worst = fmax(log_ratio_worst, fabs(log(belief.variance / want.variance)));
	}
	CHECK(sqrt(squares / rounds) < 0.05);
	CHECK(worst < 0.6);
	CHECK(sqrt(evidence_squares / rounds) < 0.1);
	CHECK(log_ratio_worst < 1);
}

TEST(estimate_path_law, is_an_ordinary_kalman_filter_where_nothing_is_late)
{
	static const double share[2][LATENESS_CLASSES] = { { 1 - 2e-12, 1e-12, 1e-12 },
		                                           { 1 - 2e-12, 1e-12, 1e-12 } };
	struct path_law law = { .floor_s = 1e-3, .noise_s = 1e-5 };
	struct belief belief = { 0, 1e-11 };
	struct path_update update = { .rounds = 2 };

	path_law_set_lateness(&law, (double[2]){ 1e-9, 1e-9 }, share);
	path_law_update(&law, &(struct reading){ 4e-6, 2e-3 }, &belief, &update);
	/* middle of two readings: variance 5e-11; gain 1e-11 / 6e-11 */
	CHECK_NEAR(belief.mean_s, 4e-6 / 6, 1e-9);
	CHECK_NEAR(belief.variance, 1e-11 * 5 / 6, 1e-14);
}

TEST(estimate_path_law, learns_from_the_early_direction_only)
{
	static const double share[2][LATENESS_CLASSES] = { { 0.93, 0.05, 0.02 },
		                                           { 0.93, 0.05, 0.02 } };
	struct path_law law = { .floor_s = 1e-3, .noise_s = 1e-6 };
	struct path_update update = { .rounds = 2 };
	struct belief belief = { 0, 1e-8 };

	path_law_set_lateness(&law, (double[2]){ 1e-5, 1e-5 }, share);
	/* 100 ms late on the way forth, punctual on the way back: the middle is 50 ms off */
	path_law_update(&law, &(struct reading){ 0.05, 0.102 }, &belief, &update);
	CHECK_NEAR(belief.mean_s, 0, 4e-5);
	CHECK(belief.variance < 1e-9);
}

TEST(estimate_path_law, survives_every_reading)
{
	struct rng rng;

	rng_init_seed(&rng, 12);
	for (int round = 0; round < 20000; round++) {
		const struct path_law law = random_law(&rng);
		const struct reading reading = {
			rng_normal(&rng) * pow(10, 4 - 14 * rng_unit(&rng)),
			rng_exponential(&rng) * pow(10, 3 - 13 * rng_unit(&rng))
		};
		struct path_update update = { .rounds = 2, .wants_classes = true };
		struct belief belief = { rng_normal(&rng) * pow(10, 4 - 14 * rng_unit(&rng)),
			                 pow(10, 6 - 30 * rng_unit(&rng)) };
		const double before = belief.variance;
		const double evidence = path_law_update(&law, &reading, &belief, &update);

		CHECK(isfinite(evidence) && isfinite(belief.mean_s));
		CHECK(belief.variance > 0 && isfinite(belief.variance));
		CHECK(belief.variance <= 6 * before || belief.variance < 1e-4);
		for (unsigned k = 0; k < LATENESS_CLASSES; k++)
			CHECK(update.classes[PATH_BACK][k] >= 0 &&
			      update.classes[PATH_BACK][k] <= 1);
	}
}
