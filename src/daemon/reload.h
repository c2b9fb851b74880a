/* daemon/reload: reads again what stands in files while the daemon runs: the configuration, the
 * sources, the keys; and goes on in new log files. SPDX-License-Identifier: MIT
 *
 * All or nothing: one mistake in a file and everything stays as it was, after it was said what is
 * wrong and where. What takes a restart is named and waits for it. */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "daemon/daemon.h"

/* The whole configuration. What changed is logged and, if `answer` is not NULL, told in it as
 * control/control_reload says. False: nothing was changed. */
bool reload_configuration(struct daemon *daemon, struct text *answer);
/* Only the lines in files of sourcedir. */
bool reload_sources(struct daemon *daemon);
/* The key file. */
bool reload_keys(struct daemon *daemon);
/* Closes all log files; they open again under their names when there is something to write. */
bool reload_logs(struct daemon *daemon);
