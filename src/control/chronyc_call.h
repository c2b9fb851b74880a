/* control/chronyc_call: one request while it is being answered. SPDX-License-Identifier: MIT
 *
 * Private to the files chronyc*.c of control/. */
#pragma once

#include "control/chronyc.h"

struct chronyc_call {
	struct chronyc *chronyc;
	struct node *node;
	struct instant now;
	uint16_t command;
	size_t length_bytes; /* of the request: no reply is longer */
	struct reader in;    /* its data */
	struct writer reply; /* data of the reply */
	enum candm_reply code;
	enum chronyc_duty duty;
	struct outbox *out;
};

/* Writes nothing into call->reply unless it returns CANDM_OK. */
typedef enum candm_status chronyc_handler(struct chronyc_call *call);

/* chronyc_sources: reports of one source */
chronyc_handler chronyc_n_sources, chronyc_source_data, chronyc_sourcestats, chronyc_selectdata,
	chronyc_ntpdata, chronyc_authdata, chronyc_sourcename;

/* chronyc_reports: of everything else */
chronyc_handler chronyc_tracking, chronyc_activity, chronyc_serverstats, chronyc_manual_list;

/* How an address, or a number instead of one, stands in the protocol. */
struct candm_address chronyc_address(const struct address *address);

/* The source at this address, or with this number while it has none. */
bool chronyc_source_find(const struct chronyc_call *call, const struct candm_address *address,
                         struct node_source_status *status_out);

/* Bits of selection options in selectdata and selectopts. */
enum { CHRONYC_NOSELECT = 1, CHRONYC_PREFER = 2, CHRONYC_TRUST = 4, CHRONYC_REQUIRE = 8 };
