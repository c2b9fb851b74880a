/* SPDX-License-Identifier: MIT */
#include "os/edge_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/serial_pin.h"

/* refclock_device.bias, as the drivers' option rows store it */
_Static_assert(GPIO_BIAS_AS_IS == 0 && GPIO_BIAS_PULL_UP == 1 && GPIO_BIAS_PULL_DOWN == 2 &&
                       GPIO_BIAS_NONE == 3,
               "the device's bias is the line's");
_Static_assert(SERIAL_PIN_DCD == 1 && SERIAL_PIN_CTS == 2 && SERIAL_PIN_DSR == 3 &&
                       SERIAL_PIN_RI == 4,
               "the device's pin is the port's");

/* ---- opening ---- */

static int open_line(const struct refclock_device *device, struct gpio_line_config *config,
                     struct edge_feed *feed)
{
	config->is_active_low = device->is_active_low;
	config->bias = (enum gpio_bias)device->bias;
	config->debounce_us = device->debounce_us;
	feed->is_line = true;
	return gpio_line_open(config, &feed->line);
}

static int open_pin(const struct refclock_device *device, struct edge_feed *feed)
{
	feed->is_line = true;
	feed->is_pin = true;
	return serial_pin_open(device->path, (enum serial_pin)device->serial_pin,
	                       device->is_active_low, &feed->line);
}

static int open_file(const char *path, struct edge_feed *feed)
{
	struct stat facts;

	if (stat(path, &facts) != 0)
		return -errno;
	if (!S_ISREG(facts.st_mode) && !S_ISFIFO(facts.st_mode))
		return -EINVAL;
	feed->is_recording = S_ISREG(facts.st_mode);
	/* a pipe that we could write to ourselves does not end when its writer does */
	feed->line.fd =
		open(path, (feed->is_recording ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC);
	return feed->line.fd < 0 ? -errno : 0;
}

int edge_feed_open(const struct refclock_device *device, struct edge_feed *feed_out)
{
	struct gpio_line_config config;
	int error;

	memset(feed_out, 0, sizeof *feed_out);
	if (device->serial_pin != SERIAL_PIN_NONE)
		error = open_pin(device, feed_out);
	else if (gpio_line_parse(device->path, &config) == 0)
		error = open_line(device, &config, feed_out);
	else
		error = open_file(device->path, feed_out);
	feed_out->is_open = error == 0;
	return error;
}

void edge_feed_close(struct edge_feed *feed)
{
	if (feed->is_open)
		gpio_line_close(&feed->line);
	feed->is_open = false;
}

int edge_feed_fd(const struct edge_feed *feed)
{
	return feed->is_open && !feed->is_recording ? feed->line.fd : -1;
}

/* ---- a line ---- */

static struct timespec timespec_at(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

/* Whoever waits for the pin has given up: the port was unplugged. */
static bool is_gone(const struct edge_feed *feed)
{
	struct pollfd line = { .fd = feed->line.fd, .events = POLLIN };

	return feed->is_pin && poll(&line, 1, 0) > 0 && (line.revents & POLLHUP) &&
	       !(line.revents & POLLIN);
}

static int take_of_line(struct edge_feed *feed, struct edge_feed_edge *edge_out)
{
	if (feed->edges_next == feed->edges.count) {
		const int count = gpio_line_read(&feed->line, &feed->edges);

		feed->edges_next = 0;
		if (count <= 0)
			feed->edges.count = 0;
		if (count < 0)
			return count;
		if (count == 0)
			return is_gone(feed) ? -ENODEV : -EAGAIN;
		feed->sequence += feed->edges.lost_count;
	}
	*edge_out = (struct edge_feed_edge){
		.real = timespec_at(feed->edges.edges[feed->edges_next].at.ns),
		.sequence = feed->sequence++,
		.is_high = feed->edges.edges[feed->edges_next].is_high,
	};
	feed->edges_next++;
	return 0;
}

/* ---- a file ---- */

static int refill(struct edge_feed *feed)
{
	const size_t room = sizeof feed->text - feed->text_length;
	ssize_t length;

	if (room == 0)
		return -EBADMSG;
	length = read(feed->line.fd, feed->text + feed->text_length, room);
	if (length < 0)
		return -errno;
	if (length == 0)
		feed->is_at_end = true;
	feed->text_length += (size_t)length;
	return length == 0 ? -EAGAIN : 0;
}

/* The next whole line into feed->edge. */
static int next_edge(struct edge_feed *feed)
{
	while (!feed->has_edge) {
		const char *end = memchr(feed->text, '\n', feed->text_length);
		size_t length;
		int kind;

		if (!end) {
			const int error = refill(feed);

			if (error != 0)
				return error;
			continue;
		}
		length = (size_t)(end - feed->text);
		kind = edge_line_decode(feed->text, length, &feed->edge);
		feed->text_length -= length + 1;
		memmove(feed->text, end + 1, feed->text_length);
		if (kind < 0)
			return kind;
		feed->has_edge = kind > 0;
	}
	return 0;
}

static int take_of_file(struct edge_feed *feed, struct edge_feed_edge *edge_out)
{
	const int error = next_edge(feed);

	if (error != 0)
		return error;
	if (feed->is_recording && !feed->has_shift)
		feed->shift_ns = clock_real_now_ns() - feed->edge.at_ns;
	feed->has_shift = true;
	if (edge_feed_wait_ns(feed) > 0 && feed->is_recording)
		return -EAGAIN;
	feed->has_edge = false;
	*edge_out = (struct edge_feed_edge){ .real = timespec_at(feed->edge.at_ns + feed->shift_ns),
		                             .sequence = feed->sequence++,
		                             .is_high = feed->edge.is_high };
	return 0;
}

int64_t edge_feed_wait_ns(const struct edge_feed *feed)
{
	int64_t wait_ns;

	if (!feed->is_open || !feed->is_recording || feed->is_at_end)
		return INT64_MAX;
	if (!feed->has_edge)
		return 0;
	wait_ns = feed->edge.at_ns + feed->shift_ns - clock_real_now_ns();
	return wait_ns > 0 ? wait_ns : 0;
}

int edge_feed_take(struct edge_feed *feed, struct edge_feed_edge *edge_out)
{
	return feed->is_line ? take_of_line(feed, edge_out) : take_of_file(feed, edge_out);
}
