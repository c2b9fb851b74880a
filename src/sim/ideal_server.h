/* sim/ideal_server: a server that tells the truth or a chosen lie; cheaper than a whole node.
 * SPDX-License-Identifier: MIT
 *
 * Answers any well-formed request of mode 3 (RFC 5905 section 7.3) and keeps no clock of its own:
 * what it says is true time plus its error. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"

#define IDEAL_SERVER_FACES_MAX  8
#define IDEAL_SERVER_REPLY_SIZE 48

struct ideal_server_options { /* all numbers, as settings are */
	double offset_s;      /* its time minus true time */
	double ramp;          /* s/s, growth of the offset */
	double stratum;       /* 0..255; 1 */
	double leap;          /* 0..3 */
	double root_delay_s, root_dispersion_s;
	double is_down; /* 1 = answers nothing */
};

struct ideal_server_face { /* what it tells to one client alone */
	uint32_t client;   /* index of the node */
	double offset_s;   /* instead of the offset */
};

struct ideal_server {
	struct ideal_server_options options;
	int64_t ramp_since_ns; /* true time since the start */
	struct ideal_server_face faces[IDEAL_SERVER_FACES_MAX];
	size_t faces_count;
};

/* Folds the ramp so far into the offset: to be called before the options are changed. */
void ideal_server_fold(struct ideal_server *server, int64_t true_ns);
/* Length of the reply, or 0 when it stays silent. */
size_t ideal_server_answer(const struct ideal_server *server, uint32_t client,
                           struct utc_time start, int64_t true_ns, const uint8_t *request,
                           size_t length_bytes, uint8_t reply_out[IDEAL_SERVER_REPLY_SIZE]);
