/* sim/scenario: a world and what shall come of it. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/instant.h"
#include "base/text.h"
#include "node/node.h"
#include "sim/ideal_server.h"
#include "sim/kept_clock.h"
#include "sim/path.h"
#include "sim/receiver.h"
#include "sim/rtc.h"
#include "sim/setting.h"

#define SCENARIO_TITLE_SIZE  200
#define SCENARIO_NAME_SIZE   48
#define SCENARIO_NODES_MAX   64 /* with the ideal servers */
#define SCENARIO_EVENTS_MAX  128
#define SCENARIO_EXPECTS_MAX 64
#define SCENARIO_POOLS_MAX   8
#define SCENARIO_DEVICES_MAX 16
#define SCENARIO_POOL_MAX    16 /* names in one pool */
#define SCENARIO_NODE_NONE   UINT32_MAX

struct scenario_node {
	char name[SCENARIO_NAME_SIZE];
	bool is_ideal;
	struct ideal_server ideal;       /* if it is */
	struct kept_clock_options clock; /* if it is not; as the rest */
	bool has_rtc;
	struct rtc_options rtc;
	struct node_config *config;         /* owned */
	size_t config_start, config_length; /* of the lines in the scenario's text */
	unsigned config_line;
};

struct scenario_pool { /* a name with several addresses */
	char name[SCENARIO_NAME_SIZE];
	uint32_t members[SCENARIO_POOL_MAX];
	size_t count;
};

struct scenario_device { /* feeds one reference clock of one node */
	uint32_t node, refclock;
	char refid[REFCLOCK_REFID_SIZE];
	struct receiver_options options;
	unsigned line;
};

enum script_kind {
	SCRIPT_LINK,    /* settings for a -> b and, if is_both_ways, b -> a */
	SCRIPT_IDEAL,   /* settings for the ideal server a */
	SCRIPT_CLOCK,   /* settings for node a: struct clock_change */
	SCRIPT_PAUSE,   /* the process of node a stands still for duration_ns */
	SCRIPT_SUSPEND, /* the machine does: its oscillator is off; is_on: it knows, and its clock
	                   has been set when it wakes; else it is a guest that was stopped */
	SCRIPT_CRASH,   /* the process of node a dies, and starts again after duration_ns */
	SCRIPT_DNS,     /* is_on: names resolve, or time out */
	SCRIPT_DEVICE,  /* settings for device a */
	SCRIPT_ONLINE,  /* is_on: the operator says online or offline to node a */
};

struct clock_change {
	double step_s, frequency; /* added */
	double rate;              /* the same, by another program: not the oscillator's */
};

struct script_event {
	int64_t at_ns;
	enum script_kind kind;
	uint32_t a, b; /* SCENARIO_NODE_NONE: all */
	bool is_both_ways, is_on;
	int64_t duration_ns;
	struct settings settings;
};

enum expect_kind {
	EXPECT_RMS_ERROR,
	EXPECT_MAX_ERROR,
	EXPECT_P99_ERROR,       /* seconds, of the clock */
	EXPECT_BOUND,           /* seconds, the largest published while synchronised */
	EXPECT_RTC_ERROR,       /* seconds, the largest of the real-time clock */
	EXPECT_FREQUENCY_ERROR, /* s/s, the largest of the kept clock */
	EXPECT_ERROR_GROWTH,    /* s/s, of the error's size from the window's begin to its end */
	EXPECT_SYNCHRONISED,    /* within T: at some time before; else always in the window */
	EXPECT_UNSYNCHRONISED,  /* always in the window */
	EXPECT_STATE,           /* of a source, always in the window or at the end */
	EXPECT_STEPS,
	EXPECT_LEAPS, /* leap seconds that the clock went through */
	EXPECT_UPDATES,
	EXPECT_POLLS,
	EXPECT_CONTRADICTIONS,  /* counted in the window */
	EXPECT_NEVER_BACKWARDS, /* not even by an allowed step */
	EXPECT_NO_CLOCK_UPDATE, /* neither frequency nor phase is touched in the window */
	EXPECT_TAI_ERROR,       /* seconds, the largest of CLOCK_TAI, once it has been set */
	EXPECT_TAI_HOLDS,       /* CLOCK_TAI was within the published bound of TAI, in the window */
	EXPECT_BOUND_HOLDS,     /* as the invariant, in the window */
	EXPECT_BOUND_BREAKS,    /* it must be broken: the scenario shows that it can be */
	EXPECT_SERVED_ERROR,    /* seconds, the largest of the time in replies */
	EXPECT_SERVED_RATE, /* s/s, the largest by which that time gained or lost between them */
	EXPECT_SERVED_LEAP,
	EXPECT_SERVED_STRATUM, /* in each reply of the window */
	EXPECT_HASH,           /* of all that happened with the scenario's own seed: `states` */
	EXPECT_KIND_COUNT,
};

enum comparison { LESS, LESS_OR_EQUAL, EQUAL, GREATER_OR_EQUAL, GREATER };

struct expect {
	enum expect_kind kind;
	uint32_t node;   /* SCENARIO_NODE_NONE: each that keeps a clock by sources */
	uint32_t source; /* STATE, POLLS: of the scenario's nodes, or NONE */
	char refid[REFCLOCK_REFID_SIZE]; /* STATE: instead of source, if not "" */
	enum comparison comparison;
	double limit;
	uint64_t states;            /* bits of enum source_state */
	int64_t after_ns, until_ns; /* window; until = INT64_MAX: the end */
	bool is_within;             /* SYNCHRONISED within until_ns */
	bool is_at_end;             /* STATE without a window */
	unsigned line;
	char words[120]; /* as written */
};

struct scenario {
	char title[SCENARIO_TITLE_SIZE];
	struct utc_time start, built;
	uint64_t seed;
	int leap;            /* of true time: +1 or -1; 0 = none */
	int64_t leap_at_ns;  /* UTC since 1970 when true time steps: midnight, or a second before */
	bool is_leap_listed; /* the nodes have a table that knows */
	double tai_offset_s; /* TAI - UTC at the start; 0 = as in the program's table */
	int64_t duration_ns, observe_ns, settle_ns;
	int64_t watch_ns; /* how often nodes look whether others moved their clocks; 0 = as always
	                   */
	int64_t assumptions_hold_ns; /* before, the bound is not judged: 0, or some time, or the end
	                              */
	struct path_options network; /* of links that are not named */
	struct scenario_node nodes[SCENARIO_NODES_MAX];
	size_t nodes_count;
	struct path_options *links; /* owned; [from * SCENARIO_NODES_MAX + to] */
	struct scenario_pool pools[SCENARIO_POOLS_MAX];
	size_t pools_count;
	struct scenario_device devices[SCENARIO_DEVICES_MAX];
	size_t devices_count;
	struct script_event events[SCENARIO_EVENTS_MAX];
	size_t events_count;
	struct expect expects[SCENARIO_EXPECTS_MAX];
	size_t expects_count;
};

void scenario_destroy(struct scenario *scenario); /* NULL is fine */

/* UTC minus (start + time since the start): 0, or a second once the leap second has come. */
int64_t scenario_leap_ns(const struct scenario *scenario, int64_t true_ns);
/* TAI - UTC, true. */
int scenario_tai_offset_s(const struct scenario *scenario, int64_t true_ns);
/* UTC at the start as it looks at true_ns after it: a leap second in between shifts it. */
struct utc_time scenario_true_start(const struct scenario *scenario, int64_t true_ns);
uint32_t scenario_find(const struct scenario *scenario, const char *name); /* or NODE_NONE */
struct address scenario_address(uint32_t node, enum address_family family);
uint32_t scenario_node_at(const struct scenario *scenario, const struct address *address);
/* Does anything follow a clock by others' time in this node? (It names sources.) */
bool scenario_is_client(const struct scenario_node *node);
const char *scenario_state_name(enum source_state state); /* "falseticker" */
