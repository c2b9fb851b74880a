/* SPDX-License-Identifier: MIT */
#include "os/sock_receiver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int address_of(const char *path, struct sockaddr_un *address_out)
{
	*address_out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address_out->sun_path)
		return -ENAMETOOLONG;
	memcpy(address_out->sun_path, path, strlen(path) + 1);
	return 0;
}

/* 0: nothing is in the way (any more). */
static int clear_way(int fd, const struct sockaddr_un *address)
{
	struct stat there;

	if (lstat(address->sun_path, &there) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(there.st_mode))
		return -EEXIST;
	if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return errno == EPROTOTYPE ? -EADDRINUSE : -errno;
	return unlink(address->sun_path) == 0 ? 0 : -errno;
}

int sock_receiver_open(const char *path)
{
	struct sockaddr_un address;
	int error = address_of(path, &address);
	int fd;

	if (error != 0)
		return error;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	error = clear_way(fd, &address);
	if (error == 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		error = -errno;
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	return fd;
}

void sock_receiver_close(int fd, const char *path)
{
	struct sockaddr_un own = { 0 };
	socklen_t length = sizeof own;

	if (getsockname(fd, (struct sockaddr *)&own, &length) == 0 &&
	    strncmp(own.sun_path, path, sizeof own.sun_path) == 0)
		(void)unlink(path);
	(void)close(fd);
}

ssize_t sock_receiver_take(int fd, uint8_t *bytes, size_t size_bytes)
{
	const ssize_t length = recv(fd, bytes, size_bytes, MSG_DONTWAIT);

	return length < 0 ? -errno : length;
}
