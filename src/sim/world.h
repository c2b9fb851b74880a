/* sim/world: the inside of a simulation, shared by the files that run it. Private to sim/.
 * SPDX-License-Identifier: MIT
 *
 * simulation.c makes and runs it, world_node.c carries out what the nodes want, world_network.c
 * carries datagrams, observer.c watches from outside, verdict.c judges, summary.c and plot.c tell.
 */
#pragma once

#include "discipline/outside_clock.h"
#include "sim/error_statistics.h"
#include "sim/event_queue.h"
#include "sim/simulation.h"
#include "sim/time_signal.h"

#define WORLD_FLIGHTS_MAX     4096 /* datagrams under way */
#define WORLD_QUEUE_MAX       (2 * WORLD_FLIGHTS_MAX)
#define WORLD_NESTING_MAX     4 /* actions that answer actions */
#define WORLD_RESOLUTIONS_MAX 1024
#define WORLD_PLOT_COLUMNS    72
#define NEVER_NS              INT64_MAX

/* What must hold in every world, security first. */
enum violation_kind {
	VIOLATION_BACKWARDS,     /* the clock read less than before, without a step: s by which */
	VIOLATION_TAI,           /* CLOCK_TAI jumped: s */
	VIOLATION_STEP,          /* a step that makestep does not allow: s */
	VIOLATION_SLEW,          /* ppm, limit */
	VIOLATION_BOUND,         /* true error s, published bound s */
	VIOLATION_SERVED_LEAP,   /* leap, is synchronised */
	VIOLATION_SERVED_BOUND,  /* true error of the served time s, what the reply admits s */
	VIOLATION_REPLY_LONGER,  /* bytes, of the request */
	VIOLATION_REPLY_TWICE,   /* replies, to one request */
	VIOLATION_REPLY_REPLIED, /* mode of what was answered */
	VIOLATION_POLL_RATE,     /* requests too many, minpoll */
	VIOLATION_NOT_A_NUMBER,  /* index of the number in the status */
	VIOLATION_BUSY,          /* events without time passing */
	VIOLATION_GAVE_UP,       /* the node ended itself */
	VIOLATION_WORLD_FULL,    /* our own: too many datagrams under way */
	VIOLATION_KIND_COUNT,
};

struct violation {
	uint64_t count;
	int64_t first_ns;
	double numbers[2]; /* of the first */
};

struct poll_budget { /* of one association */
	double tokens;
	int64_t filled_ns;
	bool is_used;
};

struct saved_file {
	size_t length_bytes; /* 0 = there is none */
	char bytes[OUTBOX_STATE_MAX + 1];
};

struct world_node {
	struct simulation *world; /* that it lives in */
	const struct scenario_node *plan;
	struct ideal_server ideal;
	struct kept_clock clock;
	struct rtc rtc;               /* if the plan has one; as the next */
	struct outside_clock outside; /* the same, as the machine sees it stand still by */
	int64_t rtc_edge_ns;          /* true time when it is heard next; or NEVER_NS */
	int64_t saved_s;              /* time that was trusted and saved last; 0 = none */
	struct rng rng;
	struct node *node; /* owned; NULL if ideal, or ended */
	int64_t due_ns;    /* true time when its deadline is reached */
	int64_t paused_until_ns;
	bool is_asleep, is_guest;                     /* until then; a guest does not know */
	int64_t asleep_from_ticks_ns, asleep_from_ns; /* count of the oscillator; true time */
	bool was_set;               /* somebody else set the clock: the driver will say so */
	double commanded_frequency; /* and so it will if the clock's is another one */
	int64_t touched_looked_ns;
	bool is_ended;      /* it gave up */
	int64_t restart_ns; /* true time when its process starts again; or NEVER_NS */
	unsigned crashes_count;
	struct saved_file files[STATE_FILE_COUNT]; /* that outlive the process */
	uint16_t ports[NODE_SOURCES_MAX];          /* open socket of each association; 0 = closed */

	/* seen by the observer */
	struct node_status status; /* of the last look */
	double error_s;
	int64_t last_local_ns; /* to see it go back */
	int64_t last_tai_ns, last_tai_at_ns, last_tai_offset_s;
	unsigned last_leaps_count;
	struct error_statistics errors; /* after settle */
	double margin_min;              /* smallest bound / |error| of those that are judged */
	uint64_t broken_bounds_count;   /* looks at which the error was beyond the bound */
	double tai_error_s;             /* CLOCK_TAI minus TAI; 0 = it has not been set yet */
	uint64_t broken_tai_count;      /* looks at which that was beyond the bound */
	uint64_t steps_count, backward_steps_count, touches_count;
	uint64_t process_steps_count; /* since the machine was started, as makestep counts */
	uint64_t sent_count, received_count;
	uint64_t busy_count; /* events since busy_since_ns */
	int64_t busy_since_ns;
	struct poll_budget budgets[NODE_SOURCES_MAX];
	struct violation violations[VIOLATION_KIND_COUNT];
	struct { /* by column of the picture: size of the error and the bound */
		double error_max_s, bound_max_s;
	} plot[WORLD_PLOT_COLUMNS];
};

struct served { /* what stands in one reply */
	unsigned leap, stratum;
	int64_t time_ns; /* the served clock's reading now */
	double error_s;  /* of that */
};

struct check { /* an expectation about one node */
	const struct expect *expect;
	uint32_t node;
	struct error_statistics errors;
	uint64_t looks_count;  /* observations in the window */
	double baseline, last; /* of a counter, or of the error's size */
	double worst;
	int64_t served_ns, served_at_ns; /* SERVED_RATE: a reply and when, to compare with */
	int64_t first_ns;                /* when it came true (within), or was broken first */
	bool is_met, is_broken;
	double broken_value;
};

struct flight { /* a datagram under way */
	uint32_t from, to, next_free;
	struct address remote, local; /* as the receiver sees them */
	uint16_t port;                /* it is sent to */
	uint16_t length_bytes;
	uint8_t bytes[OUTBOX_PAYLOAD_MAX];
};

struct resolution { /* of a name, under way */
	uint32_t request;
	struct address addresses[SCENARIO_POOL_MAX];
	size_t count;
};

struct simulation {
	const struct scenario *scenario;
	struct leap_table leap_table; /* what the nodes know, if the scenario lists a leap second */
	struct leap_table old_leap_table; /* what nodes have that were not told of it */
	struct simulation_options options;
	int64_t now_ns; /* true time since the start */
	struct event_queue queue;
	struct world_node *nodes;
	uint32_t nodes_count;
	struct path *paths;    /* [from * nodes_count + to] */
	uint64_t *sent_counts; /* requests, the same */
	struct flight *flights;
	uint32_t free_flight;    /* first of the free ones, or WORLD_FLIGHTS_MAX */
	struct outbox *outboxes; /* WORLD_NESTING_MAX */
	struct check *checks;
	size_t checks_count;
	bool is_dns_down;
	struct receiver receivers[SCENARIO_DEVICES_MAX];
	struct time_signal *signals;    /* of the receivers that are radios */
	struct resolution *resolutions; /* a ring of WORLD_RESOLUTIONS_MAX */
	uint32_t resolutions_next;
	uint64_t hash, events_count, calls_count;
};

/* world_process.c: the process of a node, its files, its end and its next beginning. */
NODISCARD int world_process_create(struct simulation *world, uint32_t index, struct rng *seeds);
void world_process_destroy(struct world_node *node);
void world_process_save(struct world_node *node, const struct action *save);
/* It dies without a word, and will begin again after this time. */
void world_process_end(struct simulation *world, uint32_t index, int64_t duration_ns);
void world_process_begin(struct simulation *world, uint32_t index);

/* world_node.c */
void world_node_start(struct simulation *world, uint32_t index);
void world_node_on_deadline(struct simulation *world, uint32_t index);
void world_node_on_datagram(struct simulation *world, uint32_t index, const struct flight *flight);
void world_node_on_resolved(struct simulation *world, uint32_t index,
                            const struct resolution *resolution);
void world_node_on_script(struct simulation *world, const struct script_event *event);
void world_node_crash(struct simulation *world, uint32_t index, int64_t duration_ns);
/* The signal in this slot of the receiver reaches the node's reference clock. */
void world_node_on_signal(struct simulation *world, uint32_t index, uint32_t refclock,
                          struct receiver *receiver, uint32_t slot);
/* Sets when the node is due next. */
void world_node_schedule(struct simulation *world, uint32_t index);

/* world_rtc.c */
void world_rtc_create(struct world_node *node);
/* Before a process begins: its clock is set if that is wanted, and *file_out, to which the setup
 * then points, is what was learned before. */
void world_rtc_on_process(struct world_node *node, struct node_setup *setup,
                          struct rtc_file *file_out);
int64_t world_rtc_edge_ns(const struct simulation *world, const struct world_node *node);
void world_rtc_on_edge(struct simulation *world, struct world_node *node, struct instant now,
                       struct outbox *out);
void world_rtc_set(struct simulation *world, struct world_node *node, int64_t utc_s);
/* For how long the machine stood still, by it. */
int64_t world_rtc_lost_ns(const struct simulation *world, struct world_node *node);
double world_rtc_error_s(const struct simulation *world, const struct world_node *node);

/* world_device.c */
void world_device_create(struct simulation *world, uint32_t device, uint64_t seed);
void world_device_start(struct simulation *world, uint32_t device);
void world_device_on_script(struct simulation *world, const struct script_event *event);
void world_device_on_signal(struct simulation *world, uint32_t device, uint32_t what);

/* world_network.c */
void world_network_send(struct simulation *world, uint32_t from, const struct send_action *send,
                        uint16_t source_port);
/* What arrives; its place among the flights is free again. */
struct flight world_network_arrive(struct simulation *world, uint32_t flight_index);
void world_network_answer_ideally(struct simulation *world, const struct flight *request);
void world_network_resolve(struct simulation *world, uint32_t node, uint32_t request,
                           const char *name, enum address_family family);

/* observer.c: looks, never touches. */
void observer_look(struct simulation *world, uint32_t index, bool is_regular);
void observer_look_before(struct simulation *world,
                          uint32_t index); /* an event; the clock is read */
void observer_on_adjusted(struct simulation *world, uint32_t index, double frequency_before,
                          const struct clock_adjusted *adjusted);
void observer_on_request(struct simulation *world, uint32_t index, uint32_t association,
                         uint32_t to);
void observer_on_replies(struct simulation *world, uint32_t index, const struct flight *request,
                         const struct outbox *out);
void observer_violation(struct simulation *world, uint32_t index, enum violation_kind kind,
                        double number, double other);

/* verdict.c */
NODISCARD int verdict_create_checks(struct simulation *world);
void verdict_on_look(struct simulation *world, uint32_t index, bool is_regular);
void verdict_on_served(struct simulation *world, uint32_t index, const struct served *served);
void verdict_at_end(struct simulation *world);
bool verdict_tell(const struct simulation *world, const struct check *check, struct text *out);

/* record.c: the hash of all that happens, and its text if somebody listens. */
void record_event(struct simulation *world, uint32_t node, const char *what, const char *name,
                  const double *numbers, size_t count);
void record_trace(void *to, const struct trace_event *event); /* to: a struct world_node */
void record_csv(struct simulation *world, uint32_t node);
void record_csv_heading(struct simulation *world);
