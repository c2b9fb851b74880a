/* SPDX-License-Identifier: MIT */
#include "radio/receiver.h"

#include <errno.h>

#include "base/attributes.h"
#include "radio/receiver_trial.h"
#include "testing/check.h"
#include "timescale/civil.h"

#define AT(days_, hour_, minute_) (((days_)*1440L + (hour_)*60 + (minute_)) * 60 * NS_PER_S)

static struct radio_trial run(const struct radio_signal *signal)
{
	const struct radio_config config = { .station = signal->station, .pivot_year = 2000 };
	struct radio_trial trial;

	CHECK_EQ(radio_trial_run(signal, &config, &trial), 0);
	CHECK_EQ(trial.false_count, 0);
	CHECK_EQ(trial.dut1_wrong_count, 0);
	CHECK_EQ(trial.summer_wrong_count, 0);
	CHECK_EQ(trial.leap_wrong_count, 0);
	return trial;
}

TEST(radio_receiver, locks_within_minutes_and_keeps_every_one_after)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = {
			.station = radio_stations[i],
			.from = { AT(20779, 6, 30) },
			.minute_count = 30,
			.noise = { .jitter_ms = 3, .stretch_ms = 25 },
		};
		const struct radio_trial trial = run(&signal);

		CHECK(trial.lock_minutes >= 2 && trial.lock_minutes <= 6);
		CHECK_EQ(trial.good_count, trial.minute_count - trial.lock_minutes + 1);
	}
}

TEST(radio_receiver, repairs_what_five_percent_of_wrong_pulses_broke)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = {
			.station = radio_stations[i],
			.from = { AT(20900, 22, 0) },
			.minute_count = 240,
			.noise = { .wrong = 0.05, .jitter_ms = 5 },
			.seed = 5,
		};
		const struct radio_trial trial = run(&signal);

		CHECK(trial.decoded_after_lock_count * 100 >= trial.after_lock_count * 95);
		CHECK(trial.error_sd_ms < 0.75); /* 240 minutes tell it to 5 % */
		CHECK_NEAR(trial.pull_sd, 1, 0.25);
	}
}

TEST(radio_receiver, hears_no_time_in_noise)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = {
			.station = radio_stations[i],
			.from = { AT(20900, 22, 0) },
			.minute_count = 120,
			.noise = { .missing = 1, .spikes_per_s = 3, .spike_ms = 120 },
			.seed = 6,
		};
		const struct radio_trial trial = run(&signal);

		CHECK_EQ(trial.refused_count, trial.minute_count);
	}
}

static struct utc_time utc(const char *text)
{
	struct utc_time when;

	CHECK_EQ(civil_time_parse(text, &when), 0);
	return when;
}

TEST(radio_receiver, crosses_the_year_the_leap_day_and_the_end_of_summer_time)
{
	static const struct {
		const char *from;
		unsigned refused_max; /* to lock, and at a change of the clocks */
	} nights[] = {
		{ "2027-12-31T14:40", 6 }, { "2027-12-31T22:40", 6 }, { "2027-12-31T23:40", 6 },
		{ "2028-02-28T23:40", 6 }, { "2027-03-28T00:30", 8 }, { "2027-10-31T00:30", 8 },
		{ "2027-03-13T23:40", 6 },
	};

	for (unsigned n = 0; n < ARRAY_COUNT(nights); n++) {
		for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
			const struct radio_signal signal = { .station = radio_stations[i],
				                             .from = utc(nights[n].from),
				                             .minute_count = 45 };

			CHECK(run(&signal).refused_count <= nights[n].refused_max);
		}
	}
}

TEST(radio_receiver, passes_a_leap_second_either_way)
{
	for (int8_t sign = -1; sign <= 1; sign += 2) {
		for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
			const struct radio_signal signal = {
				.station = radio_stations[i],
				.from = utc("2030-12-31T23:20"),
				.minute_count = 60,
				.leap = utc("2031-01-01T00:00"),
				.leap_sign = sign,
				.noise = { .wrong = 0.02, .jitter_ms = 3 },
				.seed = 4,
			};
			const struct radio_trial trial = run(&signal);

			CHECK_EQ(trial.decoded_after_lock_count, trial.after_lock_count);
			CHECK((trial.leap_yes_count > 20) ==
			      (radio_stations[i] != &radio_station_msf));
		}
	}
}

/* In this hour a change of the clocks could lie behind; with no minute from before it, it must not
 * count as another time. */
TEST(radio_receiver, locks_as_fast_in_the_hour_after_one_utc)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct radio_signal signal = { .station = radio_stations[i],
			                             .from = utc("2026-04-11T01:23"),
			                             .minute_count = 10 };

		CHECK(run(&signal).lock_minutes <= 4);
	}
}

TEST(radio_receiver, tells_dut1_with_its_sign)
{
	for (int8_t tenths = -8; tenths <= 8; tenths++) {
		for (unsigned i = 0; i < RADIO_STATION_COUNT; i += 2) { /* MSF and WWVB */
			const struct radio_signal signal = { .station = radio_stations[i],
				                             .from = utc("2026-11-22T06:30"),
				                             .minute_count = 10,
				                             .dut1_tenths = tenths };

			CHECK(run(&signal).dut1_right_count >= 4);
		}
	}
}

TEST(radio_receiver, finds_the_polarity_by_itself)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = { .station = radio_stations[i],
			                             .from = utc("2026-11-22T06:30"),
			                             .minute_count = 20,
			                             .is_inverted = true,
			                             .noise = { .wrong = 0.05 } };
		const struct radio_trial trial = run(&signal);

		CHECK(trial.inverted_count >= 10);
		CHECK_EQ(trial.inverted_count, trial.good_count + trial.repaired_count);
	}
}

TEST(radio_receiver, hears_no_time_in_another_station)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		for (unsigned j = 0; j < RADIO_STATION_COUNT; j++) {
			const struct radio_signal signal = { .station = radio_stations[i],
				                             .from = utc("2026-11-22T06:30"),
				                             .minute_count = 40 };
			const struct radio_config config = { .station = radio_stations[j],
				                             .pivot_year = 2000 };
			struct radio_trial trial;

			if (i == j)
				continue;
			CHECK_EQ(radio_trial_run(&signal, &config, &trial), 0);
			CHECK_EQ(trial.refused_count, trial.minute_count);
		}
	}
}

TEST(radio_receiver, holds_on_through_fades_and_comes_back)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = {
			.station = radio_stations[i],
			.from = utc("2026-11-22T06:30"),
			.minute_count = 300,
			.noise = { .dropouts_per_hour = 2,
			           .dropout_s = 400,
			           .dropout_toggles_per_s = 20 },
			.seed = 8,
		};
		const struct radio_trial trial = run(&signal);

		CHECK(trial.decoded_after_lock_count * 100 > trial.after_lock_count * 55);
	}
}

TEST(radio_receiver, survives_a_step_of_the_clock_that_it_is_told_of)
{
	const struct radio_signal signal = { .station = &radio_station_dcf77,
		                             .from = utc("2026-11-22T06:30"),
		                             .minute_count = 12 };
	const struct radio_config config = { .station = signal.station, .pivot_year = 2000 };
	struct radio_receiver *receiver;
	struct radio_encoder encoder;
	struct radio_event event;
	struct radio_edge edge;
	int64_t step_ns = 0;
	unsigned decoded_count = 0;

	CHECK_EQ(radio_receiver_create(&config, &receiver), 0);
	CHECK_EQ(radio_encoder_init(&encoder, &signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		radio_receiver_on_edge(receiver, (struct local_time){ edge.at.ns + step_ns },
		                       edge.is_high);
		while (radio_receiver_take(receiver, &event)) {
			if (event.kind != RADIO_EVENT_MINUTE ||
			    event.minute.verdict == RADIO_REFUSED)
				continue;
			decoded_count++;
			CHECK_NEAR((double)(event.minute.at.ns - step_ns - event.minute.utc.ns), 0,
			           1e5);
			if (decoded_count == 4) {
				step_ns = -7300123456;
				radio_receiver_on_clock_stepped(receiver, step_ns);
			}
		}
	}
	CHECK(decoded_count >= 8);
	radio_receiver_destroy(receiver);
}

TEST(radio_receiver, refuses_a_config_out_of_range)
{
	struct radio_receiver *receiver;

	CHECK_EQ(radio_receiver_create(&(struct radio_config){ .pivot_year = 2000 }, &receiver),
	         -EINVAL);
	CHECK_EQ(radio_receiver_create(&(struct radio_config){ .station = &radio_station_msf },
	                               &receiver),
	         -EINVAL);
}
