/* os/refclock_feeds: opens what reference clocks feed on and makes events of what comes.
 * SPDX-License-Identifier: MIT
 *
 * Knows devices, not clocks: what a driver makes of it is not seen here. A device that is not there
 * or goes away is tried again. To add an input: a case in open_one, in close_one, and in take;
 * what must be looked at each dpoll is named in is_looked_at. */
#pragma once

#include <poll.h>

#include "node/node_config.h"
#include "os/clock.h"
#include "os/edge_feed.h"
#include "os/phc_device.h"
#include "os/rtc_device.h"
#include "os/shm_segment.h"

#define REFCLOCK_FEEDS_MAX    NODE_REFCLOCKS_MAX
#define REFCLOCK_FEEDS_BUFFER 2048

struct refclock_feed {
	const struct refclock_options *options; /* borrowed; NULL = no such clock */
	bool is_open;
	int fd; /* < 0: has none */
	struct shm_segment segment;
	struct phc_device phc;
	struct edge_feed edges;
	struct rtc_device rtc;
	bool has_more;            /* EDGES: there may be another one at once */
	unsigned turn_count;      /* EDGES: taken in this turn of the loop */
	struct mono_time look_at; /* next look, or next try to open */
	int last_error;           /* of opening or reading; 0 = fine */
	bool has_sequence;
	uint32_t sequence; /* PULSE: of the last edge seen */
};

struct refclock_feeds {
	struct clock *clock; /* borrowed */
	size_t count;
	struct refclock_feed feeds[REFCLOCK_FEEDS_MAX];
	union {
		uint8_t bytes[REFCLOCK_FEEDS_BUFFER];
		struct shm_time_layout segment;
	} buffer; /* of the event that was given last */
};

void refclock_feeds_init(struct refclock_feeds *feeds);
/* Opens all that can be opened; the others are tried again later. `clock` and `options` are
 * borrowed until close. */
void refclock_feeds_open(struct refclock_feeds *feeds, const struct refclock_options *options,
                         size_t count, struct clock *clock);
int refclock_feeds_error(const struct refclock_feeds *feeds, size_t index); /* 0: it works */
void refclock_feeds_close(struct refclock_feeds *feeds);

/* One entry for each of REFCLOCK_FEEDS_MAX. */
void refclock_feeds_poll_set(const struct refclock_feeds *feeds, struct pollfd *set);
struct mono_time refclock_feeds_deadline(const struct refclock_feeds *feeds);

struct refclock_feeds_taken {
	uint32_t refclock;
	bool is_event; /* else `error` is news of the device: -errno, or 0 = it works (again) */
	int error;
	struct refclock_event event;
};

/* The next event of what poll(2) told of (`set`; NULL = nothing) or of what is due. `*at` counts
 * the feeds: 0 at first, the same variable until false comes back; that is a turn, and it ends
 * however much there is: one message, read or look a feed, or some dozens of edges. What is handed
 * out borrows from `feeds` until the next call. */
bool refclock_feeds_take(struct refclock_feeds *feeds, struct pollfd *set, size_t *at,
                         struct refclock_feeds_taken *taken_out);
