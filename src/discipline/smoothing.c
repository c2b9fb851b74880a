/* SPDX-License-Identifier: MIT */
#include "discipline/smoothing.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/attributes.h"

void smoothing_init(struct smoothing *smoothing, const struct smoothing_options *options)
{
	memset(smoothing, 0, sizeof *smoothing);
	smoothing->options = *options;
}

void smoothing_activate(struct smoothing *smoothing, int64_t at_ns)
{
	const struct smoothing_options options = smoothing->options;

	smoothing_init(smoothing, &options);
	smoothing->is_active = true;
	smoothing->since_ns = at_ns;
}

/* Turned so that the offset, where bending back at once leaves it, is to fall: the rate falls to
 * -peak, holds it, and comes back to nought. */
static void plan(struct smoothing *smoothing)
{
	const double limit = smoothing->options.max_frequency_ppm * 1e-6;
	const double wander = smoothing->options.max_wander_ppm_s * 1e-6;
	const double rate = smoothing->frequency;
	const double left_s = smoothing->offset_s + rate * fabs(rate) / (2 * wander);
	const double turn = left_s < 0 ? -1 : 1;
	const double offset_s = turn * smoothing->offset_s, start = turn * rate;
	const double peak = fmin(sqrt(fmax(wander * offset_s + start * start / 2, 0)), limit);
	/* faster than allowed already: slower first */
	const double first = start < -peak ? wander : -wander;
	const double bent_s = (peak * peak - start * start) / (2 * first);
	const double held_s = offset_s + bent_s - peak * peak / (2 * wander);

	assert(limit > 0 && wander > 0);
	smoothing->pieces[0].length_s = (-peak - start) / first;
	smoothing->pieces[0].wander = turn * first;
	smoothing->pieces[1].length_s = peak > 0 ? fmax(held_s / peak, 0) : 0;
	smoothing->pieces[1].wander = 0;
	smoothing->pieces[2].length_s = peak / wander;
	smoothing->pieces[2].wander = turn * wander;
}

struct smoothing_state smoothing_at(const struct smoothing *smoothing, int64_t at_ns)
{
	double passed_s = (double)(at_ns - smoothing->since_ns) * 1e-9;
	struct smoothing_state state = { .offset_s = smoothing->offset_s,
		                         .frequency = smoothing->frequency };
	double left_s = 0;

	for (unsigned i = 0; i < ARRAY_COUNT(smoothing->pieces); i++)
		left_s += smoothing->pieces[i].length_s;
	if (passed_s >= left_s) /* over; no rounding shall be left of it */
		return (struct smoothing_state){ 0 };
	state.remaining_s = left_s - passed_s;
	if (passed_s < 0) { /* a packet that came before the last change */
		state.offset_s += state.frequency * passed_s;
		passed_s = 0;
	}
	for (unsigned i = 0; i < ARRAY_COUNT(smoothing->pieces); i++) {
		const double length_s = fmin(passed_s, smoothing->pieces[i].length_s);

		state.wander = smoothing->pieces[i].wander;
		state.offset_s += length_s * (state.frequency + state.wander * length_s / 2);
		state.frequency += state.wander * length_s;
		passed_s -= length_s;
		if (length_s < smoothing->pieces[i].length_s)
			break;
	}
	return state;
}

void smoothing_absorb(struct smoothing *smoothing, int64_t at_ns, double offset_s, double frequency)
{
	struct smoothing_state now;

	if (!smoothing->is_active)
		return;
	now = smoothing_at(smoothing, at_ns);
	smoothing->since_ns = at_ns;
	smoothing->offset_s = now.offset_s - offset_s;
	smoothing->frequency = now.frequency - frequency;
	plan(smoothing);
}
