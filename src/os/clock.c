/* SPDX-License-Identifier: MIT */
#include "os/clock.h"

#include <assert.h>

#define READINGS_MAX    2000 /* bounded: a simulated clock may stand still between two polls */
#define DIFFERENCES_MAX 100
#define READ_TRIES_MAX  5
#define READ_WIDTH_NS   (10 * NS_PER_US)

static int64_t reading_ns(clockid_t id)
{
	struct timespec time = { 0 };
	const int error = clock_gettime(id, &time);

	assert(error == 0);
	(void)error;
	return time.tv_sec * NS_PER_S + time.tv_nsec;
}

int64_t clock_real_now_ns(void)
{
	return reading_ns(CLOCK_REALTIME);
}

struct mono_time clock_mono_now(void)
{
	return (struct mono_time){ reading_ns(CLOCK_MONOTONIC_RAW) };
}

static struct instant read_once(struct clock *clock)
{
	const struct mono_time mono = clock_mono_now();

	return (struct instant){ .mono = mono, .local = clock->driver->now(clock, mono) };
}

/* Whoever compares the two readings must not take being scheduled out between them for a jump of
 * the clock: the closest pair of a few. */
struct instant clock_read(struct clock *clock)
{
	struct instant best = { 0 };
	int64_t best_width_ns = INT64_MAX;

	for (unsigned i = 0; i < READ_TRIES_MAX && best_width_ns > READ_WIDTH_NS; i++) {
		const struct instant instant = read_once(clock);
		const int64_t width_ns = clock_mono_now().ns - instant.mono.ns;

		if (width_ns < best_width_ns) {
			best_width_ns = width_ns;
			best = instant;
		}
	}
	return best;
}

struct local_time clock_from_kernel_stamp(struct clock *clock, struct timespec real)
{
	return clock->driver->local(clock, real);
}

void clock_adjust(struct clock *clock, const struct clock_command *command,
                  struct clock_adjusted *adjusted_out)
{
	clock->driver->adjust(clock, command, adjusted_out);
}

double clock_found_rate(const struct clock *clock)
{
	return clock->driver->found_rate ? clock->driver->found_rate(clock) : 0;
}

bool clock_is_touched(struct clock *clock)
{
	return clock->driver->is_touched && clock->driver->is_touched(clock);
}

void clock_tell_errors(struct clock *clock, int64_t error_max_ns, int64_t error_estimate_ns)
{
	if (clock->driver->tell_errors)
		clock->driver->tell_errors(clock, error_max_ns, error_estimate_ns);
}

bool clock_true_error(struct clock *clock, int64_t *error_ns_out)
{
	if (!clock->driver->true_error_ns)
		return false;
	*error_ns_out = clock->driver->true_error_ns(clock);
	return true;
}

void clock_close(struct clock *clock)
{
	if (clock)
		clock->driver->close(clock);
}

double clock_precision_s(struct clock *clock)
{
	int64_t smallest_ns = NS_PER_S;
	int64_t last_ns = read_once(clock).local.ns;
	unsigned differences = 0;

	for (unsigned i = 0; i < READINGS_MAX && differences < DIFFERENCES_MAX; i++) {
		const int64_t now_ns = read_once(clock).local.ns;

		if (now_ns > last_ns) {
			differences++;
			if (now_ns - last_ns < smallest_ns)
				smallest_ns = now_ns - last_ns;
		}
		last_ns = now_ns;
	}
	/* It never moved: say what a poor clock is worth rather than nothing. */
	return differences > 0 ? (double)smallest_ns * 1e-9 : 1e-6;
}
