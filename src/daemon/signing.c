/* SPDX-License-Identifier: MIT */
#include "daemon/signing.h"

#include <string.h>

#include "daemon/daemon.h"

void signing_begin(struct daemon *daemon)
{
	signing_socket_init(&daemon->signing, daemon->config->ntpsigndsocket);
	if (daemon->config->ntpsigndsocket[0] != '\0')
		log_say(daemon->log, LOG_SEVERITY_INFORMATION, "MS-SNTP authentication enabled");
}

/* Said once, until one is signed again. */
static void tell_lost(struct daemon *daemon)
{
	const unsigned lost_count = signing_socket_lost(&daemon->signing);

	if (lost_count == 0)
		return;
	node_on_unsigned(daemon->node, lost_count);
	if (!daemon->is_signing_lost)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "Samba did not sign an answer, which was not sent: %s (ntpsigndsocket %s)",
		        daemon->signing.error != 0 ? strerror(daemon->signing.error)
		                                   : "it refused, or was too busy",
		        daemon->config->ntpsigndsocket);
	daemon->is_signing_lost = true;
}

void signing_ask(struct daemon *daemon, const struct send_action *answer)
{
	signing_socket_ask(&daemon->signing, answer, clock_mono_now());
	tell_lost(daemon);
}

void signing_on_ready(struct daemon *daemon, const struct pollfd *ready)
{
	const struct mono_time now = clock_mono_now();
	struct send_action answer;

	if (ready->revents == 0 && signing_socket_deadline(&daemon->signing).ns > now.ns)
		return;
	while (signing_socket_take(&daemon->signing, now, &answer)) {
		const int fd = ntp_sockets_prepare(&daemon->sockets, &answer);

		daemon->is_signing_lost = false;
		if (fd < 0 || ntp_sockets_send(&daemon->sockets, fd, &answer) != 0)
			log_say(daemon->log, LOG_SEVERITY_DEBUG, "Could not send a signed answer");
	}
	tell_lost(daemon);
}
