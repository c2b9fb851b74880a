/* daemon/dumps: the files of dumpdir. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "daemon/daemon.h"

/* Writes what is known of each source; nothing without dumpdir. False: not all could be written. */
bool dumps_save(struct daemon *daemon);
/* With -r: reads the files of the sources that have none of their own measurements yet, and removes
 * them. To be called whenever a source has got its address. */
void dumps_load(struct daemon *daemon);
