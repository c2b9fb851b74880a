/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/world.h"

#define SERVED_APART_S 10.0

static bool concerns(const struct simulation *world, const struct expect *expect, uint32_t node)
{
	if (expect->kind == EXPECT_HASH)
		return node == 0; /* it is the world's, told once */
	if (expect->node != SCENARIO_NODE_NONE)
		return expect->node == node;
	return scenario_is_client(&world->scenario->nodes[node]);
}

static bool needs_errors(const struct expect *expect)
{
	return expect->kind == EXPECT_P99_ERROR;
}

static int create_check(struct simulation *world, const struct expect *expect, uint32_t node)
{
	struct check *check = &world->checks[world->checks_count];

	*check = (struct check){ .expect = expect, .node = node };
	if (needs_errors(expect)) {
		check->errors.histogram =
			calloc(ERROR_HISTOGRAM_SIZE, sizeof *check->errors.histogram);
		if (!check->errors.histogram)
			return -ENOMEM;
	}
	world->checks_count++;
	return 0;
}

int verdict_create_checks(struct simulation *world)
{
	const struct scenario *scenario = world->scenario;

	world->checks =
		calloc(scenario->expects_count * world->nodes_count + 1, sizeof *world->checks);
	if (!world->checks)
		return -ENOMEM;
	for (size_t i = 0; i < scenario->expects_count; i++) {
		for (uint32_t node = 0; node < world->nodes_count; node++) {
			if (concerns(world, &scenario->expects[i], node) &&
			    create_check(world, &scenario->expects[i], node) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

/* ---- watching ---- */

static void mark_broken(const struct simulation *world, struct check *check, double value)
{
	if (check->is_broken)
		return;
	check->is_broken = true;
	check->first_ns = world->now_ns;
	check->broken_value = value;
}

/* Things that only ever grow; what counts is by how much within the window. */
static double counter(const struct simulation *world, const struct check *check)
{
	const struct world_node *node = &world->nodes[check->node];
	const uint64_t *sent = &world->sent_counts[check->node * world->nodes_count];
	double sum = 0;

	switch (check->expect->kind) {
	case EXPECT_STEPS:
		return (double)node->steps_count;
	case EXPECT_LEAPS:
		return (double)node->clock.leaps_count;
	case EXPECT_UPDATES:
		return (double)node->status.updates_count;
	case EXPECT_CONTRADICTIONS:
		return (double)node->status.contradictions_count;
	case EXPECT_NEVER_BACKWARDS:
		return (double)(node->backward_steps_count +
		                node->violations[VIOLATION_BACKWARDS].count);
	case EXPECT_NO_CLOCK_UPDATE:
		return (double)node->touches_count;
	case EXPECT_TAI_HOLDS:
		return (double)node->broken_tai_count;
	case EXPECT_BOUND_HOLDS:
	case EXPECT_BOUND_BREAKS:
		return (double)node->broken_bounds_count;
	case EXPECT_POLLS:
		for (uint32_t to = 0; to < world->nodes_count; to++) {
			if (check->expect->source == SCENARIO_NODE_NONE ||
			    check->expect->source == to)
				sum += (double)sent[to];
		}
		return sum;
	case EXPECT_ERROR_GROWTH:
		return fabs(node->error_s);
	default:
		return 0;
	}
}

static bool is_counter(enum expect_kind kind)
{
	return kind == EXPECT_STEPS || kind == EXPECT_LEAPS || kind == EXPECT_UPDATES ||
	       kind == EXPECT_CONTRADICTIONS || kind == EXPECT_NEVER_BACKWARDS ||
	       kind == EXPECT_NO_CLOCK_UPDATE || kind == EXPECT_BOUND_HOLDS ||
	       kind == EXPECT_TAI_HOLDS || kind == EXPECT_BOUND_BREAKS || kind == EXPECT_POLLS ||
	       kind == EXPECT_ERROR_GROWTH;
}

static bool is_source(const struct simulation *world, const struct node_source_status *status,
                      const struct expect *expect)
{
	const uint32_t source = expect->source;

	if (expect->refid[0] != '\0')
		return status->is_refclock && strcmp(status->name, expect->refid) == 0;
	return scenario_node_at(world->scenario, &status->address) == source ||
	       scenario_find(world->scenario, status->name) == source;
}

/* The state of the source, or SOURCE_STATE_COUNT when there is no such source. */
static enum source_state state_of(const struct simulation *world, const struct check *check)
{
	const struct world_node *node = &world->nodes[check->node];
	const struct instant now = kept_clock_read(&node->clock);

	for (size_t i = 0; i < node_source_count(node->node); i++) {
		const struct node_source_status status = node_source_status(node->node, i, now);

		if (is_source(world, &status, check->expect))
			return status.state;
	}
	return SOURCE_STATE_COUNT;
}

static void check_state(const struct simulation *world, struct check *check)
{
	const enum source_state state = state_of(world, check);

	if (!(check->expect->states >> state & 1))
		mark_broken(world, check, state);
}

static void look(const struct simulation *world, struct check *check, bool is_regular)
{
	const struct world_node *node = &world->nodes[check->node];
	const struct expect *expect = check->expect;

	check->looks_count++;
	switch (expect->kind) {
	case EXPECT_RMS_ERROR:
	case EXPECT_P99_ERROR:
		if (is_regular)
			error_statistics_add(&check->errors, node->error_s);
		break;
	case EXPECT_MAX_ERROR:
		check->errors.max = fmax(check->errors.max, fabs(node->error_s));
		break;
	case EXPECT_TAI_ERROR:
		check->worst = fmax(check->worst, fabs(node->tai_error_s));
		break;
	case EXPECT_BOUND:
		if (node->status.is_synchronised)
			check->worst = fmax(check->worst, (double)node->status.bound_ns * 1e-9);
		break;
	case EXPECT_RTC_ERROR:
		check->worst = fmax(check->worst, fabs(world_rtc_error_s(world, node)));
		break;
	case EXPECT_FREQUENCY_ERROR:
		check->worst = fmax(check->worst, fabs(kept_clock_rate(&node->clock)));
		break;
	case EXPECT_SYNCHRONISED:
		if (expect->is_within && node->status.is_synchronised && !check->is_met) {
			check->is_met = true;
			check->first_ns = world->now_ns;
		} else if (!expect->is_within && !node->status.is_synchronised) {
			mark_broken(world, check, 0);
		}
		break;
	case EXPECT_UNSYNCHRONISED:
		if (node->status.is_synchronised)
			mark_broken(world, check, 0);
		break;
	case EXPECT_STATE:
		if (is_regular && !expect->is_at_end)
			check_state(world, check);
		break;
	default:
		break;
	}
}

/* From the start on counters begin at zero, whatever was counted at the very first instant. */
static bool begins_late(const struct expect *expect)
{
	return expect->after_ns > 0 || expect->kind == EXPECT_ERROR_GROWTH;
}

void verdict_on_look(struct simulation *world, uint32_t index, bool is_regular)
{
	for (size_t i = 0; i < world->checks_count; i++) {
		struct check *check = &world->checks[i];
		const struct expect *expect = check->expect;

		if (check->node != index || world->now_ns > expect->until_ns)
			continue;
		if (is_counter(expect->kind)) {
			check->last = counter(world, check);
			if (world->now_ns <= expect->after_ns && begins_late(expect))
				check->baseline = check->last;
		}
		if (world->now_ns >= expect->after_ns)
			look(world, check, is_regular);
	}
}

/* Between replies that are far enough apart that the reading of the clock is no matter. */
static void watch_rate(const struct simulation *world, struct check *check,
                       const struct served *served)
{
	const double passed_s = (double)(world->now_ns - check->served_at_ns) * 1e-9;
	const double gained_s = (double)(served->time_ns - check->served_ns) * 1e-9 - passed_s;

	if (check->is_met && passed_s < SERVED_APART_S)
		return;
	if (check->is_met)
		check->worst = fmax(check->worst, fabs(gained_s) / passed_s);
	check->served_ns = served->time_ns;
	check->served_at_ns = world->now_ns;
}

void verdict_on_served(struct simulation *world, uint32_t index, const struct served *served)
{
	for (size_t i = 0; i < world->checks_count; i++) {
		struct check *check = &world->checks[i];
		const struct expect *expect = check->expect;
		const unsigned number =
			expect->kind == EXPECT_SERVED_LEAP ? served->leap : served->stratum;

		if (check->node != index || world->now_ns < expect->after_ns ||
		    world->now_ns > expect->until_ns)
			continue;
		if (expect->kind == EXPECT_SERVED_ERROR)
			check->worst = fmax(check->worst, fabs(served->error_s));
		else if (expect->kind == EXPECT_SERVED_RATE)
			watch_rate(world, check, served);
		else if (expect->kind != EXPECT_SERVED_LEAP &&
		         expect->kind != EXPECT_SERVED_STRATUM)
			continue;
		else if (number != expect->limit)
			mark_broken(world, check, number);
		check->is_met = true;
	}
}

void verdict_at_end(struct simulation *world)
{
	for (size_t i = 0; i < world->checks_count; i++) {
		struct check *check = &world->checks[i];

		if (check->expect->kind == EXPECT_STATE && check->expect->is_at_end)
			check_state(world, check);
	}
}

/* ---- telling ---- */

static bool compare(double value, enum comparison comparison, double limit)
{
	switch (comparison) {
	case LESS:
		return value < limit;
	case LESS_OR_EQUAL:
		return value <= limit;
	case EQUAL:
		return value == limit;
	case GREATER_OR_EQUAL:
		return value >= limit;
	case GREATER:
		return value > limit;
	}
	return false;
}

static void add_time(struct text *out, const char *before, int64_t time_ns)
{
	text_add(out, before);
	text_fixed(out, (double)time_ns * 1e-9, 3);
	text_add(out, " s");
}

static bool tell_number(const struct check *check, double value, bool is_duration, struct text *out)
{
	if (is_duration)
		text_duration(out, value * 1e9);
	else if (value == rint(value) && fabs(value) < 1e15)
		text_s64(out, (int64_t)value);
	else
		text_scientific(out, value, 3);
	return check->looks_count > 0 &&
	       compare(value, check->expect->comparison, check->expect->limit);
}

static bool tell_always(const struct check *check, struct text *out, const char *what)
{
	if (check->is_broken)
		add_time(out, what, check->first_ns);
	else
		text_add(out, "always");
	return !check->is_broken && check->looks_count > 0;
}

static bool tell_within(const struct check *check, struct text *out)
{
	if (check->is_met)
		add_time(out, "after ", check->first_ns);
	else
		text_add(out, "never");
	return check->is_met;
}

static bool tell_state(const struct check *check, struct text *out)
{
	if (!check->is_broken) {
		text_add(out, check->expect->is_at_end ? "at the end" : "always");
		return check->expect->is_at_end || check->looks_count > 0;
	}
	text_add(out, check->broken_value < SOURCE_STATE_COUNT
	                      ? scenario_state_name((enum source_state)check->broken_value)
	                      : "no such source");
	add_time(out, " at ", check->first_ns);
	return false;
}

static bool tell_served(const struct check *check, struct text *out)
{
	if (check->is_broken) {
		text_fixed(out, check->broken_value, 0);
		add_time(out, " at ", check->first_ns);
	} else {
		text_add(out, check->is_met ? "always" : "nothing was served");
	}
	return check->is_met && !check->is_broken;
}

static bool tell_none(const struct check *check, double count, struct text *out)
{
	text_s64(out, (int64_t)count);
	text_add(out, count == 1 ? " time" : " times");
	return (check->expect->kind == EXPECT_BOUND_BREAKS) == (count > 0);
}

static bool tell_hash(const struct simulation *world, const struct check *check, struct text *out)
{
	if (world->options.seed != world->scenario->seed) {
		text_add(out, "not judged with another seed");
		return true;
	}
	text_hex(out, world->hash, 16);
	return world->hash == check->expect->states;
}

bool verdict_tell(const struct simulation *world, const struct check *check, struct text *out)
{
	const struct expect *expect = check->expect;
	const double grown = check->last - check->baseline;
	const int64_t end_ns = expect->until_ns < world->scenario->duration_ns
	                               ? expect->until_ns
	                               : world->scenario->duration_ns;

	switch (expect->kind) {
	case EXPECT_RMS_ERROR:
		return tell_number(check, error_statistics_rms(&check->errors), true, out);
	case EXPECT_P99_ERROR:
		return tell_number(check, error_statistics_quantile(&check->errors, 0.99), true,
		                   out);
	case EXPECT_MAX_ERROR:
		return tell_number(check, check->errors.max, true, out);
	case EXPECT_TAI_ERROR:
	case EXPECT_RTC_ERROR:
	case EXPECT_BOUND:
		return tell_number(check, check->worst, true, out);
	case EXPECT_FREQUENCY_ERROR:
		return tell_number(check, check->worst, false, out);
	case EXPECT_ERROR_GROWTH:
		return tell_number(check, grown / ((double)(end_ns - expect->after_ns) * 1e-9),
		                   false, out);
	case EXPECT_SYNCHRONISED:
		return expect->is_within ? tell_within(check, out)
		                         : tell_always(check, out, "lost at ");
	case EXPECT_UNSYNCHRONISED:
		return tell_always(check, out, "synchronised at ");
	case EXPECT_STATE:
		return tell_state(check, out);
	case EXPECT_SERVED_ERROR:
		return tell_number(check, check->worst, true, out) && check->is_met;
	case EXPECT_SERVED_RATE:
		return tell_number(check, check->worst, false, out) && check->is_met;
	case EXPECT_SERVED_LEAP:
	case EXPECT_SERVED_STRATUM:
		return tell_served(check, out);
	case EXPECT_NEVER_BACKWARDS:
	case EXPECT_NO_CLOCK_UPDATE:
	case EXPECT_TAI_HOLDS:
	case EXPECT_BOUND_HOLDS:
	case EXPECT_BOUND_BREAKS:
		return tell_none(check, grown, out);
	case EXPECT_HASH:
		return tell_hash(world, check, out);
	case EXPECT_LEAPS:
	case EXPECT_STEPS:
	case EXPECT_UPDATES:
	case EXPECT_POLLS:
	case EXPECT_CONTRADICTIONS:
	case EXPECT_KIND_COUNT:
		break;
	}
	return tell_number(check, grown, false, out);
}
