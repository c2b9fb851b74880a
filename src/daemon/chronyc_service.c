/* SPDX-License-Identifier: MIT */
#include "daemon/chronyc_service.h"

#include <string.h>
#include <unistd.h>

#include "daemon/actions.h"
#include "daemon/dumps.h"
#include "daemon/open_network.h"
#include "daemon/reload.h"
#include "node/node_commands.h"
#include "os/udp_socket.h"

#define REQUEST_SIZE (CANDM_REQUEST_MAX + 1) /* so that a longer one is known as such */

static bool is_reachable(const struct address *address)
{
	const int fd = udp_socket_open_plain(address->family);
	bool has_route;

	if (fd < 0)
		return false;
	has_route = udp_socket_connect(fd, address) == 0;
	(void)close(fd);
	return has_route;
}

static void set_online_by_routes(struct daemon *daemon)
{
	const size_t count = node_source_count(daemon->node);

	for (size_t i = 0; i < count; i++) {
		const struct instant now = clock_read(daemon->clock);
		const struct address address = node_source_status(daemon->node, i, now).address;
		struct node_choice choice = { .address = address, .mask = address };

		if (address.family == ADDRESS_NONE)
			continue;
		memset(choice.mask.bytes, 0xff, sizeof choice.mask.bytes);
		(void)node_command_set_online(daemon->node, &choice, is_reachable(&address), now,
		                              actions_outbox(daemon));
		actions_carry_out(daemon);
	}
}

static bool serve(struct daemon *daemon)
{
	const int error = open_network_serve(daemon, node_wants_port(daemon->node));

	open_network_ntpq(daemon);
	return error == 0;
}

/* False: could not be done. */
static bool do_duty(struct daemon *daemon, enum chronyc_duty duty)
{
	switch (duty) {
	case CHRONYC_NOTHING:
		break;
	case CHRONYC_CYCLE_LOGS:
		return reload_logs(daemon);
	case CHRONYC_DUMP:
		return dumps_save(daemon);
	case CHRONYC_ONOFFLINE:
		set_online_by_routes(daemon);
		break;
	case CHRONYC_REKEY:
		return reload_keys(daemon);
	case CHRONYC_RELOAD_SOURCES:
		return reload_sources(daemon);
	case CHRONYC_SERVE:
		return serve(daemon);
	case CHRONYC_SHUT_DOWN:
		log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Received shutdown command");
		daemon->is_over = true; /* after this turn of the loop: the reply leaves before */
		break;
	}
	return true;
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
