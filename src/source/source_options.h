/* source/source_options: what one server, pool or peer line of the configuration says.
 * SPDX-License-Identifier: MIT
 *
 * Names and defaults are chrony's. The option table stands in source_options.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "config/config_option.h"

#define SOURCE_NAME_SIZE 256

enum source_kind { SOURCE_SERVER, SOURCE_POOL, SOURCE_PEER, SOURCE_REFCLOCK };

struct source_options {
	enum source_kind kind;
	char name[SOURCE_NAME_SIZE]; /* host name or address, as written */
	uint8_t family;        /* enum address_family that names resolve to; ADDRESS_NONE = any */
	uint16_t port;         /* 123 */
	uint8_t version;       /* 1..4; 0 = not said */
	int8_t minpoll_log2_s; /* -7..24; 6 */
	int8_t maxpoll_log2_s; /* -7..24; 10 */
	uint8_t maxsources;    /* pool: 1..16; 4 */
	uint8_t minstratum;    /* 0..16 */
	bool iburst, burst, offline, auto_offline;
	bool prefer, noselect, trust, require;
	double maxdelay_s;               /* 3 */
	double maxdelayratio;            /* 0 = off */
	double maxdelaydevratio;         /* 0 = off */
	double maxdelayquant;            /* 0.05..0.95; 0 = off */
	double mindelay_s;               /* of the path when it is idle; 0 = as measured */
	double asymmetry;                /* -0.5..0.5: of what exceeds that; 0 = not known */
	uint8_t filter_polls;            /* 0..64; below 2 = off */
	uint32_t polltarget;             /* 8 */
	uint32_t minsamples, maxsamples; /* 0 = the global ones */
	double offset_s;                 /* added to the measured offset */
	uint32_t maxunreach_polls;       /* 100000 */
	uint32_t key_id;                 /* 0 = none */
	bool nts;
	bool is_reloadable;    /* stood in a file of `sourcedir` */
	bool xleave;           /* interleaved mode */
	bool copy;             /* its stratum and reference id become ours */
	int8_t presend_log2_s; /* 100 = never */
	char device[16];       /* IFNAMSIZ; "" = any */
};

/* Rows of what every kind of source may be asked of, for the table of a struct with these members.
 */
#define SOURCE_OPTIONS_WISHES(struct_)                                                                   \
	{ .name = "prefer",                                                                              \
	  CONFIG_AT(struct_, prefer),                                                                    \
	  .text = "Selected before sources without this option, as long as it agrees with the "          \
		  "majority." },                                                                         \
		{ .name = "trust",                                                                       \
		  CONFIG_AT(struct_, trust),                                                             \
		  .text = "Believed: sources without this option cannot outvote it, and those that "     \
		          "contradict it are refused." },                                                \
		{ .name = "require",                                                                     \
		  CONFIG_AT(struct_, require),                                                           \
		  .text = "The clock is left alone unless a source with this option can be selected." }, \
	{                                                                                                \
		.name = "maxunreach", CONFIG_AT(struct_, maxunreach_polls), .unit = "polls",             \
		.maximum = 100000, .normal = 100000,                                                     \
		.text = "A source that does not answer is no longer selected after so many "             \
			"polls. Lowered, a dead one is dropped sooner and a short failure of the "       \
			"network, or of the signal, hurts more."                                         \
	}

/* For the directives `server`, `pool` and `peer`: the name, then the options; the check of what
 * spans several of them, which also sets `kind` by cursor->directive. */
extern const struct config_option source_options_name[];
extern const struct config_option source_options_table[];
/* minpoll above maxpoll: the one that was written counts, a default gives way. */
void source_options_settle(struct source_options *source);
/* Does every option say the same? */
bool source_options_is_same(const struct source_options *a, const struct source_options *b);
void source_options_finish(struct config_cursor *cursor, void *source_options);
