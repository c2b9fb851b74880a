/* control/chronyc_add: `add server`, `add peer` and `add pool`. SPDX-License-Identifier: MIT
 *
 * chronyc sends every option, those that were not given with their defaults. What an option takes
 * is decided by its row in source/source_options, as in the configuration. */
#include <assert.h>
#include <string.h>

#include "control/chronyc_call.h"
#include "node/node_commands.h"

enum { KIND_SERVER = 1, KIND_PEER = 2, KIND_POOL = 3 };
enum form { FORM_SIGNED, FORM_UNSIGNED, FORM_REAL, FORM_FLAGS };
enum meaning {         /* of a number that chronyc sends where nothing was said */
	       SAID,   /* there is none: it is the default itself */
	       UNSAID, /* nought and below */
	       UNSAID_AT_1,
	       UNSAID_AT_10,
};

/* The fields behind the name, as they come. An option without a name has no effect here. */
static const struct field {
	const char *option;
	enum form form;
	enum meaning meaning;
} fields[] = {
	{ "port", FORM_SIGNED, SAID },
	{ "minpoll", FORM_SIGNED, SAID },
	{ "maxpoll", FORM_SIGNED, SAID },
	{ "presend", FORM_SIGNED, SAID },
	{ "minstratum", FORM_SIGNED, SAID },
	{ "polltarget", FORM_SIGNED, SAID },
	{ "version", FORM_SIGNED, UNSAID },
	{ "maxsources", FORM_SIGNED, SAID },
	{ "minsamples", FORM_SIGNED, UNSAID },
	{ "maxsamples", FORM_SIGNED, UNSAID },
	{ "key", FORM_UNSIGNED, UNSAID },
	{ NULL, FORM_UNSIGNED, SAID }, /* port of the key exchange */
	{ "maxdelay", FORM_REAL, SAID },
	{ "maxdelayratio", FORM_REAL, SAID },
	{ "maxdelaydevratio", FORM_REAL, UNSAID_AT_10 }, /* ours is none */
	{ "mindelay", FORM_REAL, UNSAID },
	{ "asymmetry", FORM_REAL, UNSAID_AT_1 },
	{ "offset", FORM_REAL, SAID },
	{ NULL, FORM_FLAGS, SAID },
	{ "filter", FORM_SIGNED, UNSAID },
	{ NULL, FORM_SIGNED, SAID }, /* set of certificates */
	{ "maxdelayquant", FORM_REAL, UNSAID },
	{ "maxunreach", FORM_SIGNED, UNSAID }, /* before 4.8: nought */
};

static const struct flag {
	uint32_t bit;
	const char *option;
} flag_options[] = {
	{ CHRONYC_ADD_IBURST, "iburst" }, { CHRONYC_ADD_BURST, "burst" },
	{ CHRONYC_ADD_PREFER, "prefer" }, { CHRONYC_ADD_NOSELECT, "noselect" },
	{ CHRONYC_ADD_TRUST, "trust" },   { CHRONYC_ADD_REQUIRE, "require" },
	{ CHRONYC_ADD_XLEAVE, "xleave" }, { CHRONYC_ADD_NTS, "nts" },
	{ CHRONYC_ADD_COPY, "copy" },     { CHRONYC_ADD_AUTO_OFFLINE, "auto_offline" },
};

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

static const struct config_option *row_of(const char *name)
{
	const struct config_option *row = source_options_table;

	while (strcmp(row->name, name) != 0)
		row++;
	return row;
}

static bool is_said(enum meaning meaning, double value)
{
	switch (meaning) {
	case UNSAID:
		return value > 0;
	case UNSAID_AT_1:
		return value < 1 || value > 1;
	case UNSAID_AT_10:
		return value < 10 || value > 10;
	case SAID:
		break;
	}
	return true;
}

static void take_flags(uint32_t flags, struct source_options *options)
{
	const bool is_ipv4 = flags & CHRONYC_ADD_IPV4, is_ipv6 = flags & CHRONYC_ADD_IPV6;

	for (size_t i = 0; i < ARRAY_COUNT(flag_options); i++) {
		const bool is_on = flags & flag_options[i].bit;
		const int error = config_option_put(row_of(flag_options[i].option), is_on, options);

		assert(error == 0);
		(void)error;
	}
	options->offline = !(flags & CHRONYC_ADD_ONLINE);
	options->family = is_ipv4 == is_ipv6 ? ADDRESS_NONE : is_ipv4 ? ADDRESS_IPV4 : ADDRESS_IPV6;
}

/* False: it is none that the option takes. */
static bool take_field(const struct field *field, struct reader *in, struct source_options *options)
{
	const uint32_t word = reader_u32(in);
	double value = word;

	if (field->form == FORM_SIGNED)
		value = (int32_t)word;
	else if (field->form == FORM_REAL)
		value = candm_float_unpack(word);
	if (field->form == FORM_FLAGS)
		take_flags(word, options);
	return !field->option || !is_said(field->meaning, value) ||
	       config_option_put(row_of(field->option), value, options) == 0;
}

static enum candm_status take_options(struct reader *in, struct source_options *options)
{
	const uint32_t kind = reader_u32(in);
	const uint8_t *name = reader_bytes(in, CANDM_NAME_SIZE);
	bool is_good = kind >= KIND_SERVER && kind <= KIND_POOL;

	config_option_reset_all(source_options_table, options);
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		is_good &= take_field(&fields[i], in, options);
	if (!is_good)
		return CANDM_FAILED;
	if (!is_name(name))
		return CANDM_INVALID_NAME;
	options->kind = kind == KIND_POOL   ? SOURCE_POOL
	                : kind == KIND_PEER ? SOURCE_PEER
	                                    : SOURCE_SERVER;
	memcpy(options->name, name, CANDM_NAME_SIZE);
	source_options_settle(options);
	return CANDM_OK;
}

enum candm_status chronyc_add_source(struct chronyc_call *call)
{
	struct source_options options = { 0 };
	const enum candm_status status = take_options(&call->in, &options);

	if (status != CANDM_OK)
		return status;
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
