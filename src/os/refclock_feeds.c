/* SPDX-License-Identifier: MIT */
#include "os/refclock_feeds.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "os/pps_device.h"
#include "os/serial_port.h"
#include "os/sock_receiver.h"

/* Raised: a device that was plugged in again is found later; lowered: more wake-ups without it. */
#define RETRY_NS (10 * NS_PER_S)
/* A pulse is looked for so much later than it comes: fresh, and never the one before. */
#define PULSE_AGE_NS    (50 * NS_PER_MS)
#define PULSE_ADJUST_NS (50 * NS_PER_MS)
#define MAP_NS          NS_PER_S /* stretch over which a stamp map's slope is taken */
/* Raised: a noisy line keeps packets waiting longer; lowered: more turns of the loop for it. */
#define EDGES_PER_TURN 64

void refclock_feeds_init(struct refclock_feeds *feeds)
{
	memset(feeds, 0, sizeof *feeds);
	for (size_t i = 0; i < REFCLOCK_FEEDS_MAX; i++) {
		feeds->feeds[i].fd = -1;
		feeds->feeds[i].phc.fd = -1;
		feeds->feeds[i].rtc.fd = -1;
		feeds->feeds[i].look_at = MONO_TIME_NEVER;
	}
}

/* ---- opening and closing ---- */

static int open_fd(struct refclock_feed *feed, int fd)
{
	if (fd < 0)
		return fd;
	feed->fd = fd;
	return 0;
}

static int open_phc(struct refclock_feed *feed, const struct refclock_device *device)
{
	int error = phc_device_open(device->path, device->is_crossts_off, &feed->phc);

	if (error != 0 || !device->is_extpps)
		return error;
	error = phc_device_stamp_edges(&feed->phc, device->pin, device->channel, device->is_clear);
	if (error != 0)
		phc_device_close(&feed->phc);
	return error;
}

static int open_rtc(struct rtc_device *rtc, const char *path)
{
	const int error = rtc_device_open(rtc, path);

	if (error == 0)
		rtc_device_listen(rtc, clock_mono_now());
	return error;
}

static int open_one(struct refclock_feed *feed)
{
	const struct refclock_device *device = &feed->options->device;

	switch (feed->options->driver->input) {
	case REFCLOCK_SERIAL:
		return open_fd(feed, serial_port_open(device->path, device->baud));
	case REFCLOCK_PULSE:
		return open_fd(feed, pps_device_open(device->path, device->is_clear));
	case REFCLOCK_DATAGRAM:
		return open_fd(feed, sock_receiver_open(device->path));
	case REFCLOCK_SEGMENT:
		return shm_segment_open(device->unit, device->permissions, &feed->segment);
	case REFCLOCK_PHC:
		return open_phc(feed, device);
	case REFCLOCK_EDGES:
		return edge_feed_open(device, &feed->edges);
	case REFCLOCK_RTC:
		return open_rtc(&feed->rtc, device->path);
	}
	return -EOPNOTSUPP;
}

static void close_one(struct refclock_feed *feed)
{
	if (feed->fd >= 0 && feed->options->driver->input == REFCLOCK_DATAGRAM)
		sock_receiver_close(feed->fd, feed->options->device.path);
	else if (feed->fd >= 0)
		(void)close(feed->fd);
	feed->fd = -1;
	shm_segment_close(&feed->segment);
	phc_device_close(&feed->phc);
	edge_feed_close(&feed->edges);
	rtc_device_close(&feed->rtc);
	feed->has_more = false;
	feed->is_open = false;
}

/* Each dpoll. A PHC becomes readable when it has stamped an edge. */
static bool is_looked_at(const struct refclock_feed *feed)
{
	const enum refclock_input input = feed->options->driver->input;

	return input == REFCLOCK_PULSE || input == REFCLOCK_SEGMENT ||
	       (input == REFCLOCK_PHC && !feed->options->device.is_extpps);
}

static int64_t look_interval_ns(const struct refclock_feed *feed)
{
	return llrint(ldexp(1e9, feed->options->dpoll_log2_s));
}

static int try_to_open(struct refclock_feed *feed, struct mono_time now)
{
	const int error = open_one(feed);

	feed->is_open = error == 0;
	feed->look_at = error != 0                 ? mono_time_after(now, RETRY_NS)
	                : is_looked_at(feed)       ? mono_time_after(now, look_interval_ns(feed))
	                : feed->edges.is_recording ? now
	                                           : rtc_device_deadline(&feed->rtc);
	return error;
}

void refclock_feeds_open(struct refclock_feeds *feeds, const struct refclock_options *options,
                         size_t count, struct clock *clock)
{
	const struct mono_time now = clock_mono_now();

	feeds->clock = clock;
	feeds->count = count < REFCLOCK_FEEDS_MAX ? count : REFCLOCK_FEEDS_MAX;
	for (size_t i = 0; i < feeds->count; i++) {
		feeds->feeds[i].options = &options[i];
		feeds->feeds[i].last_error = try_to_open(&feeds->feeds[i], now);
	}
}

int refclock_feeds_error(const struct refclock_feeds *feeds, size_t index)
{
	return feeds->feeds[index].last_error;
}

void refclock_feeds_close(struct refclock_feeds *feeds)
{
	for (size_t i = 0; i < feeds->count; i++)
		close_one(&feeds->feeds[i]);
	feeds->count = 0;
}

/* ---- waiting ---- */

static int readable_fd(const struct refclock_feed *feed)
{
	if (!feed->is_open || is_looked_at(feed))
		return -1;
	if (feed->options->driver->input == REFCLOCK_PHC)
		return feed->phc.fd;
	if (feed->options->driver->input == REFCLOCK_EDGES)
		return edge_feed_fd(&feed->edges);
	if (feed->options->driver->input == REFCLOCK_RTC)
		return rtc_device_poll(&feed->rtc).fd;
	return feed->fd;
}

void refclock_feeds_poll_set(const struct refclock_feeds *feeds, struct pollfd *set)
{
	for (size_t i = 0; i < REFCLOCK_FEEDS_MAX; i++)
		set[i] = (struct pollfd){
			.fd = i < feeds->count ? readable_fd(&feeds->feeds[i]) : -1,
			.events = POLLIN,
		};
}

struct mono_time refclock_feeds_deadline(const struct refclock_feeds *feeds)
{
	struct mono_time deadline = MONO_TIME_NEVER;

	for (size_t i = 0; i < feeds->count; i++) {
		const struct refclock_feed *feed = &feeds->feeds[i];

		if (feed->has_more) /* what was read already is told by no descriptor */
			return (struct mono_time){ 0 };
		deadline = mono_time_earlier(deadline, feed->look_at);
	}
	return deadline;
}

/* ---- events ---- */

static int64_t nanoseconds(struct timespec time)
{
	return time.tv_sec * NS_PER_S + time.tv_nsec;
}

static struct timespec timespec_at(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

/* Through two moments: now and a little before. */
static struct stamp_map map_of(struct clock *clock)
{
	struct timespec now = { 0 };
	struct stamp_map map;
	struct local_time before;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	map.real_ns = nanoseconds(now);
	map.local = clock_from_kernel_stamp(clock, now);
	before = clock_from_kernel_stamp(clock, timespec_at(map.real_ns - MAP_NS));
	map.gain = (double)(map.local.ns - before.ns - MAP_NS) / (double)MAP_NS;
	return map;
}

static int take_serial(struct refclock_feeds *feeds, const struct refclock_feed *feed,
                       struct refclock_event *event)
{
	const ssize_t length =
		serial_port_read(feed->fd, feeds->buffer.bytes, sizeof feeds->buffer.bytes);

	if (length < 0)
		return (int)length;
	event->serial = (struct refclock_serial){ .bytes = feeds->buffer.bytes,
		                                  .length_bytes = (size_t)length,
		                                  .received = clock_read(feeds->clock).local };
	return 0;
}

static int take_datagram(struct refclock_feeds *feeds, const struct refclock_feed *feed,
                         struct refclock_event *event)
{
	const ssize_t length =
		sock_receiver_take(feed->fd, feeds->buffer.bytes, sizeof feeds->buffer.bytes);

	if (length < 0)
		return (int)length;
	event->datagram = (struct refclock_datagram){ .bytes = feeds->buffer.bytes,
		                                      .length_bytes = (size_t)length,
		                                      .received = clock_read(feeds->clock).local };
	event->map = map_of(feeds->clock);
	return 0;
}

static int take_segment(struct refclock_feeds *feeds, struct refclock_feed *feed,
                        struct refclock_event *event)
{
	uint32_t count_after;

	if (!shm_segment_take(&feed->segment, &feeds->buffer.segment, &count_after))
		return -EAGAIN;
	event->segment = (struct refclock_segment){ .bytes = feeds->buffer.bytes,
		                                    .length_bytes = sizeof feeds->buffer.segment,
		                                    .count_after = count_after,
		                                    .received = clock_read(feeds->clock).local };
	event->map = map_of(feeds->clock);
	return 0;
}

/* Slowly moves the look to just behind the pulse. */
static void align_look(struct refclock_feed *feed, struct timespec pulse)
{
	struct timespec now = { 0 };
	int64_t late_ns;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	late_ns = nanoseconds(now) - nanoseconds(pulse) - PULSE_AGE_NS;
	if (late_ns > PULSE_ADJUST_NS)
		late_ns = PULSE_ADJUST_NS;
	if (late_ns < -PULSE_ADJUST_NS)
		late_ns = -PULSE_ADJUST_NS;
	feed->look_at = mono_time_after(feed->look_at, -late_ns);
}

static int take_pulse(struct refclock_feeds *feeds, struct refclock_feed *feed,
                      struct refclock_event *event)
{
	struct pps_device_edge edge;
	const int error = pps_device_fetch(feed->fd, feed->options->device.is_clear, &edge);

	if (error != 0)
		return error;
	if (feed->has_sequence && feed->sequence == edge.sequence)
		return -EAGAIN;
	if (feed->has_sequence)
		align_look(feed, edge.real);
	/* the first may be from long before we came */
	event->edge =
		(struct refclock_edge){ .at = clock_from_kernel_stamp(feeds->clock, edge.real),
		                        .sequence = edge.sequence,
		                        .is_rising = !feed->options->device.is_clear };
	if (!feed->has_sequence) {
		feed->has_sequence = true;
		feed->sequence = edge.sequence;
		return -EAGAIN;
	}
	feed->sequence = edge.sequence;
	return 0;
}

static int take_phc(struct refclock_feeds *feeds, struct refclock_feed *feed, bool is_edge,
                    struct refclock_event *event)
{
	const struct refclock_device *device = &feed->options->device;
	struct phc_device_reading reading;
	int64_t edge_ns = 0;
	int error = is_edge ? phc_device_take_edge(&feed->phc, device->channel, &edge_ns) : 0;

	if (error == 0)
		error = phc_device_read(&feed->phc, &reading);
	if (error != 0)
		return error;
	event->phc = (struct refclock_phc){
		.before = clock_from_kernel_stamp(feeds->clock, reading.before),
		.after = clock_from_kernel_stamp(feeds->clock, reading.after),
		.phc_ns = is_edge ? edge_ns : reading.phc_ns,
		.is_external = is_edge,
		.reading_ns = reading.phc_ns,
	};
	return 0;
}

static int take_edge(struct refclock_feeds *feeds, struct refclock_feed *feed,
                     struct refclock_event *event)
{
	struct edge_feed_edge edge;
	const int error = edge_feed_take(&feed->edges, &edge);
	const int64_t wait_ns = edge_feed_wait_ns(&feed->edges);

	feed->has_more = error == 0;
	feed->look_at =
		wait_ns == INT64_MAX ? MONO_TIME_NEVER : mono_time_after(clock_mono_now(), wait_ns);
	if (error != 0)
		return error;
	event->edge =
		(struct refclock_edge){ .at = clock_from_kernel_stamp(feeds->clock, edge.real),
		                        .sequence = edge.sequence,
		                        .is_rising = edge.is_high };
	return 0;
}

static int take_rtc(struct refclock_feeds *feeds, struct refclock_feed *feed,
                    struct refclock_event *event)
{
	const struct instant now = clock_read(feeds->clock);
	struct rtc_edge edge;
	const int error = rtc_device_take(&feed->rtc, true, now.mono, &edge);

	feed->look_at = rtc_device_deadline(&feed->rtc);
	if (error != 0)
		return error;
	event->rtc = (struct refclock_rtc){
		.at = { now.local.ns - edge.early_ns_max / 2 },
		.window_ns = edge.early_ns_max,
		.rtc_s = rtc_device_utc(edge.second, !feed->options->device.is_utc),
	};
	return 0;
}

static int take(struct refclock_feeds *feeds, struct refclock_feed *feed,
                struct refclock_event *event)
{
	event->input = feed->options->driver->input;
	switch (event->input) {
	case REFCLOCK_SERIAL:
		return take_serial(feeds, feed, event);
	case REFCLOCK_DATAGRAM:
		return take_datagram(feeds, feed, event);
	case REFCLOCK_SEGMENT:
		return take_segment(feeds, feed, event);
	case REFCLOCK_PULSE:
		return take_pulse(feeds, feed, event);
	case REFCLOCK_PHC:
		return take_phc(feeds, feed, feed->options->device.is_extpps, event);
	case REFCLOCK_EDGES:
		return take_edge(feeds, feed, event);
	case REFCLOCK_RTC:
		return take_rtc(feeds, feed, event);
	}
	return -EAGAIN;
}

static bool is_nothing(int error)
{
	return error == -EAGAIN || error == -EWOULDBLOCK || error == -EINTR;
}

static void plan_next_look(struct refclock_feed *feed, struct mono_time now)
{
	const int64_t interval_ns = look_interval_ns(feed);

	feed->look_at = mono_time_after(feed->look_at, interval_ns);
	if (feed->look_at.ns <= now.ns) /* late: no rush to catch up */
		feed->look_at = mono_time_after(now, interval_ns);
}

/* Is there anything to be had of it? */
static bool is_due(const struct refclock_feed *feed, const struct pollfd *ready,
                   struct mono_time now)
{
	if (!feed->is_open)
		return feed->look_at.ns <= now.ns;
	if (ready && ready->fd >= 0 && ready->fd == readable_fd(feed) && ready->revents)
		return true;
	return feed->has_more || feed->look_at.ns <= now.ns;
}

static void visit(struct refclock_feeds *feeds, struct refclock_feed *feed, struct mono_time now,
                  struct refclock_feeds_taken *taken)
{
	int error = feed->is_open ? 0 : try_to_open(feed, now);

	if (error == 0 && feed->is_open) {
		if (is_looked_at(feed))
			plan_next_look(feed, now);
		error = take(feeds, feed, &taken->event);
		taken->is_event = error == 0;
		if (error != 0 && !is_nothing(error)) {
			close_one(feed);
			feed->look_at = mono_time_after(now, RETRY_NS);
		}
	}
	taken->error = is_nothing(error) ? 0 : error;
}

/* Stays with a feed that has more, but not for ever: a flooding line or pipe waits for its next
 * turn like all the others. */
static bool is_turn_over(struct refclock_feed *feed)
{
	if (feed->has_more && ++feed->turn_count < EDGES_PER_TURN)
		return false;
	feed->turn_count = 0;
	return true;
}

bool refclock_feeds_take(struct refclock_feeds *feeds, struct pollfd *set, size_t *at,
                         struct refclock_feeds_taken *taken_out)
{
	const struct mono_time now = clock_mono_now();

	for (; *at < feeds->count; ++*at) {
		struct refclock_feed *feed = &feeds->feeds[*at];
		int known;

		if (!is_due(feed, set ? &set[*at] : NULL, now))
			continue;
		if (set)
			set[*at].revents = 0;
		known = feed->last_error;
		taken_out->refclock = (uint32_t)*at;
		taken_out->is_event = false;
		visit(feeds, feed, now, taken_out);
		feed->last_error = taken_out->error;
		if (taken_out->is_event || taken_out->error != known) {
			*at += is_turn_over(feed);
			return true;
		}
	}
	return false;
}
