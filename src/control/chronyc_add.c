/* control/chronyc_add: `add server` and `add pool`. SPDX-License-Identifier: MIT
 *
 * chronyc sends every option, those that were not given with their defaults. presend, mindelay,
 * asymmetry, copy and extension fields are left out, as in the configuration. */
#include <string.h>

#include "control/chronyc_call.h"
#include "node/node_commands.h"

enum { KIND_SERVER = 1, KIND_PEER = 2, KIND_POOL = 3 };

#define MAXSOURCES_MAX 16
#define MAXDELAY_MAX_S 1000
#define OFFSET_MAX_S   1e6
#define POLLTARGET_MAX 64
#define FILTER_MAX     64
#define PRESEND_NEVER  100
/* What chronyc sends where nothing was said. */
#define MAXDELAYDEVRATIO_DEFAULT 10.0
#define MAXUNREACH_DEFAULT       100000 /* or 0, before 4.8 */

struct request {
	uint32_t kind;
	const uint8_t *name; /* CANDM_NAME_SIZE bytes */
	uint32_t port;
	int32_t minpoll, maxpoll, minstratum, version, maxsources;
	uint32_t key_id;
	double maxdelay_s, maxdelayratio, maxdelaydevratio, maxdelayquant, offset_s;
	int32_t presend, polltarget, maxsamples, filter, maxunreach;
	uint32_t flags;
};

static struct request take_request(struct reader *in)
{
	struct request request;

	request.kind = reader_u32(in);
	request.name = reader_bytes(in, CANDM_NAME_SIZE);
	request.port = reader_u32(in);
	request.minpoll = (int32_t)reader_u32(in);
	request.maxpoll = (int32_t)reader_u32(in);
	request.presend = (int32_t)reader_u32(in);
	request.minstratum = (int32_t)reader_u32(in);
	request.polltarget = (int32_t)reader_u32(in);
	request.version = (int32_t)reader_u32(in);
	request.maxsources = (int32_t)reader_u32(in);
	(void)reader_u32(in); /* minsamples */
	request.maxsamples = (int32_t)reader_u32(in);
	request.key_id = reader_u32(in);
	(void)reader_u32(in); /* port of the key exchange */
	request.maxdelay_s = candm_float_unpack(reader_u32(in));
	request.maxdelayratio = candm_float_unpack(reader_u32(in));
	request.maxdelaydevratio = candm_float_unpack(reader_u32(in));
	(void)reader_u32(in); /* mindelay */
	(void)reader_u32(in); /* asymmetry */
	request.offset_s = candm_float_unpack(reader_u32(in));
	request.flags = reader_u32(in);
	request.filter = (int32_t)reader_u32(in);
	(void)reader_u32(in); /* certificate set */
	request.maxdelayquant = candm_float_unpack(reader_u32(in));
	request.maxunreach = (int32_t)reader_u32(in);
	return request;
}

/* A name is one word: it goes to the resolver and into logs. */
static bool is_name(const uint8_t *name)
{
	const size_t length = strnlen((const char *)name, CANDM_NAME_SIZE);

	if (length == 0 || length == CANDM_NAME_SIZE)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	}
	return true;
}

static bool is_in_range(const struct request *request)
{
	return request->port >= 1 && request->port <= UINT16_MAX && request->minpoll >= -7 &&
	       request->minpoll <= 24 && request->maxpoll >= -7 && request->maxpoll <= 24 &&
	       request->minstratum >= 0 && request->minstratum <= 16 && request->version >= 0 &&
	       request->version <= 4 && request->maxsources >= 1 &&
	       request->maxsources <= MAXSOURCES_MAX && request->maxdelay_s > 0 &&
	       request->presend >= -7 && request->polltarget >= 1 &&
	       request->polltarget <= POLLTARGET_MAX && request->filter <= FILTER_MAX &&
	       request->maxdelayquant < 1 && request->maxdelaydevratio >= 0 &&
	       request->maxdelay_s <= MAXDELAY_MAX_S && request->maxdelayratio >= 0 &&
	       request->offset_s >= -OFFSET_MAX_S && request->offset_s <= OFFSET_MAX_S;
}

static struct source_options options_of(const struct request *request)
{
	const uint32_t flags = request->flags;
	struct source_options options = {
		.kind = request->kind == KIND_POOL   ? SOURCE_POOL
		        : request->kind == KIND_PEER ? SOURCE_PEER
		                                     : SOURCE_SERVER,
		.family = (flags & CHRONYC_ADD_IPV4) && !(flags & CHRONYC_ADD_IPV6) ? ADDRESS_IPV4
		          : (flags & CHRONYC_ADD_IPV6) && !(flags & CHRONYC_ADD_IPV4)
		                  ? ADDRESS_IPV6
		                  : ADDRESS_NONE,
		.port = (uint16_t)request->port,
		.version = (uint8_t)request->version,
		.minpoll_log2_s = (int8_t)request->minpoll,
		.maxpoll_log2_s = (int8_t)request->maxpoll,
		.maxsources = (uint8_t)request->maxsources,
		.minstratum = (uint8_t)request->minstratum,
		.iburst = flags & CHRONYC_ADD_IBURST,
		.burst = flags & CHRONYC_ADD_BURST,
		.offline = !(flags & CHRONYC_ADD_ONLINE),
		.auto_offline = flags & CHRONYC_ADD_AUTO_OFFLINE,
		.prefer = flags & CHRONYC_ADD_PREFER,
		.noselect = flags & CHRONYC_ADD_NOSELECT,
		.trust = flags & CHRONYC_ADD_TRUST,
		.require = flags & CHRONYC_ADD_REQUIRE,
		.maxdelay_s = request->maxdelay_s,
		.maxdelayratio = request->maxdelayratio,
		.presend_log2_s = (int8_t)(request->presend < PRESEND_NEVER ? request->presend
		                                                            : PRESEND_NEVER),
		.copy = flags & CHRONYC_ADD_COPY,
		.offset_s = request->offset_s,
		.maxdelaydevratio =
			request->maxdelaydevratio < MAXDELAYDEVRATIO_DEFAULT ||
					request->maxdelaydevratio > MAXDELAYDEVRATIO_DEFAULT
				? request->maxdelaydevratio
				: 0, /* not asked for: ours is none */
		.maxdelayquant = request->maxdelayquant > 0 ? request->maxdelayquant : 0,
		.filter_polls = request->filter > 0 ? (uint8_t)request->filter : 0,
		.polltarget = (uint32_t)request->polltarget,
		.maxsamples = request->maxsamples > 0 ? (uint32_t)request->maxsamples : 0,
		.maxunreach_polls = request->maxunreach > 0 ? (uint32_t)request->maxunreach
		                                            : MAXUNREACH_DEFAULT,
		.key_id = request->key_id,
		.nts = flags & CHRONYC_ADD_NTS,
		.xleave = flags & CHRONYC_ADD_XLEAVE,
	};

	memcpy(options.name, request->name, CANDM_NAME_SIZE);
	source_options_settle(&options);
	return options;
}

enum candm_status chronyc_add_source(struct chronyc_call *call)
{
	const struct request request = take_request(&call->in);
	struct source_options options;

	if (request.kind < KIND_SERVER || request.kind > KIND_POOL)
		return CANDM_FAILED;
	if (!is_name(request.name))
		return CANDM_INVALID_NAME;
	if (!is_in_range(&request))
		return CANDM_FAILED;
	options = options_of(&request);
	switch (node_command_add_source(call->node, &options, call->now)) {
	case NODE_DONE:
		call->duty = options.kind == SOURCE_PEER ? CHRONYC_SERVE : call->duty;
		return CANDM_OK;
	case NODE_SOURCE_KNOWN:
		return CANDM_SOURCE_KNOWN;
	default:
		return CANDM_TOO_MANY_SOURCES;
	}
}
