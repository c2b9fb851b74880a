/* cli/decode_view: a radio station's seconds and minutes for people, or minutes as JSON lines.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "cli/style.h"
#include "radio/receiver.h"

struct decode_view {
	const struct radio_station *station;
	FILE *out;
	struct look look;
	bool is_json, is_quiet; /* quiet: minutes only */
	bool has_pulses;        /* a line for each second */
	unsigned column;        /* letters on the running line */
};

void decode_view_begin(const struct decode_view *view);
void decode_view_event(struct decode_view *view, const struct radio_event *event);
void decode_view_end(struct decode_view *view, const struct radio_status *status);
