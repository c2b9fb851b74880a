/* os/signing_socket: answers that wait to be signed by Samba (ntpsigndsocket).
 * SPDX-License-Identifier: MIT
 *
 * A short queue in fixed memory, and one stream connection that is made when it is needed. One
 * request at a time is with Samba; who is slow there makes no one else wait. What cannot be signed
 * in time is forgotten and counted: its client will ask again. */
#pragma once

#include <poll.h>
#include <stdbool.h>

#include "base/address.h"
#include "base/instant.h"
#include "source/outbox.h"
#include "wire/signing_message.h"

#define SIGNING_QUEUE_MAX 32
#define SIGNING_PATH_SIZE 108 /* sun_path of unix(7) */

struct signing_job {
	struct address remote, local; /* of the answer, as in send_action */
	uint8_t key[SIGNING_KEY_SIZE];
	uint8_t packet[NTP_HEADER_SIZE];
};

struct signing_socket {
	char path[SIGNING_PATH_SIZE]; /* "": nothing is ever signed */
	int fd;                       /* < 0 = not connected */
	int error;                    /* 0, or the errno of the last attempt to connect */
	struct signing_job queue[SIGNING_QUEUE_MAX];
	size_t first_index, count; /* of the queue, a ring */
	bool is_asked;             /* the first one is with Samba, until … */
	struct mono_time patience_end;
	uint16_t number; /* of it */
	uint8_t received[SIGNING_REPLY_SIZE];
	size_t received_bytes;
	unsigned lost_count; /* forgotten since this was last looked at */
};

/* `directory` of Samba's socket; "" = none. */
void signing_socket_init(struct signing_socket *signing, const char *directory);
void signing_socket_close(struct signing_socket *signing); /* forgets what waits */

/* An answer with a signing key in it, its transmit time already written. */
void signing_socket_ask(struct signing_socket *signing, const struct send_action *answer,
                        struct mono_time now);

/* Also while nothing is awaited: Samba may end. */
struct pollfd signing_socket_poll(const struct signing_socket *signing);
struct mono_time signing_socket_deadline(const struct signing_socket *signing);

/* The next signed answer; to be called until false, when the descriptor is ready or the deadline
 * has passed. */
bool signing_socket_take(struct signing_socket *signing, struct mono_time now,
                         struct send_action *answer_out);
/* How many were forgotten since the last call. */
unsigned signing_socket_lost(struct signing_socket *signing);
