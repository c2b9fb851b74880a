/* SPDX-License-Identifier: MIT */
#include "os/ntp_sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "testing/check.h"

static const struct ntp_sockets_options random_ports = { .acquisition_port = -1 };
static const struct ntp_sockets_options one_port = { .acquisition_port = 0 };

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

	ntp_sockets_init(&sockets, &random_ports);
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

	ntp_sockets_init(&sockets, &one_port);
	fd = ntp_sockets_prepare(&sockets, &one);
	CHECK(fd >= 0);
	CHECK_EQ(udp_socket_port(fd), sockets.options.acquisition_port);
	CHECK(sockets.options.acquisition_port > 0);
	ntp_sockets_close(&sockets, 1);
	fd = ntp_sockets_prepare(&sockets, &other);
	CHECK(fd >= 0);
	CHECK_EQ(udp_socket_port(fd), sockets.options.acquisition_port);
	ntp_sockets_close_all(&sockets);
}

TEST(ntp_sockets, answers_from_the_socket_that_was_asked)
{
	const struct address home = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	const struct address other = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 2 } };
	struct send_action answer = request_of(ASSOCIATION_SERVER);
	struct ntp_sockets sockets;

	ntp_sockets_init(&sockets, &random_ports);
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

TEST(ntp_sockets, asks_from_the_address_and_interface_that_it_is_told)
{
	const struct ntp_sockets_options options = {
		.acquisition_port = -1,
		.acquisition_addresses = { { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 9 } } },
		.acquisition_device = "lo",
		.dscp = 46,
	};
	const struct send_action one = request_of(1);
	struct ntp_sockets sockets;
	struct sockaddr_in local = { 0 };
	socklen_t length = sizeof local;
	char device[16] = "";
	int fd, tos = 0;

	ntp_sockets_init(&sockets, &options);
	fd = ntp_sockets_prepare(&sockets, &one);
	CHECK(fd >= 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&local, &length), 0);
	CHECK_EQ(ntohl(local.sin_addr.s_addr), 0x7f000009);
	length = sizeof device;
	CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &length), 0);
	CHECK_TEXT(device, "lo");
	length = sizeof tos;
	CHECK_EQ(getsockopt(fd, IPPROTO_IP, IP_TOS, &tos, &length), 0);
	CHECK_EQ(tos, 46 << 2);
	ntp_sockets_close_all(&sockets);
}

TEST(ntp_sockets, asks_by_the_interface_of_the_source)
{
	struct send_action one = request_of(1);
	struct ntp_sockets sockets;

	ntp_sockets_init(&sockets, &random_ports);
	memcpy(one.device, "lo", 3);
	CHECK(ntp_sockets_prepare(&sockets, &one) >= 0);
	memcpy(one.device, "none0", 6);
	CHECK_EQ(ntp_sockets_prepare(&sockets, &one), -ENODEV);
	ntp_sockets_close_all(&sockets);
}

/* What an answer could be misused for is open to broadcasts alone. */
TEST(ntp_sockets, may_broadcast_only_what_is_one)
{
	const struct address broadcast = { .family = ADDRESS_IPV4,
		                           .bytes = { 127, 255, 255, 255 },
		                           .port = 9123 };
	struct send_action send = request_of(ASSOCIATION_SERVER);
	struct ntp_sockets sockets;
	int fd;

	ntp_sockets_init(&sockets, &random_ports);
	CHECK_EQ(ntp_sockets_serve(&sockets, ADDRESS_IPV4, &any, 0), 0);
	send.remote = broadcast;
	send.is_from_server_port = true;
	fd = ntp_sockets_prepare(&sockets, &send);
	CHECK(fd >= 0);
	CHECK_EQ(ntp_sockets_send(&sockets, fd, &send), 0);
	send.is_from_server_port = false;
	CHECK_EQ(ntp_sockets_send(&sockets, fd, &send), -EACCES);
	ntp_sockets_close_all(&sockets);
}
