/* SPDX-License-Identifier: MIT */
#include "cli/plot.h"

#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/text.h"

void plot_add(struct plot *plot, double when_s, double value_s, double limit_s)
{
	const size_t index = (size_t)(when_s / plot->column_s);

	while (plot->first_index + plot->count <= index) {
		if (plot->count == PLOT_COLUMNS) {
			memmove(plot->columns, plot->columns + 1,
			        (PLOT_COLUMNS - 1) * sizeof plot->columns[0]);
			plot->first_index++;
			plot->count--;
		}
		plot->columns[plot->count].value_s = (double)NAN;
		plot->columns[plot->count].limit_s = (double)NAN;
		plot->count++;
	}
	plot->columns[plot->count - 1].value_s =
		fmax(plot->columns[plot->count - 1].value_s, value_s);
	plot->columns[plot->count - 1].limit_s = limit_s;
}

/* How many eighths of the row, whose lower edge is `decades` below the top, the value fills. */
static int eighths(const struct plot *plot, double value_s, unsigned row)
{
	const double height =
		plot->decades + log10(value_s / plot->top_s); /* in rows, from below */
	const double above = (height - (plot->decades - 1 - row)) * 8;

	if (!(value_s > 0))
		return 0;
	return above <= 0 ? 0 : above >= 8 ? 8 : (int)ceil(above);
}

static void print_cell(const struct plot *plot, size_t column, unsigned row, struct look look,
                       FILE *out)
{
	static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	const int filled = eighths(plot, plot->columns[column].value_s, row);
	const int limit = eighths(plot, plot->columns[column].limit_s, row);

	if (filled > 0)
		fprintf(out, "%s%s", style_begin(look, STYLE_COOL),
		        look.is_utf8  ? bars[filled]
		        : filled >= 4 ? "#"
		                      : ".");
	else if (limit > 0 && limit < 8)
		fprintf(out, "%s%s", style_begin(look, STYLE_WARN), look.is_utf8 ? "╌" : "-");
	else
		fputc(' ', out);
	if (filled > 0 || (limit > 0 && limit < 8))
		fputs(style_end(look), out);
}

static void print_axis(const struct plot *plot, struct look look, FILE *out)
{
	char labels[PLOT_COLUMNS + 24] = "";
	struct text text = text_into(labels, sizeof labels);
	const size_t step = (size_t)lround(5 / plot->column_s); /* a mark each 5 s */

	fprintf(out, "         %s", look.is_utf8 ? "└" : "+");
	for (size_t i = 0; i < PLOT_COLUMNS; i++) {
		const size_t index = plot->first_index + i;

		fputs(look.is_utf8        ? index % step == 0 ? "┴" : "─"
		      : index % step == 0 ? "+"
		                          : "-",
		      out);
		if (index % (2 * step) == 0 && i + 4 < PLOT_COLUMNS) {
			text_pad(&text, 0, i);
			text_fixed(&text, (double)index * plot->column_s, 0);
			text_add(&text, " s");
		}
	}
	fprintf(out, "\n          %s\n", labels);
}

void plot_print(const struct plot *plot, struct look look, FILE *out)
{
	for (unsigned row = 0; row < plot->decades; row++) {
		char label[32];
		struct text text = text_into(label, sizeof label);
		const double edge_s = plot->top_s * pow(10, -(double)row);
		const double rounded_ns = edge_s * NS_PER_S * (1 + 1e-9);
		const int digits = rounded_ns >= 1e9   ? 0
		                   : rounded_ns >= 1e6 ? 1
		                   : rounded_ns >= 1e3 ? 2
		                                       : 3;
		static const char *const units[] = { "s", "ms", "us", "ns" };

		text_fixed(&text, rounded_ns / pow(10, 9 - 3 * digits), 0);
		text_char(&text, ' ');
		text_add(&text, units[digits]);
		fprintf(out, "  %6s %s", label, look.is_utf8 ? "┤" : "|");
		for (size_t i = 0; i < plot->count; i++)
			print_cell(plot, i, row, look, out);
		fputc('\n', out);
	}
	print_axis(plot, look, out);
}
