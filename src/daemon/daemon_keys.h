/* daemon/daemon_keys: which keys the key file holds. SPDX-License-Identifier: MIT
 *
 * Lines are `id [type] [ASCII:|HEX:]key`. Keeps the ids only: there is no authentication yet. Never
 * shows a key, nor a word that might be one. All that is wrong is a warning, as in chrony. */
#pragma once

#include "base/attributes.h"
#include "daemon/daemon_config.h"

/* Reads config->keyfile, if there is one, into config->key_ids. 0 or -ENOMEM. */
NODISCARD int daemon_keys_read(struct daemon_config *config, struct config_errors *errors);
