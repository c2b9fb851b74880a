/* config/ntp_conf_restrict: who may ask, from restrict lines of ntp.conf.
 * SPDX-License-Identifier: MIT
 *
 * Private to the files ntp_conf*.c. */
#pragma once

#include "config/ntp_conf.h"

/* Is it about everybody? */
bool ntp_conf_restrict_is_default(const struct ntp_conf_words *words);
/* conf->words is a restrict line. */
void ntp_conf_restrict_convert(struct ntp_conf *conf, struct text *out);
