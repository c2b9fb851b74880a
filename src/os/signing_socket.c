/* SPDX-License-Identifier: MIT */
#include "os/signing_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A client waits some seconds. Raised: a Samba that hangs delays more of them; lowered: one that is
 * busy signs nothing. */
#define PATIENCE_NS (2 * NS_PER_S)
#define SOCKET_NAME "socket" /* in the directory, by Samba's choice */

void signing_socket_init(struct signing_socket *signing, const char *directory)
{
	*signing = (struct signing_socket){ .fd = -1 };
	if (directory[0] != '\0' && snprintf(signing->path, sizeof signing->path, "%s/%s",
	                                     directory, SOCKET_NAME) >= (int)sizeof signing->path)
		signing->path[0] = '\0';
}

static void disconnect(struct signing_socket *signing)
{
	if (signing->fd >= 0)
		(void)close(signing->fd);
	signing->fd = -1;
	signing->received_bytes = 0;
	signing->is_asked = false;
}

static void forget_all(struct signing_socket *signing)
{
	disconnect(signing);
	signing->lost_count += (unsigned)signing->count;
	signing->count = 0;
}

void signing_socket_close(struct signing_socket *signing)
{
	forget_all(signing);
}

static int connect_to(const struct sockaddr_un *address)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int error;

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
		return fd;
	error = -errno;
	(void)close(fd);
	return error;
}

static bool is_connected(struct signing_socket *signing)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (signing->fd >= 0)
		return true;
	memcpy(address.sun_path, signing->path, sizeof address.sun_path);
	signing->fd = connect_to(&address);
	signing->error = signing->fd < 0 ? -signing->fd : 0;
	return signing->fd >= 0;
}

/* Hands the first one to Samba. */
static void ask_first(struct signing_socket *signing, struct mono_time now)
{
	const struct signing_job *job = &signing->queue[signing->first_index];
	uint8_t bytes[SIGNING_REQUEST_SIZE];

	if (signing->count == 0 || signing->is_asked)
		return;
	if (is_connected(signing)) {
		signing_message_ask(++signing->number, job->key, job->packet, bytes);
		/* whole or not at all: nothing else waits in the socket */
		if (send(signing->fd, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT) ==
		    (ssize_t)sizeof bytes) {
			signing->is_asked = true;
			signing->patience_end = mono_time_after(now, PATIENCE_NS);
			return;
		}
	}
	forget_all(signing);
}

void signing_socket_ask(struct signing_socket *signing, const struct send_action *answer,
                        struct mono_time now)
{
	struct signing_job *job;

	if (signing->count == SIGNING_QUEUE_MAX || signing->path[0] == '\0') {
		signing->lost_count++;
		return;
	}
	job = &signing->queue[(signing->first_index + signing->count++) % SIGNING_QUEUE_MAX];
	job->remote = answer->remote;
	job->local = answer->local;
	memcpy(job->key, answer->signing_key, sizeof job->key);
	memcpy(job->packet, answer->bytes, sizeof job->packet);
	ask_first(signing, now);
}

struct pollfd signing_socket_poll(const struct signing_socket *signing)
{
	return (struct pollfd){ .fd = signing->fd, .events = POLLIN };
}

struct mono_time signing_socket_deadline(const struct signing_socket *signing)
{
	return signing->is_asked ? signing->patience_end : MONO_TIME_NEVER;
}

/* false: there is nothing more to be had of this connection for now. */
static bool receive(struct signing_socket *signing)
{
	const ssize_t length =
		recv(signing->fd, signing->received + signing->received_bytes,
	             sizeof signing->received - signing->received_bytes, MSG_DONTWAIT);

	if (length > 0)
		signing->received_bytes += (size_t)length;
	else if (length == 0 || (errno != EAGAIN && errno != EINTR))
		forget_all(signing);
	return length > 0;
}

/* false: it was not signed. */
static bool finish_first(struct signing_socket *signing, const struct signing_reply *reply,
                         struct send_action *answer_out)
{
	const struct signing_job *job = &signing->queue[signing->first_index];

	signing->first_index = (signing->first_index + 1) % SIGNING_QUEUE_MAX;
	signing->count--;
	signing->is_asked = false;
	if (!reply->is_signed) {
		signing->lost_count++;
		return false;
	}
	memset(answer_out, 0, sizeof *answer_out);
	answer_out->association = ASSOCIATION_SERVER;
	answer_out->remote = job->remote;
	answer_out->local = job->local;
	answer_out->length_bytes = SIGNING_PACKET_SIZE;
	memcpy(answer_out->bytes, reply->packet, SIGNING_PACKET_SIZE);
	return true;
}

bool signing_socket_take(struct signing_socket *signing, struct mono_time now,
                         struct send_action *answer_out)
{
	while (signing->fd >= 0) {
		struct signing_reply reply;
		const int taken =
			signing_message_read(signing->received, signing->received_bytes, &reply);
		bool is_signed;

		/* what nobody asked for: the two of us have fallen out of step */
		if (taken < 0 ||
		    (taken > 0 && (!signing->is_asked || reply.number != signing->number))) {
			forget_all(signing);
		} else if (taken > 0) {
			signing->received_bytes -= (size_t)taken;
			memmove(signing->received, signing->received + taken,
			        signing->received_bytes);
			is_signed = finish_first(signing, &reply, answer_out);
			ask_first(signing, now);
			if (is_signed)
				return true;
		} else if (!receive(signing)) {
			break;
		}
	}
	if (signing_socket_deadline(signing).ns <= now.ns)
		forget_all(signing);
	return false;
}

unsigned signing_socket_lost(struct signing_socket *signing)
{
	const unsigned count = signing->lost_count;

	signing->lost_count = 0;
	return count;
}
