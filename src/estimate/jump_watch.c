/* SPDX-License-Identifier: MIT */
#include "estimate/jump_watch.h"

#include <assert.h>
#include <math.h>

/* The rival: the offset lies anywhere within some tenths of a second, and that happens once in a
 * thousand exchanges. A rarer prior holds back less and follows steps of a few sd later. */
#define ANYWHERE_VARIANCE 0.1
#define ANYWHERE_PRIOR    1e-3

/* The free shadow's frequency may have changed by 5e-5. Raised: oscillators that jump by more are
 * followed sooner; lowered: chance outliers in a row fit less easily. A fifth of it left a jump of
 * 50 ppm unexplained for hours where polls are rare. */
#define FREE_FREQUENCY_VARIANCE 2.5e-9

/* The simpler story (frequency kept) is told unless the other one is this many nats better. */
#define FREE_ADVANTAGE 2.0

double jump_watch_rival(const struct path_law *law, const struct reading *reading,
                        struct likelihood *likelihood, struct belief *belief_out)
{
	struct path_update update = { .rounds = 2, .likelihood = likelihood };

	*belief_out = (struct belief){ reading->middle_s, ANYWHERE_VARIANCE };
	return path_law_update(law, reading, belief_out, &update) + log(ANYWHERE_PRIOR);
}

static void start_shadows(struct jump_watch *watch, const struct jump_suspect *suspect)
{
	const struct track kept = { .offset_s = suspect->belief.mean_s,
		                    .variance = suspect->belief.variance,
		                    .frequency = suspect->present.frequency,
		                    .frequency_variance = suspect->present.frequency_variance };

	*watch = (struct jump_watch){ .held_count = 1, .base_ns = suspect->base_ns };
	watch->shadow[0] = watch->shadow[1] = kept;
	watch->shadow[1].frequency_variance += FREE_FREQUENCY_VARIANCE;
}

/* Returns the evidence of the shadow that foresaw the suspect better. */
static double move_shadows(struct jump_watch *watch, const struct path_law *law,
                           const struct jump_suspect *suspect)
{
	const double dt_s = (double)(suspect->at_ns - watch->at_ns) * 1e-9;
	double most = -INFINITY;

	for (unsigned i = 0; i < 2; i++) {
		struct path_update update = { .rounds = 2 };
		struct track *track = &watch->shadow[i];
		struct belief belief;
		double evidence;

		track_predict(track, dt_s, suspect->wander);
		belief = (struct belief){ track->offset_s, track->variance };
		evidence = path_law_update(law, &suspect->reading, &belief, &update);
		track_learn_offset(track, belief.mean_s, belief.variance);
		watch->evidence[i] += evidence;
		most = fmax(most, evidence);
	}
	return most;
}

bool jump_watch_hold(struct jump_watch *watch, const struct path_law *law,
                     const struct jump_suspect *suspect, bool *is_frequency_free_out)
{
	const bool is_suspicious = watch->held_count > 0 && watch->base_ns == suspect->base_ns;

	if (!is_suspicious || move_shadows(watch, law, suspect) < suspect->rival)
		start_shadows(watch, suspect);
	else
		watch->held_count++;
	watch->at_ns = suspect->at_ns;
	*is_frequency_free_out = watch->evidence[1] > watch->evidence[0] + FREE_ADVANTAGE;
	return watch->held_count >= 3 || (watch->held_count == 2 && !*is_frequency_free_out);
}

void jump_watch_dismiss(struct jump_watch *watch)
{
	watch->held_count = 0;
}
