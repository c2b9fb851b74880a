/* daemon/signing: answers that Samba signs before they are sent (ntpsigndsocket).
 * SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>

struct daemon;
struct send_action;

/* Says that it is on. The connection is made when it is needed: Samba may start later. */
void signing_begin(struct daemon *daemon);
/* An answer with is_to_be_signed, its transmit time written. */
void signing_ask(struct daemon *daemon, const struct send_action *answer);
/* Sends what was signed; to be called after each wait. */
void signing_on_ready(struct daemon *daemon, const struct pollfd *ready);
