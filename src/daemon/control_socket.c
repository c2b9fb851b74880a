/* SPDX-License-Identifier: MIT */
#include "daemon/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

static void forget(struct control_connection *connection)
{
	if (connection->fd >= 0)
		(void)close(connection->fd);
	free(connection->reply);
	*connection = (struct control_connection){ .fd = -1 };
}

void control_socket_init(struct control_socket *control)
{
	control->fd = -1;
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		control->connections[i] = (struct control_connection){ .fd = -1 };
}

static int unix_address(const char *path, struct sockaddr_un *address_out)
{
	struct text out = text_into(address_out->sun_path, sizeof address_out->sun_path);

	address_out->sun_family = AF_UNIX;
	text_add(&out, path);
	return out.is_cut ? -ENAMETOOLONG : 0;
}

static void folder_of(const char *path, char folder[108])
{
	struct text out = text_into(folder, 108);
	const char *slash = strrchr(path, '/');

	if (slash && slash != path)
		text_add_bytes(&out, path, (size_t)(slash - path));
}

/* Removes the socket of a daemon that is gone. 0 when nothing stands in the way any more. */
static int clear_path(int fd, const struct sockaddr_un *address)
{
	struct stat status;

	if (lstat(address->sun_path, &status) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -ENOTSOCK;
	if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN)
		return -EADDRINUSE;
	return unlink(address->sun_path) != 0 ? -errno : 0;
}

static int listen_at(int fd, const struct sockaddr_un *address)
{
	mode_t old_mask;
	int error = 0;

	/* The mode is right from the start: nobody slips in between bind and chmod. */
	old_mask = umask(0117);
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0)
		error = -errno;
	(void)umask(old_mask);
	if (error == 0 && listen(fd, CONTROL_CONNECTIONS_MAX) != 0)
		error = -errno;
	return error;
}

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int control_socket_open(struct control_socket *control, const char *path)
{
	struct sockaddr_un address = { 0 };
	int error = unix_address(path, &address);
	int fd, trial;

	if (error != 0)
		return error;
	folder_of(path, control->path);
	if (control->path[0] != '\0')
		(void)mkdir(control->path, 0755); /* if that fails, so does bind, and says why */

	trial = make_socket();
	if (trial < 0)
		return -errno;
	error = clear_path(trial, &address);
	(void)close(trial);
	if (error != 0)
		return error;

	fd = make_socket();
	if (fd < 0)
		return -errno;
	error = listen_at(fd, &address);
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	memcpy(control->path, address.sun_path, sizeof control->path);
	control->fd = fd;
	return 0;
}

void control_socket_give(const struct control_socket *control, uid_t uid, gid_t gid)
{
	char folder[108];

	if (control->fd < 0)
		return;
	(void)!lchown(control->path, uid, gid);
	folder_of(control->path, folder);
	/* Only a folder of our own: /run or /tmp stays whose it is. */
	if (strcmp(folder, "/run/timeball") == 0)
		(void)!lchown(folder, uid, gid);
}

void control_socket_close(struct control_socket *control)
{
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		forget(&control->connections[i]);
	if (control->fd < 0)
		return;
	(void)close(control->fd);
	(void)unlink(control->path);
	control->fd = -1;
}

size_t control_socket_poll_set(const struct control_socket *control, struct pollfd *set)
{
	set[0] = (struct pollfd){ .fd = control->fd, .events = POLLIN };
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		const struct control_connection *connection = &control->connections[i];

		set[1 + i] = (struct pollfd){ .fd = connection->fd,
			                      .events = connection->reply ? POLLOUT : POLLIN };
	}
	return CONTROL_SOCKET_FDS;
}

static bool is_master(int fd)
{
	struct ucred peer = { 0 };
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* Whoever may open the socket's file may ask (mode 0660: owner and group); commands are for root
 * and the daemon's own user. */
static void take_connection(struct control_socket *control, struct mono_time now)
{
	const int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		struct control_connection *connection = &control->connections[i];

		if (connection->fd >= 0)
			continue;
		connection->fd = fd;
		connection->may_command = is_master(fd);
		connection->deadline = mono_time_after(now, CONTROL_PATIENCE_NS);
		return;
	}
	(void)close(fd);
}

static void take_request(struct control_connection *connection)
{
	const size_t room = sizeof connection->request - connection->request_bytes;
	char *end = connection->request + connection->request_bytes;
	const ssize_t got = recv(connection->fd, end, room, 0);

	if (got < 0) {
		if (errno != EAGAIN && errno != EINTR)
			forget(connection);
		return;
	}
	connection->request_bytes += (size_t)got;
	/* A line, the end of the input, or more than there may be (the answer says so). */
	if (got == 0 || memchr(end, '\n', (size_t)got) || (size_t)got == room)
		connection->is_complete = true;
}

static void send_reply(struct control_connection *connection)
{
	const ssize_t sent = send(connection->fd, connection->reply + connection->sent_bytes,
	                          connection->reply_bytes - connection->sent_bytes, MSG_NOSIGNAL);

	if (sent >= 0)
		connection->sent_bytes += (size_t)sent;
	if (connection->sent_bytes == connection->reply_bytes ||
	    (sent < 0 && errno != EAGAIN && errno != EINTR))
		forget(connection);
}

void control_socket_on_ready(struct control_socket *control, const struct pollfd *set,
                             struct mono_time now)
{
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		struct control_connection *connection = &control->connections[i];

		if (connection->fd < 0 || set[1 + i].fd != connection->fd ||
		    set[1 + i].revents == 0)
			continue;
		if (connection->reply)
			send_reply(connection);
		else
			take_request(connection);
	}
	if (set[0].fd >= 0 && set[0].revents != 0)
		take_connection(control, now);
}

struct control_connection *control_socket_next(struct control_socket *control)
{
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		if (control->connections[i].fd >= 0 && control->connections[i].is_complete)
			return &control->connections[i];
	}
	return NULL;
}

void control_socket_answer(struct control_connection *connection, const char *bytes, size_t length)
{
	connection->is_complete = false;
	connection->reply = malloc(length);
	if (!connection->reply) {
		forget(connection);
		return;
	}
	memcpy(connection->reply, bytes, length);
	connection->reply_bytes = length;
	send_reply(connection);
}

void control_socket_on_deadline(struct control_socket *control, struct mono_time now)
{
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		struct control_connection *connection = &control->connections[i];

		if (connection->fd >= 0 && connection->deadline.ns <= now.ns)
			forget(connection);
	}
}

struct mono_time control_socket_deadline(const struct control_socket *control)
{
	struct mono_time deadline = MONO_TIME_NEVER;

	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX; i++) {
		if (control->connections[i].fd >= 0)
			deadline = mono_time_earlier(deadline, control->connections[i].deadline);
	}
	return deadline;
}
