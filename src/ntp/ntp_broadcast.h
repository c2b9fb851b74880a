/* ntp/ntp_broadcast: tells a whole network the time, unasked (mode 5). SPDX-License-Identifier: MIT
 *
 * RFC 5905 section 3, figure 1. Only the sender: who listens to broadcasts believes whoever sends
 * them, so there is no client. */
#pragma once

#include "config/config_option.h"
#include "ntp/ntp_server.h"

#define NTP_BROADCASTS_MAX 16

struct ntp_broadcast_options {
	uint32_t interval_s;
	struct address address; /* a broadcast, multicast or ordinary one; port 0 */
	uint16_t port;          /* 123 */
};
extern const struct config_option ntp_broadcast_arguments[];

/* Adds one SEND. */
void ntp_broadcast_send(const struct ntp_broadcast_options *options,
                        const struct ntp_server_time *time, struct outbox *out);
