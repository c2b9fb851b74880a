/* daemon/daemon_directives: the directives that only the daemon has, as tables.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "config/config_parse.h"

extern const struct config_directive daemon_directives[];   /* of struct daemon_config */
extern const struct config_known daemon_directives_known[]; /* chrony's, not there yet */
