/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "refclock/refclock_driver.h"
#include "testing/check.h"
#include "wire/shm_time.h"
#include "wire/sock_sample.h"

#define NOW_NS (INT64_C(1795334400) * NS_PER_S)

static struct refclock_samples out;

static void clear(void)
{
	memset(&out, 0, sizeof out);
}

TEST(refclock_drivers, are_found_by_name_in_any_case)
{
	CHECK(refclock_drivers_count() >= 4);
	CHECK(refclock_drivers_find("pps") != NULL);
	CHECK(refclock_drivers_find("Shm") == refclock_drivers_find("SHM"));
	CHECK(refclock_drivers_find("SHM1") == NULL);
	for (size_t i = 0; i < refclock_drivers_count(); i++) {
		const struct refclock_driver *driver = refclock_drivers_at(i);

		CHECK(driver->name && driver->summary && driver->parameter);
		CHECK(driver->on_serial || driver->on_edge || driver->on_datagram ||
		      driver->on_segment || driver->on_phc || driver->on_rtc);
	}
}

TEST(refclock_drivers, give_no_more_samples_than_there_is_room_for)
{
	clear();
	for (int i = 0; i < REFCLOCK_SAMPLES_MAX; i++)
		CHECK(refclock_samples_add_pulse(&out, (struct local_time){ i }) != NULL);
	CHECK(refclock_samples_add_pulse(&out, (struct local_time){ 0 }) == NULL);
	CHECK_EQ(out.count, REFCLOCK_SAMPLES_MAX);
}

/* ---- SHM ---- */

static void feed_segment(const struct shm_time *time, uint32_t count_after)
{
	const struct refclock_driver *shm = refclock_drivers_find("SHM");
	struct shm_time_layout layout;
	struct refclock_event event = { .input = REFCLOCK_SEGMENT,
		                        .map = { .real_ns = NOW_NS, .local = { NOW_NS + 500 } } };

	shm_time_encode(time, &layout);
	event.segment = (struct refclock_segment){ .bytes = (const uint8_t *)&layout,
		                                   .length_bytes = sizeof layout,
		                                   .count_after = count_after };
	clear();
	shm->on_segment(NULL, &event, &out);
}

TEST(refclock_shm, takes_a_sample_on_the_kept_clock)
{
	struct shm_time time = { .mode = 1,
		                 .count = 3,
		                 .clock_ns = NOW_NS + 7,
		                 .receive_ns = NOW_NS - 1000,
		                 .leap = 1,
		                 .is_valid = true };

	feed_segment(&time, 3);
	CHECK_EQ(out.count, 1);
	CHECK_EQ(out.samples[0].at.ns, NOW_NS - 500);
	CHECK_EQ(out.samples[0].time.ns, NOW_NS + 7);
	CHECK_EQ(out.samples[0].leap, LEAP_INSERT);
	CHECK(!out.samples[0].is_pulse);
}

TEST(refclock_shm, refuses_what_is_torn_or_old_or_in_doubt)
{
	struct shm_time time = {
		.mode = 1, .count = 3, .clock_ns = NOW_NS, .receive_ns = NOW_NS, .is_valid = true
	};

	feed_segment(&time, 4);
	CHECK_EQ(out.count, 0);
	CHECK_EQ(out.refused_count, 1);
	time.mode = 0; /* the count means nothing there */
	feed_segment(&time, 4);
	CHECK_EQ(out.count, 1);
	time.mode = 2;
	feed_segment(&time, 3);
	CHECK_EQ(out.count, 0);
	time.mode = 1;
	time.leap = 3;
	feed_segment(&time, 3);
	CHECK_EQ(out.count, 0);
	time.leap = 0;
	time.is_valid = false; /* taken already: no fault */
	feed_segment(&time, 3);
	CHECK_EQ(out.count, 0);
	CHECK_EQ(out.refused_count, 0);
}

/* ---- SOCK ---- */

static void feed_datagram(const void *bytes, size_t length)
{
	const struct refclock_driver *sock = refclock_drivers_find("SOCK");
	const struct refclock_event event = { .input = REFCLOCK_DATAGRAM,
		                              .map = stamp_map_same((struct local_time){ NOW_NS }),
		                              .datagram = { bytes, length, { NOW_NS } } };

	clear();
	sock->on_datagram(NULL, &event, &out);
}

TEST(refclock_sock, takes_times_and_pulses)
{
	struct sock_sample sample = { .system_ns = NOW_NS, .offset_s = -0.125, .leap = 2 };
	uint8_t bytes[SOCK_SAMPLE_SIZE];

	sock_sample_encode(&sample, bytes);
	feed_datagram(bytes, sizeof bytes);
	CHECK_EQ(out.count, 1);
	CHECK_EQ(out.samples[0].at.ns, NOW_NS);
	CHECK_EQ(out.samples[0].time.ns, NOW_NS - 125000000);
	CHECK_EQ(out.samples[0].leap, LEAP_DELETE);
	CHECK(!out.samples[0].is_pulse);
	sample.is_pulse = true;
	sock_sample_encode(&sample, bytes);
	feed_datagram(bytes, sizeof bytes);
	CHECK(out.samples[0].is_pulse);
}

TEST(refclock_sock, refuses_other_messages_and_says_why)
{
	struct sock_sample sample = { .system_ns = NOW_NS, .leap = 3 };
	uint8_t bytes[SOCK_SAMPLE_SIZE];

	feed_datagram("hello", 5);
	CHECK_EQ(out.refused_count, 1);
	CHECK_TEXT(out.refusal, "a message of the wrong length");
	sock_sample_encode(&sample, bytes);
	feed_datagram(bytes, sizeof bytes);
	CHECK_TEXT(out.refusal, "the sender says that it is not synchronised");
	bytes[39] ^= 1;
	feed_datagram(bytes, sizeof bytes);
	CHECK_TEXT(out.refusal, "a message that is none");
	CHECK_EQ(out.count, 0);
}

/* ---- PPS and PHC ---- */

TEST(refclock_pps, takes_each_pulse_once_and_notices_gaps)
{
	const struct refclock_driver *pps = refclock_drivers_find("PPS");
	struct refclock_event event = { .input = REFCLOCK_PULSE,
		                        .edge = { .at = { NOW_NS }, .sequence = 41 } };
	uint64_t state[8] = { 0 };

	CHECK(pps->state_size <= sizeof state);
	clear();
	pps->on_edge(state, &event, &out);
	pps->on_edge(state, &event, &out);
	CHECK_EQ(out.count, 1);
	CHECK(out.samples[0].is_pulse);
	CHECK_EQ(out.samples[0].time.ns, 0);
	event.edge.sequence = 43;
	pps->on_edge(state, &event, &out);
	CHECK_EQ(out.count, 2);
	CHECK_EQ(out.refused_count, 1);
}

TEST(refclock_phc, reads_in_the_middle_of_its_window)
{
	const struct refclock_driver *phc = refclock_drivers_find("PHC");
	struct refclock_event event = { .input = REFCLOCK_PHC,
		                        .phc = { .before = { NOW_NS },
		                                 .after = { NOW_NS + 800 },
		                                 .phc_ns = NOW_NS + 37 * NS_PER_S } };
	uint64_t state[16] = { 0 };

	CHECK(phc->state_size <= sizeof state);
	clear();
	event.phc.phc_ns--;
	phc->on_phc(state, &event, &out); /* does it tick? */
	CHECK_EQ(out.count, 0);
	event.phc.phc_ns++;
	phc->on_phc(state, &event, &out);
	CHECK_EQ(out.samples[0].at.ns, NOW_NS + 400);
	CHECK_EQ(out.samples[0].window_ns, 800);
	CHECK_EQ(out.samples[0].time.ns, NOW_NS + 37 * NS_PER_S);
	event.phc.after.ns = NOW_NS - 1;
	phc->on_phc(state, &event, &out);
	CHECK_EQ(out.count, 1);
	CHECK_EQ(out.refused_count, 1);
}

TEST(refclock_phc, is_not_believed_while_it_stands_still)
{
	const struct refclock_driver *phc = refclock_drivers_find("PHC");
	struct refclock_event event = { .input = REFCLOCK_PHC, .phc.phc_ns = NOW_NS };
	uint64_t state[16] = { 0 };

	clear();
	for (int i = 0; i < 10; i++) { /* dead from the start, alive for three, frozen */
		event.phc.before.ns = event.phc.after.ns = NOW_NS + i * NS_PER_S;
		event.phc.phc_ns += i >= 4 && i < 7 ? NS_PER_S : 0;
		phc->on_phc(state, &event, &out);
		CHECK_EQ(out.count, i < 4 ? 0 : i < 7 ? i - 3 : 3);
	}
	CHECK_EQ(out.refused_count, 6);
	CHECK(strstr(out.refusal, "stands still") != NULL);
}

/* A reading is the mean of several looks, each at another moment of what stands still. */
TEST(refclock_phc, stands_still_also_when_its_readings_scatter)
{
	const struct refclock_driver *phc = refclock_drivers_find("PHC");
	struct refclock_event event = { .input = REFCLOCK_PHC };
	uint64_t state[16] = { 0 };

	clear();
	for (int i = 0; i < 10; i++) {
		event.phc.before.ns = event.phc.after.ns = NOW_NS + i * NS_PER_S;
		event.phc.phc_ns = NOW_NS + (i % 3) * 40 * NS_PER_US;
		phc->on_phc(state, &event, &out);
	}
	CHECK_EQ(out.count, 0);
	CHECK_EQ(out.refused_count, 9);
}

/* The hardware's clock runs 100 ppm fast; an edge 0.4 s after the reading is mapped by that. */
TEST(refclock_phc, maps_external_stamps_by_the_rate_between_readings)
{
	const struct refclock_driver *phc = refclock_drivers_find("PHC");
	uint64_t state[16] = { 0 };

	for (int i = 0; i <= 60; i++) {
		const struct local_time now = { NOW_NS + i * NS_PER_S };
		const int64_t reading_ns = 1000 + i * (NS_PER_S + 100000);
		const struct refclock_event event = {
			.input = REFCLOCK_PHC,
			.phc = { .before = now,
			         .after = now,
			         .is_external = true,
			         .reading_ns = reading_ns,
			         .phc_ns = reading_ns + 400040000 },
		};

		clear();
		phc->on_phc(state, &event, &out);
	}
	CHECK(out.samples[0].is_pulse);
	CHECK_NEAR((double)(out.samples[0].at.ns - NOW_NS - 60 * NS_PER_S), 4e8, 20);
}

TEST(refclock_rtc, takes_each_second_and_trusts_it_little)
{
	const struct refclock_driver *rtc = refclock_drivers_find("rtc");
	const struct refclock_event event = {
		.input = REFCLOCK_RTC,
		.rtc = { .at = { NOW_NS }, .window_ns = 2000, .rtc_s = 1795348800 },
	};

	clear();
	rtc->on_rtc(NULL, &event, &out);
	CHECK_EQ(out.count, 1);
	CHECK_EQ(out.samples[0].at.ns, NOW_NS);
	CHECK_EQ(out.samples[0].time.ns, 1795348800 * NS_PER_S);
	CHECK_EQ(out.samples[0].window_ns, 2000);
	CHECK(rtc->lateness_max_s >= 1);
}
