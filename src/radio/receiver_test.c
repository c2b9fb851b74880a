/* SPDX-License-Identifier: MIT */
#include "radio/receiver.h"

#include "radio/receiver_trial.h"
#include "testing/check.h"

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
