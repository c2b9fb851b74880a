/* os/edge_feed: both edges of a line, one by one: from a GPIO line, a serial port or a file of
 * edges. SPDX-License-Identifier: MIT
 *
 * A named pipe is live: its stamps are CLOCK_REALTIME's. A recorded file is played as if its first
 * edge came when it was opened, each edge in its time, and once. */
#pragma once

#include <time.h>

#include "base/attributes.h"
#include "os/gpio_line.h"
#include "refclock/refclock_driver.h"
#include "wire/edge_line.h"

struct edge_feed {
	bool is_open;
	bool is_line;          /* else a file */
	bool is_pin;           /* a line, but of a serial port */
	bool is_recording;     /* a file that is not a pipe */
	struct gpio_line line; /* or only its descriptor, the file */
	struct gpio_edges edges;
	size_t edges_next; /* of `edges`, to be handed out */
	uint32_t sequence;

	char text[EDGE_LINE_SIZE_MAX]; /* of the file, not yet read as lines */
	size_t text_length;
	bool has_shift, has_edge, is_at_end;
	int64_t shift_ns; /* CLOCK_REALTIME minus the recording's time */
	struct edge_line edge;
};

struct edge_feed_edge {
	struct timespec real; /* CLOCK_REALTIME */
	uint32_t sequence;
	bool is_high;
};

/* device->path: a serial port if it names a pin, "CHIP:LINE", else a file. 0 or -errno. */
NODISCARD int edge_feed_open(const struct refclock_device *device, struct edge_feed *feed_out);
void edge_feed_close(struct edge_feed *feed);
int edge_feed_fd(const struct edge_feed *feed); /* for poll(2); < 0: nothing to wait for */
/* How long until take has something that no descriptor tells of; INT64_MAX = never. */
int64_t edge_feed_wait_ns(const struct edge_feed *feed);
/* The next edge. 0, -EAGAIN when none is there; -EBADMSG: the file is not one of edges; -errno. */
NODISCARD int edge_feed_take(struct edge_feed *feed, struct edge_feed_edge *edge_out);
