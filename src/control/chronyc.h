/* control/chronyc: chronyc's requests answered, as chronyd would. SPDX-License-Identifier: MIT
 *
 * One datagram in, at most one datagram out, never longer than what came. Who may ask what is
 * chrony's rule: the Unix socket gives all rights (its directory keeps strangers out), UDP only
 * reports, to this host and those that `cmdallow` lets in. What cannot be done is answered with
 * the status that says so, never with a success. Layouts: wire/candm. */
#pragma once

#include "base/attributes.h"
#include "node/node.h"
#include "ntp/access.h"
#include "wire/candm.h"

/* What became of a request; the first ones get no answer. */
enum chronyc_verdict {
	CHRONYC_NOT_ALLOWED, /* from a host that cmdallow does not let in */
	CHRONYC_WRONG_LENGTH,
	CHRONYC_MALFORMED,
	CHRONYC_RATE_LIMITED,
	CHRONYC_OLD_VERSION,
	CHRONYC_REFUSED, /* from here on answered: with the reason */
	CHRONYC_ANSWERED,
	CHRONYC_VERDICT_COUNT,
};
const char *chronyc_verdict_text(enum chronyc_verdict verdict);

/* What a command leaves to the program that owns sockets, files and the process. */
enum chronyc_duty {
	CHRONYC_NOTHING,
	CHRONYC_CYCLE_LOGS,
	CHRONYC_DUMP,
	CHRONYC_ONOFFLINE, /* each source by whether there is a route to it */
	CHRONYC_REKEY,
	CHRONYC_RELOAD_SOURCES,
	CHRONYC_SERVE, /* more hosts may be answered: the NTP server's sockets must be open */
	CHRONYC_SHUT_DOWN,
};

struct chronyc {
	struct access access;      /* cmdallow and cmddeny */
	uint32_t open_commands;    /* for UDP; chronyc_open_commands */
	struct client_limit limit; /* cmdratelimit; not for this host */
	uint64_t verdict_count[CHRONYC_VERDICT_COUNT];
};

/* The commands that are open by default, or those named in the directive `opencommands` (first
 * words, one blank between them). Words of commands that change something are left out: these are
 * never open. */
uint32_t chronyc_open_commands(bool is_default, const char *words);

struct chronyc_asked {
	const uint8_t *bytes; /* borrowed; anything at all: strangers write this */
	size_t length_bytes;
	bool is_unix;          /* came by the Unix socket */
	struct address remote; /* of a UDP sender */
	struct instant now;
};

struct chronyc_answer {
	enum chronyc_verdict verdict;
	size_t length_bytes;    /* of the reply; 0 = none */
	enum chronyc_duty duty; /* to be done before the reply is sent; but SHUT_DOWN after it */
	uint8_t bytes[CANDM_REPLY_MAX];
};

/* May put actions into `out`, to be carried out as after any other event. */
void chronyc_answer(struct chronyc *chronyc, const struct chronyc_asked *asked, struct node *node,
                    struct chronyc_answer *answer_out, struct outbox *out);
/* The duty could not be done: a success becomes a failure. */
void chronyc_answer_failed(struct chronyc_answer *answer);
