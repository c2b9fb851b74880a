/* node/node_config: everything that the configuration says to one node. SPDX-License-Identifier: MIT
 *
 * Filled by node_config_parse from chrony.conf lines (see config/); plain values after that. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "discipline/discipline_options.h"
#include "ntp/access.h"
#include "source/source_options.h"

#define NODE_SOURCES_MAX 64 /* associations, pool members counted singly */
#define NODE_LINES_MAX   64 /* server, pool and peer lines */

struct selection_options {
	uint32_t minsources;     /* 1 */
	double maxdistance_s;    /* 3 */
	double maxjitter_s;      /* 1 */
	double combinelimit;     /* 3 */
	double reselectdist_s;   /* 1e-4 */
	double stratumweight_s;  /* 1e-3 */
	uint8_t minstratum, maxstratum; /* 0, 15 */
};

struct local_options { /* `local`: serve our own clock when there is nothing better */
	bool is_on;
	uint8_t stratum;   /* 10 */
	bool is_orphan;
	double distance_s; /* 1 */
	double activate_s; /* 0 */
	double waitsynced_s, waitunsynced_s;
};

enum leapsecmode { LEAPSECMODE_SYSTEM, LEAPSECMODE_STEP, LEAPSECMODE_SLEW, LEAPSECMODE_IGNORE };

struct node_config {
	struct source_options sources[NODE_LINES_MAX];
	size_t sources_count;
	struct selection_options selection;
	struct discipline_options discipline;
	struct local_options local;
	struct access access;
	enum leapsecmode leapsecmode;
};

void node_config_defaults(struct node_config *config);
