/* daemon/load_config: the configuration that the command line names. SPDX-License-Identifier: MIT
 */
#pragma once

#include "daemon/command_line.h"
#include "daemon/daemon_config.h"

/* With the address family of the command line. The caller owns the result; NULL after it was said
 * what is wrong. */
struct daemon_config *load_config(const struct command_line *line, const struct log *log);
/* The same; what is wrong, and what is warned of, is in `errors`, which was begun, and not said. */
struct daemon_config *load_config_collect(const struct command_line *line,
                                          struct config_errors *errors);
void load_config_say(const struct log *log, const struct config_errors *errors);
