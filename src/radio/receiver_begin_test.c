/* Receptions that begin at an awkward moment, or with awkward stamps. SPDX-License-Identifier: MIT
 */
#include "base/attributes.h"
#include "radio/receiver_trial.h"
#include "radio/time_search.h"
#include "testing/check.h"
#include "timescale/civil.h"

static struct utc_time utc(const char *text)
{
	struct utc_time when;

	CHECK_EQ(civil_time_parse(text, &when), 0);
	return when;
}

static struct radio_trial run(const struct radio_signal *signal)
{
	const struct radio_config config = { .station = signal->station, .pivot_year = 2000 };
	struct radio_trial trial;

	CHECK_EQ(radio_trial_run(signal, &config, &trial), 0);
	CHECK_EQ(trial.false_count, 0);
	return trial;
}

TEST(radio_receiver, needs_two_clean_minutes_or_three_without_parity)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = { .station = radio_stations[i],
			                             .from = utc("2026-11-22T06:30"),
			                             .minute_count = 5 };
		const unsigned needed = radio_stations[i]->parity_count > 2 ? 2 : 3;

		CHECK(run(&signal).lock_minutes <= needed);
	}
}

/* The minute in which the time is found may be the one that is a second longer, or shorter. */
TEST(radio_receiver, begins_minutes_before_a_leap_second)
{
	for (unsigned n = 0; n < 8 * RADIO_STATION_COUNT; n++) {
		struct radio_signal signal = {
			.station = radio_stations[n / 8],
			.from = utc("2030-12-31T23:52"),
			.minute_count = 20,
			.leap = utc("2031-01-01T00:00"),
			.leap_sign = 1,
			.noise = { .jitter_ms = 3 },
			.seed = n,
		};

		signal.from.ns += n % 8 * 60 * NS_PER_S;
		for (; signal.leap_sign >= -1; signal.leap_sign -= 2) {
			const struct radio_trial trial = run(&signal);

			CHECK(trial.good_count + trial.repaired_count >= 11);
		}
	}
}

TEST(radio_receiver, begins_minutes_before_the_clocks_change)
{
	static const char *const changes[] = { "2040-03-25T00:55", "2040-10-28T00:55" };

	for (unsigned n = 0; n < 2 * 2 * 5; n++) {
		struct radio_signal signal = { .station = radio_stations[n % 2],
			                       .from = utc(changes[n / 2 % 2]),
			                       .minute_count = 12 };

		signal.from.ns += n / 4 * 60 * NS_PER_S;
		CHECK(run(&signal).lock_minutes <= 5);
		CHECK_EQ(run(&signal).summer_wrong_count, 0);
	}
}

/* WWVB has no bit for the leap second's sign, but that of DUT1 says it. */
TEST(radio_receiver, tells_by_dut1_that_wwvb_leaves_a_second_out)
{
	for (int8_t sign = -1; sign <= 1; sign += 2) {
		const struct radio_signal signal = {
			.station = &radio_station_wwvb,
			.from = utc("2030-12-31T12:00"),
			.minute_count = 20,
			.leap = utc("2031-01-01T00:00"),
			.leap_sign = sign,
			.dut1_tenths = (int8_t)(-5 * sign),
		};
		const struct radio_trial trial = run(&signal);

		CHECK(trial.leap_yes_count > 10);
		CHECK_EQ(trial.leap_deletion_count, sign < 0 ? trial.leap_yes_count : 0);
	}
}

TEST(radio_time_search, reads_minus_nothing_and_no_sign_as_no_dut1)
{
	static const uint8_t signs[][3] = { { 1, 0, 1 }, { 0, 1, 0 }, { 0, 0, 0 } };
	const struct radio_signal signal = { .station = &radio_station_wwvb };
	static struct time_search search;

	for (unsigned i = 0; i < ARRAY_COUNT(signs); i++) {
		uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
		float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT] = { 0 };
		int tenths = 7;

		time_search_init(&search, signal.station, 2000);
		(void)radio_encode_frame(&signal, utc("2026-11-22T06:30"), symbols);
		for (unsigned bit = 0; bit < 3; bit++)
			symbols[36 + bit] = signs[i][bit];
		for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++)
			chances[second][symbols[second]] = 1;
		for (int64_t minute = 0; minute < 8; minute++)
			time_search_add(&search, minute, chances);
		CHECK(time_search_dut1(&search, &tenths) > 10);
		CHECK_EQ(tenths, 0);
	}
}

/* It did once, and the minutes after were told 130 ms late. */
TEST(radio_receiver, learns_no_rate_from_the_static_before_the_signal_is_back)
{
	const struct radio_signal signal = {
		.station = &radio_station_jjy,
		.from = { INT64_C(2087090580) * NS_PER_S },
		.minute_count = 40,
		.noise = { .wrong = 0.05, .dropouts_per_hour = 20, .dropout_toggles_per_s = 30 },
		.seed = 37,
	};

	CHECK(run(&signal).error_sd_ms < 5);
}

/* Of MSF's second cell 100 ms leave nothing, which once was divided by. */
TEST(radio_receiver, survives_pulses_so_long_that_cells_vanish)
{
	const struct radio_config config = { .station = &radio_station_msf, .pivot_year = 2000 };
	struct radio_receiver *receiver;
	struct radio_event event;

	CHECK_EQ(radio_receiver_create(&config, &receiver), 0);
	for (int64_t second = 0; second < 200; second++) {
		const int64_t at_ns = (1795329000 + second) * NS_PER_S;
		const int64_t width_ns = (second % 60 == 0 ? 600 : 200) * NS_PER_MS;

		radio_receiver_on_edge(receiver, (struct local_time){ at_ns }, false);
		radio_receiver_on_edge(receiver, (struct local_time){ at_ns + width_ns }, true);
		while (radio_receiver_take(receiver, &event)) {
			if (event.kind == RADIO_EVENT_MINUTE)
				CHECK(event.minute.presence >= 0 && event.minute.presence <= 1);
		}
	}
	radio_receiver_destroy(receiver);
}

/* Feeds a signal as stamps of whole steps: the level at each step, or the step after a change. */
static void receive_in_steps(const struct radio_signal *signal, int64_t step_ns, bool is_sampled,
                             double *error_ns_out, double *uncertainty_ns_out)
{
	const struct radio_config config = { .station = signal->station, .pivot_year = 2000 };
	struct radio_receiver *receiver;
	struct radio_encoder encoder;
	struct radio_event event;
	struct radio_edge edge;
	int64_t at_ns = signal->from.ns;
	bool is_high = true;

	*uncertainty_ns_out = 0;
	CHECK_EQ(radio_receiver_create(&config, &receiver), 0);
	CHECK_EQ(radio_encoder_init(&encoder, signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		const int64_t next_ns = (edge.at.ns + step_ns - 1) / step_ns * step_ns;

		for (; is_sampled && at_ns < next_ns; at_ns += step_ns)
			radio_receiver_on_edge(receiver, (struct local_time){ at_ns }, is_high);
		is_high = edge.is_high;
		if (!is_sampled)
			radio_receiver_on_edge(receiver, (struct local_time){ next_ns }, is_high);
		while (radio_receiver_take(receiver, &event)) {
			if (event.kind != RADIO_EVENT_MINUTE ||
			    event.minute.verdict == RADIO_REFUSED)
				continue;
			*error_ns_out = (double)(event.minute.at.ns - event.minute.utc.ns) -
			                signal->delay_ms * 1e6;
			*uncertainty_ns_out = event.minute.uncertainty_ns;
		}
	}
	radio_receiver_destroy(receiver);
}

TEST(radio_receiver, knows_that_coarse_stamps_cannot_be_averaged)
{
	const struct radio_signal signal = { .station = &radio_station_msf,
		                             .from = utc("2026-11-22T06:30"),
		                             .minute_count = 6,
		                             .delay_ms = 33 };
	double error_ns, uncertainty_ns;

	receive_in_steps(&signal, 20 * NS_PER_MS, false, &error_ns, &uncertainty_ns);
	CHECK_NEAR(error_ns, 7e6, 1e4);
	CHECK_NEAR(uncertainty_ns, 11.5e6, 1e5);
}

TEST(radio_receiver, takes_half_a_sample_off_a_sampled_level)
{
	struct radio_signal signal = { .station = &radio_station_msf,
		                       .from = utc("2026-11-22T06:30"),
		                       .minute_count = 6,
		                       .delay_ms = 30,
		                       .noise = { .jitter_ms = 15 } };
	double error_ns, uncertainty_ns;

	receive_in_steps(&signal, 20 * NS_PER_MS, true, &error_ns, &uncertainty_ns);
	CHECK_NEAR(error_ns, 0, 7e6); /* it was 10 ms late before */
	CHECK(uncertainty_ns > 11e6);
}
