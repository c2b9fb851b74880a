/* SPDX-License-Identifier: MIT */
#include "os/virtual_clock.h"

#include "testing/check.h"

/* Tests may be held up anywhere: only what no delay can spoil is checked. */
static struct clock *clock_with(double offset_s, double epoch_s)
{
	const struct virtual_clock_options options = {
		.oscillator = { .offset_s = offset_s },
		.epoch_s = epoch_s,
	};
	struct clock *clock = NULL;

	CHECK_EQ(virtual_clock_open(&options, &clock), 0);
	return clock;
}

TEST(virtual_clock, knows_its_own_error)
{
	struct clock *clock = clock_with(0.25, -1);
	int64_t error_ns = 0;

	CHECK(clock_true_error(clock, &error_ns));
	CHECK_EQ(error_ns, 250 * NS_PER_MS);
	clock_close(clock);
}

TEST(virtual_clock, maps_kernel_stamps_by_its_error)
{
	struct clock *clock = clock_with(0.25, -1);
	struct timespec stamp;

	CHECK_EQ(clock_gettime(CLOCK_REALTIME, &stamp), 0);
	CHECK_EQ(clock_from_kernel_stamp(clock, stamp).ns,
	         stamp.tv_sec * NS_PER_S + stamp.tv_nsec + 250 * NS_PER_MS);
	clock_close(clock);
}

TEST(virtual_clock, does_as_commanded_and_says_so)
{
	struct clock *clock = clock_with(0.25, -1);
	const struct clock_command command = { .frequency = 0.5, .step_ns = -250 * NS_PER_MS };
	struct clock_adjusted adjusted;
	int64_t error_ns = 0;

	clock_adjust(clock, &command, &adjusted);
	CHECK_EQ(adjusted.error, 0);
	CHECK_EQ(adjusted.step_ns, -250 * NS_PER_MS);
	CHECK_NEAR(adjusted.frequency, 0.1, 0); /* no more than Linux would do */
	CHECK(clock_true_error(clock, &error_ns));
	CHECK(error_ns >= 0); /* the step took away all; since then it only gained */
	clock_close(clock);
}

TEST(virtual_clock, shares_its_truth_through_an_epoch)
{
	struct clock *one = clock_with(0, 1e9), *other = clock_with(0, 1e9);
	const struct instant before = clock_read(one), between = clock_read(other),
			     after = clock_read(one);

	CHECK(before.local.ns <= between.local.ns && between.local.ns <= after.local.ns);
	CHECK_NEAR((double)(before.local.ns - before.mono.ns), 1e18, 1e9);
	clock_close(one);
	clock_close(other);
}

TEST(virtual_clock, projects_kernel_stamps_onto_an_epoch)
{
	struct clock *clock = clock_with(0.25, 1e9);
	const struct instant before = clock_read(clock);
	const int64_t real_ns = clock_real_now_ns();
	const struct timespec stamp = { .tv_sec = real_ns / NS_PER_S,
		                        .tv_nsec = real_ns % NS_PER_S };
	const struct instant after = clock_read(clock);
	const int64_t stamped_ns = clock_from_kernel_stamp(clock, stamp).ns;

	/* Readings of two clocks are never quite at once. */
	CHECK(stamped_ns >= before.local.ns - NS_PER_MS &&
	      stamped_ns <= after.local.ns + NS_PER_MS);
	clock_close(clock);
}
