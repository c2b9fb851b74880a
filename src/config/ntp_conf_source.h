/* config/ntp_conf_source: server, pool, peer, broadcast and refclock lines of ntp.conf.
 * SPDX-License-Identifier: MIT
 *
 * Private to the files ntp_conf*.c. */
#pragma once

#include "config/ntp_conf.h"

/* The clock of an address 127.127.TYPE.UNIT; false: it is another address. */
bool ntp_conf_source_clock(const char *address, unsigned *type_out, unsigned *unit_out);
/* conf->words is a server, pool or peer line, or a refclock line of ntpsec. */
void ntp_conf_source_convert(const struct ntp_conf *conf, struct text *out);
void ntp_conf_source_convert_refclock(const struct ntp_conf *conf, struct text *out);
