/* control/chronyc_commands: what chronyc may change, of sources and of the clock.
 * SPDX-License-Identifier: MIT
 *
 * Addresses are resolved and words parsed by chronyc itself; here only numbers arrive. */
#include <string.h>

#include "control/chronyc_call.h"
#include "node/node_commands.h"
#include "node/node_rtc.h"

#define BURST_MAX 100 /* requests of one burst, 2 s apart */

enum candm_status chronyc_status_of(enum node_outcome outcome)
{
	switch (outcome) {
	case NODE_DONE:
		return CANDM_OK;
	case NODE_NO_SUCH_SOURCE:
		return CANDM_NO_SUCH_SOURCE;
	case NODE_SOURCE_KNOWN:
		return CANDM_SOURCE_KNOWN;
	case NODE_TOO_MANY_SOURCES:
		return CANDM_TOO_MANY_SOURCES;
	case NODE_NOT_ENABLED:
		return CANDM_NOT_ENABLED;
	case NODE_NO_SUCH_SAMPLE:
		return CANDM_BAD_SAMPLE;
	case NODE_CANNOT:
	case NODE_OUT_OF_RANGE:
		break;
	}
	return CANDM_FAILED;
}

static int32_t take_s32(struct chronyc_call *call)
{
	return (int32_t)reader_u32(&call->in);
}

static double take_float(struct chronyc_call *call)
{
	return candm_float_unpack(reader_u32(&call->in));
}

static struct address all_bits(uint8_t family)
{
	struct address mask = { .family = family };

	memset(mask.bytes, 0xff, sizeof mask.bytes);
	return mask;
}

/* One source. False: neither an address nor a number. */
static bool choose_one(const struct candm_address *address, struct node_choice *choice_out)
{
	*choice_out = (struct node_choice){ .address = address->address,
		                            .mask = all_bits(address->address.family),
		                            .number = address->id };
	return !node_choice_is_all(choice_out);
}

/* A mask and an address, or none for every source. False: an address of a family that is not. */
static bool take_masked(struct chronyc_call *call, struct node_choice *choice_out)
{
	const struct candm_address mask = candm_address_decode(&call->in);
	const struct candm_address address = candm_address_decode(&call->in);

	if (address.kind == CANDM_ADDRESS_NONE) {
		*choice_out = (struct node_choice){ .number = 0 };
		return true;
	}
	if (!choose_one(&address, choice_out))
		return false;
	if (mask.kind == address.kind && address.kind != CANDM_ADDRESS_ID)
		choice_out->mask = mask.address;
	return true;
}

static enum candm_status set_online(struct chronyc_call *call, bool is_online)
{
	struct node_choice choice;

	if (!take_masked(call, &choice))
		return CANDM_BAD_FAMILY;
	return chronyc_status_of(
		node_command_set_online(call->node, &choice, is_online, call->now, call->out));
}

enum candm_status chronyc_online(struct chronyc_call *call)
{
	return set_online(call, true);
}

enum candm_status chronyc_offline(struct chronyc_call *call)
{
	return set_online(call, false);
}

enum candm_status chronyc_burst(struct chronyc_call *call)
{
	struct node_choice choice;
	const bool is_chosen = take_masked(call, &choice);
	const int32_t good_count = take_s32(call);
	const int32_t total_count = take_s32(call);

	if (!is_chosen)
		return CANDM_BAD_FAMILY;
	if (good_count < 1 || total_count < good_count || total_count > BURST_MAX)
		return CANDM_FAILED;
	return chronyc_status_of(node_command_start_burst(call->node, &choice, (unsigned)good_count,
	                                                  (unsigned)total_count, call->now));
}

/* The source at this address or, if it has none, the reference clock of this id; 0 = none. */
static bool choose_source(const struct candm_address *address, uint32_t reference_id,
                          struct node_choice *choice)
{
	if (!choose_one(address, choice))
		choice->reference_id = reference_id;
	return !node_choice_is_all(choice);
}

static enum candm_status set_source(struct chronyc_call *call, const struct candm_address *address,
                                    uint32_t reference_id, enum node_source_value which,
                                    double value)
{
	struct node_choice choice;

	if (!choose_source(address, reference_id, &choice))
		return CANDM_NO_SUCH_SOURCE;
	return chronyc_status_of(
		node_command_set_source(call->node, &choice, which, value, call->now));
}

/* minpoll, maxpoll, minstratum, polltarget, maxdelay and its ratios: an address and a number. */
enum candm_status chronyc_set_source(struct chronyc_call *call)
{
	const struct candm_address address = candm_address_decode(&call->in);
	const uint32_t value = reader_u32(&call->in);

	switch (call->command) {
	case CANDM_MINPOLL:
		return set_source(call, &address, 0, NODE_SOURCE_MINPOLL, (int32_t)value);
	case CANDM_MAXPOLL:
		return set_source(call, &address, 0, NODE_SOURCE_MAXPOLL, (int32_t)value);
	case CANDM_MINSTRATUM:
		return set_source(call, &address, 0, NODE_SOURCE_MINSTRATUM, (int32_t)value);
	case CANDM_MAXDELAY:
		return set_source(call, &address, 0, NODE_SOURCE_MAXDELAY,
		                  candm_float_unpack(value));
	case CANDM_POLLTARGET:
		return set_source(call, &address, 0, NODE_SOURCE_POLLTARGET, (int32_t)value);
	case CANDM_MAXDELAYDEVRATIO:
		return set_source(call, &address, 0, NODE_SOURCE_MAXDELAYDEVRATIO,
		                  candm_float_unpack(value));
	case CANDM_MAXDELAYRATIO:
		return set_source(call, &address, 0, NODE_SOURCE_MAXDELAYRATIO,
		                  candm_float_unpack(value));
	default:
		return CANDM_INVALID;
	}
}

enum candm_status chronyc_offset(struct chronyc_call *call)
{
	const struct candm_address address = candm_address_decode(&call->in);

	const uint32_t reference_id = reader_u32(&call->in);

	return set_source(call, &address, reference_id, NODE_SOURCE_OFFSET, take_float(call));
}

/* Options come with the bits of an added source, the mask with bits of its own. */
enum candm_status chronyc_selectopts(struct chronyc_call *call)
{
	const struct candm_address address = candm_address_decode(&call->in);
	const uint32_t reference_id = reader_u32(&call->in);
	const uint32_t mask = reader_u32(&call->in);
	const uint32_t options = reader_u32(&call->in);
	const struct node_selection_marks which = {
		.noselect = mask & CHRONYC_NOSELECT,
		.prefer = mask & CHRONYC_PREFER,
		.trust = mask & CHRONYC_TRUST,
		.require = mask & CHRONYC_REQUIRE,
	};
	const struct node_selection_marks values = {
		.noselect = options & CHRONYC_ADD_NOSELECT,
		.prefer = options & CHRONYC_ADD_PREFER,
		.trust = options & CHRONYC_ADD_TRUST,
		.require = options & CHRONYC_ADD_REQUIRE,
	};
	struct node_choice choice;

	if (!choose_source(&address, reference_id, &choice))
		return CANDM_NO_SUCH_SOURCE;
	return chronyc_status_of(node_command_mark_source(call->node, &choice, &which, &values,
	                                                  call->now, call->out));
}

enum candm_status chronyc_delete_source(struct chronyc_call *call)
{
	const struct candm_address address = candm_address_decode(&call->in);
	struct node_choice choice;

	if (!choose_one(&address, &choice))
		return CANDM_NO_SUCH_SOURCE;
	return chronyc_status_of(
		node_command_delete_source(call->node, &choice, call->now, call->out));
}

enum candm_status chronyc_onoffline(struct chronyc_call *call)
{
	call->duty = CHRONYC_ONOFFLINE;
	return CANDM_OK;
}

enum candm_status chronyc_reselect(struct chronyc_call *call)
{
	node_command_reselect(call->node, call->now, call->out);
	return CANDM_OK;
}

enum candm_status chronyc_refresh(struct chronyc_call *call)
{
	node_command_refresh(call->node, call->now);
	return CANDM_OK;
}

enum candm_status chronyc_reset_sources(struct chronyc_call *call)
{
	node_command_reset_sources(call->node, call->now, call->out);
	return CANDM_OK;
}

/* ---- the clock ---- */

enum candm_status chronyc_makestep(struct chronyc_call *call)
{
	return chronyc_status_of(node_command_step(call->node, call->now, call->out));
}

/* 0: back to nought at once; 1: begins however uncertain the clock is. */
enum candm_status chronyc_smoothtime(struct chronyc_call *call)
{
	const int32_t option = take_s32(call);
	enum node_outcome outcome;

	if (option != 0 && option != 1)
		return CANDM_INVALID;
	outcome = option == 0 ? node_command_smoothing_reset(call->node, call->now)
	                      : node_command_smoothing_activate(call->node, call->now);
	return outcome == NODE_CANNOT ? CANDM_NOT_ENABLED : chronyc_status_of(outcome);
}

enum candm_status chronyc_set_makestep(struct chronyc_call *call)
{
	const int32_t limit = take_s32(call);

	return chronyc_status_of(node_command_set_makestep(call->node, take_float(call), limit));
}

enum candm_status chronyc_maxupdateskew(struct chronyc_call *call)
{
	return chronyc_status_of(node_command_set_maxupdateskew(call->node, take_float(call)));
}

enum candm_status chronyc_reselectdist(struct chronyc_call *call)
{
	return chronyc_status_of(
		node_command_set_reselectdist(call->node, take_float(call), call->now));
}

enum candm_status chronyc_dfreq(struct chronyc_call *call)
{
	return chronyc_status_of(
		node_command_shift(call->node, take_float(call), 0, call->now, call->out));
}

enum candm_status chronyc_doffset(struct chronyc_call *call)
{
	return chronyc_status_of(
		node_command_shift(call->node, 0, take_float(call), call->now, call->out));
}

enum candm_status chronyc_local(struct chronyc_call *call)
{
	const bool is_new = call->command == CANDM_LOCAL;
	struct local_options local = { .is_on = reader_u32(&call->in) != 0 };
	const int32_t stratum = take_s32(call);

	local.distance_s = take_float(call);
	local.is_orphan = reader_u32(&call->in) != 0;
	local.activate_s = is_new ? take_float(call) : 0;
	local.waitsynced_s = is_new ? take_float(call) : 0;
	local.waitunsynced_s = is_new ? take_float(call) : 0;
	if (local.is_on && (stratum < 1 || stratum > 15))
		return CANDM_FAILED;
	local.stratum = (uint8_t)stratum;
	return chronyc_status_of(node_command_set_local(call->node, &local));
}

/* ---- the real-time clock ---- */

enum candm_status chronyc_writertc(struct chronyc_call *call)
{
	switch (node_command_write_rtc(call->node, call->out)) {
	case NODE_DONE:
		return CANDM_OK;
	case NODE_CANNOT:
		return CANDM_NO_RTC;
	default:
		return CANDM_BAD_RTC_FILE; /* nothing is known yet */
	}
}

enum candm_status chronyc_trimrtc(struct chronyc_call *call)
{
	if (!node_rtc_status(call->node).has_rtc)
		return CANDM_NO_RTC;
	return chronyc_status_of(node_command_trim_rtc(call->node, call->now));
}

/* ---- the process ---- */

enum candm_status chronyc_cyclelogs(struct chronyc_call *call)
{
	call->duty = CHRONYC_CYCLE_LOGS;
	return CANDM_OK;
}

enum candm_status chronyc_rekey(struct chronyc_call *call)
{
	call->duty = CHRONYC_REKEY;
	return CANDM_OK;
}

enum candm_status chronyc_reload_sources(struct chronyc_call *call)
{
	call->duty = CHRONYC_RELOAD_SOURCES;
	return CANDM_OK;
}

enum candm_status chronyc_dump(struct chronyc_call *call)
{
	call->duty = CHRONYC_DUMP;
	return CANDM_OK;
}

enum candm_status chronyc_shutdown(struct chronyc_call *call)
{
	call->duty = CHRONYC_SHUT_DOWN;
	return CANDM_OK;
}
