/* cli/control_client: asks the daemon one thing over its control socket. SPDX-License-Identifier:
 * MIT
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

#define CONTROL_CLIENT_TIMEOUT_MS 5000

enum control_outcome {
	CONTROL_ANSWERED,
	CONTROL_NO_DAEMON,  /* nothing there, or nobody listens */
	CONTROL_NOT_SOCKET, /* there is something else */
	CONTROL_FORBIDDEN,
	CONTROL_SILENT, /* connected, no whole answer in time */
	CONTROL_FAILED, /* errno says why */
};

/* The socket's path: `given` if not NULL, else $TIMEBALL_SOCKET, else the default. */
const char *control_client_path(const char *given);

/* Only on CONTROL_ANSWERED, *answer_out is the answer, terminated; free() it. */
NODISCARD enum control_outcome control_client_ask(const char *path, const char *request,
                                                  int timeout_ms, char **answer_out);

/* Says on standard error what is wrong and what to do about it. */
void control_client_explain(enum control_outcome outcome, const char *path);
