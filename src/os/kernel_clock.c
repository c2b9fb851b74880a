/* SPDX-License-Identifier: MIT */
#include "os/kernel_clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timex.h>

#include "os/kernel_frequency.h"

struct kernel_clock {
	struct clock clock;
	bool may_mark_synchronised;
	bool has_rate; /* that was commanded: */
	long tick_us, freq_q16_ppm;
	struct clock_command told; /* of which the claims count */
	double found_rate;         /* s/s; 0 = none that corrects an oscillator */
};

/* NTP_PHASE_LIMIT: to the kernel, a clock that may be wrong by so much is not synchronised. */
#define UNKNOWN_US 16000000

/* 0 or -errno; *timex is what the kernel has afterwards. */
static int apply(struct timex *timex)
{
	return clock_adjtime(CLOCK_REALTIME, timex) < 0 ? -errno : 0;
}

static struct local_time now(struct clock *clock, struct mono_time mono)
{
	(void)clock;
	(void)mono;
	return (struct local_time){ clock_real_now_ns() };
}

static struct local_time local(struct clock *clock, struct timespec real)
{
	(void)clock;
	return (struct local_time){ real.tv_sec * NS_PER_S + real.tv_nsec };
}

static int step(int64_t step_ns)
{
	int64_t seconds = step_ns / NS_PER_S;
	int64_t rest_ns = step_ns % NS_PER_S;
	struct timex timex = { .modes = ADJ_SETOFFSET | ADJ_NANO };

	if (rest_ns < 0) { /* the kernel wants 0..999999999 */
		seconds--;
		rest_ns += NS_PER_S;
	}
	timex.time.tv_sec = seconds;
	timex.time.tv_usec = rest_ns; /* nanoseconds, by ADJ_NANO */
	return apply(&timex);
}

static long error_us(int64_t error_ns)
{
	const int64_t us = error_ns / NS_PER_US + (error_ns % NS_PER_US != 0);

	return (long)(us < UNKNOWN_US ? us : UNKNOWN_US);
}

/* The kernel would find by itself, a second later, that it may not be marked so. */
static bool is_right(const struct clock_command *command)
{
	return command->is_synchronised && error_us(command->error_max_ns) < UNKNOWN_US;
}

static int status_bits(const struct kernel_clock *kernel, const struct clock_command *command)
{
	int status = 0;

	if (!is_right(command) || !kernel->may_mark_synchronised)
		status |= STA_UNSYNC;
	if (command->leap == LEAP_INSERT)
		status |= STA_INS;
	else if (command->leap == LEAP_DELETE)
		status |= STA_DEL;
	return status;
}

/* How good the clock is. */
static void set_claims(const struct kernel_clock *kernel, const struct clock_command *command,
                       struct timex *timex)
{
	timex->status = status_bits(kernel, command);
	timex->maxerror = is_right(command) ? error_us(command->error_max_ns) : UNKNOWN_US;
	timex->esterror = is_right(command) ? error_us(command->error_estimate_ns) : UNKNOWN_US;
}

/* On success the kernel's answer is in *timex_out. */
static int set_frequency(const struct kernel_clock *kernel, const struct clock_command *command,
                         struct timex *timex_out)
{
	const struct kernel_frequency split = kernel_frequency_split(command->frequency);

	*timex_out = (struct timex){
		.modes = ADJ_TICK | ADJ_FREQUENCY | ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR,
		.tick = split.tick_us,
		.freq = split.freq_q16_ppm,
	};
	set_claims(kernel, command, timex_out);
	return apply(timex_out);
}

/* Nothing depends on it: a kernel that refuses is left with what it has. In the second that it
 * inserts, the day's last by CLOCK_REALTIME, the kernel has counted it already: left alone. */
static void set_tai_offset(int16_t tai_offset_s, const struct timex *kernel)
{
	struct timex timex = { .modes = ADJ_TAI, .constant = tai_offset_s };

	const bool is_inserting =
		kernel->time.tv_sec % 86400 == 86399 && kernel->tai == tai_offset_s + 1;

	if (tai_offset_s != 0 && kernel->tai != tai_offset_s && !is_inserting)
		(void)apply(&timex);
}

static void adjust(struct clock *clock, const struct clock_command *command,
                   struct clock_adjusted *adjusted_out)
{
	struct kernel_clock *kernel = (struct kernel_clock *)clock;
	struct clock_adjusted done = { .at = { clock_real_now_ns() } };
	struct timex answer;
	int64_t before_ns, after_ns;

	if (command->step_ns != 0) {
		done.error = -step(command->step_ns);
		if (done.error != 0) {
			*adjusted_out = done;
			return;
		}
		done.step_ns = command->step_ns;
	}
	before_ns = clock_real_now_ns();
	done.error = -set_frequency(kernel, command, &answer);
	after_ns = clock_real_now_ns();
	/* It happened in between; counted as if the step had come with it. */
	done.at.ns = before_ns + (after_ns - before_ns) / 2 - done.step_ns;
	if (done.error == 0) {
		done.frequency = kernel_frequency_joined((struct kernel_frequency){
			.tick_us = answer.tick, .freq_q16_ppm = answer.freq });
		set_tai_offset(command->tai_offset_s, &answer);
		kernel->told = *command;
		kernel->has_rate = true;
		kernel->tick_us = answer.tick;
		kernel->freq_q16_ppm = answer.freq;
	}
	*adjusted_out = done;
}

/* What another program left behind goes on moving the clock unless it is told to stop: the rest of
 * a PLL offset, which only a PLL that is on lets go, and the rest of an adjtime(). */
static int silence(void)
{
	struct timex pll = { .modes = ADJ_OFFSET | ADJ_STATUS, .status = STA_PLL | STA_UNSYNC };
	struct timex slew = { .modes = ADJ_OFFSET_SINGLESHOT };
	struct timex off = { .modes = ADJ_STATUS, .status = STA_UNSYNC };
	const int error = apply(&pll);

	if (error != 0)
		return error;
	(void)apply(&slew);
	return apply(&off);
}

/* Rate, PLL, and the rest of an adjtime(). */
static bool is_touched(struct clock *clock)
{
	struct kernel_clock *kernel = (struct kernel_clock *)clock;
	struct timex timex = { .modes = 0 }, slew = { .modes = ADJ_OFFSET_SS_READ };

	if (!kernel->has_rate || apply(&timex) != 0)
		return false;
	if (timex.tick == kernel->tick_us && timex.freq == kernel->freq_q16_ppm &&
	    !(timex.status & (STA_PLL | STA_FLL)) && (apply(&slew) != 0 || slew.offset == 0))
		return false;
	kernel->has_rate = false; /* until the next command */
	(void)silence();
	return true;
}

/* Each second the kernel adds to maxerror what a clock would lose that is 500 ppm wrong. */
static void tell_errors(struct clock *clock, int64_t error_max_ns, int64_t error_estimate_ns)
{
	struct kernel_clock *kernel = (struct kernel_clock *)clock;
	const bool was_right = is_right(&kernel->told);
	struct timex timex = { .modes = ADJ_MAXERROR | ADJ_ESTERROR };

	kernel->told.error_max_ns = error_max_ns;
	kernel->told.error_estimate_ns = error_estimate_ns;
	if (is_right(&kernel->told) != was_right)
		timex.modes |= ADJ_STATUS;
	set_claims(kernel, &kernel->told, &timex);
	(void)apply(&timex);
}

static double found_rate(const struct clock *clock)
{
	return ((const struct kernel_clock *)clock)->found_rate;
}

/* Another program's work, or that of one of us before this one, which no drift file tells of. */
static double find_rate(void)
{
	struct timex timex = { .modes = 0 };
	struct kernel_frequency found;

	if (apply(&timex) != 0)
		return 0;
	found = (struct kernel_frequency){ .tick_us = timex.tick, .freq_q16_ppm = timex.freq };
	return kernel_frequency_is_oscillators(found) ? kernel_frequency_joined(found) : 0;
}

static void close_kernel(struct clock *clock)
{
	free((struct kernel_clock *)clock);
}

static const struct clock_driver driver = {
	.name = "kernel",
	.has_leaps = true,
	.is_adjustable = true,
	.now = now,
	.local = local,
	.adjust = adjust,
	.is_touched = is_touched,
	.tell_errors = tell_errors,
	.found_rate = found_rate,
	.close = close_kernel,
};

int kernel_clock_open(bool may_mark_synchronised, struct clock **clock_out)
{
	struct kernel_clock *kernel;
	const int error = silence();

	if (error != 0)
		return error;
	kernel = calloc(1, sizeof *kernel);
	if (!kernel)
		return -ENOMEM;
	kernel->clock.driver = &driver;
	kernel->may_mark_synchronised = may_mark_synchronised;
	kernel->found_rate = find_rate();
	*clock_out = &kernel->clock;
	return 0;
}
