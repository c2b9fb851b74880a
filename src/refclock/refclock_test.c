/* SPDX-License-Identifier: MIT */
#include "refclock/refclock.h"

#include <errno.h>
#include <math.h>

#include "base/rng.h"
#include "testing/check.h"

#define START_NS (INT64_C(1795334400) * NS_PER_S)

static const struct refclock_help nobody;
static const struct instant start = { { 1000 * NS_PER_S }, { START_NS } };
static struct refclock_options options;

static struct refclock *make(const char *driver)
{
	struct refclock *refclock = NULL;

	options.driver = refclock_drivers_find(driver);
	options.filter_count = 64;
	options.poll_log2_s = 4;
	options.rate_hz = 1;
	options.maxlockage_pulses = 2;
	CHECK_EQ(refclock_create(
			 &(struct refclock_config){ .options = &options, .precision_s = 1e-7 },
			 start, &refclock),
	         0);
	return refclock;
}

static struct refclock *make_default(const char *driver)
{
	options = (struct refclock_options){ .delay_s = 1e-9 };
	return make(driver);
}

static enum refclock_verdict give(struct refclock *refclock, double at_s, double offset_s,
                                  const struct refclock_help *help, double *taken_s)
{
	const struct refclock_reading reading = { .at = { START_NS + llrint(at_s * 1e9) },
		                                  .offset_ns = llrint(offset_s * 1e9),
		                                  .leap = LEAP_NONE };
	int64_t offset_ns = 0;
	const enum refclock_verdict verdict =
		refclock_on_reading(refclock, &reading, help, &offset_ns);

	*taken_s = (double)offset_ns * 1e-9;
	return verdict;
}

static struct mono_time after(double s)
{
	return mono_time_after(start.mono, llrint(s * 1e9));
}

TEST(refclock, refuses_a_line_without_a_driver)
{
	static const struct refclock_options none = { .filter_count = 1 };
	struct refclock *refclock = NULL;

	CHECK_EQ(refclock_create(&(struct refclock_config){ .options = &none, .precision_s = 1e-7 },
	                         start, &refclock),
	         -EINVAL);
	refclock_destroy(NULL);
}

TEST(refclock, measures_within_seconds_and_then_at_its_poll)
{
	struct refclock *refclock = make_default("SOCK");
	struct refclock_measurement measurement;
	double at_s, last_s = 0, interval_s = 0;
	unsigned count = 0;
	double taken_s;

	for (at_s = 0.5; at_s < 200; at_s++) {
		CHECK_EQ(give(refclock, at_s, 0.25 + 1e-5 * sin(at_s), &nobody, &taken_s),
		         REFCLOCK_TAKEN);
		if (!refclock_on_deadline(refclock, after(at_s + 0.5), 0, 1e-9, &measurement))
			continue;
		if (count++ == 0)
			CHECK(at_s < 5);
		interval_s = at_s - last_s;
		last_s = at_s;
		CHECK_NEAR((double)measurement.exchange.upper_ns, 0.25e9, 2e4);
	}
	CHECK_NEAR(interval_s, 16, 1e-9);
	CHECK_EQ(refclock_status(refclock).reach, 0xff);
	CHECK_EQ(refclock_status(refclock).empty_count, 0);
	refclock_destroy(refclock);
}

TEST(refclock, counts_silence_as_missed_polls)
{
	struct refclock *refclock = make_default("SOCK");
	struct refclock_measurement measurement;

	for (double at_s = 1; at_s < 100; at_s++)
		CHECK(!refclock_on_deadline(refclock, after(at_s), 0, 1e-9, &measurement));
	CHECK_EQ(refclock_status(refclock).empty_count, 6);
	CHECK_EQ(refclock_status(refclock).reach, 0);
	refclock_destroy(refclock);
}

/* A sample a minute is no silence, however short the poll. */
TEST(refclock, waits_for_clocks_that_speak_seldom)
{
	struct refclock *refclock = make_default("SOCK");
	struct refclock_measurement measurement;
	double taken_s;

	for (double at_s = 0; at_s < 1200; at_s++) {
		if (fmod(at_s, 60) < 0.5)
			(void)give(refclock, at_s + 1, 0.001 * fmod(at_s, 7), &nobody, &taken_s);
		(void)!refclock_on_deadline(refclock, after(at_s), 0, 1e-9, &measurement);
	}
	CHECK(refclock_status(refclock).empty_count <= 1);
	refclock_destroy(refclock);
}

TEST(refclock, adds_offset_and_counts_half_the_delay_as_error)
{
	struct refclock *refclock;
	struct refclock_measurement measurement = { .sd_s = 0 };
	double taken_s;

	options = (struct refclock_options){ .delay_s = 0.2, .offset_s = 0.1 };
	refclock = make("SHM");
	for (int i = 0; i < 4; i++) {
		CHECK_EQ(give(refclock, 0.1 * i, 0.5, &nobody, &taken_s), REFCLOCK_TAKEN);
		CHECK_NEAR(taken_s, 0.6, 1e-9);
	}
	CHECK(refclock_on_deadline(refclock, after(1), 0, 1e-9, &measurement));
	CHECK_EQ(measurement.exchange.upper_ns, 700000000);
	CHECK_EQ(measurement.exchange.lower_ns, 500000000);
	CHECK_NEAR(measurement.error_max_s, 0, 1e-12);
	refclock_destroy(refclock);
}

TEST(refclock, throws_away_what_scatters_more_than_maxdispersion)
{
	struct refclock *refclock;
	struct refclock_measurement measurement;
	double taken_s;

	options = (struct refclock_options){ .delay_s = 1e-9, .maxdispersion_s = 1e-3 };
	refclock = make("SHM");
	for (int i = 0; i < 8; i++)
		(void)give(refclock, 0.1 * i, i % 2 ? 0.01 : -0.01, &nobody, &taken_s);
	CHECK(!refclock_on_deadline(refclock, after(1), 0, 1e-9, &measurement));
	refclock_destroy(refclock);
}

TEST(refclock, refuses_samples_that_are_no_later_and_absurd_ones)
{
	struct refclock *refclock = make_default("SHM");
	double taken_s;

	CHECK_EQ(give(refclock, 5, 0, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK_EQ(give(refclock, 5, 0, &nobody, &taken_s), REFCLOCK_NOT_LATER);
	CHECK_EQ(give(refclock, 6, 5e9, &nobody, &taken_s), REFCLOCK_ABSURD);
	CHECK_EQ(give(refclock, -2e9, 0, &nobody, &taken_s), REFCLOCK_ABSURD);
	CHECK_EQ(refclock_status(refclock).verdict_count[REFCLOCK_ABSURD], 2);
	refclock_destroy(refclock);
}

/* ---- pulses and their number-giver ---- */

static struct refclock_options giver_options;

static struct refclock *make_giver(const char *driver)
{
	struct refclock *giver = NULL;

	giver_options = (struct refclock_options){ .driver = refclock_drivers_find(driver),
		                                   .filter_count = 64,
		                                   .poll_log2_s = 4,
		                                   .delay_s = 1e-9,
		                                   .rate_hz = 1 };
	CHECK_EQ(refclock_create(&(struct refclock_config){ .options = &giver_options,
	                                                    .precision_s = 1e-7 },
	                         start, &giver),
	         0);
	return giver;
}

TEST(refclock, numbers_pulses_by_the_clock_that_they_are_locked_to)
{
	struct refclock *giver = make_giver("SHM"), *pps = make_default("PPS");
	const struct refclock_help help = { .giver = giver };
	double taken_s;

	CHECK_EQ(give(pps, 0.5, 0.5, &help, &taken_s), REFCLOCK_NO_NUMBER);
	for (int i = 0; i < 3; i++) /* 7 s behind, and 100 ms late */
		CHECK_EQ(give(giver, 1.6 + i, 6.9, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK_EQ(give(pps, 4.5, 0.0005, &help, &taken_s), REFCLOCK_TAKEN);
	CHECK_NEAR(taken_s, 7.0005, 1e-9);
	/* it has fallen silent for more than two pulses */
	CHECK_EQ(give(pps, 6.5, 0.0005, &help, &taken_s), REFCLOCK_NO_NUMBER);
	/* one wrong second, and it is not asked until it agrees with itself again */
	CHECK_EQ(give(giver, 6.6, 7.9, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK_EQ(give(pps, 7.5, 0.0005, &help, &taken_s), REFCLOCK_NO_NUMBER);
	refclock_destroy(giver);
	refclock_destroy(pps);
}

/* A serial line is late and never early: 0.7 s after the pulse is the second before, 0.9 s would be
 * too late to tell. */
TEST(refclock, knows_that_sentences_come_after_their_pulse)
{
	struct refclock *giver = make_giver("NMEA"), *pps = make_default("PPS");
	const struct refclock_help help = { .giver = giver };
	double taken_s;

	for (int i = 0; i < 3; i++)
		CHECK_EQ(give(giver, 1.7 + i, -0.7, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK_EQ(give(pps, 4.0, 0, &help, &taken_s), REFCLOCK_TAKEN);
	CHECK_NEAR(taken_s, 0, 1e-9);
	refclock_destroy(giver);
	refclock_destroy(pps);
}

TEST(refclock, takes_the_foretold_error_off_the_pulse_that_it_is_about)
{
	struct refclock *pps = make_default("PPS");
	const struct refclock_help help = { .has_combined = true, .combined_bound_s = 0.01 };
	double taken_s;

	refclock_on_pulse_error(pps, (struct utc_time){ START_NS + 5 * NS_PER_S }, 12e-9);
	CHECK_EQ(give(pps, 4, 0, &help, &taken_s), REFCLOCK_TAKEN);
	CHECK_NEAR(taken_s, 0, 1e-12);
	CHECK_EQ(give(pps, 5.000000012, -12e-9, &help, &taken_s), REFCLOCK_TAKEN);
	CHECK_NEAR(taken_s, 0, 1.1e-9);
	refclock_destroy(pps);
}

/* ---- offset auto ---- */

TEST(refclock, learns_its_lateness_and_says_how_uncertain_it_is)
{
	struct refclock_measurement measurement = { .sd_s = 0 };
	struct refclock *refclock;
	double taken_s;
	int64_t shift_ns;

	options = (struct refclock_options){ .delay_s = 1e-9, .offset_s = NAN };
	refclock = make("NMEA");
	for (int i = 0; i < 4; i++)
		CHECK_EQ(give(refclock, i, -0.3, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK(refclock_on_deadline(refclock, after(4), 0, 1e-9, &measurement));
	CHECK_NEAR(measurement.error_max_s, 0.8, 1e-9); /* all that is known of such clocks */
	shift_ns = refclock_learn_lateness(refclock, 0, 1e-3, measurement.exchange.lower_ns, 1e-4,
	                                   after(4));
	CHECK_NEAR((double)shift_ns, 3e8, 2);
	CHECK_EQ(give(refclock, 5, -0.3, &nobody, &taken_s), REFCLOCK_TAKEN);
	CHECK_NEAR(taken_s, 0, 2e-9);
	CHECK(refclock_on_deadline(refclock, after(10), 0, 1e-9, &measurement));
	CHECK_NEAR(measurement.error_max_s, 1.3e-3, 1e-5);
	refclock_destroy(refclock);
}

TEST(refclock, remembers_only_where_it_was_asked_to_learn)
{
	const struct refclock_lateness lateness = { .offset_s = 0.2, .error_s = 1e-3 };
	struct refclock *refclock;

	options = (struct refclock_options){ .delay_s = 1e-9, .offset_s = NAN };
	refclock = make("NMEA");
	refclock_remember_lateness(refclock, &lateness);
	CHECK_NEAR(refclock_status(refclock).lateness.offset_s, 0.2, 1e-12);
	CHECK(refclock_status(refclock).lateness.is_learnt);
	refclock_destroy(refclock);
	options = (struct refclock_options){ .delay_s = 1e-9, .offset_s = 0.1 };
	refclock = make("NMEA");
	refclock_remember_lateness(refclock, &lateness);
	CHECK_NEAR(refclock_status(refclock).lateness.offset_s, 0.1, 1e-12);
	refclock_destroy(refclock);
}
