/* SPDX-License-Identifier: MIT */
#include "radio/encode.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "radio/encode_noise.h"
#include "radio/summer_time.h"
#include "timescale/civil.h"

#define DAY_S    INT64_C(86400)
#define MINUTE_S INT64_C(60)
#define HOUR_S   INT64_C(3600)
/* Toggles of a second may come this much before it begins. */
#define EARLY_NS (400 * NS_PER_MS)

static int64_t floor_days(int64_t seconds)
{
	return seconds / DAY_S - (seconds % DAY_S < 0);
}

static struct utc_time later(struct utc_time when, int64_t seconds)
{
	return (struct utc_time){ when.ns + seconds * NS_PER_S };
}

static bool is_leap_announced(const struct radio_signal *signal, struct utc_time minute)
{
	const int64_t to_go_s = (signal->leap.ns - minute.ns) / NS_PER_S;

	if (signal->leap_sign == 0 || to_go_s <= 0)
		return false;
	if (signal->station->summer_rule == RADIO_SUMMER_EUROPE)
		return to_go_s <= HOUR_S;
	return to_go_s <= 28 * DAY_S;
}

unsigned radio_encode_frame(const struct radio_signal *signal, struct utc_time minute,
                            uint8_t symbols_out[RADIO_FRAME_SECONDS_MAX])
{
	const struct radio_station *station = signal->station;
	const struct utc_time named = station->is_label_of_next ? later(minute, MINUTE_S) : minute;
	const struct utc_time midnight = { floor_days(minute.ns / NS_PER_S) * DAY_S * NS_PER_S };
	const int64_t warning_s = station == &radio_station_msf ? 61 * MINUTE_S : HOUR_S;
	const enum radio_summer_rule rule = station->summer_rule;
	const bool is_summer = rule == RADIO_SUMMER_EUROPE && radio_is_summer_time(rule, named);
	const struct radio_flags flags = {
		.is_summer_time = is_summer,
		.is_summer_change = radio_is_summer_time(rule, minute) !=
		                    radio_is_summer_time(rule, later(minute, warning_s)),
		.leap = is_leap_announced(signal, minute) ? signal->leap_sign : 0,
		.dut1_tenths = signal->dut1_tenths,
		.is_summer_at_midnight = radio_is_summer_time(rule, midnight),
		.is_summer_at_next_midnight = radio_is_summer_time(rule, later(midnight, DAY_S)),
	};
	const struct radio_label label = radio_label_of(station, named, is_summer);
	const bool leaps = signal->leap_sign != 0 && later(minute, MINUTE_S).ns == signal->leap.ns;
	const unsigned length_s =
		leaps ? (unsigned)(RADIO_FRAME_SECONDS + signal->leap_sign) : RADIO_FRAME_SECONDS;

	radio_frame_encode(station, &label, &flags, length_s, symbols_out);
	return length_s;
}

static bool is_within(double value, double low, double high)
{
	return value >= low && value <= high;
}

static bool is_noise_sane(const struct radio_noise *noise)
{
	return is_within(noise->jitter_ms, 0, 50) && is_within(noise->stretch_ms, -50, 50) &&
	       is_within(noise->width_jitter_ms, 0, 50) && is_within(noise->missing, 0, 1) &&
	       is_within(noise->wrong, 0, 1) && is_within(noise->spikes_per_s, 0, 200) &&
	       is_within(noise->spike_ms, 0, 300) && is_within(noise->dropouts_per_hour, 0, 3600) &&
	       is_within(noise->dropout_s, 0, 1e6) &&
	       is_within(noise->dropout_toggles_per_s, 0, 500);
}

int radio_encoder_init(struct radio_encoder *encoder, const struct radio_signal *signal)
{
	static const int dut1_limits[] = { 9, 8, 9 }; /* by enum radio_dut1_code */
	int limit;

	if (!signal->station || signal->from.ns < 0 ||
	    signal->from.ns > INT64_C(7258118400) * NS_PER_S || !is_noise_sane(&signal->noise) ||
	    !is_within(signal->clock_ppm, -500, 500) || !is_within(signal->delay_ms, 0, 500) ||
	    signal->leap_sign < -1 || signal->leap_sign > 1)
		return -EINVAL;
	limit = dut1_limits[signal->station->dut1];
	if (signal->dut1_tenths < -limit || signal->dut1_tenths > limit)
		return -EINVAL;
	memset(encoder, 0, sizeof *encoder);
	encoder->signal = *signal;
	encoder->signal.from.ns -= signal->from.ns % (MINUTE_S * NS_PER_S);
	encoder->minute = encoder->signal.from;
	encoder->minutes_left = signal->minute_count;
	encoder->is_high = !signal->station->pulse_is_high != signal->is_inverted;
	rng_init_seed(&encoder->rng, signal->seed);
	encode_noise_begin(encoder);
	return 0;
}

static int64_t clock_of(const struct radio_encoder *encoder, double since_from_s)
{
	const struct radio_signal *signal = &encoder->signal;
	const double ns = since_from_s * (1e9 + signal->clock_ppm * 1e3) + signal->delay_ms * 1e6;

	return signal->from.ns + llrint(ns);
}

/* One more second of toggles; false when all minutes are done. */
static bool make_second(struct radio_encoder *encoder)
{
	if (encoder->second == encoder->length_s) {
		if (encoder->minutes_left == 0)
			return false;
		if (encoder->length_s > 0)
			encoder->minute = later(encoder->minute, MINUTE_S);
		encoder->minutes_left--;
		encoder->length_s =
			radio_encode_frame(&encoder->signal, encoder->minute, encoder->symbols);
		encoder->second = 0;
	}
	encode_noise_second(encoder, encoder->symbols[encoder->second],
	                    clock_of(encoder, (double)encoder->elapsed_s));
	encoder->second++;
	encoder->elapsed_s++;
	return true;
}

bool radio_encoder_next(struct radio_encoder *encoder, struct radio_edge *edge_out)
{
	while (encoder->pending_count == 0 ||
	       encoder->pending_ns[0] >= clock_of(encoder, (double)encoder->elapsed_s) - EARLY_NS) {
		if (!make_second(encoder))
			break;
	}
	if (encoder->pending_count == 0)
		return false;
	encoder->is_high = !encoder->is_high;
	edge_out->at.ns = encoder->pending_ns[0];
	edge_out->is_high = encoder->is_high;
	encoder->pending_count--;
	memmove(encoder->pending_ns, encoder->pending_ns + 1,
	        encoder->pending_count * sizeof encoder->pending_ns[0]);
	return true;
}
