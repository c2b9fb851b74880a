/* daemon/messages: what happened, as a sentence for the message log. SPDX-License-Identifier: MIT
 *
 * Where chronyd has a message for it the words are the same: people's alert rules match them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "daemon/log.h"
#include "source/trace.h"

#define MESSAGE_SIZE 512

/* False: nothing to say of this event. `text` is always terminated. */
bool messages_format(const struct trace_event *event, char text[MESSAGE_SIZE],
                     enum log_severity *severity_out);
