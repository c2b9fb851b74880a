/* SPDX-License-Identifier: MIT */
#include "daemon/chronyc_sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "os/udp_socket.h"

#define UNIX_AT     0
#define FOLDER_MODE 0770 /* who can reach the socket may command: nobody else must */

void chronyc_sockets_init(struct chronyc_sockets *sockets)
{
	*sockets = (struct chronyc_sockets){ .path = "" };
	for (size_t i = 0; i < CHRONYC_SOCKETS_MAX; i++)
		sockets->fds[i] = -1;
}

static void folder_of(const char *path, char folder[sizeof((struct sockaddr_un *)0)->sun_path])
{
	struct text out = text_into(folder, sizeof((struct sockaddr_un *)0)->sun_path);
	const char *slash = strrchr(path, '/');

	if (slash && slash != path)
		text_add_bytes(&out, path, (size_t)(slash - path));
}

static int make_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		return fd;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0); /* simulators know no flags in the type */
	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Removes the socket of a daemon that is gone. 0 when nothing stands in the way any more. */
static int clear_path(const struct sockaddr_un *address)
{
	struct stat status;
	int error, fd;

	if (lstat(address->sun_path, &status) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -ENOTSOCK;
	fd = make_socket();
	if (fd < 0)
		return fd;
	error = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? -EADDRINUSE
	        : errno == ECONNREFUSED                                             ? 0
	                                                                            : -errno;
	(void)close(fd);
	if (error != 0)
		return error;
	return unlink(address->sun_path) != 0 ? -errno : 0;
}

/* A folder that others can enter would let them command; our own default one is made right. */
static void make_folder(const char *path)
{
	char folder[sizeof((struct sockaddr_un *)0)->sun_path];
	struct stat status;

	folder_of(path, folder);
	if (folder[0] == '\0')
		return;
	(void)mkdir(folder, FOLDER_MODE); /* if that fails, so does bind, and says why */
	if (strcmp(path, CHRONYC_SOCKET_PATH) == 0 && lstat(folder, &status) == 0 &&
	    S_ISDIR(status.st_mode) && (status.st_mode & 0007) != 0)
		(void)!chmod(folder, FOLDER_MODE);
}

int chronyc_sockets_open_unix(struct chronyc_sockets *sockets, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct text out = text_into(address.sun_path, sizeof address.sun_path);
	mode_t old_mask;
	int error, fd;

	text_add(&out, path);
	if (out.is_cut)
		return -ENAMETOOLONG;
	make_folder(path);
	error = clear_path(&address);
	if (error != 0)
		return error;
	fd = make_socket();
	if (fd < 0)
		return fd;
	/* The mode is right from the start: nobody slips in between bind and chmod. */
	old_mask = umask(0117);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		error = -errno;
	(void)umask(old_mask);
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	memcpy(sockets->path, address.sun_path, sizeof sockets->path);
	sockets->fds[UNIX_AT] = fd;
	return 0;
}

int chronyc_sockets_open_udp(struct chronyc_sockets *sockets, const struct address *address,
                             uint16_t port, const char *device)
{
	size_t place = UNIX_AT + 1;
	int error, fd;

	while (place < CHRONYC_SOCKETS_MAX && sockets->fds[place] >= 0)
		place++;
	if (place == CHRONYC_SOCKETS_MAX)
		return -ENOSPC;
	fd = sockets->inherited
	             ? inherited_sockets_take(sockets->inherited, address->family, address, port)
	             : -1;
	if (fd >= 0) {
		udp_socket_adopt_plain(fd, address->family);
		sockets->fds[place] = fd;
		return 0;
	}
	fd = udp_socket_open_plain(address->family);
	if (fd < 0)
		return fd;
	error = device[0] != '\0' ? udp_socket_bind_device(fd, device) : 0;
	if (error == 0)
		error = udp_socket_bind(fd, address->family, address, port, false);
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	sockets->fds[place] = fd;
	return 0;
}

void chronyc_sockets_give(const struct chronyc_sockets *sockets, uid_t uid, gid_t gid)
{
	char folder[sizeof sockets->path];

	if (sockets->fds[UNIX_AT] < 0)
		return;
	(void)!lchown(sockets->path, uid, gid);
	/* Only a folder of our own: /run or /tmp stays whose it is. */
	folder_of(sockets->path, folder);
	if (strcmp(sockets->path, CHRONYC_SOCKET_PATH) == 0)
		(void)!lchown(folder, uid, gid);
}

void chronyc_sockets_close(struct chronyc_sockets *sockets)
{
	for (size_t i = 0; i < CHRONYC_SOCKETS_MAX; i++) {
		if (sockets->fds[i] >= 0)
			(void)close(sockets->fds[i]);
		sockets->fds[i] = -1;
	}
	if (sockets->path[0] != '\0')
		(void)unlink(sockets->path);
	sockets->path[0] = '\0';
}

size_t chronyc_sockets_poll_set(const struct chronyc_sockets *sockets, struct pollfd *set)
{
	for (size_t i = 0; i < CHRONYC_SOCKETS_MAX; i++)
		set[i] = (struct pollfd){ .fd = sockets->fds[i], .events = POLLIN };
	return CHRONYC_SOCKETS_MAX;
}

static int receive_unix(int fd, void *buffer, size_t size, struct chronyc_datagram *datagram)
{
	struct iovec piece = { .iov_base = buffer, .iov_len = size };
	struct msghdr message = { .msg_name = &datagram->from,
		                  .msg_namelen = sizeof datagram->from,
		                  .msg_iov = &piece,
		                  .msg_iovlen = 1 };
	const ssize_t length = recvmsg(fd, &message, 0);

	if (length < 0)
		return -errno;
	datagram->is_unix = true;
	datagram->from_bytes = message.msg_namelen;
	datagram->length_bytes = (size_t)length;
	return 0;
}

int chronyc_sockets_receive(const struct chronyc_sockets *sockets, size_t index, void *buffer,
                            size_t size, struct chronyc_datagram *datagram_out)
{
	struct udp_received received;
	int error;

	*datagram_out = (struct chronyc_datagram){ .fd = sockets->fds[index] };
	if (index == UNIX_AT)
		return receive_unix(datagram_out->fd, buffer, size, datagram_out);
	error = udp_socket_receive(datagram_out->fd, buffer, size, &received);
	if (error != 0)
		return error;
	datagram_out->remote = received.remote;
	datagram_out->local = received.local;
	datagram_out->length_bytes = received.length_bytes;
	return 0;
}

int chronyc_sockets_reply(const struct chronyc_datagram *datagram, const void *bytes,
                          size_t length_bytes)
{
	struct sockaddr_un to = datagram->from;
	struct iovec piece = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length_bytes };
	const struct msghdr message = { .msg_name = &to,
		                        .msg_namelen = datagram->from_bytes,
		                        .msg_iov = &piece,
		                        .msg_iovlen = 1 };

	if (!datagram->is_unix)
		return udp_socket_send_from(datagram->fd, bytes, length_bytes, &datagram->remote,
		                            &datagram->local);
	if (datagram->from_bytes <= sizeof to.sun_family)
		return -EDESTADDRREQ; /* a client without a name of its own cannot be answered */
	return sendmsg(datagram->fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
