/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/world.h"

#define ROWS_PER_DECADE 3
#define ROWS_MAX        36
#define LABEL_WIDTH     9

static void emit(const struct line_sink *out, const char *line)
{
	if (out->line)
		out->line(out->to, line);
}

static int row_of(double size_s)
{
	return size_s > 0 ? (int)floor(log10(size_s) * ROWS_PER_DECADE) : -1000;
}

/* The rows that hold all errors and bounds; errors below a nanosecond are not told apart. */
static void find_range(const struct world_node *node, int *low_out, int *high_out)
{
	const int floor_row = row_of(1e-9);

	*low_out = 1000;
	*high_out = floor_row;
	for (size_t i = 0; i < WORLD_PLOT_COLUMNS; i++) {
		const int error_row = row_of(node->plot[i].error_max_s);
		const int bound_row = row_of(node->plot[i].bound_max_s);

		if (error_row > *high_out)
			*high_out = error_row;
		if (bound_row > *high_out)
			*high_out = bound_row;
		if (error_row < *low_out && error_row >= floor_row)
			*low_out = error_row;
	}
	if (*low_out < *high_out - ROWS_MAX)
		*low_out = *high_out - ROWS_MAX;
	if (*low_out > *high_out)
		*low_out = *high_out;
}

static void draw_row(const struct world_node *node, int row, int low, const struct line_sink *out)
{
	char bytes[LABEL_WIDTH + WORLD_PLOT_COLUMNS + 8];
	struct text line = text_into(bytes, sizeof bytes);

	if (row % ROWS_PER_DECADE == 0)
		text_duration(&line, 1e9 * pow(10, (double)row / ROWS_PER_DECADE));
	text_pad(&line, 0, LABEL_WIDTH);
	text_char(&line, '|');
	for (size_t i = 0; i < WORLD_PLOT_COLUMNS; i++) {
		const int error_row = row_of(node->plot[i].error_max_s);

		if (error_row == row || (row == low && error_row < low))
			text_char(&line, '*');
		else if (row_of(node->plot[i].bound_max_s) == row)
			text_char(&line, '-');
		else
			text_char(&line, error_row > row ? ':' : ' ');
	}
	emit(out, bytes);
}

static void draw_foot(const struct simulation *world, const struct line_sink *out)
{
	char bytes[LABEL_WIDTH + WORLD_PLOT_COLUMNS + 40];
	struct text line = text_into(bytes, sizeof bytes);

	text_pad(&line, 0, LABEL_WIDTH);
	text_char(&line, '+');
	for (size_t i = 0; i < WORLD_PLOT_COLUMNS; i++)
		text_char(&line, '-');
	text_char(&line, ' ');
	text_fixed(&line, (double)world->scenario->duration_ns * 1e-9, 0);
	text_add(&line, " s");
	emit(out, bytes);
}

void simulation_plot(const struct simulation *simulation, const struct line_sink *out)
{
	for (uint32_t i = 0; i < simulation->nodes_count; i++) {
		const struct world_node *node = &simulation->nodes[i];
		char bytes[120];
		struct text line = text_into(bytes, sizeof bytes);
		int low, high;

		if (!scenario_is_client(node->plan))
			continue;
		text_add(&line, node->plan->name);
		text_add(&line, ": * true error (largest), - published bound");
		emit(out, bytes);
		find_range(node, &low, &high);
		for (int row = high; row >= low; row--)
			draw_row(node, row, low, out);
		draw_foot(simulation, out);
	}
}
