/* node/node_config: everything that the configuration says to one node. SPDX-License-Identifier:
 * MIT
 *
 * Filled by node_config_parse from chrony.conf lines (see config/); plain values after that. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "config/config_parse.h"
#include "discipline/discipline_options.h"
#include "ntp/access.h"
#include "ntp/client_table.h"
#include "ntp/ntp_broadcast.h"
#include "refclock/refclock_options.h"
#include "source/source_options.h"

#define NODE_SOURCES_MAX   64 /* associations, pool members counted singly */
#define NODE_LINES_MAX     64 /* server, pool and peer lines */
#define NODE_REFCLOCKS_MAX 16

struct selection_options {
	uint32_t minsources;            /* 1 */
	double maxdistance_s;           /* 3 */
	double maxjitter_s;             /* 1 */
	double combinelimit;            /* 3 */
	double reselectdist_s;          /* 1e-4 */
	double stratumweight_s;         /* 1e-3 */
	uint8_t minstratum, maxstratum; /* 0, 15 */
};

#define NODE_INITIAL_MAX 8

struct initstepslew_options { /* `initstepslew`: to set the clock once, before all else */
	double threshold_s;   /* above it is stepped, below slewed */
	char names[NODE_INITIAL_MAX][SOURCE_NAME_SIZE];
	size_t names_count;
};

struct local_options { /* `local`: serve our own clock when there is nothing better */
	bool is_on;
	uint8_t stratum; /* 10 */
	bool is_orphan;
	double distance_s; /* 1 */
	double activate_s; /* 0 */
	double waitsynced_s, waitunsynced_s;
};

enum leapsecmode { LEAPSECMODE_SYSTEM, LEAPSECMODE_STEP, LEAPSECMODE_SLEW, LEAPSECMODE_IGNORE };

/* How authenticated sources (key, nts) and others go together. */
enum authselectmode {
	AUTHSELECTMODE_REQUIRE, /* others are not selected when there is an authenticated one */
	AUTHSELECTMODE_PREFER,  /* authenticated ones are preferred */
	AUTHSELECTMODE_MIX, /* authenticated ones are required and trusted when there are others */
	AUTHSELECTMODE_IGNORE, /* no difference */
};

struct node_config {
	struct source_options sources[NODE_LINES_MAX];
	size_t sources_count;
	struct refclock_options refclocks[NODE_REFCLOCKS_MAX];
	size_t refclocks_count;
	struct ntp_broadcast_options broadcasts[NTP_BROADCASTS_MAX];
	size_t broadcasts_count;
	struct selection_options selection;
	struct discipline_options discipline;
	struct local_options local;
	struct initstepslew_options initstepslew;
	bool manual; /* settime is heeded */
	struct access access;
	struct client_limit ratelimit;
	bool noclientlog;
	bool has_signer; /* there may be a Samba that signs answers: a directive of the daemon */
	uint32_t minsamples, maxsamples; /* of each source that says nothing itself; 0 = no limit */
	uint32_t refresh_s; /* 1209600: each name is resolved anew this often; 0 = never */
	uint64_t clientloglimit_bytes; /* 524288: records of clients and stamps of answers; 0: none
	                                */
	enum leapsecmode leapsecmode;
	enum authselectmode authselectmode; /* done: it stands in the sources' options */
};

void node_config_defaults(struct node_config *config);

/* From lines that may only hold directives of the node: for simulations. `config` needs no
 * preparation. 0; -EINVAL: `errors` says why, all of it. */
NODISCARD int node_config_parse(const struct config_line *lines, size_t count,
                                struct node_config *config, struct config_errors *errors);

/* The same in pieces, for a grammar that has more directives: first defaults, then this adds the
 * node's tables, at the end finish does what spans several lines. */
extern const struct config_directive node_config_directives[]; /* of struct node_config */
void node_config_add_grammar(struct node_config *config, struct config_grammar *grammar);
void node_config_finish(struct node_config *config);

/* Are the server's sockets wanted: for clients, peers or broadcasts? */
bool node_config_wants_port(const struct node_config *config);
