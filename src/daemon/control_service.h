/* daemon/control_service: answers requests on the control socket from the node.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

/* Answers every request that is whole. */
void control_service_answer(struct daemon *daemon);
