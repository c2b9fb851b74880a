/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "radio/encode.h"
#include "radio/station.h"
#include "radio/verdict.h"
#include "refclock/radio_clock.h"
#include "refclock/refclock.h"
#include "testing/check.h"

#define FROM_S   INT64_C(1795329000)                          /* 2026-11-22 06:30 */
#define FREE_OFF (-INT64_C(70) * 365 * 86400 * NS_PER_S / 10) /* our clock: seven years behind */
#define DELAY_NS (40 * NS_PER_MS)
#define FALSE_NS (100 * NS_PER_MS)
#define FLOOR_YEAR                                                                                 \
	{                                                                                          \
		(INT64_C(1704067200)) * NS_PER_S                                                   \
	} /* 2024 */

static struct refclock_samples samples;

struct outcome {
	unsigned count, false_count, announced_count, refused_count;
	double error_sd_ms, pull_sd;
};

static void count_samples(struct outcome *outcome, double sums[2])
{
	for (size_t i = 0; i < samples.count; i++) {
		const struct refclock_sample *sample = &samples.samples[i];
		const double error_ns =
			(double)(sample->free_at.ns - FREE_OFF - DELAY_NS - sample->time.ns);

		CHECK(sample->is_free);
		CHECK(sample->error_s > 0);
		outcome->count++;
		outcome->false_count += fabs(error_ns) > (double)FALSE_NS;
		outcome->announced_count += sample->leap == LEAP_INSERT;
		sums[0] += error_ns * error_ns * 1e-12;
		sums[1] += error_ns * error_ns * 1e-18 / sample->error_s / sample->error_s;
	}
	outcome->refused_count += samples.refused_count;
}

static struct outcome run(const char *driver, const struct radio_signal *signal)
{
	static struct refclock_options options;
	const struct refclock_config config = { .options = &options,
		                                .precision_s = 1e-6,
		                                .floor = FLOOR_YEAR };
	struct outcome outcome = { 0 };
	struct radio_encoder encoder;
	struct refclock *refclock;
	struct radio_edge edge;
	double sums[2] = { 0 };
	uint32_t sequence = 0;

	options = (struct refclock_options){ .driver = refclock_drivers_find(driver),
		                             .filter_count = 64 };
	CHECK(options.driver != NULL);
	CHECK_EQ(refclock_create(&config, (struct instant){ 0 }, &refclock), 0);
	CHECK_EQ(radio_encoder_init(&encoder, signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		const struct refclock_event event = {
			.input = REFCLOCK_EDGES,
			.edge = { .at = { edge.at.ns },
			          .free_at = { edge.at.ns + FREE_OFF },
			          .sequence = sequence++,
			          .is_rising = edge.is_high },
		};

		refclock_on_event(refclock, &event, &samples);
		count_samples(&outcome, sums);
	}
	outcome.error_sd_ms = sqrt(sums[0] / fmax(outcome.count, 1));
	outcome.pull_sd = sqrt(sums[1] / fmax(outcome.count, 1));
	CHECK_EQ(refclock_status(refclock).refused_count, outcome.refused_count);
	refclock_destroy(refclock);
	return outcome;
}

static struct radio_signal signal_of(const struct radio_station *station, struct radio_noise noise)
{
	return (struct radio_signal){ .station = station,
		                      .from = { FROM_S * NS_PER_S },
		                      .minute_count = 60,
		                      .delay_ms = (double)DELAY_NS * 1e-6,
		                      .noise = noise,
		                      .seed = 7 };
}

static const char *const names[] = { "msf", "dcf77", "WWVB", "jjy" };

TEST(refclock_radio, keeps_every_minute_right_with_edges_that_jitter_by_5_ms)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal =
			signal_of(radio_stations[i], (struct radio_noise){ .jitter_ms = 5 });
		const struct outcome outcome = run(names[i], &signal);

		CHECK(outcome.count >= 53 && outcome.count <= 60);
		CHECK_EQ(outcome.false_count, 0);
		CHECK(outcome.error_sd_ms < 1.0); /* 0.67 in the long run */
		CHECK_NEAR(outcome.pull_sd, 1, 0.4);
	}
}

TEST(refclock_radio, makes_no_sample_of_a_wrong_minute)
{
	const struct radio_noise noises[] = {
		{ .jitter_ms = 5, .wrong = 0.3 },
		{ .wrong = 0.4 },
		{ .spikes_per_s = 5, .spike_ms = 60 },
		{ .missing = 1, .spikes_per_s = 5, .spike_ms = 100 }
	};

	for (unsigned i = 0; i < ARRAY_COUNT(noises) * RADIO_STATION_COUNT; i++) {
		const struct radio_signal signal = signal_of(
			radio_stations[i % RADIO_STATION_COUNT], noises[i / RADIO_STATION_COUNT]);
		const struct outcome outcome = run(names[i % RADIO_STATION_COUNT], &signal);

		CHECK_EQ(outcome.false_count, 0);
		CHECK(outcome.refused_count > 0);
	}
}

TEST(refclock_radio, refuses_another_station)
{
	const struct radio_signal signal =
		signal_of(&radio_station_dcf77, (struct radio_noise){ 0 });

	CHECK_EQ(run("msf", &signal).count, 0);
	CHECK_EQ(run("wwvb", &signal).count, 0);
}

TEST(refclock_radio, passes_on_that_a_leap_second_is_announced)
{
	struct radio_signal signal = signal_of(&radio_station_dcf77, (struct radio_noise){ 0 });

	signal.leap.ns = (FROM_S + 50 * 60) * NS_PER_S;
	CHECK_EQ(run("dcf77", &signal).announced_count, 0);
	signal.from.ns = INT64_C(1798759800) * NS_PER_S; /* 2026-12-31 23:30 */
	signal.leap.ns = INT64_C(1798761600) * NS_PER_S;
	signal.leap_sign = 1;
	signal.minute_count = 29;
	CHECK(run("dcf77", &signal).announced_count >= 20);
}

TEST(refclock_radio, begins_anew_when_the_clock_was_moved)
{
	static struct refclock_options options;
	const struct refclock_config config = { .options = &options,
		                                .precision_s = 1e-6,
		                                .floor = FLOOR_YEAR };
	const struct refclock_event event = { .input = REFCLOCK_EDGES,
		                              .edge = { .free_at = { NS_PER_S } } };
	const struct radio_clock *clock;
	struct refclock *refclock;

	options = (struct refclock_options){ .driver = refclock_drivers_find("JJY"),
		                             .filter_count = 64 };
	CHECK_EQ(refclock_create(&config, (struct instant){ 0 }, &refclock), 0);
	refclock_on_event(refclock, &event, &samples);
	clock = options.driver->radio(refclock_driver_state(refclock));
	CHECK_EQ(clock->edges_count, 1);
	refclock_on_clock_jumped(refclock, (struct mono_time){ NS_PER_S });
	CHECK_EQ(clock->edges_count, 0);
	CHECK(clock->receiver != NULL);
	refclock_destroy(refclock);
}

static const struct radio_clock *radio_of(const struct refclock *refclock)
{
	return refclock_status(refclock).options->driver->radio(refclock_driver_state(refclock));
}

/* Minutes [from, until) of what the station sends. */
static unsigned hear(struct refclock *refclock, const struct radio_signal *signal, int64_t from,
                     int64_t until)
{
	struct radio_encoder encoder;
	struct radio_edge edge;
	unsigned taken_count = 0;

	CHECK_EQ(radio_encoder_init(&encoder, signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		const int64_t minute = (edge.at.ns / NS_PER_S - FROM_S) / 60;
		const struct refclock_event event = { .input = REFCLOCK_EDGES,
			                              .edge = { .at = { edge.at.ns },
			                                        .free_at = { edge.at.ns },
			                                        .is_rising = edge.is_high } };

		if (minute < from || minute >= until)
			continue;
		refclock_on_event(refclock, &event, &samples);
		taken_count += (unsigned)samples.count;
	}
	return taken_count;
}

static void lose_and_find(unsigned station)
{
	static struct refclock_options options;
	const struct refclock_config config = { .options = &options,
		                                .precision_s = 1e-6,
		                                .floor = FLOOR_YEAR };
	const struct radio_signal signal =
		signal_of(radio_stations[station], (struct radio_noise){ 0 });
	struct refclock *refclock;
	uint64_t refused_before;

	options = (struct refclock_options){ .driver = refclock_drivers_find(names[station]),
		                             .filter_count = 64 };
	CHECK_EQ(refclock_create(&config, (struct instant){ 0 }, &refclock), 0);
	CHECK(hear(refclock, &signal, 0, 20) >= 15);
	CHECK(radio_receiver_status(radio_of(refclock)->receiver).presence > 0.9F);
	refused_before = refclock_status(refclock).refused_count;
	for (int64_t s = 20 * 60; s < 40 * 60; s += 16)
		refclock_on_time(refclock, (struct free_time){ (FROM_S + s) * NS_PER_S }, &samples);
	CHECK(refclock_status(refclock).refused_count >= refused_before + 18);
	CHECK(strcmp(refclock_status(refclock).refusal,
	             radio_reason_name(RADIO_REASON_NO_SIGNAL)) == 0);
	CHECK(radio_receiver_status(radio_of(refclock)->receiver).presence < 0.1F);
	CHECK(hear(refclock, &signal, 40, 45) >= 4); /* it knew all the time which minute it was */
	refclock_destroy(refclock);
}

TEST(refclock_radio, notices_without_an_edge_that_the_signal_is_gone_and_goes_on_where_it_was)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++)
		lose_and_find(i);
}
