/* SPDX-License-Identifier: MIT */
#include "daemon/chronyc_service.h"

#include <string.h>

#include "daemon/actions.h"

#define REQUEST_SIZE (CANDM_REQUEST_MAX + 1) /* so that a longer one is known as such */

/* False: could not be done. */
static bool do_duty(struct daemon *daemon, enum chronyc_duty duty)
{
	(void)daemon;
	return duty == CHRONYC_NOTHING;
}

static void answer(struct daemon *daemon, const struct chronyc_datagram *datagram,
                   const uint8_t *bytes)
{
	const struct chronyc_asked asked = {
		.bytes = bytes,
		.length_bytes = datagram->length_bytes,
		.is_unix = datagram->is_unix,
		.remote = datagram->remote,
		.now = clock_read(daemon->clock),
	};
	struct chronyc_answer reply;
	int error;

	chronyc_answer(&daemon->chronyc, &asked, daemon->node, &reply, actions_outbox(daemon));
	actions_carry_out(daemon);
	if (reply.length_bytes == 0)
		return;
	if (!do_duty(daemon, reply.duty))
		chronyc_answer_failed(&reply);
	error = chronyc_sockets_reply(datagram, reply.bytes, reply.length_bytes);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_DEBUG, "Could not answer chronyc: %s",
		        strerror(-error));
}

void chronyc_service_on_ready(struct daemon *daemon, const struct pollfd *set)
{
	for (size_t i = 0; i < CHRONYC_SOCKETS_MAX; i++) {
		uint8_t bytes[REQUEST_SIZE];
		struct chronyc_datagram datagram;

		if (set[i].fd < 0 || set[i].fd != daemon->chronyc_sockets.fds[i] ||
		    set[i].revents == 0)
			continue;
		if (chronyc_sockets_receive(&daemon->chronyc_sockets, i, bytes, sizeof bytes,
		                            &datagram) == 0)
			answer(daemon, &datagram, bytes);
	}
}
