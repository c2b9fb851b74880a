/* SPDX-License-Identifier: MIT */
#include "control/chronyc.h"

#include <assert.h>
#include <string.h>

#include "control/chronyc_call.h"
#include "node/node_commands.h"

/* Words of `opencommands`: each opens one or several requests. */
enum word {
	WORD_NONE, /* the Unix socket alone */
	WORD_ACTIVITY,
	WORD_AUTHDATA,
	WORD_CLIENTS,
	WORD_MANUAL,
	WORD_NTPDATA,
	WORD_RTCDATA,
	WORD_SELECTDATA,
	WORD_SERVERSTATS,
	WORD_SMOOTHING,
	WORD_SOURCENAME,
	WORD_SOURCES,
	WORD_SOURCESTATS,
	WORD_TRACKING,
	WORD_COUNT,
};

#define BIT(word_) (UINT32_C(1) << (word_))
#define OPEN_DEFAULT                                                                               \
	(BIT(WORD_ACTIVITY) | BIT(WORD_MANUAL) | BIT(WORD_RTCDATA) | BIT(WORD_SMOOTHING) |         \
	 BIT(WORD_SOURCENAME) | BIT(WORD_SOURCES) | BIT(WORD_SOURCESTATS) | BIT(WORD_TRACKING))

static const char *const words[WORD_COUNT] = {
	[WORD_NONE] = "",
	[WORD_ACTIVITY] = "activity",
	[WORD_AUTHDATA] = "authdata",
	[WORD_CLIENTS] = "clients",
	[WORD_MANUAL] = "manual",
	[WORD_NTPDATA] = "ntpdata",
	[WORD_RTCDATA] = "rtcdata",
	[WORD_SELECTDATA] = "selectdata",
	[WORD_SERVERSTATS] = "serverstats",
	[WORD_SMOOTHING] = "smoothing",
	[WORD_SOURCENAME] = "sourcename",
	[WORD_SOURCES] = "sources",
	[WORD_SOURCESTATS] = "sourcestats",
	[WORD_TRACKING] = "tracking",
};

static enum candm_status do_nothing(struct chronyc_call *call)
{
	(void)call;
	return CANDM_OK;
}

static enum candm_status fail(struct chronyc_call *call)
{
	(void)call;
	return CANDM_FAILED;
}

static const struct {
	chronyc_handler *handle;
	uint32_t opened_by; /* words */
} commands[CANDM_COMMAND_COUNT] = {
	[CANDM_NULL] = { do_nothing, 0 },
	[CANDM_LOGON] = { fail, 0 }, /* with a password: there are none */
	[CANDM_N_SOURCES] = { chronyc_n_sources, BIT(WORD_SOURCES) | BIT(WORD_SOURCESTATS) |
	                                                 BIT(WORD_SELECTDATA) | BIT(WORD_AUTHDATA) |
	                                                 BIT(WORD_NTPDATA) },
	[CANDM_SOURCE_DATA] = { chronyc_source_data, BIT(WORD_SOURCES) },
	[CANDM_TRACKING] = { chronyc_tracking, BIT(WORD_TRACKING) },
	[CANDM_SOURCESTATS] = { chronyc_sourcestats, BIT(WORD_SOURCESTATS) },
	[CANDM_RTCDATA] = { chronyc_rtcdata, BIT(WORD_RTCDATA) },
	[CANDM_MANUAL_LIST] = { chronyc_manual_list, BIT(WORD_MANUAL) },
	[CANDM_ACTIVITY] = { chronyc_activity, BIT(WORD_ACTIVITY) },
	[CANDM_SMOOTHING] = { chronyc_smoothing, BIT(WORD_SMOOTHING) },
	[CANDM_SERVERSTATS] = { chronyc_serverstats, BIT(WORD_SERVERSTATS) },
	[CANDM_CLIENTS] = { chronyc_clients, BIT(WORD_CLIENTS) },
	[CANDM_NTPDATA] = { chronyc_ntpdata, BIT(WORD_NTPDATA) },
	[CANDM_SOURCENAME] = { chronyc_sourcename, BIT(WORD_SOURCENAME) },
	[CANDM_AUTHDATA] = { chronyc_authdata, BIT(WORD_AUTHDATA) },
	[CANDM_SELECTDATA] = { chronyc_selectdata, BIT(WORD_SELECTDATA) },

	[CANDM_ONLINE] = { chronyc_online, 0 },
	[CANDM_OFFLINE] = { chronyc_offline, 0 },
	[CANDM_BURST] = { chronyc_burst, 0 },
	[CANDM_MINPOLL] = { chronyc_set_source, 0 },
	[CANDM_MAXPOLL] = { chronyc_set_source, 0 },
	[CANDM_MAXDELAY] = { chronyc_set_source, 0 },
	[CANDM_MAXDELAYRATIO] = { chronyc_set_source, 0 },
	[CANDM_MINSTRATUM] = { chronyc_set_source, 0 },
	[CANDM_POLLTARGET] = { chronyc_set_source, 0 },
	[CANDM_MAXDELAYDEVRATIO] = { chronyc_set_source, 0 },
	[CANDM_OFFSET] = { chronyc_offset, 0 },
	[CANDM_SELECTOPTS] = { chronyc_selectopts, 0 },
	[CANDM_ADD_SOURCE] = { chronyc_add_source, 0 },
	[CANDM_DELETE_SOURCE] = { chronyc_delete_source, 0 },
	[CANDM_ONOFFLINE] = { chronyc_onoffline, 0 },
	[CANDM_RESELECT] = { chronyc_reselect, 0 },
	[CANDM_RESELECTDIST] = { chronyc_reselectdist, 0 },
	[CANDM_REFRESH] = { chronyc_refresh, 0 },
	[CANDM_RESET_SOURCES] = { chronyc_reset_sources, 0 },
	[CANDM_RELOAD_SOURCES] = { chronyc_reload_sources, 0 },

	[CANDM_MAKESTEP] = { chronyc_makestep, 0 },
	[CANDM_SET_MAKESTEP] = { chronyc_set_makestep, 0 },
	[CANDM_MAXUPDATESKEW] = { chronyc_maxupdateskew, 0 },
	[CANDM_DFREQ] = { chronyc_dfreq, 0 },
	[CANDM_DOFFSET] = { chronyc_doffset, 0 },
	[CANDM_LOCAL_OLD] = { chronyc_local, 0 },
	[CANDM_LOCAL] = { chronyc_local, 0 },
	[CANDM_SETTIME] = { chronyc_settime, 0 },
	[CANDM_MANUAL] = { chronyc_manual, 0 },
	[CANDM_MANUAL_DELETE] = { chronyc_manual_delete, 0 },
	[CANDM_SMOOTHTIME] = { chronyc_smoothtime, 0 },
	[CANDM_WRITERTC] = { chronyc_writertc, 0 },
	[CANDM_TRIMRTC] = { chronyc_trimrtc, 0 },

	[CANDM_ALLOW] = { chronyc_allow, 0 },
	[CANDM_ALLOW_ALL] = { chronyc_allow, 0 },
	[CANDM_DENY] = { chronyc_allow, 0 },
	[CANDM_DENY_ALL] = { chronyc_allow, 0 },
	[CANDM_CMDALLOW] = { chronyc_cmdallow, 0 },
	[CANDM_CMDALLOW_ALL] = { chronyc_cmdallow, 0 },
	[CANDM_CMDDENY] = { chronyc_cmdallow, 0 },
	[CANDM_CMDDENY_ALL] = { chronyc_cmdallow, 0 },
	[CANDM_ACCHECK] = { chronyc_accheck, 0 },
	[CANDM_CMDACCHECK] = { chronyc_cmdaccheck, 0 },

	[CANDM_CYCLELOGS] = { chronyc_cyclelogs, 0 },
	[CANDM_DUMP] = { chronyc_dump, 0 },
	[CANDM_REKEY] = { chronyc_rekey, 0 },
	[CANDM_SHUTDOWN] = { chronyc_shutdown, 0 },
};

const char *chronyc_verdict_text(enum chronyc_verdict verdict)
{
	static const char *const texts[CHRONYC_VERDICT_COUNT] = {
		[CHRONYC_NOT_ALLOWED] = "the host's address is not allowed (cmdallow)",
		[CHRONYC_WRONG_LENGTH] = "shorter or longer than any request",
		[CHRONYC_MALFORMED] = "no request",
		[CHRONYC_RATE_LIMITED] = "asked too often (cmdratelimit), not answered",
		[CHRONYC_OLD_VERSION] = "of a version before 5",
		[CHRONYC_REFUSED] = "refused, with the reason",
		[CHRONYC_ANSWERED] = "answered",
	};

	assert(verdict < CHRONYC_VERDICT_COUNT);
	return texts[verdict];
}

uint32_t chronyc_open_commands(bool is_default, const char *list)
{
	uint32_t open = 0;

	if (is_default)
		return OPEN_DEFAULT;
	while (*list) {
		const size_t length = strcspn(list, " ");

		for (unsigned word = WORD_NONE + 1; word < WORD_COUNT; word++) {
			if (strlen(words[word]) == length && memcmp(words[word], list, length) == 0)
				open |= BIT(word);
		}
		list += length;
		list += strspn(list, " ");
	}
	return open;
}

static bool is_local(const struct chronyc_asked *asked)
{
	return asked->is_unix || address_is_loopback(&asked->remote);
}

/* Counts it, too. This host is never limited. */
static bool is_too_often(const struct chronyc *chronyc, const struct chronyc_asked *asked,
                         struct client_table *clients)
{
	static const struct client_limit none = { .is_on = false };

	return clients && client_table_on_hit(clients, &asked->remote, CLIENT_COMMAND,
	                                      is_local(asked) ? &none : &chronyc->limit,
	                                      asked->now.mono) != CLIENT_ANSWER;
}

/* In chronyd's order. CHRONYC_ANSWERED: it is to be answered. */
static enum chronyc_verdict judge(const struct chronyc *chronyc, const struct chronyc_asked *asked,
                                  const struct candm_request *request, struct client_table *clients)
{
	if (!is_local(asked) && !access_is_allowed(&chronyc->access, &asked->remote))
		return CHRONYC_NOT_ALLOWED;
	if (asked->length_bytes < CANDM_REQUEST_MIN || asked->length_bytes > CANDM_REQUEST_MAX)
		return CHRONYC_WRONG_LENGTH;
	if (request->packet != CANDM_REQUEST || request->reserved_1 != 0 ||
	    request->reserved_2 != 0 || request->reserved_3 != 0 || request->reserved_4 != 0)
		return CHRONYC_MALFORMED;
	if (!asked->is_unix && is_too_often(chronyc, asked, clients))
		return CHRONYC_RATE_LIMITED;
	if (request->version < CANDM_VERSION_LEAST)
		return CHRONYC_OLD_VERSION;
	return CHRONYC_ANSWERED;
}

static enum candm_status handle(const struct chronyc *chronyc, const struct chronyc_asked *asked,
                                const struct candm_request *request, struct chronyc_call *call)
{
	const uint16_t command = request->command;
	enum candm_status status;

	if (request->version != CANDM_VERSION)
		return CANDM_BAD_VERSION;
	if (candm_request_length(command) == 0)
		return CANDM_INVALID;
	if (asked->length_bytes < candm_request_length(command))
		return CANDM_BAD_LENGTH;
	if (!asked->is_unix && !(commands[command].opened_by & chronyc->open_commands))
		return CANDM_UNAUTHORISED;
	if (!commands[command].handle)
		return CANDM_INVALID;
	status = commands[command].handle(call);
	assert(reader_finish(&call->in) == 0);
	return status;
}

void chronyc_answer(struct chronyc *chronyc, const struct chronyc_asked *asked, struct node *node,
                    struct chronyc_answer *answer_out, struct outbox *out)
{
	struct reader in = reader_over(asked->bytes, asked->length_bytes);
	struct candm_request request;
	struct candm_reply_header header;
	struct writer head = writer_into(answer_out->bytes, CANDM_REPLY_HEADER);
	struct chronyc_call call = {
		.chronyc = chronyc,
		.node = node,
		.now = asked->now,
		.length_bytes = asked->length_bytes,
		.reply = writer_into(answer_out->bytes + CANDM_REPLY_HEADER,
		                     CANDM_REPLY_MAX - CANDM_REPLY_HEADER),
		.code = CANDM_REPLY_NULL,
		.out = out,
	};
	enum candm_status status;

	candm_request_decode(&in, &request);
	answer_out->verdict = judge(chronyc, asked, &request, node_clients(node));
	answer_out->length_bytes = 0;
	answer_out->duty = CHRONYC_NOTHING;
	if (answer_out->verdict == CHRONYC_ANSWERED) {
		call.command = request.command;
		call.in = in;
		status = handle(chronyc, asked, &request, &call);
		if (status != CANDM_OK) {
			assert(call.reply.used_bytes == 0);
			call.code = CANDM_REPLY_NULL;
		}
		header = (struct candm_reply_header){
			.command = request.command,
			.reply = (uint16_t)call.code,
			.status = (uint16_t)status,
			.sequence = request.sequence,
		};
		candm_reply_encode(&header, &head);
		assert(!head.is_overrun && !call.reply.is_overrun);
		answer_out->length_bytes = CANDM_REPLY_HEADER + call.reply.used_bytes;
		answer_out->duty = call.duty;
		assert(answer_out->length_bytes <= asked->length_bytes);
		if (status != CANDM_OK && status != CANDM_ACCESS_ALLOWED &&
		    status != CANDM_ACCESS_DENIED)
			answer_out->verdict = CHRONYC_REFUSED;
	}
	chronyc->verdict_count[answer_out->verdict]++;
}

void chronyc_answer_failed(struct chronyc_answer *answer)
{
	struct writer status = writer_into(answer->bytes + 8, 2); /* of struct candm_reply_header */

	writer_u16(&status, CANDM_FAILED);
}
