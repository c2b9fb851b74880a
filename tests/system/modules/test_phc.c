// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A PTP hardware clock whose truth is known: CLOCK_MONOTONIC_RAW plus epoch_ns, whatever is done to
 * the system's clock. Nobody can set it. Stamps a pulse of the true second on channel 1, on a pin
 * that has to be given this function. The network interface testphc says that it is its clock. For
 * guests of the system tests only. */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/timekeeping.h>

static unsigned long epoch_ns; /* may be stepped */
module_param(epoch_ns, ulong, 0644);
static char *name = "test_phc"; /* or of a host's clock, to whom that means something */
module_param(name, charp, 0444);
static int freeze; /* stands still, as a broken one does */
module_param(freeze, int, 0644);
static int latency_ns = 2000; /* of the bus, each way */
module_param(latency_ns, int, 0644);
static int mute; /* no pulses, as when the antenna is off */
module_param(mute, int, 0644);

#define CHANNEL 1

static struct ptp_clock *clock;
static u64 last_raw_ns;
static struct hrtimer timer;
static u64 due_raw_ns;
static bool is_stamping;

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

/* ---- stamps of a pulse ---- */

static struct ptp_pin_desc pins[] = {
	{ .name = "unused", .index = 0 },
	{ .name = "pulse", .index = 1 },
};

static int verify_pin(struct ptp_clock_info *unused, unsigned int pin,
                      enum ptp_pin_function function, unsigned int channel)
{
	return function == PTP_PF_NONE || (function == PTP_PF_EXTTS && pin == 1) ? 0 : -EOPNOTSUPP;
}

static int enable(struct ptp_clock_info *ptp, struct ptp_clock_request *request, int on)
{
	if (request->type != PTP_CLK_REQ_EXTTS || request->extts.index != CHANNEL)
		return -EOPNOTSUPP;
	if (on && ptp_find_pin(clock, PTP_PF_EXTTS, CHANNEL) != 1)
		return -EBUSY;
	is_stamping = on;
	return 0;
}

/* Aimed anew for each pulse: CLOCK_MONOTONIC is slewed, the pulses are not. */
static void aim(void)
{
	const s64 rest_ns = (s64)(due_raw_ns - ktime_get_raw_ns());

	hrtimer_set_expires(&timer, ktime_add_ns(ktime_get(), rest_ns));
}

static enum hrtimer_restart on_pulse(struct hrtimer *unused)
{
	struct ptp_clock_event event = { .type = PTP_CLOCK_EXTTS, .index = CHANNEL };

	event.timestamp = due_raw_ns + epoch_ns;
	if (is_stamping && !mute)
		ptp_clock_event(clock, &event);
	due_raw_ns += NSEC_PER_SEC;
	aim();
	return HRTIMER_RESTART;
}

static struct ptp_clock_info info = {
	.owner = THIS_MODULE,
	.gettimex64 = read_clock,
	.settime64 = refuse_set,
	.adjtime = refuse_step,
	.adjfine = refuse_rate,
	.n_ext_ts = CHANNEL + 1,
	.n_pins = ARRAY_SIZE(pins),
	.pin_config = pins,
	.verify = verify_pin,
	.enable = enable,
};

/* ---- the interface ---- */

static struct net_device *interface;

static netdev_tx_t drop(struct sk_buff *packet, struct net_device *unused)
{
	dev_kfree_skb(packet);
	return NETDEV_TX_OK;
}

static int get_ts_info(struct net_device *unused, struct ethtool_ts_info *info)
{
	info->phc_index = ptp_clock_index(clock);
	return 0;
}

static const struct net_device_ops net_operations = { .ndo_start_xmit = drop };
static const struct ethtool_ops tool_operations = { .get_ts_info = get_ts_info };

static int add_interface(void)
{
	int error;

	interface = alloc_etherdev(0);
	if (!interface)
		return -ENOMEM;
	strscpy(interface->name, "testphc", sizeof interface->name);
	interface->netdev_ops = &net_operations;
	interface->ethtool_ops = &tool_operations;
	error = register_netdev(interface);
	if (error)
		free_netdev(interface);
	return error;
}

static int __init start(void)
{
	int error;

	strscpy(info.name, name, sizeof info.name);
	clock = ptp_clock_register(&info, NULL);
	if (!clock)
		return -ENODEV;
	if (IS_ERR(clock))
		return PTR_ERR(clock);
	error = add_interface();
	if (error) {
		ptp_clock_unregister(clock);
		return error;
	}
	due_raw_ns = ktime_get_raw_ns() + 2 * NSEC_PER_SEC;
	due_raw_ns -= (due_raw_ns + epoch_ns) % NSEC_PER_SEC;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer.function = on_pulse;
	aim();
	hrtimer_start_expires(&timer, HRTIMER_MODE_ABS);
	return 0;
}

static void __exit stop(void)
{
	hrtimer_cancel(&timer);
	unregister_netdev(interface);
	free_netdev(interface);
	ptp_clock_unregister(clock);
}

module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("PTP hardware clock for system tests");
MODULE_LICENSE("Dual MIT/GPL");
