/* node/node_state: the one small struct that the files of node/ share. SPDX-License-Identifier: MIT
 *
 * Private to node/. Each part has its file, and calls only those named before it: node_lines (names
 * and associations), node_flywheel (a steady clock beside them), node_leap (leap seconds),
 * node_bound (how wrong we can be), node_smoothing (the time that clients get), node_measuring
 * (packet -> estimate), node_agreement (does a clock still say what it did), node_refclocks (the
 * same for hardware), node_serving (what we tell others), node_clock (what is done with the clock),
 * node_selection (whom to believe), node_status (what we say of ourselves); node, node_commands and
 * node_reload introduce them to each other. */
#pragma once

#include "discipline/discipline.h"
#include "discipline/smoothing.h"
#include "estimate/combining.h"
#include "estimate/poll.h"
#include "estimate/truth_interval.h"
#include "node/node.h"
#include "node/node_rtc.h"
#include "refclock/refclock.h"
#include "wire/dump_file.h"
#include "wire/lateness_file.h"

#define NODE_ADDRESSES_MAX 16 /* of ours, for the loop test */
#define NODE_RECENT_MAX    8

#define NODE_UNANSWERED_STALE 4 /* polls in a row: stale while others answer */
#define NODE_UNANSWERED_GONE  8 /* the same: not to be believed even if nobody else answers */

/* Of a reference clock, whose noise no round trip limits and whose estimate errs alike for long. */
#define NODE_NOISE_SDS 6.0

struct node_line { /* one server or pool line; without a name: deleted, free unless pending */
	struct source_options options;
	unsigned config_number; /* of the line in config.sources, from 1; 0 = added by a command */
	bool is_name;           /* and no address */
	bool is_pending;        /* its name is being resolved */
	bool is_refreshing;     /* servers that its name no longer means are to be replaced */
	struct mono_time resolve_at; /* MONO_TIME_NEVER = not wanted */
	struct mono_time resolved;   /* last */
	struct mono_time hold_until; /* before it, none of its servers is replaced again */
	int64_t backoff_ns;
};

#define NODE_DELAYS_MAX 64

struct packet_filter {                      /* see node_filter.c */
	int64_t delays_ns[NODE_DELAYS_MAX]; /* of the last good packets, a ring */
	unsigned delays_count;              /* since create */
	unsigned collected_count;           /* of `filter` */
	struct exchange best;               /* of these */
	struct ntp_measurement said;
};

struct node_sample { /* what a dump is made of */
	struct exchange exchange;
	double sd_s; /* < 0: a packet exchange */
	int64_t root_delay_ns, root_dispersion_ns;
};

struct node_source { /* one association */
	bool is_used;
	unsigned line_index;
	bool has_own_options; /* a pool's member that was told something of its own */
	struct source_options own_options;
	struct address address;      /* ADDRESS_NONE: waits for its name */
	struct ntp_client *client;   /* NULL while unresolved or unusable */
	struct refclock *refclock;   /* instead of a client; NULL = a server's association */
	struct estimator *estimator; /* lives as long as the client or refclock */
	struct estimator *steady;    /* the same against the flywheel; NULL = none is configured */
	bool is_flywheel;            /* a refclock with `local`; see node_flywheel.c */
	struct poll_choice poll;
	struct truth_interval truth;
	struct truth_interval truth_first; /* as it was begun */
	struct truth_interval doubt;       /* what is held back as odd says; see node_doubt.c */
	double doubt_rate;                 /* s/s by which it differs; if it is known */
	bool has_doubt_news;
	double allowance; /* s/s: for the oscillator's next jump, at that moment */
	struct free_time allowance_at;
	struct exchange exchange; /* the last good one */
	struct ntp_measurement measurement;
	bool has_measurement;
	unsigned outvoted_count; /* measurements in a row, taken while it was not believed */
	bool has_news;           /* a used exchange that no clock update has seen yet */
	bool is_orphan; /* serves its own clock at our local stratum, or follows who does */
	bool is_unsynchronised, is_loop, is_implausible; /* what its last proven reply said */
	struct utc_time claimed, limit;                  /* when implausible: beyond that, */
	enum plausibility_verdict implausibility;        /* in this way */
	int64_t delays_ns[NODE_RECENT_MAX];
	int64_t server_errors_ns[NODE_RECENT_MAX]; /* admitted with these */
	unsigned delays_count;                     /* since create; the ring holds the last ones */
	struct packet_filter filter;
	struct node_sample samples[DUMP_SAMPLES_MAX]; /* the last ones, a ring */
	unsigned samples_count;                       /* since create */
	struct mono_time first_good, last_good;       /* since its estimator was begun */
	double stress;                                /* last residual over its expected sd */

	/* set by each selection */
	enum source_state state, previous_state;
	double reason[4];
	int64_t offset_ns;                         /* reference - local */
	int64_t root_distance_ns, low_ns, high_ns; /* and the interval about it */
	double weight;
	double score; /* evidence that it should lead; above 10 it does */
};

struct node_system {   /* what selection made of it all */
	bool is_known; /* there has been an agreed estimate */
	struct estimate estimate;
	struct truth_interval hull; /* true time lies in it, reference - free clock */
	size_t leader_index;        /* of sources; valid while has_leader */
	bool has_leader;
	bool is_leader_told; /* since it was last told that there is none */
	unsigned agreeing_count, voters_count, combined_count;
	/* copied from the leader, for serving while it is gone */
	uint8_t stratum;
	uint32_t reference_id;
	struct utc_time reference;
	int64_t root_delay_ns, root_dispersion_ns;
	enum leap leap;
	bool is_leap_spoken; /* some of those that agree are servers, who announce leap seconds */
	double rate_error;   /* s/s by which the estimate's frequency may be wrong beyond its error
	                        bar */
};

struct node_leap {           /* see node_leap.c */
	int direction;       /* +1 or -1 from seconds before the event until it is over; else 0 */
	int64_t midnight_ns; /* of the kept clock, that it comes before; while direction is not 0 */
	int64_t done_ns;     /* the last such midnight; 0 = none */
	/* Of one that only sources announced: what was estimated when it came, to see whether it
	   did. */
	int announced_direction; /* 0 = there is no doubt, or no longer */
	struct estimate before;
	int16_t claimed_tai_s; /* by a receiver, against our table; 0 = none … */
	struct mono_time claimed_since;
	bool is_learnt_unsaved;
	/* Reading of the kept clock when a refclock's number last agreed with the estimate; 0 =
	   never. */
	int64_t agreed_ns;
	enum leap shown; /* for the trace */
};

struct node_rtc { /* see node_rtc.c; whose instants are MONO_TIME_NEVER when not wanted */
	bool has_rtc;
	int64_t set_late_ns; /* into a second, when it is to be set to that */
	struct rtc_track track;
	struct mono_time listen_at, rest_at, set_at;
	unsigned edges_count;   /* while listening: heard, */
	struct rtc_sample best; /* and the best of them */
	bool has_been_tried;
	struct mono_time last_tried;
	uint64_t sets_count;
};

#define NODE_MANUAL_MAX 16

struct node_manual { /* see node_manual.h */
	bool is_on;
	size_t count;
	struct node_manual_sample {
		struct free_time at;
		struct utc_time entered;
		int64_t offset_ns; /* reference - free */
		int64_t original_offset_ns, residual_ns;
	} samples[NODE_MANUAL_MAX]; /* the oldest first */
};

struct node {
	struct node_config config;
	struct rng *rng;
	struct trace_sink trace;
	bool traces_selections;
	struct plausibility plausible;
	double precision_s;
	struct leap_table
		*leap_table; /* NULL = none; else this one, to which is added what happens: */
	struct leap_table own_leap_table;
	const struct ntp_keys *keys;
	double drift, drift_sd; /* s/s prior for new estimators */

	struct node_line lines[NODE_LINES_MAX + NODE_REFCLOCKS_MAX];
	size_t lines_count;
	size_t refclock_sources[NODE_REFCLOCKS_MAX]; /* of sources */
	size_t refclocks_count;
	char lateness_text[LATENESS_FILE_SIZE_MAX]; /* what was remembered at the start */
	struct node_source sources[NODE_SOURCES_MAX];
	size_t sources_count; /* slots ever used; see is_used */
	uint32_t our_reference_ids[NODE_ADDRESSES_MAX];
	size_t our_count;

	struct node_system system;
	struct node_leap leap;
	struct smoothing smoothing; /* see node_smoothing.c */
	struct mono_time smoothing_changed;
	struct mono_time touched_told; /* that another program adjusts the clock; 0 = never */
	bool has_leap_clock;
	struct discipline discipline;
	struct mono_time broadcast_at[NTP_BROADCASTS_MAX]; /* when each is due */
	struct ntp_server server;
	uint64_t reply_verdict_count[NTP_VERDICT_COUNT]; /* of sources' packets, all of them */
	uint64_t stray_count;                            /* which came for nobody any more */
	struct node_rtc rtc;
	enum source_state last_failure; /* of the selection as a whole, so that it is traced once */
	bool is_synchronised;
	struct mono_time started;
	struct mono_time first_asked; /* when the first source got its address */
	struct mono_time wait_until;  /* for sources that have not had their say */
	bool is_silent;               /* nobody has answered for long, or ever */
	struct mono_time heard_again; /* since when that is over; NEVER = no longer waited */
	struct mono_time save_at;     /* the drift file */
	struct mono_time refreshed;   /* when a name was last resolved anew to see if it changed */
	struct instant last_event;    /* to notice that somebody else moves the clock */
	int64_t watch_ns;             /* so often at least */
	uint64_t contradictions_count;
	struct mono_time last_synchronised;
	bool was_synchronised;
	struct node_manual manual;
	bool is_restart;                 /* -R, or there were updates before */
	struct node_spent spent;         /* together with ours */
	struct mono_time initial_end;    /* of initstepslew; MONO_TIME_NEVER: not now */
	struct trace_sink initial_trace; /* what `trace` is again afterwards */
	bool was_near;                   /* the bound was once below local's `activate` */
};

/* node_lines */
void node_lines_start(struct node *node, struct instant now, const struct ntp_server_time *own,
                      struct outbox *out);
/* True: who was asked has changed, to be judged anew. */
bool node_lines_on_resolved(struct node *node, uint32_t request, const struct address *addresses,
                            size_t count, struct instant now, struct outbox *out);
/* own: what we say of our time, to peers. */
void node_lines_on_deadline(struct node *node, struct instant now,
                            const struct ntp_server_time *own, struct outbox *out);
/* The peer with this address and port, or NULL. */
struct node_source *node_lines_peer(struct node *node, const struct address *remote);
bool node_lines_has_peer(const struct node *node);
struct mono_time node_lines_deadline(const struct node *node);
void node_lines_restart_estimates(struct node *node, struct instant now, struct outbox *out);
void node_lines_destroy(struct node *node);
struct node_source *node_lines_add_source(struct node *node, unsigned line_index);
/* In place of those that it has. False: no memory. */
NODISCARD bool node_lines_new_estimators(const struct node *node, struct node_source *source);
/* One more line, with its sources; NULL: there is no room. */
struct node_line *node_lines_add(struct node *node, const struct source_options *options,
                                 struct instant now);
/* Takes the source away, and its line with the last one of it. */
void node_lines_remove(struct node *node, struct node_source *source, struct outbox *out);
void node_lines_refresh(struct node *node, struct instant now);
/* Tries again those that have an address and could not be asked. */
void node_lines_reopen(struct node *node, struct instant now);
/* To be changed for this source alone. */
struct source_options *node_lines_own_options(struct node *node, struct node_source *source);
const char *node_source_name(const struct node *node, const struct node_source *source);
/* Reach, poll and the like, of a source that has a client or a refclock. */
struct ntp_client_status node_source_contact(const struct node_source *source);
const struct source_options *node_source_options(const struct node *node,
                                                 const struct node_source *source);

/* node_flywheel */
/* What is known of the source's offset, with the flywheel's help if that helps; only if its
 * estimator has an estimate. */
struct estimate node_source_estimate(const struct node *node, const struct node_source *source);
/* To be told of each measurement, after its estimator was; sd_s as node_measuring_use. */
void node_flywheel_on_measurement(const struct node *node, struct node_source *source,
                                  const struct exchange *exchange, double sd_s);
void node_flywheel_on_slip(struct node *node); /* it jumped: what rests on it is void */
/* The one that helps a source which is used; NULL = none. */
const struct node_source *node_flywheel_at_work(const struct node *node);
/* Has the flywheel said something since that the clock is to be moved by? */
bool node_flywheel_take_news(struct node *node);

/* node_commands: of one source */
void node_source_set_online(struct node *node, struct node_source *source, bool is_online,
                            struct instant now);
/* Its options have changed: what its association keeps of them. */
void node_source_take_limits(struct node *node, struct node_source *source, struct instant now);

/* node_measuring */
/* True: what is known of the source has changed, to be judged anew. */
bool node_measuring_on_received(struct node *node, struct node_source *source,
                                const struct datagram *datagram, struct instant now,
                                struct outbox *out);
/* What the server admits to be wrong by: root delay / 2 + root dispersion of the last reply. */
int64_t node_measuring_server_error_ns(const struct node_source *source);
/* s/s by which this source's frequency may be wrong, at worst. */
double node_measuring_rate_error(const struct node *node, const struct node_source *source);

/* One measurement: into the estimator and what goes with it. sd_s: of a reference clock's, how much
 * its middle is off by noise; < 0 = a packet exchange. */
void node_measuring_use(struct node *node, struct node_source *source,
                        const struct exchange *exchange, double sd_s,
                        const struct ntp_measurement *said, struct instant now);
/* Older than this program, or saved time: whoever says so is wrong, not we. */
bool node_measuring_is_plausible(struct node *node, struct node_source *source,
                                 struct utc_time claimed, struct instant now);
/* The verdict on what the source claims beside that limit. True: plausible. */
bool node_measuring_take_verdict(struct node *node, struct node_source *source,
                                 enum plausibility_verdict verdict, struct utc_time claimed,
                                 struct utc_time limit, struct instant now);

/* node_agreement: does a reference clock say another day or second than it did, or the real-time
 * clock does? *expected_out: what was to be expected. */
enum plausibility_verdict node_agreement_judge(const struct node *node,
                                               const struct node_source *source,
                                               const struct refclock_measurement *measurement,
                                               const struct ntp_measurement *said,
                                               struct utc_time *expected_out);

/* node_doubt */
#define NODE_RATE_ERROR_MAX 3e-4 /* s/s: an oscillator of which nothing is known */
/* noise_s: by so much the exchange may be wrong, beside what the server admits. */
void node_doubt_on_held(const struct node *node, struct node_source *source,
                        const struct exchange *exchange, double noise_s);
/* rate_error: by so much the rate might have been wrong, s/s. */
void node_doubt_on_used(struct node_source *source, const struct estimate *before,
                        double rate_error);
/* s/s by which the rate may be wrong beyond what the sources with these indices say themselves:
 * most of them were surprised by as much, or are. */
double node_doubt_rate_error(const struct node *node, const size_t *index, size_t count);
/* Of the sources with these indices: if most are in doubt, the interval is made to hold what is
 * held back, too. */
void node_doubt_widen(const struct node *node, const size_t *index, size_t count,
                      struct truth_interval *hull);
/* True once, when one of them has come into doubt. */
bool node_doubt_take_news(struct node *node, const size_t *index, size_t count);

/* node_refclocks */
NODISCARD int node_refclocks_start(struct node *node, struct instant now);
void node_refclocks_on_event(struct node *node, uint32_t refclock,
                             const struct refclock_event *event, struct instant now);
bool node_refclocks_on_deadline(struct node *node, struct instant now); /* true: one was due */
void node_refclocks_save(const struct node *node, struct outbox *out);
/* As if `offset` had been configured so. */
void node_refclocks_set_offset(struct node *node, struct node_source *source, double offset_s);
struct mono_time node_refclocks_deadline(const struct node *node);
static inline bool node_source_is_live(const struct node_source *source)
{
	return source->client || source->refclock;
}

/* node: `number` tells reasons apart; those of the server come after NTP_VERDICT_COUNT. */
void node_trace_refused(const struct node *node, const char *name, const struct datagram *datagram,
                        const char *why, unsigned number);

/* node_filter: chrony's test C; false: the packet came too late to be wanted. */
bool node_filter_passes(const struct node *node, struct node_source *source,
                        const struct exchange *exchange);
/* Then corrects for `asymmetry`. */
void node_filter_correct(const struct node *node, const struct node_source *source,
                         struct exchange *exchange);
/* `filter`: false while it collects; then the fastest of those collected. */
bool node_filter_collect(const struct node *node, struct node_source *source,
                         struct exchange *exchange, struct ntp_measurement *measurement);

/* node_initial: initstepslew. True: it has begun, and the sources wait. */
bool node_initial_start(struct node *node, struct instant now, struct outbox *out);
bool node_initial_is_on(const struct node *node);
/* After any event while it is on: true once, when the sources are to begin. */
bool node_initial_is_over(struct node *node, struct instant now, struct outbox *out);
struct mono_time node_initial_deadline(const struct node *node);

/* node_dumps */
void node_dumps_remember(struct node_source *source, const struct exchange *exchange, double sd_s);

/* node_orphans: of the sources with these indices, those that may vote stay. Returns how many. */
size_t node_orphans_leave_out(struct node *node, size_t *index, size_t count);

/* node_waiting: must others be heard before the clock is moved? To be asked at each selection. */
bool node_waiting_must_wait(struct node *node, struct instant now);

/* node_selection: judges all sources, then moves the clock if there is news to move it by. */
void node_selection_run(struct node *node, struct instant now, struct outbox *out);

/* node_clock */
void node_clock_follow(struct node *node, struct instant now, struct outbox *out);
void node_clock_lose(struct node *node, enum source_state why, struct instant now,
                     struct outbox *out);
/* What the next command says beside rate and step. */
void node_clock_refresh(struct node *node, struct instant now);
/* Has somebody moved the clock since the last event? Then all begins anew: true. */
bool node_clock_check(struct node *node, struct instant now, struct outbox *out);
void node_clock_on_disturbed(struct node *node, enum clock_disturbance what, struct instant now,
                             struct outbox *out);
void node_clock_on_machine_stopped(struct node *node, int64_t lost_ns, struct instant now,
                                   struct outbox *out);
void node_clock_on_deadline(struct node *node, struct instant now, struct outbox *out);
struct mono_time node_clock_deadline(const struct node *node);
/* All measurements are void, the oscillator is the same: begins anew. */
void node_clock_restart(struct node *node, struct instant now, struct outbox *out);
void node_clock_save_drift(struct node *node, struct instant now, struct outbox *out);

/* node_bound */
/* Where true time is, relative to the kept clock; false while that is unknown. */
bool node_bound_interval(const struct node *node, struct local_time now, int64_t *low_ns_out,
                         int64_t *high_ns_out);
/* True time is within this of the kept clock; INT64_MAX while that is unknown. */
int64_t node_bound_ns(const struct node *node, struct local_time now);

/* node_leap */
int node_leap_today(const struct node *node, struct local_time now); /* +1, -1, 0 */
enum leapsecmode node_leap_mode(const struct node *node);            /* who carries it out */
int node_leap_soon(const struct node *node, struct local_time now);  /* the same, hours before */
/* So close to a leap second that no stamp is to be trusted. */
bool node_leap_is_near(const struct node *node, struct local_time local);
/* Was the jump that was seen the kernel's leap second? Then it is accounted for. */
bool node_leap_explains(struct node *node, struct instant now, int64_t jump_ns);
enum node_leap_deed { /* what is left for the clock */
	              NODE_LEAP_NOT_DUE,
	              NODE_LEAP_COUNTED, /* nothing, but that its claims have changed */
	              NODE_LEAP_STEP,    /* by *step_ns_out */
	              NODE_LEAP_SLEW,
};
enum node_leap_deed node_leap_on_time(struct node *node, struct instant now, int64_t *step_ns_out);
enum leap node_leap_indicator(const struct node *node, struct instant now); /* said and served */
struct mono_time node_leap_deadline(const struct node *node);
/* Nobody could have announced one, and none has told the time since it may have come. */
bool node_leap_is_doubtful(const struct node *node, struct local_time now);
/* A source that steers the clock gave a number: UTC minus free clock, leap seconds not counted. */
void node_leap_on_number(struct node *node, struct local_time local, struct free_time at,
                         int64_t offset_ns);
/* There is news of UTC: did the leap second come that was announced? */
void node_leap_on_estimate(struct node *node, struct instant now);
/* A source that is believed says what TAI - UTC is. */
void node_leap_on_tai(struct node *node, const struct node_source *source, int16_t tai_offset_s,
                      struct instant now);

/* node_smoothing */
/* What to add to the kept clock's reading before a client is told it. */
int64_t node_smoothing_shift_ns(const struct node *node, struct local_time local);
/* All of it but what is still being slewed. */
struct smoothing_state node_smoothing_state(const struct node *node, struct local_time local);
/* Clients shall not notice leap seconds. */
bool node_smoothing_is_smearing(const struct node *node);
/* The discipline has a new estimate; before: NULL = its first one. */
void node_smoothing_on_update(struct node *node, const struct estimate *before, struct instant now);
/* One is over: the best time was put back (+1) or forward by a second. */
void node_smoothing_on_leap(struct node *node, int direction, struct instant now);
void node_smoothing_on_step(struct node *node, struct instant now); /* of the kept clock */

/* node_rtc */
void node_rtc_init(struct node *node, const struct node_setup *setup, struct instant now);
void node_rtc_on_deadline(struct node *node, struct instant now, struct outbox *out);
struct mono_time node_rtc_deadline(const struct node *node);

/* node_serving */
void node_broadcasts_start(struct node *node, struct instant now);
void node_broadcasts_on_deadline(struct node *node, struct instant now, struct outbox *out);
struct mono_time node_broadcasts_deadline(const struct node *node);

bool node_serving_is_local(const struct node *node, struct instant now);
/* What the kept clock is worth. */
struct ntp_server_time node_serving_time(const struct node *node, struct instant now);
/* What clients are told: the same, or of the smoothed time. */
struct ntp_server_time node_serving_to_clients(const struct node *node, struct instant now);
