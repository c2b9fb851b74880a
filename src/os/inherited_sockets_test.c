/* SPDX-License-Identifier: MIT
 *
 * In a child each time: descriptors from 3 on are not ours to use here. */
#include "os/inherited_sockets.h"
#include "os/socket_address.h"
#include "testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static uint16_t bind_at(int fd, const char *host)
{
	struct address address;
	union socket_address raw;
	socklen_t length;
	const int made = socket(AF_INET, SOCK_DGRAM, 0);

	if (address_parse(host, &address) != 0 || dup2(made, fd) != fd)
		_exit(10);
	length = socket_address_from(&address, &raw);
	if (bind(fd, &raw.any, length) != 0 || getsockname(fd, &raw.any, &length) != 0)
		_exit(11);
	return socket_address_to(&raw).port;
}

static void set_number(const char *name, long number)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%ld", number);
	(void)setenv(name, text, 1);
}

static int takes_what_fits(void)
{
	static const struct address any = { .family = ADDRESS_NONE };
	struct inherited_sockets sockets;
	struct address local;
	const uint16_t port = bind_at(3, "127.0.0.1"), any_port = bind_at(5, "0.0.0.0");

	(void)dup2(STDERR_FILENO, 4); /* no socket */
	set_number("LISTEN_PID", getpid());
	set_number("LISTEN_FDS", 3);
	inherited_sockets_find(&sockets);
	if (sockets.count != 2 || getenv("LISTEN_FDS") || address_parse("127.0.0.1", &local) != 0)
		return 1;
	if (inherited_sockets_take(&sockets, ADDRESS_IPV4, &any, port) != -1 ||
	    inherited_sockets_take(&sockets, ADDRESS_IPV6, &any, any_port) != -1 ||
	    inherited_sockets_take(&sockets, ADDRESS_IPV4, &local, any_port) != -1)
		return 2;
	if (inherited_sockets_take(&sockets, ADDRESS_IPV4, &local, port) != 3 ||
	    inherited_sockets_take(&sockets, ADDRESS_IPV4, &local, port) != -1)
		return 3;
	return inherited_sockets_close(&sockets) == 1 ? 0 : 4;
}

static int leaves_alone_what_is_another_ones(void)
{
	struct inherited_sockets sockets;

	(void)bind_at(3, "127.0.0.1");
	set_number("LISTEN_PID", getpid() + 1);
	set_number("LISTEN_FDS", 1);
	inherited_sockets_find(&sockets);
	return sockets.count == 0 ? 0 : 1;
}

static void check_child(int (*act)(void))
{
	const pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(act());
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
}

TEST(os_inherited_sockets, takes_the_one_that_fits_and_closes_the_rest)
{
	check_child(takes_what_fits);
}

TEST(os_inherited_sockets, leaves_alone_what_is_another_processs)
{
	check_child(leaves_alone_what_is_another_ones);
}
