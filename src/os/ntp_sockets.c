/* SPDX-License-Identifier: MIT */
#include "os/ntp_sockets.h"

#include <errno.h>
#include <unistd.h>

#define STAMP_EARLIER_NS_MAX (20 * NS_PER_US) /* by a card whose clock is not known so well */
#define STAMP_LATER_NS_MAX   (2 * NS_PER_MS)

void ntp_sockets_init(struct ntp_sockets *sockets, const struct ntp_sockets_options *options)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++)
		sockets->places[i].fd = -1;
	sockets->options = *options;
}

static void close_place(struct ntp_socket *place)
{
	if (place->fd >= 0)
		(void)close(place->fd);
	place->fd = -1;
}

void ntp_sockets_close_all(struct ntp_sockets *sockets)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++)
		close_place(&sockets->places[i]);
}

static struct ntp_socket *free_place(struct ntp_sockets *sockets)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		if (sockets->places[i].fd < 0)
			return &sockets->places[i];
	}
	return NULL;
}

/* Where that cannot be, the kernel's stamps are what there is. */
static void stamp_by_hardware(const struct ntp_sockets *sockets, int fd)
{
	if (sockets->options.is_hardware_stamped)
		(void)!udp_socket_stamp_by_hardware(fd);
}

static int use_device(int fd, const char *name)
{
	return name && name[0] != '\0' ? udp_socket_bind_device(fd, name) : 0;
}

/* Inherited, or bound alone first, so that another program on the port is noticed. */
static int open_bound(const struct ntp_sockets_options *options, enum address_family family,
                      const struct address *address, uint16_t port)
{
	int fd = options->inherited
	                 ? inherited_sockets_take(options->inherited, family, address, port)
	                 : -1;
	int error;

	if (fd >= 0) {
		udp_socket_adopt(fd, family);
		return fd;
	}
	fd = udp_socket_open(family);
	if (fd < 0)
		return fd;
	error = use_device(fd, options->server_device);
	if (error == 0)
		error = udp_socket_bind(fd, family, address, port, false);
	if (error == 0)
		return fd;
	(void)close(fd);
	return error;
}

int ntp_sockets_serve(struct ntp_sockets *sockets, enum address_family family,
                      const struct address *address, uint16_t port)
{
	struct ntp_socket *place = free_place(sockets);
	int fd;

	if (!place)
		return -ENOSPC;
	fd = open_bound(&sockets->options, family, address, port);
	if (fd < 0)
		return fd;
	stamp_by_hardware(sockets, fd);
	udp_socket_set_dscp(fd, family, sockets->options.dscp);
	if (sockets->options.acquisition_port == port)
		udp_socket_share(fd);
	*place = (struct ntp_socket){
		.fd = fd, .association = ASSOCIATION_SERVER, .address = *address, .family = family
	};
	return 0;
}

void ntp_sockets_close(struct ntp_sockets *sockets, uint32_t association)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		if (sockets->places[i].fd >= 0 && sockets->places[i].association == association)
			close_place(&sockets->places[i]);
	}
}

/* The server's socket that sends from `local`: bound to that very address, or to any. */
static int server_fd(const struct ntp_sockets *sockets, enum address_family family,
                     const struct address *local)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		const struct ntp_socket *place = &sockets->places[i];

		if (place->fd < 0 || place->association != ASSOCIATION_SERVER ||
		    place->family != family)
			continue;
		if (place->address.family == ADDRESS_NONE ||
		    address_is_same_host(&place->address, local))
			return place->fd;
	}
	return -EADDRNOTAVAIL;
}

/* For who is to be asked, not answered, and whom nobody has heard yet. */
static int first_server_fd(const struct ntp_sockets *sockets, enum address_family family)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		const struct ntp_socket *place = &sockets->places[i];

		if (place->fd >= 0 && place->association == ASSOCIATION_SERVER &&
		    place->family == family)
			return place->fd;
	}
	return -EADDRNOTAVAIL;
}

bool ntp_sockets_is_serving(const struct ntp_sockets *sockets, const struct address *address)
{
	return server_fd(sockets, address->family, address) >= 0;
}

static int connect_client(struct ntp_sockets *sockets, int fd, const struct send_action *send)
{
	struct ntp_sockets_options *options = &sockets->options;
	const bool has_port = options->acquisition_port >= 0;
	const enum address_family family = send->remote.family;
	const struct address *local = &options->acquisition_addresses[family == ADDRESS_IPV6];
	int error = use_device(fd, send->device[0] != '\0' ? send->device
	                                                   : options->acquisition_device);

	stamp_by_hardware(sockets, fd);
	udp_socket_set_dscp(fd, family, options->dscp);
	if (error == 0 && (has_port || local->family != ADDRESS_NONE))
		error = udp_socket_bind(fd, family, local,
		                        has_port ? (uint16_t)options->acquisition_port : 0,
		                        has_port);
	if (error == 0 && has_port)
		options->acquisition_port = udp_socket_port(fd);
	return error == 0 ? udp_socket_connect(fd, &send->remote) : error;
}

static bool is_by_server(const struct send_action *send)
{
	return send->association == ASSOCIATION_SERVER || send->is_from_server_port;
}

int ntp_sockets_prepare(struct ntp_sockets *sockets, const struct send_action *send)
{
	struct ntp_socket *place;
	int error, fd;

	if (is_by_server(send)) {
		fd = server_fd(sockets, send->remote.family, &send->local);
		return fd < 0 && send->is_from_server_port
		               ? first_server_fd(sockets, send->remote.family)
		               : fd;
	}

	ntp_sockets_close(sockets, send->association);
	place = free_place(sockets);
	if (!place)
		return -ENOSPC;
	fd = udp_socket_open(send->remote.family);
	if (fd < 0)
		return fd;
	error = connect_client(sockets, fd, send);
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	*place = (struct ntp_socket){ .fd = fd,
		                      .association = send->association,
		                      .family = send->remote.family };
	return fd;
}

static struct ntp_socket *place_with(struct ntp_sockets *sockets, int fd)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		if (sockets->places[i].fd == fd)
			return &sockets->places[i];
	}
	return NULL;
}

void ntp_sockets_on_left(struct ntp_sockets *sockets, int fd, const struct ntp_answer *answer)
{
	struct ntp_socket *place = place_with(sockets, fd);
	const uint32_t number = place ? place->sent_count - 1 : 0;

	if (!place)
		return;
	place->answers[number % NTP_SOCKETS_ANSWERS] = *answer;
	place->answers[number % NTP_SOCKETS_ANSWERS].number = number;
}

const struct ntp_answer *ntp_sockets_answer(const struct ntp_socket *socket, uint32_t number,
                                            struct local_time stamp)
{
	const struct ntp_answer *answer = &socket->answers[number % NTP_SOCKETS_ANSWERS];
	const int64_t later_ns = stamp.ns - answer->sent.ns;

	/* Should the kernel count otherwise than we do, a stamp must not go to another's answer. */
	return answer->number == number && later_ns >= -STAMP_EARLIER_NS_MAX &&
	                       later_ns <= STAMP_LATER_NS_MAX
	               ? answer
	               : NULL;
}

int ntp_sockets_send(struct ntp_sockets *sockets, int fd, const struct send_action *send)
{
	struct ntp_socket *place = place_with(sockets, fd);

	int error;

	if (place)
		place->sent_count++; /* as the kernel does, whether it leaves or not */
	if (is_by_server(send)) {
		const bool is_broadcast =
			send->is_from_server_port && send->association == ASSOCIATION_SERVER;

		/* for this alone: who forges a sender's address must not get an answer to all */
		if (is_broadcast)
			udp_socket_allow_broadcast(fd, true);
		error = udp_socket_send_from(fd, send->bytes, send->length_bytes, &send->remote,
		                             &send->local);
		if (is_broadcast)
			udp_socket_allow_broadcast(fd, false);
		return error;
	}
	return udp_socket_send(fd, send->bytes, send->length_bytes);
}

size_t ntp_sockets_poll_set(const struct ntp_sockets *sockets, struct pollfd *set)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		set[i] = (struct pollfd){ .fd = sockets->places[i].fd, .events = POLLIN | POLLPRI };
	}
	return NTP_SOCKETS_MAX;
}
