/* SPDX-License-Identifier: MIT */
#include "daemon/control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "testing/check.h"

static const struct mono_time start = { 1000 };

struct place {
	char folder[64], path[96];
	struct control_socket control;
};

static void enter(struct place *place)
{
	(void)snprintf(place->folder, sizeof place->folder, "/tmp/timeball-test-XXXXXX");
	CHECK(mkdtemp(place->folder) != NULL);
	(void)snprintf(place->path, sizeof place->path, "%s/run/socket", place->folder);
	control_socket_init(&place->control);
	CHECK_EQ(control_socket_open(&place->control, place->path), 0);
}

static void leave(struct place *place)
{
	char run[80];

	control_socket_close(&place->control);
	CHECK(access(place->path, F_OK) != 0);
	(void)snprintf(run, sizeof run, "%s/run", place->folder);
	CHECK_EQ(rmdir(run), 0);
	CHECK_EQ(rmdir(place->folder), 0);
}

static int connected(const struct place *place)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, place->path, strlen(place->path));
	CHECK_EQ(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* As the loop does, once. */
static void turn(struct place *place)
{
	struct pollfd set[CONTROL_SOCKET_FDS];

	CHECK(poll(set, control_socket_poll_set(&place->control, set), 0) >= 0);
	control_socket_on_ready(&place->control, set, start);
}

static void put(int fd, const char *bytes)
{
	CHECK_EQ(send(fd, bytes, strlen(bytes), 0), strlen(bytes));
}

TEST(control_socket, takes_a_line_and_gives_an_answer)
{
	struct place place;
	struct control_connection *connection;
	char reply[16] = { 0 };
	int fd;

	enter(&place);
	fd = connected(&place);
	turn(&place);
	put(fd, "trac");
	turn(&place);
	CHECK(control_socket_next(&place.control) == NULL);
	put(fd, "king\n");
	turn(&place);
	connection = control_socket_next(&place.control);
	CHECK(connection != NULL);
	CHECK_EQ(connection->request_bytes, 9);
	CHECK_EQ(memcmp(connection->request, "tracking\n", 9), 0);
	CHECK(connection->may_command); /* our own user's process */
	control_socket_answer(connection, "{}\n", 3);
	CHECK_EQ(recv(fd, reply, sizeof reply, 0), 3);
	CHECK_TEXT(reply, "{}\n");
	CHECK_EQ(recv(fd, reply, sizeof reply, 0), 0); /* closed */
	CHECK(control_socket_next(&place.control) == NULL);
	(void)close(fd);
	leave(&place);
}

TEST(control_socket, hands_on_a_request_that_is_too_long)
{
	struct place place;
	char request[300];
	int fd;

	enter(&place);
	fd = connected(&place);
	turn(&place);
	memset(request, 'x', sizeof request);
	CHECK_EQ(send(fd, request, sizeof request, 0), sizeof request);
	turn(&place);
	CHECK(control_socket_next(&place.control) != NULL);
	CHECK(control_socket_next(&place.control)->request_bytes > CONTROL_REQUEST_MAX);
	(void)close(fd);
	leave(&place);
}

TEST(control_socket, drops_who_says_nothing)
{
	struct place place;
	char byte;
	int fd;

	enter(&place);
	fd = connected(&place);
	turn(&place);
	CHECK_EQ(control_socket_deadline(&place.control).ns, start.ns + CONTROL_PATIENCE_NS);
	control_socket_on_deadline(&place.control, mono_time_after(start, CONTROL_PATIENCE_NS));
	CHECK_EQ(recv(fd, &byte, 1, 0), 0);
	CHECK_EQ(control_socket_deadline(&place.control).ns, INT64_MAX);
	(void)close(fd);
	leave(&place);
}

TEST(control_socket, serves_no_more_than_its_number)
{
	struct place place;
	int fds[CONTROL_CONNECTIONS_MAX + 1];
	char byte;

	enter(&place);
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX + 1; i++) {
		fds[i] = connected(&place);
		turn(&place);
	}
	CHECK_EQ(recv(fds[CONTROL_CONNECTIONS_MAX], &byte, 1, 0), 0); /* turned away */
	CHECK(recv(fds[0], &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
	for (size_t i = 0; i < CONTROL_CONNECTIONS_MAX + 1; i++)
		(void)close(fds[i]);
	leave(&place);
}

TEST(control_socket, lets_in_owner_and_group_only)
{
	struct place place;
	struct stat status;

	enter(&place);
	CHECK_EQ(stat(place.path, &status), 0);
	CHECK_EQ(status.st_mode & 0777, 0660);
	leave(&place);
}

TEST(control_socket, does_not_take_the_place_of_a_living_one)
{
	struct place place;
	struct control_socket other;

	enter(&place);
	control_socket_init(&other);
	CHECK_EQ(control_socket_open(&other, place.path), -EADDRINUSE);
	leave(&place);
}

TEST(control_socket, takes_the_place_of_a_dead_one)
{
	struct place place;

	enter(&place);
	(void)close(place.control.fd); /* as a crash does */
	place.control.fd = -1;
	CHECK_EQ(control_socket_open(&place.control, place.path), 0);
	leave(&place);
}

TEST(control_socket, destroys_no_file)
{
	struct place place;
	struct control_socket other;
	char path[96];
	FILE *file;

	enter(&place);
	(void)snprintf(path, sizeof path, "%s/file", place.folder);
	file = fopen(path, "w");
	CHECK(file != NULL);
	CHECK_EQ(fclose(file), 0);
	control_socket_init(&other);
	CHECK_EQ(control_socket_open(&other, path), -ENOTSOCK);
	CHECK_EQ(unlink(path), 0);
	leave(&place);
}
