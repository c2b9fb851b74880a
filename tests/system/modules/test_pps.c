// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A PPS source whose truth is known: its pulses come when CLOCK_MONOTONIC_RAW is phase_ns after a
 * full second, whatever is done to the system's clock. For guests of the system tests only. */
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/pps_kernel.h>
#include <linux/timekeeping.h>

static long phase_ns;
module_param(phase_ns, long, 0444);
static int mute; /* no pulses, as when the antenna is off */
module_param(mute, int, 0644);

static struct pps_device *pps;
static struct hrtimer timer;
static u64 due_raw_ns;

/* Aimed anew for each pulse: CLOCK_MONOTONIC is slewed, the pulses are not. */
static void aim(void)
{
	const s64 rest_ns = (s64)(due_raw_ns - ktime_get_raw_ns());

	hrtimer_set_expires(&timer, ktime_add_ns(ktime_get(), rest_ns));
}

static enum hrtimer_restart on_pulse(struct hrtimer *unused)
{
	struct pps_event_time stamp;
	s64 late_ns;

	pps_get_ts(&stamp);
	late_ns = (s64)(ktime_get_raw_ns() - due_raw_ns);
	stamp.ts_real = ns_to_timespec64(timespec64_to_ns(&stamp.ts_real) - late_ns);
	if (!mute)
		pps_event(pps, &stamp, PPS_CAPTUREASSERT, NULL);
	due_raw_ns += NSEC_PER_SEC;
	aim();
	return HRTIMER_RESTART;
}

static struct pps_source_info source = {
	.name = "test_pps",
	.mode = PPS_CAPTUREASSERT | PPS_OFFSETASSERT | PPS_CANWAIT | PPS_TSFMT_TSPEC,
	.owner = THIS_MODULE,
};

static int __init start(void)
{
	const u64 second = ktime_get_raw_ns() / NSEC_PER_SEC + 2;

	pps = pps_register_source(&source, PPS_CAPTUREASSERT);
	if (IS_ERR(pps))
		return PTR_ERR(pps);
	due_raw_ns = second * NSEC_PER_SEC + phase_ns;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	timer.function = on_pulse;
	aim();
	hrtimer_start_expires(&timer, HRTIMER_MODE_ABS_HARD);
	return 0;
}

static void __exit stop(void)
{
	hrtimer_cancel(&timer);
	pps_unregister_source(pps);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("PPS source for system tests");
MODULE_LICENSE("Dual MIT/GPL");
