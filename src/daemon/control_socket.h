/* daemon/control_socket: the Unix socket that reports and commands are asked on: bytes only, what
 * they mean is control/'s. SPDX-License-Identifier: MIT
 *
 * A connection is one request line, one answer, closed. Nothing blocks: who is slow is dropped at
 * its deadline. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "control/control.h"

#define CONTROL_CONNECTIONS_MAX 16
#define CONTROL_SOCKET_FDS      (1 + CONTROL_CONNECTIONS_MAX)
#define CONTROL_PATIENCE_NS     (5 * NS_PER_S) /* for the whole connection */

struct control_connection {
	int fd; /* < 0: free */
	bool may_command;
	struct mono_time deadline;
	char request[CONTROL_REQUEST_MAX + 1];
	size_t request_bytes;
	bool is_complete; /* the request is whole and awaits its answer */
	char *reply;      /* owned; NULL until answered */
	size_t reply_bytes, sent_bytes;
};

struct control_socket {
	int fd; /* < 0: there is none */
	char path[108];
	struct control_connection connections[CONTROL_CONNECTIONS_MAX];
};

void control_socket_init(struct control_socket *control);
/* Makes the folder (0755) and the socket (0660), a dead one is replaced. 0; -EADDRINUSE: somebody
 * answers there; -ENOTSOCK: there is something else than a socket; or -errno. */
NODISCARD int control_socket_open(struct control_socket *control, const char *path);
/* Gives socket and folder to the user that the daemon is about to become. */
void control_socket_give(const struct control_socket *control, uid_t uid, gid_t gid);
void control_socket_close(struct control_socket *control); /* and removes it */

/* Always CONTROL_SOCKET_FDS entries. */
size_t control_socket_poll_set(const struct control_socket *control, struct pollfd *set);
/* Takes in and gives out what poll(2) says can be. */
void control_socket_on_ready(struct control_socket *control, const struct pollfd *set,
                             struct mono_time now);
/* A connection whose request awaits its answer, or NULL. */
struct control_connection *control_socket_next(struct control_socket *control);
/* Copies the answer and sends what can be sent at once. */
void control_socket_answer(struct control_connection *connection, const char *bytes, size_t length);
void control_socket_on_deadline(struct control_socket *control, struct mono_time now);
struct mono_time control_socket_deadline(const struct control_socket *control);
