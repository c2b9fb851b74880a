/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_schedule.h"
#include "testing/check.h"

#define BEGIN_S 1000

struct scene {
	struct rng rng;
	struct ntp_schedule schedule;
	struct mono_time now;
};

static void set_up(struct scene *scene, int8_t minpoll, int8_t maxpoll)
{
	rng_init_seed(&scene->rng, 17);
	scene->now.ns = BEGIN_S * NS_PER_S;
	ntp_schedule_init(&scene->schedule, minpoll, maxpoll);
	ntp_schedule_start(&scene->schedule, NS_PER_S, scene->now, &scene->rng);
}

/* Makes the request that is due next, when it is due; returns the seconds since the one before. */
static double send_next(struct scene *scene)
{
	const struct mono_time before = scene->schedule.last;

	scene->now = scene->schedule.next;
	ntp_schedule_on_sent(&scene->schedule, scene->now, &scene->rng);
	return (double)(scene->now.ns - before.ns) * 1e-9;
}

static double wait_s(const struct scene *scene)
{
	return (double)(scene->schedule.next.ns - scene->now.ns) * 1e-9;
}

TEST(ntp_schedule, knows_the_length_of_every_poll)
{
	CHECK_EQ(ntp_schedule_poll_ns(-7), 7812500);
	CHECK_EQ(ntp_schedule_poll_ns(0), NS_PER_S);
	CHECK_EQ(ntp_schedule_poll_ns(6), 64 * NS_PER_S);
	CHECK_EQ(ntp_schedule_poll_ns(24), 16777216 * NS_PER_S);
}

TEST(ntp_schedule, asks_several_times_a_second_only_what_is_near)
{
	static const struct {
		int8_t poll_log2_s;
		int64_t delay_ms;
		double interval_s;
	} rows[] = { { -4, 9, 1.0 / 16 }, { -4, 11, 1 }, { -7, 3, 1.0 / 128 },
		     { -7, 5, 1 },        { 0, 500, 1 }, { 4, 900, 16 } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct scene scene;

		set_up(&scene, rows[i].poll_log2_s, rows[i].poll_log2_s);
		send_next(&scene);
		CHECK_NEAR(wait_s(&scene), fmax(1, rows[i].interval_s), 0.4);
		ntp_schedule_on_delay(&scene.schedule, rows[i].delay_ms * NS_PER_MS);
		send_next(&scene);
		CHECK_NEAR(wait_s(&scene) / rows[i].interval_s, 1, 0.03);
	}
}

TEST(ntp_schedule, begins_within_the_spread)
{
	double least = 1, most = 0;

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct scene scene;

		set_up(&scene, 6, 10);
		rng_init_seed(&scene.rng, seed);
		ntp_schedule_start(&scene.schedule, NS_PER_S, scene.now, &scene.rng);
		least = fmin(least, wait_s(&scene));
		most = fmax(most, wait_s(&scene));
	}
	CHECK(least >= 0 && least < 0.05);
	CHECK(most < 1 && most > 0.95);
}

TEST(ntp_schedule, keeps_within_2_percent_of_the_poll)
{
	for (int8_t poll = -7; poll <= 24; poll++) {
		const double poll_s = ldexp(1, poll);
		struct scene scene;
		double least = INFINITY, most = 0;

		set_up(&scene, poll, poll);
		ntp_schedule_on_delay(&scene.schedule, 1 * NS_PER_MS);
		send_next(&scene);
		for (int i = 0; i < 300; i++) {
			const double interval_s = send_next(&scene);

			least = fmin(least, interval_s);
			most = fmax(most, interval_s);
		}
		CHECK(least >= 0.98 * poll_s - 2e-9 && most <= 1.02 * poll_s + 1e-9);
		CHECK(most - least > 0.03 * poll_s); /* spread out, not a metronome */
	}
}

TEST(ntp_schedule, ends_a_burst_when_enough_were_good)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	send_next(&scene);
	for (int i = 0; i < 3; i++) {
		ntp_schedule_on_good(&scene.schedule, scene.now, &scene.rng);
		CHECK_NEAR(send_next(&scene), 2, 1e-9);
	}
	CHECK_EQ(scene.schedule.burst_total_count, 4);
	ntp_schedule_on_good(&scene.schedule, scene.now, &scene.rng);
	CHECK_EQ(scene.schedule.burst_total_count, 0);
	CHECK_NEAR(wait_s(&scene), 64, 1.3);
}

TEST(ntp_schedule, spreads_what_a_burst_did_not_need)
{
	struct scene scene;

	set_up(&scene, 10, 10);
	ntp_schedule_start_burst(&scene.schedule, 1, 4, scene.now);
	ntp_schedule_spread(&scene.schedule);
	send_next(&scene);
	ntp_schedule_on_good(&scene.schedule, scene.now, &scene.rng);
	CHECK_NEAR(send_next(&scene), 128, 1e-9);
	CHECK_NEAR(send_next(&scene), 256, 1e-9);
	CHECK_NEAR(send_next(&scene), 512, 1e-9);
	CHECK_NEAR(wait_s(&scene), 1024, 21);
}

TEST(ntp_schedule, spreads_nothing_when_the_server_asks_for_less)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_start_burst(&scene.schedule, 1, 4, scene.now);
	ntp_schedule_spread(&scene.schedule);
	send_next(&scene);
	ntp_schedule_on_good(&scene.schedule, scene.now, &scene.rng);
	ntp_schedule_on_rate(&scene.schedule, &scene.rng);
	CHECK_NEAR(wait_s(&scene), 128, 3);
	CHECK_NEAR(send_next(&scene), 128, 3);
}

TEST(ntp_schedule, ends_a_burst_when_all_requests_are_made)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	send_next(&scene);
	for (int i = 0; i < 7; i++)
		CHECK_NEAR(send_next(&scene), 2, 1e-9);
	CHECK_EQ(scene.schedule.burst_good_count, 0);
	CHECK_NEAR(send_next(&scene), 64, 1.3);
}

TEST(ntp_schedule, bursts_no_faster_than_a_short_poll)
{
	struct scene scene;

	set_up(&scene, -2, -2);
	ntp_schedule_on_delay(&scene.schedule, NS_PER_MS);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	send_next(&scene);
	CHECK_NEAR(send_next(&scene), 0.25, 1e-9);
}

TEST(ntp_schedule, brings_the_next_request_forward_for_a_shorter_poll)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_set_poll(&scene.schedule, 10, scene.now, &scene.rng);
	send_next(&scene);
	CHECK_NEAR(wait_s(&scene), 1024, 20.5);
	scene.now.ns += 10 * NS_PER_S;
	ntp_schedule_set_poll(&scene.schedule, 6, scene.now, &scene.rng);
	CHECK_NEAR(wait_s(&scene), 54, 1.3);
	ntp_schedule_set_poll(&scene.schedule, 8, scene.now, &scene.rng);
	CHECK_NEAR(wait_s(&scene), 54, 1.3); /* a longer one applies from then on */
	send_next(&scene);
	CHECK_NEAR(wait_s(&scene), 256, 5.2);
	for (int i = 0; i < 100; i++) { /* the same again draws no new lot */
		const struct mono_time next = scene.schedule.next;

		ntp_schedule_set_poll(&scene.schedule, 8, scene.now, &scene.rng);
		CHECK_EQ(scene.schedule.next.ns, next.ns);
	}
	scene.now.ns += 200 * NS_PER_S;
	ntp_schedule_set_poll(&scene.schedule, 6, scene.now, &scene.rng);
	CHECK_NEAR(wait_s(&scene), 0, 0); /* overdue: at once */
}

TEST(ntp_schedule, holds_the_poll_to_its_limits)
{
	struct scene scene;

	set_up(&scene, 4, 7);
	ntp_schedule_set_poll(&scene.schedule, 3, scene.now, &scene.rng);
	CHECK_EQ(scene.schedule.poll_log2_s, 4);
	ntp_schedule_set_poll(&scene.schedule, 24, scene.now, &scene.rng);
	CHECK_EQ(scene.schedule.poll_log2_s, 7);
}

TEST(ntp_schedule, slows_down_for_good_when_told_to)
{
	struct scene scene;

	set_up(&scene, 6, 8);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	send_next(&scene);
	ntp_schedule_on_rate(&scene.schedule, &scene.rng);
	CHECK_EQ(scene.schedule.burst_total_count, 0);
	CHECK_EQ(scene.schedule.poll_log2_s, 7);
	CHECK_NEAR(wait_s(&scene), 128, 2.6);
	ntp_schedule_set_poll(&scene.schedule, 6, scene.now, &scene.rng);
	CHECK_EQ(scene.schedule.poll_log2_s, 7);
	ntp_schedule_hurry(&scene.schedule, scene.now);
	CHECK_NEAR(wait_s(&scene), 128, 2.6);
	for (int i = 0; i < 5; i++)
		ntp_schedule_on_rate(&scene.schedule, &scene.rng);
	CHECK_EQ(scene.schedule.poll_log2_s, 8); /* never beyond maxpoll */
}

TEST(ntp_schedule, hurries_two_seconds_after_the_last_request)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_hurry(&scene.schedule, scene.now); /* before the first: it comes soon anyway */
	CHECK_EQ(scene.schedule.hurries_count, NTP_SCHEDULE_HURRIES);
	send_next(&scene);
	scene.now.ns += NS_PER_S / 10;
	ntp_schedule_hurry(&scene.schedule, scene.now);
	ntp_schedule_hurry(&scene.schedule, scene.now); /* once is enough */
	CHECK_EQ(scene.schedule.hurries_count, NTP_SCHEDULE_HURRIES - 1);
	CHECK_NEAR(send_next(&scene), 2, 1e-9);
	CHECK_NEAR(wait_s(&scene), 64, 1.3);
}

TEST(ntp_schedule, keeps_the_average_however_often_it_is_hurried)
{
	for (int8_t poll = 6; poll <= 8; poll++) {
		struct scene scene;
		int requests = 0;

		set_up(&scene, 6, 10);
		ntp_schedule_set_poll(&scene.schedule, poll, scene.now, &scene.rng);
		while (scene.now.ns < (BEGIN_S + 6400000) * NS_PER_S) {
			send_next(&scene);
			requests++;
			ntp_schedule_hurry(&scene.schedule, scene.now);
		}
		CHECK(requests <= 6400000 / 64 / 0.98 + NTP_SCHEDULE_HURRIES);
		if (poll > 6) /* one more with each poll: what was promised is given too */
			CHECK(requests > 1.9 * 6400000 / ldexp(1, poll));
	}
}

TEST(ntp_schedule, keeps_four_hurries_in_reserve)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	ntp_schedule_set_poll(&scene.schedule, 10, scene.now, &scene.rng);
	for (int i = 0; i < 20; i++)
		send_next(&scene);
	CHECK_EQ(scene.schedule.hurries_count, NTP_SCHEDULE_HURRIES);
	for (unsigned left = NTP_SCHEDULE_HURRIES; left-- > 0; send_next(&scene)) {
		ntp_schedule_hurry(&scene.schedule, scene.now);
		CHECK_EQ(scene.schedule.hurries_count, left);
		CHECK_NEAR(wait_s(&scene), 2, 1e-9);
	}
	ntp_schedule_hurry(&scene.schedule, scene.now);
	CHECK_NEAR(wait_s(&scene), 1024, 20.5);
}

TEST(ntp_schedule, forgets_hurry_and_burst_when_it_stops)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	send_next(&scene);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	ntp_schedule_stop(&scene.schedule);
	CHECK_EQ(scene.schedule.burst_total_count, 0);
	ntp_schedule_start(&scene.schedule, 1000 * NS_PER_S, scene.now, &scene.rng);
	ntp_schedule_hurry(&scene.schedule, scene.now);
	ntp_schedule_stop(&scene.schedule);
	ntp_schedule_start(&scene.schedule, 1000 * NS_PER_S, scene.now, &scene.rng);
	ntp_schedule_hurry(&scene.schedule, scene.now);
	CHECK_EQ(scene.schedule.hurries_count, NTP_SCHEDULE_HURRIES - 2);
}

TEST(ntp_schedule, is_never_due_while_stopped)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	send_next(&scene);
	ntp_schedule_stop(&scene.schedule);
	ntp_schedule_hurry(&scene.schedule, scene.now);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	ntp_schedule_set_poll(&scene.schedule, 10, scene.now, &scene.rng);
	ntp_schedule_set_poll(&scene.schedule, 6, scene.now, &scene.rng);
	ntp_schedule_on_lost(&scene.schedule, scene.now);
	ntp_schedule_on_good(&scene.schedule, scene.now, &scene.rng);
	ntp_schedule_on_rate(&scene.schedule, &scene.rng);
	CHECK_EQ(scene.schedule.next.ns, MONO_TIME_NEVER.ns);
}

TEST(ntp_schedule, leaves_two_seconds_between_requests_through_restarts)
{
	struct scene scene;

	set_up(&scene, 6, 10);
	send_next(&scene);
	ntp_schedule_stop(&scene.schedule);
	ntp_schedule_start(&scene.schedule, 0, scene.now, &scene.rng);
	CHECK_NEAR(wait_s(&scene), 2, 1e-9);
	ntp_schedule_start_burst(&scene.schedule, 4, 8, scene.now);
	CHECK_NEAR(wait_s(&scene), 2, 1e-9);
}
