/* SPDX-License-Identifier: MIT */
#include "estimate/estimator_state.h"

#include <math.h>

bool estimator_read(const struct exchange *exchange, int64_t base_ns, struct reading *reading_out)
{
	int64_t delay_ns, lower_ns;

	if (__builtin_sub_overflow(exchange->upper_ns, exchange->lower_ns, &delay_ns) ||
	    __builtin_sub_overflow(exchange->lower_ns, base_ns, &lower_ns))
		return false;
	reading_out->delay_s = (double)delay_ns * 1e-9;
	reading_out->middle_s = ((double)lower_ns + 0.5 * (double)delay_ns) * 1e-9;
	return true;
}

int64_t estimator_middle_ns(const struct exchange *exchange)
{
	return exchange->lower_ns + (exchange->upper_ns - exchange->lower_ns) / 2;
}

bool estimator_is_near(const struct reading *reading)
{
	return fabs(reading->middle_s) <= FAR_FROM_BASE_S;
}

bool estimator_is_young(const struct estimator *estimator)
{
	return estimator->age_count <= YOUNG_COUNT;
}

void estimator_take_law(struct estimator *estimator)
{
	estimator->law = law_fit_law(&estimator->fit, estimator->asymmetry_s);
}

/* Whole seconds, so that the base stays exact. */
void estimator_follow_with_base(struct estimator *estimator)
{
	const double shift_s = round(estimator->bank.mean.offset_s);

	if (fabs(shift_s) < FAR_FROM_BASE_S)
		return;
	estimator->base_ns += (int64_t)shift_s * NS_PER_S;
	wander_bank_shift(&estimator->bank, shift_s);
	second_expert_shift(&estimator->expert, shift_s);
	history_shift(&estimator->history, shift_s);
	path_watch_shift(&estimator->path, shift_s);
	jump_watch_dismiss(&estimator->jump);
}
