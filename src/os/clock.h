/* os/clock: the clock that this daemon keeps, whichever it is. SPDX-License-Identifier: MIT
 *
 * A driver is one table; opening is the driver's own (kernel_clock, virtual_clock, null_clock). */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "node/node.h"

struct clock;

struct clock_driver {
	const char *name;
	bool has_leaps;     /* inserts and deletes leap seconds itself when told to */
	bool is_adjustable; /* false: adjust only acknowledges that nothing was done */
	/* The kept clock's reading now; `mono` was read a moment ago. */
	struct local_time (*now)(struct clock *clock, struct mono_time mono);
	/* The kept clock's reading when the kernel's CLOCK_REALTIME read `real`, a moment ago: a
	 * packet's stamp. */
	struct local_time (*local)(struct clock *clock, struct timespec real);
	/* Carries out and says what was really done. Never fails otherwise than by ->error. */
	void (*adjust)(struct clock *clock, const struct clock_command *command,
	               struct clock_adjusted *adjusted_out);
	/* Has another program changed its rate, or begun to slew it, since the last adjustment?
	 * That is stopped, and told once. NULL = nobody else can. */
	bool (*is_touched)(struct clock *clock);
	/* How wrong it may be and probably is, at this moment; between adjustments, since a kernel
	 * that is not told grows doubtful much faster than is true. NULL = nobody to be told. */
	void (*tell_errors)(struct clock *clock, int64_t error_max_ns, int64_t error_estimate_ns);
	/* By how much it was sped up, in s/s, when it was opened, if that corrects its oscillator;
	 * NULL = it was not. */
	double (*found_rate)(const struct clock *clock);
	/* By how much the clock is ahead of true time, if the driver can know; NULL = it cannot. */
	int64_t (*true_error_ns)(struct clock *clock);
	void (*close)(struct clock *clock);
};

struct clock { /* first member of each driver's own struct */
	const struct clock_driver *driver;
};

struct instant clock_read(struct clock *clock);
struct local_time clock_from_kernel_stamp(struct clock *clock, struct timespec real);
void clock_adjust(struct clock *clock, const struct clock_command *command,
                  struct clock_adjusted *adjusted_out);
double clock_found_rate(const struct clock *clock); /* 0 = nothing is known */
bool clock_is_touched(struct clock *clock);
void clock_tell_errors(struct clock *clock, int64_t error_max_ns, int64_t error_estimate_ns);
bool clock_true_error(struct clock *clock, int64_t *error_ns_out);
void clock_close(struct clock *clock); /* NULL is fine */

/* The smallest step by which consecutive readings differ, in seconds: what reading the clock
 * costs or how finely it ticks, whichever is more. Within 1e-9..1; takes well below a
 * millisecond on a real machine. */
double clock_precision_s(struct clock *clock);

struct mono_time clock_mono_now(void);
int64_t clock_real_now_ns(void); /* CLOCK_REALTIME, since 1970: for drivers */
