/* node/node: one time node: sources, selection, discipline and the NTP server wired together.
 * SPDX-License-Identifier: MIT
 *
 * The same code runs in the daemon and in the simulator. Events in, actions out: the caller says
 * what happened and when, then carries out what stands in `out`, in order, and reports back what
 * asks for it. No clock, no socket, no file. */
#pragma once

#include "base/attributes.h"
#include "base/rng.h"
#include "discipline/smoothing.h"
#include "estimate/estimator.h"
#include "node/node_config.h"
#include "ntp/ntp_client.h"
#include "ntp/ntp_server.h"
#include "refclock/refclock.h"
#include "source/datagram.h"
#include "source/outbox.h"
#include "source/plausibility.h"
#include "source/trace.h"
#include "timescale/leap_table.h"

struct node;
struct rtc_file;

struct node_spent { /* of makestep's and maxchange's budgets, by programs before this one */
	uint32_t updates_count, ignored_count;
};

struct node_setup {
	const struct node_config *config; /* borrowed for the call */
	struct rng *rng;                  /* borrowed until destroy */
	struct trace_sink trace;
	struct plausibility plausible;       /* no source may say less, nor more */
	double precision_s;                  /* of reading the clock, measured by the caller; > 0 */
	bool has_drift;                      /* from the drift file */
	double drift_ppm, drift_skew_ppm;    /* chrony's sign: + = the clock gains */
	const struct leap_table *leap_table; /* borrowed for the call; NULL = none */
	const struct ntp_keys *keys;         /* the same; its keys may change meanwhile */
	bool has_rtc;                        /* the real-time clock is to be tracked */
	int64_t rtc_set_late_ns;             /* into a second, when to set it to that */
	const struct rtc_file *rtc;          /* of the rtcfile, for the call; NULL = none */
	const char *lateness_text; /* of wire/lateness_file, borrowed until start; NULL = none */
	bool is_driftless;         /* the driver cannot move the clock (-x): estimate only */
	bool has_leap_clock;    /* the driver's clock inserts and deletes leap seconds if told to */
	bool traces_selections; /* TRACE_SELECTION: many, of each source at each selection */
	bool is_makestep_spent; /* -R: ignore a makestep with a positive limit */
	struct node_spent spent; /* since the machine was started */
	int64_t watch_ns;        /* how often to look whether others moved the clock; 0 = 1 s */
};

NODISCARD int node_create(const struct node_setup *setup, struct instant now,
                          struct node **node_out);
void node_destroy(struct node *node); /* NULL is fine */

/* First event of all, once: resolves names, starts sources, sets the initial frequency. */
void node_on_start(struct node *node, struct instant now, struct outbox *out);
void node_on_deadline(struct node *node, struct instant now, struct outbox *out);
struct mono_time node_deadline(const struct node *node);

/* A datagram on any NTP socket, an association's or the server's. */
void node_on_received(struct node *node, const struct datagram *datagram, struct instant now,
                      struct outbox *out);
/* Something came from a reference clock: index of config->refclocks. */
void node_on_refclock(struct node *node, uint32_t refclock, const struct refclock_event *event,
                      struct instant now, struct outbox *out);
/* The last SEND of this association left; see ntp_client_on_sent. */
void node_on_sent(struct node *node, uint32_t association, struct local_time sent,
                  enum stamp_source stamp);
/* A SEND with keeps_stamp left; see ntp_server_on_sent. */
void node_on_answered(struct node *node, uint64_t receive_ntp64, struct local_time sent,
                      enum stamp_source stamp);
/* So many SENDs with is_to_be_signed were not signed, and so not sent. */
void node_on_unsigned(struct node *node, uint64_t count);
/* The last SEND of this association could not be sent: no route, no network. */
void node_on_not_sent(struct node *node, uint32_t association, struct instant now);
/* Before a SEND with seal_key_id leaves, after its transmit time was written. */
void node_seal(const struct node *node, struct send_action *send);
/* The sensor of `tempcomp` was read: the clock is to be sped up by so much at it. */
void node_on_temperature(struct node *node, double temperature, double rate_ppm, struct instant now,
                         struct outbox *out);
/* Answer to ACTION_RESOLVE; count 0 = failed or no such name. Ports are ignored. */
void node_on_resolved(struct node *node, uint32_t request, const struct address *addresses,
                      size_t count, struct instant now, struct outbox *out);

struct clock_adjusted {       /* answer to ACTION_ADJUST_CLOCK */
	struct local_time at; /* the clock's reading at the change, before the step; with
	                         step_ns added no later reading is less */
	double frequency;     /* s/s, as really applied: quantised and limited by the driver */
	int64_t step_ns;      /* as really done */
	int error;            /* 0, or the errno for which nothing was changed */
};
void node_on_clock_adjusted(struct node *node, const struct clock_adjusted *adjusted,
                            struct instant now, struct outbox *out);
enum clock_disturbance { /* somebody else's doing, as the clock's driver sees it: */
	                 CLOCK_DISTURBED_SET,  /* the clock was set, by however little, or the
	                                          machine slept */
	                 CLOCK_DISTURBED_RATE, /* another program changed its rate, or slews it */
};
/* Nothing that was known of the clock holds any more: it is measured anew. */
void node_on_clock_disturbed(struct node *node, enum clock_disturbance what, struct instant now,
                             struct outbox *out);
/* The machine stood still and none of its clocks knows, for at least so long (0: that cannot be
 * said): they are all behind, and may from now on be those of another host. */
void node_on_machine_stopped(struct node *node, int64_t lost_ns, struct instant now,
                             struct outbox *out);
/* The kept clock without what was ever corrected, and back: for readings of other clocks. */
struct free_time node_free_time(const struct node *node, struct local_time local);
struct local_time node_local_time(const struct node *node, struct free_time free);
/* Our own addresses as far as they are known, for the loop test. */
void node_on_addresses(struct node *node, const struct address *addresses, size_t count);
/* Another table than at create is to be believed; borrowed for the call, NULL = none. */
void node_on_leap_table(struct node *node, const struct leap_table *table);
/* Before the end: the drift file is saved if there is something to save. */
void node_on_exit(struct node *node, struct instant now, struct outbox *out);

/* Commands from the operator. */
void node_command_online(struct node *node, bool is_online, struct instant now, struct outbox *out);
void node_command_burst(struct node *node, struct instant now, struct outbox *out);
void node_command_makestep(struct node *node, struct instant now, struct outbox *out);
/* More of them: node/node_commands.h. */

/* Are the server's sockets wanted, for clients or for peers, as things are now? */
bool node_wants_port(const struct node *node);

/* ---- What the node can say of itself; all const, for reports ---- */

/* Why a source does not steer the clock, or that it does. The letter is chrony's (selectdata). */
enum source_state {
	SOURCE_STATE_SELECTED,       /* '*' leads */
	SOURCE_STATE_COMBINED,       /* '+' */
	SOURCE_STATE_UNUSED,         /* '-' could be selected, but adds nothing (not combined) */
	SOURCE_STATE_NOT_RESOLVED,   /* 'u' its name has no address yet */
	SOURCE_STATE_OFFLINE,        /* 'o' */
	SOURCE_STATE_NOSELECT,       /* 'N' */
	SOURCE_STATE_FLYWHEEL,       /* 'L' a refclock with `local`: it keeps the rate */
	SOURCE_STATE_NO_SAMPLES,     /* 'M' */
	SOURCE_STATE_UNSYNCHRONISED, /* 's' */
	SOURCE_STATE_STRATUM,        /* 'r' */
	SOURCE_STATE_DENIED,         /* 'k' kiss DENY */
	SOURCE_STATE_IMPLAUSIBLE,    /* 'p' before the floor */
	SOURCE_STATE_KEY_MISSING,    /* 'a' its key is not in the key file, or it asks for NTS */
	SOURCE_STATE_LOOP,           /* 'l' follows us */
	SOURCE_STATE_DISTANT,        /* 'd' root distance above maxdistance */
	SOURCE_STATE_JITTERY,        /* '~' */
	SOURCE_STATE_STALE,          /* 'S' unreachable */
	SOURCE_STATE_ORPHAN,  /* 'e' serves its own clock, and somebody else is to be followed */
	SOURCE_STATE_WAITING, /* 'w' at start: others have not had their say */
	SOURCE_STATE_FALSETICKER,   /* 'x' */
	SOURCE_STATE_NO_MAJORITY,   /* 'm' nobody is believed */
	SOURCE_STATE_TIE,           /* 't' half against half */
	SOURCE_STATE_MINSOURCES,    /* 'W' minsources or require not met */
	SOURCE_STATE_NOT_PREFERRED, /* 'P' */
	SOURCE_STATE_TOO_DISTANT,   /* 'D' to be combined */
	SOURCE_STATE_OUTLIER,       /* 'O' off the others by more than the error bars allow */
	SOURCE_STATE_COUNT,
};

struct node_source_status {
	const char *name;       /* as configured */
	uint32_t number;        /* of its own while it exists, from 1 */
	struct address address; /* ADDRESS_NONE while unresolved */
	const struct source_options *options;
	uint8_t key_type;  /* enum mac_type of its key; MAC_NONE = none, or not in the key file */
	uint16_t key_bits; /* that the key has */
	enum source_state state;
	/* The numbers that decided, by state: FALSETICKER: own offset and root distance, the agreed
	   interval; DISTANT: root distance, limit; TIE and NO_MAJORITY: agreeing, voters; … see
	   report/why. */
	double reason[4];
	bool is_refclock;
	struct refclock_status refclock;   /* if it is one */
	double refclock_age_s;             /* since its last sample */
	int64_t refclock_offset_ns;        /* of that, reference - local */
	const void *refclock_driver_state; /* borrowed, for reports that know the driver */
	bool has_client; /* `client` is filled in; in like words also for a reference clock */
	struct ntp_client_status client;
	bool has_measurement;
	struct ntp_measurement measurement; /* the last good one */
	int64_t last_offset_ns;             /* of it: + = local slow, slews since then applied */
	int64_t last_measured_ns;           /* of it, as measured */
	int64_t last_delay_ns;
	struct mono_time last_good;
	bool has_estimate;
	struct estimate estimate;
	struct estimator_status estimator;
	int64_t offset_ns;                            /* estimated now: reference - local */
	double offset_sd_s, residual_frequency, skew; /* s/s against the kept clock */
	int64_t root_distance_ns;
	int64_t low_ns, high_ns; /* its interval in selection, reference - local */
	double weight;           /* 0..1 in the combination */
	double score;            /* evidence that it should lead; above 10 it does */
	uint64_t contradictions_count;
};

struct node_status {
	bool is_synchronised; /* false also in local mode */
	bool is_local;        /* serving its own clock (`local`) */
	enum leap leap;
	uint8_t stratum; /* 0 while unsynchronised */
	uint32_t reference_id;
	const char *selected_name; /* "" when none */
	struct address selected_address;
	struct utc_time reference; /* of the last update */
	int64_t offset_ns;         /* reference - local now: what is still being slewed */
	int64_t last_offset_ns;    /* at the last update */
	double rms_offset_s;
	int64_t bound_ns;     /* true time is within this of the clock; INT64_MAX = unknown */
	double frequency_ppm; /* chrony's sign: + = the oscillator gains */
	double residual_frequency_ppm, skew_ppm;
	double offset_sd_s;
	int64_t root_delay_ns, root_dispersion_ns;
	double update_interval_s;
	uint64_t updates_count, steps_count, contradictions_count;
	int16_t tai_offset_s;         /* 0 = unknown */
	enum leap_origin leap_origin; /* whose table it comes from */
	struct utc_time leap_expires; /* what that table vouches for; 0 = it does not say */
	const char *leap_expiry;      /* what that rests on: see leap_expiry_text; static */
	bool is_leap_expired;         /* it no longer speaks for now: a warning, no more */
	double slew_ppm;              /* of the moment */
	bool has_smoothing, is_smoothing_active, is_smoothing_leap_only;
	struct smoothing_state smoothing; /* of what is served; zeros while not active */
	double smoothing_age_s;           /* since it was last planned */
	unsigned sources_count, online_count, offline_count, unresolved_count;
	unsigned burst_count, burst_offline_count; /* of those online; then offline again */
	unsigned agreeing_count, voters_count, combined_count;
	uint64_t server_verdict_count[NTP_SERVER_VERDICT_COUNT];
	uint64_t reply_verdict_count[NTP_VERDICT_COUNT]; /* what came from sources */
	uint64_t stray_count;                            /* of that, for one that is no more */
	uint64_t server_authenticated_count;             /* of the answered */
	uint64_t server_interleaved_count;               /* of the answered */
	const struct stamp_store *stamps; /* borrowed from the node; NULL as clients */
	uint64_t server_received_stamp_count[STAMP_SOURCE_COUNT]; /* stamps in the answers */
	uint64_t server_sent_stamp_count[STAMP_SOURCE_COUNT];
	const struct client_table *clients; /* borrowed from the node; NULL: noclientlog */
	struct instant now;                 /* when this was asked */
};

/* Of the clock at this moment: what it may be and probably is wrong by. False: unknown. */
bool node_clock_errors(const struct node *node, struct local_time now, int64_t *max_ns_out,
                       int64_t *estimate_ns_out);
struct node_status node_status(const struct node *node, struct instant now);
size_t node_source_count(const struct node *node);
/* index 0..count-1, stable while the source exists. */
struct node_source_status node_source_status(const struct node *node, size_t index,
                                             struct instant now);
char node_source_state_letter(enum source_state state);
/* In selectdata's letters, whose legend lacks some of ours. */
char node_source_chrony_letter(enum source_state state);
