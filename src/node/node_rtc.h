/* node/node_rtc: what the real-time clock does, and when to set it. SPDX-License-Identifier: MIT
 *
 * As chrony's `rtcfile`: the device is measured by its edges while this node knows the time, each
 * 15 to 480 s, and set when asked to or when it is off by more than `rtcautotrim`. The caller has
 * the device: it listens to it while node_rtc_is_listening says so, and carries out ACTION_SET_RTC.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "discipline/rtc_track.h"
#include "node/node_commands.h"
#include "source/outbox.h"
#include "wire/rtc_file.h"

struct node_rtc_edge {
	struct utc_time second; /* that it says has begun */
	int64_t early_ns_max;   /* at most so long before it was seen; >= 0 */
};

struct node_rtc_status {
	bool has_rtc; /* false: all the rest means nothing */
	bool is_known;
	struct utc_time reference;
	double fast_s; /* then; + = ahead of true time */
	double gain_ppm;
	unsigned samples_count, runs_count;
	double span_s, period_s;
	uint64_t sets_count; /* since the start */
};

bool node_rtc_is_listening(const struct node *node);
void node_on_rtc_edge(struct node *node, const struct node_rtc_edge *edge, struct instant now,
                      struct outbox *out);
/* Answer to ACTION_SET_RTC: 0 or the errno for which nothing was changed. */
void node_on_rtc_set(struct node *node, int error, struct instant now);

/* Sets it to true time, within some two seconds. NODE_CANNOT: there is none, or time is not known.
 */
enum node_outcome node_command_trim_rtc(struct node *node, struct instant now);
/* Saves what is known of it. NODE_CANNOT: there is none; NODE_OUT_OF_RANGE: nothing is known yet.
 */
enum node_outcome node_command_write_rtc(const struct node *node, struct outbox *out);

struct node_rtc_status node_rtc_status(const struct node *node);
