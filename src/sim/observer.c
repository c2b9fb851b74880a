/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "base/reader.h"
#include "sim/world.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

#define POLL_TOKENS_MAX      24.0 /* bursts: start, online, hurrying */
#define POLL_TOKENS_PER_POLL 2.5
#define BUSY_EVENTS_MAX      10000 /* without a millisecond passing */
#define SLEW_TOLERANCE       1e-9  /* s/s; the frequency is rounded */
#define MODE_CLIENT          3
#define MODE_ACTIVE          1

void observer_violation(struct simulation *world, uint32_t index, enum violation_kind kind,
                        double number, double other)
{
	struct violation *violation = &world->nodes[index].violations[kind];
	const double numbers[] = { kind, number, other };

	if (violation->count++ == 0) {
		violation->first_ns = world->now_ns;
		violation->numbers[0] = number;
		violation->numbers[1] = other;
		record_event(world, index, "VIOLATION", NULL, numbers, ARRAY_COUNT(numbers));
	}
}

/* ---- looking ---- */

static void check_numbers(struct simulation *world, uint32_t index)
{
	const struct node_status *status = &world->nodes[index].status;
	const double numbers[] = { status->rms_offset_s, status->frequency_ppm,
		                   status->skew_ppm,     status->residual_frequency_ppm,
		                   status->offset_sd_s,  status->update_interval_s,
		                   status->slew_ppm };

	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		if (!isfinite(numbers[i]))
			observer_violation(world, index, VIOLATION_NOT_A_NUMBER, (double)i,
			                   numbers[i]);
	}
}

static bool has_bound(const struct world_node *node)
{
	return node->status.is_synchronised && node->status.bound_ns < INT64_MAX;
}

static void check_bound(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	const double bound_s = (double)node->status.bound_ns * 1e-9;

	if (!has_bound(node))
		return;
	if (node->error_s != 0 && world->now_ns >= world->scenario->assumptions_hold_ns)
		node->margin_min = fmin(node->margin_min, bound_s / fabs(node->error_s));
	if (fabs(node->error_s) <= bound_s)
		return;
	node->broken_bounds_count++;
	if (world->now_ns >= world->scenario->assumptions_hold_ns)
		observer_violation(world, index, VIOLATION_BOUND, node->error_s, bound_s);
}

/* Whoever slews a leap second has a CLOCK_TAI that jumps: what can hold for it as well is that the
 * published bound is right of both clocks. TAI itself knows no leap second. */
static void check_tai_bound(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	const int64_t offset_s =
		node->clock.tai_offset_s - scenario_tai_offset_s(world->scenario, 0);

	if (node->clock.tai_offset_s == 0)
		return;
	node->tai_error_s =
		kept_clock_error_s(&node->clock, world->scenario->start) + (double)offset_s;
	node->broken_tai_count +=
		has_bound(node) && fabs(node->tai_error_s) > (double)node->status.bound_ns * 1e-9;
}

static void check_forwards(struct simulation *world, uint32_t index, int64_t local_ns)
{
	struct world_node *node = &world->nodes[index];

	/* the clock's own leap second is no fault */
	if (node->last_leaps_count != node->clock.leaps_count)
		node->last_local_ns = INT64_MIN;
	node->last_leaps_count = node->clock.leaps_count;
	if (local_ns < node->last_local_ns)
		observer_violation(world, index, VIOLATION_BACKWARDS,
		                   (double)(node->last_local_ns - local_ns) * 1e-9, 0);
	node->last_local_ns = local_ns;
}

/* A node that spins would hang a real machine, too. */
static void check_busy(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];

	if (world->now_ns - node->busy_since_ns >= NS_PER_MS) {
		node->busy_since_ns = world->now_ns;
		node->busy_count = 0;
	} else if (++node->busy_count == BUSY_EVENTS_MAX) {
		observer_violation(world, index, VIOLATION_BUSY, BUSY_EVENTS_MAX, 0);
		node->is_ended = true;
		node->due_ns = NEVER_NS;
	}
}

static void paint(struct simulation *world, struct world_node *node)
{
	const size_t column = (size_t)((double)world->now_ns /
	                               (double)world->scenario->duration_ns * WORLD_PLOT_COLUMNS);
	const size_t last = WORLD_PLOT_COLUMNS - 1;
	const size_t at = column < last ? column : last;

	node->plot[at].error_max_s = fmax(node->plot[at].error_max_s, fabs(node->error_s));
	if (has_bound(node))
		node->plot[at].bound_max_s =
			fmax(node->plot[at].bound_max_s, (double)node->status.bound_ns * 1e-9);
}

/* While the leap second is on, a clock that has not had it yet is right, too: it reads 23:59:59 a
 * little longer, or later. */
static double error_now_s(const struct simulation *world, const struct world_node *node)
{
	const struct scenario *scenario = world->scenario;
	const int64_t since_ns = world->now_ns + scenario->start.ns - scenario->leap_at_ns;
	const double error_s = kept_clock_error_s(
		&node->clock, scenario_true_start(world->scenario, world->now_ns));
	const enum leapsecmode mode = node->plan->config->leapsecmode;
	/* a clock that is slewed is a second wrong from the start: only its lateness is forgiven */
	const int64_t width_ns = mode == LEAPSECMODE_SYSTEM || mode == LEAPSECMODE_STEP
	                                 ? 2 * NS_PER_S
	                                 : 20 * NS_PER_MS;
	double other_s;

	if (scenario->leap == 0 || since_ns < -width_ns || since_ns > width_ns)
		return error_s;
	other_s = error_s + (since_ns >= 0 ? -scenario->leap : scenario->leap);
	return fabs(other_s) < fabs(error_s) ? other_s : error_s;
}

/* Of an event nothing has come yet: the bound has grown for longest, and so has the error. */
void observer_look_before(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];

	node->error_s = error_now_s(world, node);
	node->status = node_status(node->node, kept_clock_read(&node->clock));
	check_bound(world, index);
}

/* CLOCK_TAI counts every second once, whatever UTC does: where the clock has its leap second at
 * once. One that is slewed cannot do that. */
static void check_tai(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	const int64_t tai_ns = node->clock.local_ns + node->clock.tai_offset_s * NS_PER_S;
	const int64_t moved_ns = tai_ns - node->last_tai_ns;
	const int64_t passed_ns = world->now_ns - node->last_tai_at_ns;
	const enum leapsecmode mode = node->plan->config->leapsecmode;
	const bool is_at_once = mode == LEAPSECMODE_SYSTEM || mode == LEAPSECMODE_STEP;
	const bool is_compared = is_at_once && node->last_local_ns != INT64_MIN &&
	                         node->clock.tai_offset_s != 0 && node->last_tai_offset_s != 0;

	if (is_compared && world->now_ns >= world->scenario->assumptions_hold_ns &&
	    (moved_ns < 0 || llabs(moved_ns - passed_ns) > NS_PER_S / 2 + passed_ns / 5))
		observer_violation(world, index, VIOLATION_TAI,
		                   (double)(moved_ns - passed_ns) * 1e-9, 0);
	node->last_tai_ns = tai_ns;
	node->last_tai_at_ns = world->now_ns;
	node->last_tai_offset_s = node->clock.tai_offset_s;
}

void observer_look(struct simulation *world, uint32_t index, bool is_regular)
{
	struct world_node *node = &world->nodes[index];
	struct instant now;

	if (!node->node)
		return;
	kept_clock_advance(&node->clock, world->now_ns);
	now = kept_clock_read(&node->clock);
	node->error_s = error_now_s(world, node);
	node->status = node_status(node->node, now);
	check_tai(world, index);
	check_forwards(world, index, now.local.ns);
	check_numbers(world, index);
	check_bound(world, index);
	check_tai_bound(world, index);
	verdict_on_look(world, index, is_regular);
	if (!is_regular) {
		check_busy(world, index);
		return;
	}
	if (world->now_ns >= world->scenario->settle_ns)
		error_statistics_add(&node->errors, node->error_s);
	paint(world, node);
	record_csv(world, index);
}

/* ---- what the node does ---- */

/* One second, at the leap second, by a node that is to step it. */
static bool is_leap_step(struct simulation *world, uint32_t index, double step_s)
{
	const struct scenario *scenario = world->scenario;
	struct world_node *node = &world->nodes[index];
	const int64_t since_ns = world->now_ns + scenario->start.ns - scenario->leap_at_ns;

	if (scenario->leap == 0 || step_s != -scenario->leap || llabs(since_ns) > NS_PER_S ||
	    node->plan->config->leapsecmode != LEAPSECMODE_STEP)
		return false;
	node->clock.leaps_count++;
	return true;
}

static void check_step(struct simulation *world, uint32_t index, double step_s)
{
	struct world_node *node = &world->nodes[index];
	const struct discipline_options *options = &node->plan->config->discipline;
	const struct initstepslew_options *initial = &node->plan->config->initstepslew;
	const bool is_initial = initial->names_count > 0 && node->steps_count == 0 &&
	                        fabs(step_s) > initial->threshold_s;
	const bool is_large_enough =
		options->makestep_threshold_s > 0 && fabs(step_s) > options->makestep_threshold_s;
	const bool is_early_enough = options->makestep_limit < 0 ||
	                             (int64_t)node->process_steps_count < options->makestep_limit;

	if (is_leap_step(world, index, step_s)) {
		node->steps_count++;
		return; /* and TAI must not have noticed */
	}
	if (!is_initial && (!is_large_enough || !is_early_enough))
		observer_violation(world, index, VIOLATION_STEP, step_s,
		                   options->makestep_threshold_s);
	node->steps_count++;
	node->process_steps_count++;
	node->backward_steps_count += step_s < 0;
	node->last_local_ns = INT64_MIN;
}

/* Whatever is not correction of the oscillator is slew. */
static void check_slew(struct simulation *world, uint32_t index, double frequency,
                       const struct node_status *status)
{
	const double limit = world->nodes[index].plan->config->discipline.maxslewrate_ppm * 1e-6;
	const double slew = frequency + status->frequency_ppm * 1e-6;

	if (fabs(slew) > limit * (1 + 1e-6) + SLEW_TOLERANCE)
		observer_violation(world, index, VIOLATION_SLEW, slew * 1e6, limit * 1e6);
}

void observer_on_adjusted(struct simulation *world, uint32_t index, double frequency_before,
                          const struct clock_adjusted *adjusted)
{
	struct world_node *node = &world->nodes[index];
	const double step_s = (double)adjusted->step_ns * 1e-9;
	const double numbers[] = { adjusted->frequency, step_s };
	const struct node_status status = node_status(node->node, kept_clock_read(&node->clock));

	if (adjusted->step_ns != 0)
		check_step(world, index, step_s);
	check_slew(world, index, adjusted->frequency, &status);
	if (adjusted->step_ns != 0 || adjusted->frequency != frequency_before) {
		node->touches_count++;
		record_event(world, index, "adjusts", NULL, numbers, ARRAY_COUNT(numbers));
	}
}

/* The interval that the association may poll at, from the line that it was made of: the shortest of
 * all lines that name this server; what is allowed there is allowed. */
static double minpoll_s(const struct node_config *config)
{
	int8_t minpoll = INT8_MAX;

	for (size_t i = 0; i < config->sources_count; i++) {
		if (config->sources[i].minpoll_log2_s < minpoll)
			minpoll = config->sources[i].minpoll_log2_s;
	}
	return ldexp(1, minpoll);
}

void observer_on_request(struct simulation *world, uint32_t index, uint32_t association,
                         uint32_t to)
{
	struct world_node *node = &world->nodes[index];
	struct poll_budget *budget = &node->budgets[association];
	const double minpoll = minpoll_s(node->plan->config);
	const double passed_s = (double)(world->now_ns - budget->filled_ns) * 1e-9;
	const double numbers[] = { association };

	if (to != SCENARIO_NODE_NONE)
		world->sent_counts[index * world->nodes_count + to]++;
	budget->tokens = budget->is_used
	                         ? fmin(budget->tokens + passed_s / minpoll * POLL_TOKENS_PER_POLL,
	                                POLL_TOKENS_MAX)
	                         : POLL_TOKENS_MAX;
	budget->filled_ns = world->now_ns;
	budget->is_used = true;
	budget->tokens--;
	if (budget->tokens < 0)
		observer_violation(world, index, VIOLATION_POLL_RATE, -budget->tokens, minpoll);
	record_event(world, index, "asks",
	             to != SCENARIO_NODE_NONE ? world->scenario->nodes[to].name : NULL, numbers,
	             ARRAY_COUNT(numbers));
}

/* The reply says how far its time may be off, and a client rests on that. */
static void check_served_time(struct simulation *world, uint32_t index,
                              const struct send_action *reply, const struct served *served)
{
	const struct world_node *node = &world->nodes[index];
	struct reader in = reader_over(reply->bytes, reply->length_bytes);
	struct ntp_header header;
	double admitted_s;

	if (node->status.is_local || ntp_header_decode(&in, &header) < 0)
		return; /* who serves its own clock on request admits nothing */
	admitted_s = (double)(ntp_time_short_decode(header.root_delay_q16_s) / 2 +
	                      ntp_time_short_decode(header.root_dispersion_q16_s)) *
	             1e-9;
	if (fabs(served->error_s) > admitted_s &&
	    world->now_ns >= world->scenario->assumptions_hold_ns)
		observer_violation(world, index, VIOLATION_SERVED_BOUND, served->error_s,
		                   admitted_s);
}

static void check_reply(struct simulation *world, uint32_t index, const struct flight *request,
                        const struct send_action *reply)
{
	const struct world_node *node = &world->nodes[index];
	const unsigned mode = request->length_bytes > 0 ? request->bytes[0] & 7 : 0;
	const unsigned leap = reply->bytes[0] >> 6;
	const bool knows_time = node->status.is_synchronised || node->status.is_local;
	const struct served served = {
		.leap = leap,
		.stratum = reply->bytes[1],
		.time_ns = kept_clock_read(&node->clock).local.ns + reply->transmit_add_ns,
		.error_s = error_now_s(world, node) + (double)reply->transmit_add_ns * 1e-9,
	};

	if (reply->length_bytes > request->length_bytes)
		observer_violation(world, index, VIOLATION_REPLY_LONGER, reply->length_bytes,
		                   request->length_bytes);
	if (mode != MODE_CLIENT && mode != MODE_ACTIVE)
		observer_violation(world, index, VIOLATION_REPLY_REPLIED, mode, 0);
	if ((leap == LEAP_UNSYNCHRONISED) == knows_time)
		observer_violation(world, index, VIOLATION_SERVED_LEAP, leap, knows_time);
	if (leap != LEAP_UNSYNCHRONISED)
		check_served_time(world, index, reply, &served);
	verdict_on_served(world, index, &served);
}

void observer_on_replies(struct simulation *world, uint32_t index, const struct flight *request,
                         const struct outbox *out)
{
	struct world_node *node = &world->nodes[index];
	unsigned replies = 0;

	node->status = node_status(node->node, kept_clock_read(&node->clock));
	for (size_t i = 0; i < out->count; i++) {
		const struct action *action = &out->actions[i];

		if (action->kind != ACTION_SEND || action->send.association != ASSOCIATION_SERVER)
			continue;
		check_reply(world, index, request, &action->send);
		if (++replies > 1)
			observer_violation(world, index, VIOLATION_REPLY_TWICE, replies, 0);
	}
}
