/* control/control_reply: a request line and what is known -> the answer, and the command in it.
 * SPDX-License-Identifier: MIT
 *
 * control/control without the node. */
#pragma once

#include "base/text.h"
#include "control/control.h"
#include "report/report.h"

enum control_command {
	CONTROL_NOTHING, /* a question, or refused */
	CONTROL_ONLINE,
	CONTROL_OFFLINE,
	CONTROL_BURST,
	CONTROL_MAKESTEP,
	CONTROL_TRIM_RTC,
	CONTROL_WRITE_RTC,
	CONTROL_RELOAD, /* the only one that leaves the answer to who carries it out */
};

/* Answers as control_answer does; the command returned is permitted and still to be carried out. */
enum control_command control_reply(const struct control_request *request,
                                   const struct report_subject *subject, struct text *reply);
/* The words of the commands; NULL behind the last. */
const char *control_reply_word(size_t index);
