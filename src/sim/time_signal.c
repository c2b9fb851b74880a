/* SPDX-License-Identifier: MIT */
#include "sim/time_signal.h"

#include <math.h>

#define NOISE_MS_MAX 50.0 /* as far as the encoder goes */
#define DELAY_MS_MAX 500.0
#define SILENCE_NS   (60 * NS_PER_S)

static struct radio_noise noise_of(const struct receiver_options *options)
{
	return (struct radio_noise){ .jitter_ms = fmin(options->jitter_s * 1e3, NOISE_MS_MAX),
		                     .stretch_ms = options->stretch_s * 1e3,
		                     .width_jitter_ms =
		                             fmin(options->late_jitter_s * 1e3, NOISE_MS_MAX),
		                     .missing = options->missing,
		                     .wrong = options->wrong,
		                     .spikes_per_s = options->doubled };
}

void time_signal_begin(struct time_signal *signal, const struct radio_station *station,
                       const struct receiver_options *options, struct utc_time start,
                       struct utc_time leap, int leap_sign, int64_t true_ns)
{
	const struct radio_signal sent = {
		.station = station,
		.from = { start.ns + true_ns + llrint(options->offset_s * 1e9) },
		.minute_count = UINT32_MAX,
		.leap = leap,
		.leap_sign = (int8_t)leap_sign,
		.delay_ms = fmin(options->late_s * 1e3, DELAY_MS_MAX),
		.noise = noise_of(options),
		.seed = signal->seed,
	};

	signal->is_sending = radio_encoder_init(&signal->encoder, &sent) == 0;
	signal->start_ns = sent.from.ns - true_ns;
	signal->offset_ns = llrint(options->offset_s * 1e9);
}

void time_signal_plan(struct time_signal *signal, struct receiver *receiver, int64_t true_ns,
                      struct receiver_plan *plan_out)
{
	struct radio_edge edge;

	signal->encoder.signal.noise = noise_of(&receiver->options);
	signal->encoder.signal.delay_ms = fmin(receiver->options.late_s * 1e3, DELAY_MS_MAX);
	do
		signal->is_sending &= radio_encoder_next(&signal->encoder, &edge);
	while (signal->is_sending && edge.at.ns - signal->start_ns <= true_ns);
	*plan_out = (struct receiver_plan){ .begins_ns = signal->is_sending
		                                                 ? edge.at.ns - signal->start_ns
		                                                 : true_ns + SILENCE_NS };
	if (signal->is_sending && receiver->options.is_down == 0)
		receiver_add_signal(receiver, plan_out, plan_out->begins_ns, edge.is_high);
}
