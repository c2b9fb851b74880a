/* SPDX-License-Identifier: MIT */
#include "os/inherited_sockets.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "os/socket_address.h"

#define FIRST_FD 3

static bool is_number(const char *text, uint64_t limit, uint64_t *value_out)
{
	return text && text_parse_u64(text, limit, value_out) == 0;
}

/* What it is bound to; ADDRESS_NONE as the family: it is no bound UDP socket. */
static struct address bound_to(int fd)
{
	union socket_address raw = { 0 };
	socklen_t length = sizeof raw, size = sizeof(int);
	struct address address = { .family = ADDRESS_NONE };
	int type = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM &&
	    getsockname(fd, &raw.any, &length) == 0)
		address = socket_address_to(&raw);
	if (address.port == 0)
		address.family = ADDRESS_NONE;
	return address;
}

void inherited_sockets_find(struct inherited_sockets *sockets)
{
	uint64_t pid, count;

	sockets->count = 0;
	if (is_number(getenv("LISTEN_PID"), INT32_MAX, &pid) && pid == (uint64_t)getpid() &&
	    is_number(getenv("LISTEN_FDS"), 1024, &count)) {
		for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++) {
			if (bound_to(fd).family == ADDRESS_NONE ||
			    sockets->count == INHERITED_SOCKETS_MAX) {
				(void)close(fd);
				continue;
			}
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			(void)fcntl(fd, F_SETFL, O_NONBLOCK);
			sockets->fds[sockets->count++] = fd;
		}
	}
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

static bool is_any(const struct address *address)
{
	for (size_t i = 0; i < sizeof address->bytes; i++) {
		if (address->bytes[i] != 0)
			return false;
	}
	return true;
}

int inherited_sockets_take(struct inherited_sockets *sockets, enum address_family family,
                           const struct address *address, uint16_t port)
{
	for (size_t i = 0; i < sockets->count; i++) {
		const struct address bound = bound_to(sockets->fds[i]);
		const int fd = sockets->fds[i];

		if (bound.family != family || bound.port != port ||
		    (address->family == ADDRESS_NONE ? !is_any(&bound)
		                                     : !address_is_same_host(&bound, address)))
			continue;
		sockets->fds[i] = sockets->fds[--sockets->count];
		return fd;
	}
	return -1;
}

size_t inherited_sockets_close(struct inherited_sockets *sockets)
{
	const size_t count = sockets->count;

	for (size_t i = 0; i < count; i++)
		(void)close(sockets->fds[i]);
	sockets->count = 0;
	return count;
}
