/* control/mode6: ntpq's questions answered: which sources there are and what is known of them and
 * of the clock. RFC 9327; names and units of the variables are ntpd's. SPDX-License-Identifier: MIT
 *
 * Reads only: there is no request that changes anything. ntpq asks in 12 bytes for hundreds, so no
 * rule about lengths could hold: only this host may ask, whose address nobody can forge from
 * outside. */
#pragma once

#include "node/node.h"

#define MODE6_FRAGMENTS_MAX 4 /* messages of one answer */

/* Is this a question of ntpq from this very host? Anybody else's is not even looked at. */
bool mode6_is_request(const struct datagram *datagram);

/* At most MODE6_FRAGMENTS_MAX times SEND. version: of the daemon. False: it is no question that
 * could be answered, not even with an error. */
bool mode6_answer(const struct datagram *datagram, const char *version, const struct node *node,
                  struct instant now, struct outbox *out);
