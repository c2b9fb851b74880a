/* control/control: the daemon's native socket, without the socket: one request line in, one line of
 * JSON out. SPDX-License-Identifier: MIT
 *
 * A request is one word, ended by a newline or the end of the input: the name of a report,
 * `reports` (lists them), `ping`, or a command: `online`, `offline`, `burst`, `makestep`,
 * `trimrtc`, `writertc`, `reload`. Every answer is one JSON object on one line, ended by a newline:
 * a report
 * ({"report":…,"summary":…,"fields":[…], "rows":[…]}), {"pong":"timeballd","version":…},
 * {"done":COMMAND}, or {"error":TEXT,…}. */
#pragma once

#include "base/text.h"
#include "report/report.h"
#include "source/outbox.h"

#define CONTROL_REQUEST_MAX 64 /* bytes of a request with its newline; longer = an error */
#define CONTROL_REPLY_SIZE                                                                         \
	(256 * 1024) /* of the buffer for the answer: enough for every report                      \
	              */

struct control_request {
	const char *line;    /* borrowed; need not be terminated, with or without its newline */
	size_t length_bytes; /* anything at all: strangers write this */
	bool may_command;    /* the peer is root or the daemon's own user; else it may only read */
};

/* What the request leaves to the program, which then writes the answer. */
enum control_duty { CONTROL_DUTY_NONE, CONTROL_DUTY_RELOAD /* see control_reload */ };

/* Writes the answer, without a duty never empty and never cut, into `reply` (started empty by the
 * caller, over CONTROL_REPLY_SIZE bytes). A command that was permitted may put actions into `out`,
 * to be carried out as after any other event. */
enum control_duty control_answer(const struct control_request *request, struct node *node,
                                 struct instant now, const struct report_context *context,
                                 struct text *reply, struct outbox *out);
