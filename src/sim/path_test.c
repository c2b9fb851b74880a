/* SPDX-License-Identifier: MIT */
#include "sim/path.h"

#include "base/instant.h"
#include "testing/check.h"

#define SENT 20000

struct seen {
	unsigned arrived, copies;
	double mean_s, deviation_s, least_s;
};

/* One datagram a second. */
static struct seen send_many(const struct path_options *options)
{
	struct path path;
	struct seen seen = { .least_s = INFINITY };
	double sum = 0, sum_squares = 0;

	path_init(&path, options, 1);
	for (int i = 0; i < SENT; i++) {
		int64_t delays_ns[PATH_COPIES_MAX];
		const unsigned copies = path_send(&path, i * NS_PER_S, delays_ns);

		seen.arrived += copies > 0;
		seen.copies += copies;
		for (unsigned copy = 0; copy < copies; copy++) {
			const double delay_s = (double)delays_ns[copy] * 1e-9;

			sum += delay_s;
			sum_squares += delay_s * delay_s;
			seen.least_s = fmin(seen.least_s, delay_s);
		}
	}
	seen.mean_s = sum / seen.copies;
	seen.deviation_s = sqrt(sum_squares / seen.copies - seen.mean_s * seen.mean_s);
	return seen;
}

TEST(path, delays_exponentially)
{
	const struct seen seen =
		send_many(&(struct path_options){ .base_s = 1e-3, .jitter_s = 1e-4 });

	CHECK_EQ(seen.arrived, SENT);
	CHECK_NEAR(seen.mean_s, 1.1e-3, 3e-6);
	CHECK_NEAR(seen.deviation_s, 1e-4, 5e-6);
	CHECK_NEAR(seen.least_s, 1e-3, 1e-6);
}

TEST(path, delays_normally)
{
	const struct seen seen = send_many(
		&(struct path_options){ .base_s = 1e-3, .jitter_s = 1e-4, .law = PATH_LAW_NORMAL });

	CHECK_NEAR(seen.mean_s, 1e-3, 3e-6);
	CHECK_NEAR(seen.deviation_s, 1e-4, 3e-6);
	CHECK(seen.least_s < 7e-4);
}

TEST(path, delays_lognormally)
{
	const struct seen seen = send_many(&(struct path_options){
		.base_s = 1e-3, .jitter_s = 1e-4, .law = PATH_LAW_LOGNORMAL });

	CHECK_NEAR(seen.mean_s, 1.1e-3, 5e-6);
	CHECK_NEAR(seen.deviation_s, 1.31e-4, 2e-5); /* sqrt(e - 1) of the mean */
}

TEST(path, never_delivers_before_it_was_sent)
{
	const struct seen seen = send_many(
		&(struct path_options){ .base_s = 1e-6, .jitter_s = 1e-3, .law = PATH_LAW_NORMAL });

	CHECK_NEAR(seen.least_s, 0, 0);
}

TEST(path, is_longer_by_its_asymmetry)
{
	CHECK_NEAR(send_many(&(struct path_options){ .base_s = 1e-3, .asymmetry = 0.3 }).mean_s,
	           1.3e-3, 1e-9);
}

TEST(path, loses_and_duplicates)
{
	const struct seen seen = send_many(&(struct path_options){ .loss = 0.3, .duplicate = 0.1 });

	CHECK_NEAR(seen.arrived, 0.7 * SENT, 250);
	CHECK_NEAR(seen.copies - seen.arrived, 0.07 * SENT, 150);
}

TEST(path, lets_datagrams_be_overtaken)
{
	const struct seen seen =
		send_many(&(struct path_options){ .reorder = 0.1, .reorder_delay_s = 5 });

	CHECK_NEAR(seen.mean_s, 0.5, 0.04);
}

/* Bad weather a tenth of the time. */
TEST(path, has_bursts)
{
	const struct seen seen = send_many(&(struct path_options){ .burst_every_s = 90,
	                                                           .burst_for_s = 10,
	                                                           .burst_jitter_s = 1e-2,
	                                                           .burst_loss = 0.5 });

	CHECK_NEAR(seen.arrived, 0.95 * SENT, 0.015 * SENT);
	CHECK_NEAR(seen.mean_s, 1e-2 * 0.05 / 0.95, 1.5e-4);
}

TEST(path, is_up_when_its_schedule_says_so)
{
	const struct path_options options = { .up_every_s = 100, .up_for_s = 25 };
	struct path path;
	int64_t delays_ns[PATH_COPIES_MAX];

	path_init(&path, &options, 1);
	CHECK_EQ(path_send(&path, 224 * NS_PER_S, delays_ns), 1);
	CHECK_EQ(path_send(&path, 226 * NS_PER_S, delays_ns), 0);
	path.options.is_down = 1;
	CHECK_EQ(path_send(&path, 301 * NS_PER_S, delays_ns), 0);
}
