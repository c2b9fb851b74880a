// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A PTP hardware clock whose truth is known: CLOCK_MONOTONIC_RAW plus epoch_ns, whatever is done to
 * the system's clock. Nobody can set it. For guests of the system tests only. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/timekeeping.h>

static unsigned long epoch_ns;
module_param(epoch_ns, ulong, 0444);
static int freeze; /* stands still, as a broken one does */
module_param(freeze, int, 0644);
static int latency_ns = 2000; /* of the bus, each way */
module_param(latency_ns, int, 0644);

static struct ptp_clock *clock;
static u64 last_raw_ns;

static int read_clock(struct ptp_clock_info *unused, struct timespec64 *time_out,
                      struct ptp_system_timestamp *system)
{
	ptp_read_system_prets(system);
	ndelay(latency_ns);
	if (!freeze)
		last_raw_ns = ktime_get_raw_ns();
	ndelay(latency_ns);
	ptp_read_system_postts(system);
	*time_out = ns_to_timespec64(last_raw_ns + epoch_ns);
	return 0;
}

static int refuse_set(struct ptp_clock_info *unused, const struct timespec64 *time)
{
	return -EOPNOTSUPP;
}

static int refuse_step(struct ptp_clock_info *unused, s64 step_ns)
{
	return -EOPNOTSUPP;
}

static int refuse_rate(struct ptp_clock_info *unused, long scaled_ppm)
{
	return -EOPNOTSUPP;
}

static int refuse_enable(struct ptp_clock_info *unused, struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

static struct ptp_clock_info info = {
	.owner = THIS_MODULE,
	.name = "test_phc",
	.gettimex64 = read_clock,
	.settime64 = refuse_set,
	.adjtime = refuse_step,
	.adjfine = refuse_rate,
	.enable = refuse_enable,
};

static int __init start(void)
{
	clock = ptp_clock_register(&info, NULL);
	if (!clock)
		return -ENODEV;
	return IS_ERR(clock) ? PTR_ERR(clock) : 0;
}

static void __exit stop(void)
{
	ptp_clock_unregister(clock);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("PTP hardware clock for system tests");
MODULE_LICENSE("Dual MIT/GPL");
