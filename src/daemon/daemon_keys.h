/* daemon/daemon_keys: the symmetric keys of the key file. SPDX-License-Identifier: MIT
 *
 * Lines are `id [type] [ASCII:|HEX:]key`, of type MD5 where none stands; comments take a whole
 * line. Never shows a key, nor a word that might be one; leaves none behind in memory but in the
 * table. All that is wrong is a warning, as in chrony, and the line is left out. */
#pragma once

#include "base/attributes.h"
#include "daemon/daemon_config.h"

#define DAEMON_KEYS_FILE_MAX (1 << 20) /* bytes */

/* Reads config->keyfile, if there is one, into config->keys; again at any time (rekey): a file that
 * cannot be read leaves the keys as they were. Warns of sources whose key is not there. 0 or
 * -ENOMEM. */
NODISCARD int daemon_keys_read(struct daemon_config *config, struct config_errors *errors);

/* Adds the keys of a file's bytes, which it may change; length_bytes is below the limit and the
 * byte behind may be written too. */
void daemon_keys_parse(struct ntp_keys *keys, const char *file, char *bytes, size_t length_bytes,
                       struct config_errors *errors);
