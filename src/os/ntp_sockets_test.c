/* SPDX-License-Identifier: MIT */
#include "os/ntp_sockets.h"

#include <errno.h>

#include "testing/check.h"

static const struct address any = { .family = ADDRESS_NONE };

static struct send_action request_of(uint32_t association)
{
	return (struct send_action){
		.association = association,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 }, .port = 9 },
		.length_bytes = 48,
	};
}

static unsigned open_count(const struct ntp_sockets *sockets)
{
	struct pollfd set[NTP_SOCKETS_MAX];
	unsigned count = 0;

	CHECK_EQ(ntp_sockets_poll_set(sockets, set), NTP_SOCKETS_MAX);
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++)
		count += set[i].fd >= 0;
	return count;
}

TEST(ntp_sockets, asks_from_a_fresh_port_each_time)
{
	const struct send_action request = request_of(3);
	struct ntp_sockets sockets;
	unsigned changes_count = 0;
	uint16_t last = 0;

	ntp_sockets_init(&sockets, -1);
	for (unsigned i = 0; i < 8; i++) {
		const int fd = ntp_sockets_prepare(&sockets, &request);

		CHECK(fd >= 0);
		CHECK_EQ(open_count(&sockets), 1); /* the one before is closed */
		changes_count += udp_socket_port(fd) != last;
		last = udp_socket_port(fd);
	}
	CHECK(changes_count >= 6); /* two may meet by chance */
	ntp_sockets_close(&sockets, 3);
	CHECK_EQ(open_count(&sockets), 0);
}

TEST(ntp_sockets, keeps_to_a_port_that_was_chosen_once)
{
	const struct send_action one = request_of(1), other = request_of(2);
	struct ntp_sockets sockets;
	int fd;

	ntp_sockets_init(&sockets, 0);
	fd = ntp_sockets_prepare(&sockets, &one);
	CHECK(fd >= 0);
	CHECK_EQ(udp_socket_port(fd), sockets.acquisition_port);
	CHECK(sockets.acquisition_port > 0);
	ntp_sockets_close(&sockets, 1);
	fd = ntp_sockets_prepare(&sockets, &other);
	CHECK(fd >= 0);
	CHECK_EQ(udp_socket_port(fd), sockets.acquisition_port);
	ntp_sockets_close_all(&sockets);
}

TEST(ntp_sockets, answers_from_the_socket_that_was_asked)
{
	const struct address home = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	const struct address other = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 2 } };
	struct send_action answer = request_of(ASSOCIATION_SERVER);
	struct ntp_sockets sockets;

	ntp_sockets_init(&sockets, -1);
	CHECK_EQ(ntp_sockets_prepare(&sockets, &answer), -EADDRNOTAVAIL);
	CHECK_EQ(ntp_sockets_serve(&sockets, ADDRESS_IPV4, &home, 0), 0);
	CHECK_EQ(ntp_sockets_serve(&sockets, ADDRESS_IPV4, &other, 0), 0);
	answer.local = other;
	CHECK_EQ(ntp_sockets_prepare(&sockets, &answer), sockets.places[1].fd);
	answer.local = home;
	CHECK_EQ(ntp_sockets_prepare(&sockets, &answer), sockets.places[0].fd);
	answer.local = any;
	CHECK_EQ(ntp_sockets_prepare(&sockets, &answer), -EADDRNOTAVAIL);
	answer.association = 3; /* a peer that is asked for the first time */
	answer.is_from_server_port = true;
	CHECK_EQ(ntp_sockets_prepare(&sockets, &answer), sockets.places[0].fd);
	CHECK_EQ(open_count(&sockets), 2); /* nothing was opened or closed by that */
	ntp_sockets_close_all(&sockets);
	CHECK_EQ(open_count(&sockets), 0);
}
