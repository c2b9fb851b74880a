/* SPDX-License-Identifier: MIT */
#include "daemon/hw_clocks.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SPEED_AGE_NS (60 * NS_PER_S) /* links are plugged again at other speeds */
#define CHECK_BYTES  4               /* of a frame, not counted in its length */

static int add(struct hw_clocks *clocks, const char *name, const struct hw_options *options)
{
	struct hw_clock *clock = &clocks->clocks[clocks->count];
	char path[32];
	int error;

	for (size_t i = 0; i < clocks->count; i++) {
		if (strcmp(clocks->clocks[i].interface.name, name) == 0)
			return 0;
	}
	if (clocks->count == HW_CLOCKS_MAX)
		return -ENOSPC;
	memset(clock, 0, sizeof *clock);
	error = hw_interface_enable(name, (enum hw_rxfilter)options->rxfilter, &clock->interface);
	if (error != 0)
		return error;
	(void)snprintf(path, sizeof path, "/dev/ptp%d", clock->interface.phc_index);
	error = phc_device_open(path, options->nocrossts, &clock->phc);
	if (error != 0)
		return error;
	clock->options = *options;
	clock_map_init(&clock->map, options->minsamples, options->maxsamples,
	               options->precision_s * 1e9);
	clocks->count++;
	return 0;
}

int hw_clocks_open(struct hw_clocks *clocks, const struct hw_options *options)
{
	char names[64][HW_INTERFACE_NAME_SIZE];
	size_t count;

	if (strcmp(options->name, "*") != 0)
		return add(clocks, options->name, options);
	count = hw_interface_list(names, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < count; i++)
		(void)add(clocks, names[i], options);
	return 0;
}

void hw_clocks_close(struct hw_clocks *clocks)
{
	for (size_t i = 0; i < clocks->count; i++)
		phc_device_close(&clocks->clocks[i].phc);
	clocks->count = 0;
}

static int64_t poll_ns(int8_t poll_log2_s)
{
	return (int64_t)ldexp((double)NS_PER_S, poll_log2_s);
}

static void read_once(struct hw_clock *hw, struct clock *clock, const struct node *node)
{
	struct phc_device_reading reading;
	struct free_time before, after;

	hw->error = phc_device_read(&hw->phc, &reading);
	if (hw->error != 0)
		return;
	before = node_free_time(node, clock_from_kernel_stamp(clock, reading.before));
	after = node_free_time(node, clock_from_kernel_stamp(clock, reading.after));
	hw->readings_count++;
	if (after.ns >= before.ns)
		clock_map_add(&hw->map, &(struct clock_map_reading){
						.other_ns = reading.phc_ns,
						.free = { before.ns + (after.ns - before.ns) / 2 },
						.window_ns = after.ns - before.ns });
}

static void read_clock(struct hw_clock *hw, struct clock *clock, const struct node *node,
                       struct mono_time now)
{
	read_once(hw, clock, node);
	hw->read_at = now;
	if (now.ns - hw->speed_at.ns > SPEED_AGE_NS || hw->speed_at.ns == 0) {
		hw->speed_mbps = hw_interface_speed_mbps(hw->interface.name);
		hw->speed_at = now;
	}
}

/* Whose stamp it is; if that is not told, there must be but one. */
static struct hw_clock *find(struct hw_clocks *clocks, uint32_t interface)
{
	for (size_t i = 0; i < clocks->count; i++) {
		if (clocks->clocks[i].interface.index == interface)
			return &clocks->clocks[i];
	}
	return interface == 0 && clocks->count == 1 ? &clocks->clocks[0] : NULL;
}

static bool convert(struct hw_clock *hw, const struct udp_hardware_stamp *stamp,
                    struct clock *clock, const struct node *node, double correction_s,
                    struct local_time *local_out)
{
	const struct mono_time now = clock_read(clock).mono;
	const int64_t raw_ns = stamp->raw.tv_sec * NS_PER_S + stamp->raw.tv_nsec;
	struct free_time free;

	if (hw->readings_count == 0 ||
	    now.ns - hw->read_at.ns >= poll_ns(hw->options.minpoll_log2_s))
		read_clock(hw, clock, node, now);
	if (hw->error != 0 || !clock_map_free(&hw->map, raw_ns, &free))
		return false;
	*local_out = node_local_time(node, free);
	local_out->ns += llrint(correction_s * 1e9);
	return true;
}

bool hw_clocks_sent(struct hw_clocks *clocks, const struct udp_hardware_stamp *stamp,
                    struct clock *clock, const struct node *node, struct local_time *sent_out)
{
	struct hw_clock *hw = stamp->is_known ? find(clocks, stamp->interface) : NULL;
	const bool is_known = hw && convert(hw, stamp, clock, node, hw->options.txcomp_s, sent_out);

	if (is_known)
		hw->sent_count++;
	return is_known;
}

/* A card stamps the beginning of a frame, while NTP's time of reception, and all that software can
 * tell, is the end of it. */
static double frame_s(const struct hw_clock *hw, uint32_t frame_bytes)
{
	if (frame_bytes == 0 || hw->speed_mbps == 0)
		return 0;
	return (frame_bytes + CHECK_BYTES) * 8 / (hw->speed_mbps * 1e6);
}

bool hw_clocks_received(struct hw_clocks *clocks, const struct udp_hardware_stamp *stamp,
                        struct clock *clock, const struct node *node,
                        struct local_time *received_out)
{
	struct hw_clock *hw = stamp->is_known ? find(clocks, stamp->interface) : NULL;
	const bool is_known =
		hw && convert(hw, stamp, clock, node,
	                      frame_s(hw, stamp->frame_bytes) - hw->options.rxcomp_s, received_out);

	if (is_known)
		hw->received_count++;
	return is_known;
}

void hw_clocks_on_deadline(struct hw_clocks *clocks, struct clock *clock, const struct node *node)
{
	const struct mono_time now = clock_read(clock).mono;

	for (size_t i = 0; i < clocks->count; i++) {
		struct hw_clock *hw = &clocks->clocks[i];

		if (now.ns - hw->read_at.ns >= poll_ns(hw->options.maxpoll_log2_s))
			read_clock(hw, clock, node, now);
	}
}

struct mono_time hw_clocks_deadline(const struct hw_clocks *clocks)
{
	struct mono_time first = MONO_TIME_NEVER;

	for (size_t i = 0; i < clocks->count; i++) {
		const struct hw_clock *hw = &clocks->clocks[i];

		first = mono_time_earlier(
			first, mono_time_after(hw->read_at, poll_ns(hw->options.maxpoll_log2_s)));
	}
	return first;
}

const struct report_hwtimestamp *hw_clocks_rows(struct hw_clocks *clocks)
{
	static const char *const filters[HW_RXFILTER_COUNT] = { "best", "none", "ntp", "all",
		                                                "ptp" };

	for (size_t i = 0; i < clocks->count; i++) {
		const struct hw_clock *hw = &clocks->clocks[i];
		const bool is_known = hw->map.count >= hw->map.readings_min;

		clocks->rows[i] = (struct report_hwtimestamp){
			.interface = hw->interface.name,
			.rxfilter = filters[hw->interface.rxfilter],
			.phc = (uint32_t)hw->interface.phc_index,
			.speed_mbps = hw->speed_mbps,
			.sent_count = hw->sent_count,
			.received_count = hw->received_count,
			.readings_count = hw->readings_count,
			.restarts_count = hw->map.restarts_count,
			.used_count = hw->map.used_count,
			.frequency_ppm = is_known ? hw->map.rate * 1e6 : NAN,
			.error_ns = is_known ? llrint(hw->map.error_ns) : INT64_MAX,
			.failure = hw->error != 0 ? strerror(-hw->error) : NULL,
		};
	}
	return clocks->rows;
}
