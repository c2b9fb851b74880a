/* control/chronyc_access: allow, deny and their like for commands. SPDX-License-Identifier: MIT */
#include "control/chronyc_call.h"
#include "node/node_commands.h"

static uint8_t bits_max(const struct address *address)
{
	return address->family == ADDRESS_IPV4 ? 32 : address->family == ADDRESS_IPV6 ? 128 : 0;
}

/* OK: *rule_out is sound. Without an address it is for all hosts. */
static enum candm_status take_rule(struct chronyc_call *call, struct access_rule *rule_out)
{
	const struct candm_address address = candm_address_decode(&call->in);
	const int32_t bits = (int32_t)reader_u32(&call->in);

	*rule_out = (struct access_rule){ .network = address.address };
	if (address.kind == CANDM_ADDRESS_NONE)
		return CANDM_OK;
	if (address.address.family == ADDRESS_NONE)
		return CANDM_BAD_FAMILY;
	if (bits < 0 || bits > bits_max(&address.address))
		return CANDM_BAD_SUBNET;
	rule_out->prefix_bits = (uint8_t)bits;
	return CANDM_OK;
}

static enum candm_status set_rule(struct chronyc_call *call, bool is_allowed, bool is_all)
{
	struct access_rule rule;
	const enum candm_status status = take_rule(call, &rule);

	if (status != CANDM_OK)
		return status;
	rule.is_allowed = is_allowed;
	if (node_command_allow(call->node, &rule, is_all) != 0)
		return CANDM_FAILED; /* the table is full */
	if (is_allowed)
		call->duty = CHRONYC_SERVE;
	return CANDM_OK;
}

static enum candm_status set_command_rule(struct chronyc_call *call, bool is_allowed, bool is_all)
{
	struct access_rule rule;
	const enum candm_status status = take_rule(call, &rule);

	if (status != CANDM_OK)
		return status;
	rule.is_allowed = is_allowed;
	return access_add(&call->chronyc->access, &rule, is_all) == 0 ? CANDM_OK : CANDM_FAILED;
}

enum candm_status chronyc_allow(struct chronyc_call *call)
{
	const uint16_t command = call->command;

	return set_rule(call, command == CANDM_ALLOW || command == CANDM_ALLOW_ALL,
	                command == CANDM_ALLOW_ALL || command == CANDM_DENY_ALL);
}

enum candm_status chronyc_cmdallow(struct chronyc_call *call)
{
	const uint16_t command = call->command;

	return set_command_rule(call, command == CANDM_CMDALLOW || command == CANDM_CMDALLOW_ALL,
	                        command == CANDM_CMDALLOW_ALL || command == CANDM_CMDDENY_ALL);
}

static enum candm_status check(struct chronyc_call *call, const struct access *access,
                               bool is_loopback_let_in)
{
	const struct candm_address address = candm_address_decode(&call->in);

	if (address.address.family == ADDRESS_NONE)
		return CANDM_BAD_FAMILY;
	return (is_loopback_let_in && address_is_loopback(&address.address)) ||
	                       access_is_allowed(access, &address.address)
	               ? CANDM_ACCESS_ALLOWED
	               : CANDM_ACCESS_DENIED;
}

enum candm_status chronyc_accheck(struct chronyc_call *call)
{
	return check(call, node_access(call->node), false);
}

enum candm_status chronyc_cmdaccheck(struct chronyc_call *call)
{
	return check(call, &call->chronyc->access, true);
}
