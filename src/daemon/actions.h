/* daemon/actions: carries out what the node wants done. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

/* The outbox for the next event: empty. */
struct outbox *actions_outbox(struct daemon *daemon);
/* Carries out what stands in it, in order, and empties it. */
void actions_carry_out(struct daemon *daemon);
