/* SPDX-License-Identifier: MIT */
#include "os/udp_socket.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include "testing/check.h"

static const struct address any = { .family = ADDRESS_NONE };
static const struct address loopback = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };

static int opened(void)
{
	const int fd = udp_socket_open(ADDRESS_IPV4);

	CHECK(fd >= 0);
	return fd;
}

static int listening(uint16_t port, bool is_shared)
{
	const int fd = opened();

	CHECK_EQ(udp_socket_bind(fd, ADDRESS_IPV4, &loopback, port, is_shared), 0);
	return fd;
}

static int connected_to(int fd)
{
	const int client = opened();
	struct address remote = loopback;

	remote.port = udp_socket_port(fd);
	CHECK(remote.port != 0);
	CHECK_EQ(udp_socket_connect(client, &remote), 0);
	return client;
}

/* Delivery on loopback happens within send; the wait is for the worst only. */
static void wait_for(int fd, short events)
{
	struct pollfd wait = { .fd = fd, .events = events };

	CHECK_EQ(poll(&wait, 1, 10000), 1);
	CHECK((wait.revents & events) != 0);
}

TEST(udp_socket, tells_from_whom_to_whom_and_when)
{
	const int server = listening(0, false), client = connected_to(server);
	struct udp_received received;
	char bytes[16];

	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), -EAGAIN);
	CHECK_EQ(udp_socket_send(client, "hello", 5), 0);
	wait_for(server, POLLIN);
	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), 0);
	CHECK_EQ(received.length_bytes, 5);
	CHECK_EQ(received.remote.port, udp_socket_port(client));
	CHECK(address_is_same_host(&received.remote, &loopback));
	CHECK(address_is_same(&received.local, &loopback));
	CHECK(!received.has_stamp || received.stamp.tv_sec > 0);
	(void)close(server);
	(void)close(client);
}

TEST(udp_socket, answers_from_the_address_that_was_asked)
{
	const struct address asked = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 77 } };
	const int server = opened(), client = opened();
	struct address remote = asked;
	struct udp_received received;
	char bytes[16];

	CHECK_EQ(udp_socket_bind(server, ADDRESS_IPV4, &any, 0, false), 0);
	remote.port = udp_socket_port(server);
	CHECK_EQ(udp_socket_connect(client, &remote), 0);
	CHECK_EQ(udp_socket_send(client, "ping", 4), 0);
	wait_for(server, POLLIN);
	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), 0);
	CHECK(address_is_same(&received.local, &asked));
	CHECK_EQ(udp_socket_send_from(server, "pong", 4, &received.remote, &received.local), 0);
	/* The client is connected: it would not hear an answer from anywhere else. */
	wait_for(client, POLLIN);
	CHECK_EQ(udp_socket_receive(client, bytes, sizeof bytes, &received), 0);
	CHECK(address_is_same(&received.remote, &remote));
	(void)close(server);
	(void)close(client);
}

TEST(udp_socket, reports_when_a_datagram_left)
{
	const int server = listening(0, false), client = connected_to(server);
	struct udp_sent sent;

	CHECK_EQ(udp_socket_send(client, "hello", 5), 0);
	wait_for(client, POLLPRI);
	CHECK_EQ(udp_socket_sent_stamp(client, &sent), 0);
	CHECK(sent.has_stamp && sent.stamp.tv_sec > 0);
	CHECK_EQ(sent.number, 0);
	CHECK_EQ(udp_socket_sent_stamp(client, &sent), -EAGAIN);
	(void)close(server);
	(void)close(client);
}

TEST(udp_socket, notices_that_a_port_is_taken)
{
	const int server = listening(0, false), other = opened();
	const uint16_t port = udp_socket_port(server);

	CHECK_EQ(udp_socket_bind(other, ADDRESS_IPV4, &loopback, port, true), -EADDRINUSE);
	(void)close(other);
	(void)close(server);
}

TEST(udp_socket, notices_that_a_shared_port_is_taken)
{
	const int server = listening(0, true), other = opened();
	const uint16_t port = udp_socket_port(server);

	CHECK_EQ(udp_socket_bind(other, ADDRESS_IPV4, &loopback, port, false), -EADDRINUSE);
	(void)close(other);
	(void)close(server);
}

TEST(udp_socket, lets_its_own_share_a_port)
{
	const int server = listening(0, false);
	int other;

	udp_socket_share(server);
	other = listening(udp_socket_port(server), true);
	(void)close(other);
	(void)close(server);
}

TEST(udp_socket, drops_what_is_longer_than_the_buffer)
{
	const int server = listening(0, false), client = connected_to(server);
	struct udp_received received;
	char bytes[4];

	CHECK_EQ(udp_socket_send(client, "hello", 5), 0);
	wait_for(server, POLLIN);
	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), -EMSGSIZE);
	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), -EAGAIN);
	(void)close(server);
	(void)close(client);
}

TEST(udp_socket, is_quiet_again_after_a_refusal)
{
	const int server = listening(0, false), client = connected_to(server);
	struct pollfd wait = { .fd = client, .events = POLLIN };
	struct udp_received received;
	struct udp_sent sent;
	char bytes[16];

	(void)close(server); /* now the kernel answers with an ICMP error */
	CHECK_EQ(udp_socket_send(client, "hello", 5), 0);
	CHECK_EQ(poll(&wait, 1, 10000), 1);
	for (unsigned i = 0; i < 3; i++) {
		(void)!udp_socket_sent_stamp(client, &sent);
		(void)!udp_socket_receive(client, bytes, sizeof bytes, &received);
	}
	CHECK_EQ(poll(&wait, 1, 0), 0);
	(void)close(client);
}

/* Without a card that stamps, what the kernel says comes as ever, and by which interface it left.
 */
TEST(udp_socket, tells_the_interface_when_hardware_may_stamp)
{
	const int server = udp_socket_open(ADDRESS_IPV4), client = udp_socket_open(ADDRESS_IPV4);
	const struct address home = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	struct address to = home;
	struct udp_received received;
	struct udp_sent sent;
	char bytes[16];

	CHECK_EQ(udp_socket_stamp_by_hardware(server), 0);
	CHECK_EQ(udp_socket_stamp_by_hardware(client), 0);
	CHECK_EQ(udp_socket_bind(server, ADDRESS_IPV4, &home, 0, false), 0);
	to.port = udp_socket_port(server);
	CHECK_EQ(udp_socket_send_from(client, "hello", 5, &to, &home), 0);
	wait_for(client, POLLPRI);
	CHECK_EQ(udp_socket_sent_stamp(client, &sent), 0);
	CHECK(sent.has_stamp && !sent.hardware.is_known);
	CHECK_EQ(sent.number, 0);
	CHECK_EQ(sent.hardware.interface, if_nametoindex("lo"));
	wait_for(server, POLLIN);
	CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), 0);
	/* the kernel begins to stamp a moment after the first socket of all asks for it */
	for (int tries = 0; tries < 1000 && !received.has_stamp; tries++) {
		(void)poll(NULL, 0, 1);
		CHECK_EQ(udp_socket_send_from(client, "hello", 5, &to, &home), 0);
		wait_for(server, POLLIN);
		CHECK_EQ(udp_socket_receive(server, bytes, sizeof bytes, &received), 0);
	}
	CHECK(received.has_stamp && !received.hardware.is_known);
	CHECK_EQ(received.hardware.interface, if_nametoindex("lo"));
	(void)close(server);
	(void)close(client);
}
