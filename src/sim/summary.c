/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/world.h"

static const struct {
	const char *says, *first, *second; /* the numbers' names */
	double factor;                     /* numbers with the unit s are told as durations */
	bool is_duration;
} violations[VIOLATION_KIND_COUNT] = {
	[VIOLATION_BACKWARDS] = { "the clock went backwards", "by ", NULL, 1e9, true },
	[VIOLATION_TAI] = { "CLOCK_TAI jumped", "by ", NULL, 1e9, true },
	[VIOLATION_STEP] = { "a step that makestep does not allow", "by ", ", threshold ", 1e9,
	                     true },
	[VIOLATION_SLEW] = { "slewed faster than maxslewrate (ppm)", "", ", limit ", 1, false },
	[VIOLATION_BOUND] = { "the true error was beyond the published bound", "error ", ", bound ",
	                      1e9, true },
	[VIOLATION_SERVED_LEAP] = { "served the wrong leap indicator", "leap ", ", knows the time ",
	                            1, false },
	[VIOLATION_SERVED_BOUND] = { "the served time was further off than the reply admits",
	                             "error ", ", admitted ", 1e9, true },
	[VIOLATION_REPLY_LONGER] = { "a reply was longer than its request", "", " bytes, request ",
	                             1, false },
	[VIOLATION_REPLY_TWICE] = { "a request was answered more than once", "replies ", NULL, 1,
	                            false },
	[VIOLATION_REPLY_REPLIED] = { "something was answered that is no request", "mode ", NULL, 1,
	                              false },
	[VIOLATION_POLL_RATE] = { "polled more often than minpoll allows", "too many ",
	                          ", interval s ", 1, false },
	[VIOLATION_NOT_A_NUMBER] = { "a number in the status is not finite", "which ", NULL, 1,
	                             false },
	[VIOLATION_BUSY] = { "the node spins: no time passes between its deadlines", "events ",
	                     NULL, 1, false },
	[VIOLATION_GAVE_UP] = { "the node ended itself", NULL, NULL, 1, false },
	[VIOLATION_WORLD_FULL] = { "too many datagrams under way", "", NULL, 1, false },
};

static void emit(const struct line_sink *out, const char *line)
{
	if (out->line)
		out->line(out->to, line);
}

static void add_column(struct text *line, size_t *column, size_t width)
{
	*column += width;
	if (line->length_bytes >= *column)
		text_char(line, ' ');
	text_pad(line, 0, *column);
}

static void tell_node(const struct world_node *node, const struct line_sink *out)
{
	char bytes[200];
	struct text line = text_into(bytes, sizeof bytes);
	size_t column = 0;

	text_add(&line, node->plan->name);
	add_column(&line, &column, 14);
	text_duration(&line, error_statistics_rms(&node->errors) * 1e9);
	add_column(&line, &column, 10);
	text_duration(&line, error_statistics_quantile(&node->errors, 0.99) * 1e9);
	add_column(&line, &column, 10);
	text_duration(&line, node->errors.max * 1e9);
	add_column(&line, &column, 10);
	if (node->status.bound_ns < INT64_MAX)
		text_duration(&line, (double)node->status.bound_ns);
	else
		text_char(&line, '-');
	add_column(&line, &column, 10);
	if (isfinite(node->margin_min))
		text_fixed(&line, fmin(node->margin_min, 9999), 2);
	else
		text_char(&line, '-');
	add_column(&line, &column, 9);
	text_u64(&line, node->status.updates_count);
	add_column(&line, &column, 9);
	text_u64(&line, node->steps_count);
	add_column(&line, &column, 7);
	text_u64(&line, node->sent_count);
	emit(out, bytes);
}

static void tell_table(const struct simulation *world, const struct line_sink *out)
{
	char bytes[200];
	struct text line = text_into(bytes, sizeof bytes);

	text_add(&line, "errors from ");
	text_fixed(&line, (double)world->scenario->settle_ns * 1e-9, 0);
	text_add(&line, " s on, seed ");
	text_u64(&line, world->options.seed);
	emit(out, bytes);
	emit(out,
	     "node          rms       99 %      max       bound     margin   updates  steps  sent");
	for (uint32_t i = 0; i < world->nodes_count; i++) {
		if (!world->nodes[i].plan->is_ideal)
			tell_node(&world->nodes[i], out);
	}
}

static void add_number(struct text *line, const char *before, double number, size_t kind)
{
	if (!before)
		return;
	text_add(line, before);
	if (violations[kind].is_duration)
		text_duration(line, number * violations[kind].factor);
	else
		text_fixed(line, number, 3);
}

static void tell_violation(const struct world_node *node, size_t kind, const struct line_sink *out)
{
	const struct violation *violation = &node->violations[kind];
	char bytes[300];
	struct text line = text_into(bytes, sizeof bytes);

	text_add(&line, "BROKEN ");
	text_add(&line, node->plan->name);
	text_add(&line, ": ");
	text_add(&line, violations[kind].says);
	text_add(&line, ": ");
	text_u64(&line, violation->count);
	text_add(&line, violation->count == 1 ? " time, at " : " times, first at ");
	text_fixed(&line, (double)violation->first_ns * 1e-9, 6);
	text_add(&line, " s ");
	add_number(&line, violations[kind].first, violation->numbers[0], kind);
	add_number(&line, violations[kind].second, violation->numbers[1], kind);
	emit(out, bytes);
}

static bool tell_violations(const struct simulation *world, const struct line_sink *out)
{
	bool is_good = true;

	for (uint32_t i = 0; i < world->nodes_count; i++) {
		for (size_t kind = 0; kind < VIOLATION_KIND_COUNT; kind++) {
			if (world->nodes[i].violations[kind].count == 0)
				continue;
			tell_violation(&world->nodes[i], kind, out);
			is_good = false;
		}
	}
	return is_good;
}

static bool tell_check(const struct simulation *world, const struct check *check,
                       const struct line_sink *out)
{
	char verdict[120], bytes[400];
	struct text numbers = text_into(verdict, sizeof verdict);
	struct text line = text_into(bytes, sizeof bytes);
	const bool is_good = verdict_tell(world, check, &numbers);

	text_add(&line, is_good ? "ok     " : "BROKEN ");
	if (check->expect->node == SCENARIO_NODE_NONE && check->expect->kind != EXPECT_HASH) {
		text_add(&line, world->nodes[check->node].plan->name);
		text_char(&line, ' ');
	}
	text_add(&line, check->expect->words);
	text_add(&line, ": ");
	text_add(&line, verdict);
	emit(out, bytes);
	return is_good;
}

bool simulation_report(const struct simulation *simulation, const struct line_sink *out)
{
	bool is_good = true;

	emit(out, simulation->scenario->title);
	tell_table(simulation, out);
	for (size_t i = 0; i < simulation->checks_count; i++)
		is_good &= tell_check(simulation, &simulation->checks[i], out);
	is_good &= tell_violations(simulation, out);
	return is_good;
}
