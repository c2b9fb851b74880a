/* SPDX-License-Identifier: MIT */
#include "radio/encode_noise.h"

#include <math.h>
#include <string.h>

/* Everything is a pair of toggles: two that overlap cancel, as a gap in a pulse does, and levels
 * alternate whatever happens. */

#define SPIKE_MS_DEFAULT  20.0
#define SPIKE_MS_MAX      400.0
#define DROPOUT_S_DEFAULT 60.0
#define EDGE_AWAY_NS_MAX  (250 * NS_PER_MS)

static void add_toggle(struct radio_encoder *encoder, int64_t at_ns)
{
	unsigned i = encoder->pending_count;

	if (i == ENCODE_PENDING_MAX)
		return;
	for (; i > 0 && encoder->pending_ns[i - 1] > at_ns; i--)
		encoder->pending_ns[i] = encoder->pending_ns[i - 1];
	encoder->pending_ns[i] = at_ns;
	encoder->pending_count++;
}

/* Both or none, so that the level comes back. */
static void add_pair(struct radio_encoder *encoder, int64_t from_ns, int64_t to_ns)
{
	if (encoder->pending_count + 2 > ENCODE_PENDING_MAX || to_ns <= from_ns)
		return;
	add_toggle(encoder, from_ns);
	add_toggle(encoder, to_ns);
}

static int64_t jittered(struct radio_encoder *encoder, double sd_ms)
{
	const double away_ns = sd_ms > 0 ? sd_ms * 1e6 * rng_normal(&encoder->rng) : 0;

	return llrint(fmax(fmin(away_ns, (double)EDGE_AWAY_NS_MAX), -(double)EDGE_AWAY_NS_MAX));
}

static void add_pulse(struct radio_encoder *encoder, int64_t from_ns, int64_t to_ns)
{
	const struct radio_noise *noise = &encoder->signal.noise;

	from_ns += jittered(encoder, noise->jitter_ms);
	to_ns += jittered(encoder, noise->jitter_ms) + llrint(noise->stretch_ms * 1e6) +
	         jittered(encoder, noise->width_jitter_ms);
	add_pair(encoder, from_ns, to_ns);
}

static void add_symbol(struct radio_encoder *encoder, unsigned symbol, int64_t second_ns)
{
	const struct radio_station *station = encoder->signal.station;
	int64_t began_ns = second_ns, cell_ns = second_ns;
	bool in_pulse = false;

	for (unsigned c = 0; c < station->cell_count; c++) {
		const bool is_pulse = station->shape_of[symbol] >> c & 1;

		if (is_pulse && !in_pulse)
			began_ns = cell_ns;
		if (!is_pulse && in_pulse)
			add_pulse(encoder, began_ns, cell_ns);
		in_pulse = is_pulse;
		cell_ns = second_ns + station->cell_end_ms[c] * NS_PER_MS;
	}
}

static unsigned other_symbol(struct radio_encoder *encoder, unsigned symbol)
{
	const uint8_t mask = encoder->signal.station->symbol_mask;
	unsigned other;

	do
		other = (unsigned)rng_below(&encoder->rng, RADIO_SYMBOL_COUNT);
	while (other == symbol || !(mask >> other & 1));
	return other;
}

static void add_spikes(struct radio_encoder *encoder, double per_s, double mean_ms,
                       int64_t second_ns)
{
	double at_s = 0;

	while (per_s > 0) {
		at_s += rng_exponential(&encoder->rng) / per_s;
		if (at_s >= 1)
			return;
		add_pair(encoder, second_ns + llrint(at_s * 1e9),
		         second_ns + llrint(at_s * 1e9 +
		                            1e6 * fmin(mean_ms * rng_exponential(&encoder->rng),
		                                       SPIKE_MS_MAX)));
	}
}

static bool in_dropout(struct radio_encoder *encoder)
{
	const struct radio_noise *noise = &encoder->signal.noise;
	const double mean_s = noise->dropout_s > 0 ? noise->dropout_s : DROPOUT_S_DEFAULT;

	if (noise->dropouts_per_hour > 0 && encoder->elapsed_s >= encoder->next_dropout_s) {
		encoder->dropout_until_s =
			encoder->elapsed_s + llrint(mean_s * rng_exponential(&encoder->rng));
		encode_noise_begin(encoder);
	}
	return encoder->elapsed_s < encoder->dropout_until_s;
}

void encode_noise_begin(struct radio_encoder *encoder)
{
	const double per_hour = encoder->signal.noise.dropouts_per_hour;

	if (per_hour > 0)
		encoder->next_dropout_s = encoder->elapsed_s + 1 +
		                          llrint(rng_exponential(&encoder->rng) * 3600 / per_hour);
}

void encode_noise_second(struct radio_encoder *encoder, unsigned symbol, int64_t second_ns)
{
	const struct radio_noise *noise = &encoder->signal.noise;
	const bool is_dropout = in_dropout(encoder);

	if (noise->wrong > 0 && rng_unit(&encoder->rng) < noise->wrong)
		symbol = other_symbol(encoder, symbol);
	if (!is_dropout && !(noise->missing > 0 && rng_unit(&encoder->rng) < noise->missing))
		add_symbol(encoder, symbol, second_ns);
	add_spikes(encoder, noise->spikes_per_s,
	           noise->spike_ms > 0 ? noise->spike_ms : SPIKE_MS_DEFAULT, second_ns);
	if (is_dropout && noise->dropout_toggles_per_s > 0)
		add_spikes(encoder, noise->dropout_toggles_per_s / 2,
		           1000 / noise->dropout_toggles_per_s, second_ns);
}
