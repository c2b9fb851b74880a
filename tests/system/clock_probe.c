/* clock_probe: what a kernel's clock is and does, for the guest of the system tests.
 * SPDX-License-Identifier: MIT
 *
 * The guest's CLOCK_MONOTONIC_RAW is a perfect clock: its time is the emulator's count of
 * instructions. Everything is printed with it, and judged outside. Never run this on a machine
 * whose clock matters: it sets the clock. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <linux/capability.h>

#define NS_PER_S      INT64_C(1000000000)
#define WATCH_STEP_NS 50000000
#define PAIR_TRIES    8

struct moment {
	int64_t raw_ns, real_ns, tai_ns;
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* The readings that lie closest together of some. */
static struct moment moment_now(void)
{
	struct moment best = { 0 };
	int64_t narrowest_ns = INT64_MAX;

	for (int i = 0; i < PAIR_TRIES; i++) {
		const int64_t before_ns = now_ns(CLOCK_MONOTONIC_RAW);
		const int64_t real_ns = now_ns(CLOCK_REALTIME), tai_ns = now_ns(CLOCK_TAI);
		const int64_t width_ns = now_ns(CLOCK_MONOTONIC_RAW) - before_ns;

		if (width_ns < narrowest_ns) {
			narrowest_ns = width_ns;
			best = (struct moment){ before_ns + width_ns / 2, real_ns, tai_ns };
		}
	}
	return best;
}

static void print_state(void)
{
	struct timex kernel = { 0 };
	const int state = adjtimex(&kernel);
	const struct moment at = moment_now();

	printf("sample raw=%" PRId64 " real=%" PRId64 " tai_minus_real=%" PRId64
	       " tick=%ld freq=%ld status=%d maxerror=%ld esterror=%ld tai=%d state=%d offset=%ld\n",
	       at.raw_ns, at.real_ns, at.tai_ns - at.real_ns, kernel.tick, kernel.freq,
	       kernel.status, kernel.maxerror, kernel.esterror, kernel.tai, state, kernel.offset);
}

static void sleep_until(int64_t raw_ns)
{
	const int64_t rest_ns = raw_ns - now_ns(CLOCK_MONOTONIC_RAW);
	const struct timespec rest = { .tv_sec = rest_ns / NS_PER_S,
		                       .tv_nsec = rest_ns % NS_PER_S };

	if (rest_ns > 0)
		(void)nanosleep(&rest, NULL);
}

/* A sample each second; each jump of CLOCK_REALTIME or of CLOCK_TAI by more than a slew can do. */
static void watch(int64_t seconds)
{
	const int64_t start_ns = now_ns(CLOCK_MONOTONIC_RAW);
	struct moment before = moment_now();

	for (int64_t i = 1; i <= seconds * (NS_PER_S / WATCH_STEP_NS); i++) {
		struct moment at;
		int64_t real_ns, tai_ns, most_ns;

		sleep_until(start_ns + i * WATCH_STEP_NS);
		at = moment_now();
		most_ns =
			(at.raw_ns - before.raw_ns) / 8 + 5000; /* ticks go to 11 %, and reading */
		real_ns = (at.real_ns - before.real_ns) - (at.raw_ns - before.raw_ns);
		tai_ns = (at.tai_ns - before.tai_ns) - (at.raw_ns - before.raw_ns);
		if (llabs(real_ns) > most_ns)
			printf("jump raw=%" PRId64 " by=%" PRId64 "\n", at.raw_ns, real_ns);
		if (llabs(tai_ns) > most_ns)
			printf("tai-jump raw=%" PRId64 " by=%" PRId64 "\n", at.raw_ns, tai_ns);
		before = at;
		if (i % (NS_PER_S / WATCH_STEP_NS) == 0)
			print_state();
	}
}

static int set(struct timex kernel)
{
	if (adjtimex(&kernel) >= 0)
		return 0;
	perror("clock_probe: adjtimex");
	return 1;
}

static int step(double seconds)
{
	const double whole = floor(seconds);

	return set((struct timex){
		.modes = ADJ_SETOFFSET | ADJ_NANO,
		.time = { .tv_sec = (time_t)whole, .tv_usec = lround((seconds - whole) * 1e9) } });
}

/* As the kernel boots. */
static int reset(void)
{
	return set((struct timex){ .modes = ADJ_OFFSET | ADJ_STATUS, .status = STA_PLL }) ||
	       set((struct timex){ .modes = ADJ_OFFSET_SINGLESHOT }) ||
	       set((struct timex){ .modes = ADJ_TAI }) ||
	       set((struct timex){ .modes = ADJ_TICK | ADJ_FREQUENCY | ADJ_STATUS | ADJ_MAXERROR |
	                                    ADJ_ESTERROR,
	                           .tick = 10000,
	                           .status = STA_UNSYNC,
	                           .maxerror = 16000000,
	                           .esterror = 16000000 });
}

/* What a program that ended badly leaves behind: half a millisecond in the PLL, and 20 ms of an
 * adjtime() to go. */
static int leave_slews(void)
{
	return set((struct timex){ .modes = ADJ_OFFSET | ADJ_STATUS | ADJ_TIMECONST,
	                           .status = STA_PLL,
	                           .constant = 6,
	                           .offset = 500 }) ||
	       set((struct timex){ .modes = ADJ_OFFSET_SINGLESHOT, .offset = 20000 });
}

static int run_without_sys_time(char *words[])
{
	if (prctl(PR_CAPBSET_DROP, CAP_SYS_TIME) == 0)
		(void)execv(words[0], words);
	perror("clock_probe: without-sys-time");
	return 1;
}

/* Arguments: state | watch SECONDS | epoch SECONDS (true time minus CLOCK_MONOTONIC_RAW, were the
 * clock wrong by so much) | step SECONDS | reset | leave-slews | without-sys-time PROGRAM
 * ARGUMENT... */
int main(int count, char *words[])
{
	const char *verb = count > 1 ? words[1] : "";
	const double number = count > 2 ? strtod(words[2], NULL) : 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(verb, "state") == 0)
		print_state();
	else if (strcmp(verb, "watch") == 0)
		watch((int64_t)number);
	else if (strcmp(verb, "epoch") == 0) {
		const struct moment at = moment_now();

		printf("%.9f\n", (double)(at.real_ns - at.raw_ns) / 1e9 - number);
	} else if (strcmp(verb, "step") == 0)
		return step(number);
	else if (strcmp(verb, "reset") == 0)
		return reset();
	else if (strcmp(verb, "leave-slews") == 0)
		return leave_slews();
	else if (strcmp(verb, "without-sys-time") == 0 && count > 2)
		return run_without_sys_time(words + 2);
	else
		return 2;
	return 0;
}
