/* control/chronyc_call: one request while it is being answered. SPDX-License-Identifier: MIT
 *
 * Private to the files chronyc*.c of control/. */
#pragma once

#include "control/chronyc.h"
#include "node/node_commands.h"

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
chronyc_handler chronyc_tracking, chronyc_activity, chronyc_serverstats, chronyc_smoothing,
	chronyc_rtcdata;

/* chronyc_manual */
chronyc_handler chronyc_settime, chronyc_manual, chronyc_manual_delete, chronyc_manual_list;

/* chronyc_clients */
chronyc_handler chronyc_clients;

/* chronyc_commands */
chronyc_handler chronyc_online, chronyc_offline, chronyc_burst, chronyc_set_source, chronyc_offset,
	chronyc_selectopts, chronyc_delete_source, chronyc_onoffline, chronyc_reselect,
	chronyc_refresh, chronyc_reset_sources, chronyc_makestep, chronyc_set_makestep,
	chronyc_maxupdateskew, chronyc_reselectdist, chronyc_dfreq, chronyc_doffset, chronyc_local,
	chronyc_writertc, chronyc_trimrtc, chronyc_cyclelogs, chronyc_rekey, chronyc_reload_sources,
	chronyc_dump, chronyc_shutdown, chronyc_smoothtime;

/* chronyc_add */
chronyc_handler chronyc_add_source;

/* chronyc_access */
chronyc_handler chronyc_allow, chronyc_cmdallow, chronyc_accheck, chronyc_cmdaccheck;

/* What a command came to. */
enum candm_status chronyc_status_of(enum node_outcome outcome);

/* How an address, or a number instead of one, stands in the protocol. */
struct candm_address chronyc_address(const struct address *address);

/* The source at this address, or with this number while it has none. */
bool chronyc_source_find(const struct chronyc_call *call, const struct candm_address *address,
                         struct node_source_status *status_out);

/* Bits of selection options in selectdata and selectopts. */
enum { CHRONYC_NOSELECT = 1, CHRONYC_PREFER = 2, CHRONYC_TRUST = 4, CHRONYC_REQUIRE = 8 };

/* Flags of a source that is added. */
enum {
	CHRONYC_ADD_ONLINE = 1,
	CHRONYC_ADD_AUTO_OFFLINE = 2,
	CHRONYC_ADD_IBURST = 4,
	CHRONYC_ADD_PREFER = 8,
	CHRONYC_ADD_NOSELECT = 0x10,
	CHRONYC_ADD_TRUST = 0x20,
	CHRONYC_ADD_REQUIRE = 0x40,
	CHRONYC_ADD_XLEAVE = 0x80,
	CHRONYC_ADD_BURST = 0x100,
	CHRONYC_ADD_NTS = 0x200,
	CHRONYC_ADD_COPY = 0x400,
	CHRONYC_ADD_IPV4 = 0x2000,
	CHRONYC_ADD_IPV6 = 0x4000,
};
