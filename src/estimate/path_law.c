/* SPDX-License-Identifier: MIT */
#include "estimate/path_law.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "estimate/one_sided.h"

#define LOG_2_PI 1.83787706640934548356

/* Ratio of the mean lateness of neighbouring classes. Raised: covers longer tails with less
 * resolution; lowered: the reverse. */
#define CLASS_RATIO 6.0

/* A belief wider than this share of what the reading alone would leave is updated by quadrature.
 * Raised: expectation propagation is used where it can be tens of sd wrong; lowered: slower. */
#define WIDE_SHARE 0.25

/* The table reaches this many noise sd beyond both walls. Raised: coarser points; lowered: tails of
 * Gaussian paths are cut off. */
#define TABLE_MARGIN_SD 4.5

/* Points less likely than e^-60 of the best count as that: the table is never empty. */
#define TABLE_LEAST_LOG (-60.0)

/* One update never narrows a belief by more than this factor in variance. */
#define SHRINK_MAX 1e-6

/* Log density of a reading that excludes the belief altogether, beyond what the table says. */
#define EXCLUDED_LOG (-400.0)

void path_law_set_lateness(struct path_law *law, const double lateness_s[2],
                           const double share[2][LATENESS_CLASSES])
{
	for (unsigned way = 0; way < 2; way++) {
		double rate = 1 / lateness_s[way];

		for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
			law->share[way][k] = share[way][k];
			law->rate[way][k] = rate;
			law->log_weight[way][k] = log(share[way][k] * rate);
			rate /= CLASS_RATIO;
		}
	}
}

/* The walls: the offset is below `upper` by the lateness forth, above `lower` by the one back. */
struct walls {
	double lower_s, upper_s;
};

static struct walls walls_of(const struct path_law *law, const struct reading *reading)
{
	const double half_s = reading->delay_s / 2 - law->floor_s;
	const double middle_s = reading->middle_s - law->asymmetry_s;

	return (struct walls){ middle_s - half_s, middle_s + half_s };
}

/* A direction's density, exp(exponent) * mass, its slope and curvature in the lateness, with the
 * class probabilities in `classes` (may be NULL). */
struct site {
	double exponent, mass, slope, curvature;
};

static struct site site_of(const struct path_law *law, enum path_direction way, double lateness_s,
                           double noise_sd, double classes[LATENESS_CLASSES])
{
	struct one_sided part[LATENESS_CLASSES];
	double weight[LATENESS_CLASSES], most = -INFINITY, sum = 0, slope = 0, bend = 0;

	for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
		part[k] = one_sided_density(lateness_s, noise_sd, law->rate[way][k]);
		weight[k] = law->log_weight[way][k] + part[k].exponent;
		most = weight[k] > most ? weight[k] : most;
	}
	for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
		const double w = exp(weight[k] - most) * part[k].mass;

		weight[k] = w;
		sum += w;
		slope += w * part[k].slope;
		bend += w * (part[k].slope * part[k].slope - part[k].curvature);
	}
	if (classes)
		for (unsigned k = 0; k < LATENESS_CLASSES; k++)
			classes[k] = weight[k] / sum;
	slope /= sum;
	return (struct site){ most, sum, slope, slope * slope - bend / sum };
}

static double log_density(const struct path_law *law, enum path_direction way, double lateness_s)
{
	double weight[LATENESS_CLASSES], mass[LATENESS_CLASSES], most = -INFINITY, sum = 0;

	for (unsigned k = 0; k < LATENESS_CLASSES; k++) {
		const struct one_sided part =
			one_sided_density(lateness_s, law->noise_s, law->rate[way][k]);

		mass[k] = part.mass;
		weight[k] = law->log_weight[way][k] + part.exponent;
		most = weight[k] > most ? weight[k] : most;
	}
	for (unsigned k = 0; k < LATENESS_CLASSES; k++)
		sum += exp(weight[k] - most) * mass[k];
	return most + log(sum);
}

void path_law_likelihood(const struct path_law *law, const struct reading *reading,
                         struct likelihood *likelihood_out)
{
	const struct walls walls = walls_of(law, reading);
	const int middle = LIKELIHOOD_POINTS / 2;
	struct likelihood *table = likelihood_out;

	table->is_made = true;
	table->centre_s = (walls.lower_s + walls.upper_s) / 2;
	table->half_width_s =
		fabs(walls.upper_s - walls.lower_s) / 2 + TABLE_MARGIN_SD * law->noise_s;
	table->step_s = table->half_width_s / middle;
	table->log_most = -INFINITY;
	for (int i = 0; i < LIKELIHOOD_POINTS; i++) {
		const double at_s = table->centre_s + table->step_s * (i - middle);

		table->relative[i] = log_density(law, PATH_FORTH, walls.upper_s - at_s) +
		                     log_density(law, PATH_BACK, at_s - walls.lower_s);
		table->log_most = fmax(table->log_most, table->relative[i]);
	}
	for (int i = 0; i < LIKELIHOOD_POINTS; i++)
		table->relative[i] =
			exp(fmax(table->relative[i] - table->log_most, TABLE_LEAST_LOG));
}

double path_law_log_integral(const struct likelihood *likelihood)
{
	double sum = 0;

	for (int i = 0; i < LIKELIHOOD_POINTS; i++)
		sum += likelihood->relative[i];
	return likelihood->log_most + log(sum * likelihood->step_s);
}

/* Belief times table. */
static double update_by_table(const struct likelihood *table, struct belief *belief)
{
	const int middle = LIKELIHOOD_POINTS / 2;
	const double scale = -0.5 / belief->variance, ahead_s = table->centre_s - belief->mean_s;
	const double nearest_s = fmin(fmax(-ahead_s, -table->half_width_s), table->half_width_s);
	const double most = scale * (ahead_s + nearest_s) * (ahead_s + nearest_s);
	double sum = 0, first = 0, second = 0, mean_s, log_prior;

	for (int i = 0; i < LIKELIHOOD_POINTS; i++) {
		const double x = table->step_s * (i - middle);
		const double weight =
			table->relative[i] * exp(scale * (ahead_s + x) * (ahead_s + x) - most);

		sum += weight;
		first += weight * x;
		second += weight * x * x;
	}
	if (!(sum > 1e-200))
		return table->log_most + most + EXCLUDED_LOG;
	log_prior = -0.5 * (LOG_2_PI + log(belief->variance));
	mean_s = first / sum;
	belief->mean_s = table->centre_s + mean_s;
	/* a posterior between two points is as wide as the gap lets it be known */
	belief->variance =
		fmax(second / sum - mean_s * mean_s, 0.08 * table->step_s * table->step_s);
	return table->log_most + most + log(sum * table->step_s) + log_prior;
}

static double update_wide(const struct path_law *law, const struct reading *reading,
                          struct belief *belief, struct path_update *update)
{
	const struct walls walls = walls_of(law, reading);
	struct likelihood own = { .is_made = false };
	struct likelihood *table = update->likelihood ? update->likelihood : &own;
	double evidence;

	if (!table->is_made)
		path_law_likelihood(law, reading, table);
	evidence = update_by_table(table, belief);
	if (update->wants_classes) {
		const double sd = sqrt(belief->variance + law->noise_s * law->noise_s);

		site_of(law, PATH_FORTH, walls.upper_s - belief->mean_s, sd,
		        update->classes[PATH_FORTH]);
		site_of(law, PATH_BACK, belief->mean_s - walls.lower_s, sd,
		        update->classes[PATH_BACK]);
	}
	return evidence;
}

/* Expectation propagation (Minka, 2001): each direction is replaced by the Gaussian factor that
 * gives the right moments beside the other's factor. Factors are kept in natural form relative to
 * the prior mean: precision, and precision times mean. */
struct factor {
	double precision, pull;
};

static struct site refine(const struct path_law *law, const struct walls *walls,
                          enum path_direction way, const struct belief *cavity,
                          struct factor *factor, const struct path_update *update, double *classes)
{
	const double sign = way == PATH_FORTH ? -1 : 1;
	const double late_s = way == PATH_FORTH ? walls->upper_s - cavity->mean_s
	                                        : cavity->mean_s - walls->lower_s;
	const double noise_sd = sqrt(cavity->variance + law->noise_s * law->noise_s);
	const struct site site =
		site_of(law, way, late_s, noise_sd, update->wants_classes ? classes : NULL);
	const double variance = fmax(cavity->variance * (1 - cavity->variance * site.curvature),
	                             SHRINK_MAX * cavity->variance);
	const double mean_s = cavity->mean_s + sign * cavity->variance * site.slope;

	factor->precision = 1 / variance - 1 / cavity->variance;
	factor->pull = mean_s / variance - cavity->mean_s / cavity->variance;
	return site;
}

static double update_narrow(const struct path_law *law, const struct walls *walls,
                            struct belief *belief, struct path_update *update)
{
	/* relative to the prior mean, so that `pull` loses nothing */
	const struct walls near = { walls->lower_s - belief->mean_s,
		                    walls->upper_s - belief->mean_s };
	const double prior = 1 / belief->variance;
	/* the direction that came earlier says more and goes first */
	const unsigned first = near.upper_s < -near.lower_s ? PATH_FORTH : PATH_BACK;
	struct factor factor[2] = { { 0, 0 }, { 0, 0 } };
	double evidence = 0, precision;

	for (unsigned round = 0; round < update->rounds; round++) {
		for (unsigned turn = 0; turn < 2; turn++) {
			const unsigned way = turn ^ first;
			const struct factor *other = &factor[!way];
			struct belief cavity = { 0, belief->variance };
			struct site site;

			if (prior + other->precision > 0) {
				cavity.variance = 1 / (prior + other->precision);
				cavity.mean_s = other->pull * cavity.variance;
			}
			site = refine(law, &near, way, &cavity, &factor[way], update,
			              update->classes[way]);
			if (round == 0)
				evidence += site.exponent + log(site.mass);
		}
	}
	precision = prior + factor[0].precision + factor[1].precision;
	if (precision > 0.2 * prior) {
		belief->mean_s += (factor[0].pull + factor[1].pull) / precision;
		belief->variance = 1 / precision;
	}
	return evidence;
}

double path_law_update(const struct path_law *law, const struct reading *reading,
                       struct belief *belief, struct path_update *update)
{
	const struct walls walls = walls_of(law, reading);
	const double gap_s = fmax(walls.upper_s - walls.lower_s, 0);
	const double alone = gap_s * gap_s / 4 + law->noise_s * law->noise_s +
	                     1 / (law->rate[PATH_FORTH][0] * law->rate[PATH_BACK][0]);
	const struct belief before = *belief;
	double evidence;

	assert(belief->variance > 0 && law->noise_s > 0);
	if (belief->variance > WIDE_SHARE * alone)
		evidence = update_wide(law, reading, belief, update);
	else
		evidence = update_narrow(law, &walls, belief, update);
	if (!isfinite(belief->mean_s) || !isfinite(belief->variance) || !(belief->variance > 0))
		*belief = before;
	return isfinite(evidence) ? evidence : EXCLUDED_LOG;
}
