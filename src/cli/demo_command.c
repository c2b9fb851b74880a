/* cli/demo_command: ten clocks, drawn as lamps that each blink at the full seconds of their own.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/options.h"
#include "cli/phrases.h"
#include "cli/plot.h"
#include "cli/screen.h"
#include "cli/world.h"

#define LAMPS     10
#define SECONDS   30   /* when no terminal watches */
#define LIT_S     0.25 /* of each second */
#define FRAME_NS  (NS_PER_S / 25)
#define ASK_EVERY 5 /* frames between two looks at the clocks */
#define GOOD_S    1e-3

struct lamps {
	struct world world;
	struct screen screen;
	struct plot plot;
	struct look look;
	int64_t start_ns;
	const struct world_daemon *ended; /* too early: the end of the show */
	double error_s[LAMPS];            /* clock minus true time; NAN = not known */
	bool is_synchronised[LAMPS];
};

static int start_all(struct world *world)
{
	struct world_lines lines = { 0 };

	world_lines_add(&lines, "bindaddress 127.0.0.1");
	world_lines_add(&lines, "port %u", world->first_port);
	world_lines_add(&lines, "allow 127.0.0.0/8");
	world_lines_add(&lines, "local stratum 1");
	if (world_start(world, "server", &(struct world_oscillator){ 0 }, &lines) < 0)
		return -1;
	for (unsigned i = 0; i < LAMPS; i++) {
		/* spread evenly over a second, but in no order that shows; drifting apart as well
		 */
		const struct world_oscillator oscillator = {
			.offset_s = (i * 7 % LAMPS + 0.5) / LAMPS - 0.5,
			.frequency_ppm = 60.0 * (i * 3 % LAMPS) / (LAMPS - 1) - 30,
			.wander = 1e-9,
			.seed = i,
		};
		struct world_lines client = { 0 };
		char name[16];

		snprintf(name, sizeof name, "clock%u", i + 1);
		world_lines_add(&client, "server 127.0.0.1 port %u iburst minpoll 0 maxpoll 2",
		                world->first_port);
		world_lines_add(&client, "port 0");
		if (world_start(world, name, &oscillator, &client) < 0)
			return -1;
	}
	return 0;
}

static void look_at(struct lamps *lamps, unsigned lamp)
{
	struct answer answer = { 0 };
	char *line = NULL;

	if (control_client_ask(lamps->world.daemons[1 + lamp].socket, "tracking", 200, &line) ==
	            CONTROL_ANSWERED &&
	    answer_parse(line, &answer) == 0) {
		const json_t *row = answer_row(&answer, 0);

		lamps->error_s[lamp] = answer_number(row, "true_error_ns") / NS_PER_S;
		lamps->is_synchronised[lamp] = answer_flag(row, "is_synchronised");
	}
	answer_free(&answer);
	free(line);
}

/* From the first clock to the last; NAN when not all are known. */
static double spread_s(const struct lamps *lamps)
{
	double low_s = INFINITY, high_s = -INFINITY;

	for (unsigned i = 0; i < LAMPS; i++) {
		if (isnan(lamps->error_s[i]))
			return (double)NAN;
		low_s = fmin(low_s, lamps->error_s[i]);
		high_s = fmax(high_s, lamps->error_s[i]);
	}
	return high_s - low_s;
}

static double elapsed_s(const struct lamps *lamps)
{
	return (double)(screen_now_ns() - lamps->start_ns) / NS_PER_S;
}

static void look_at_all(struct lamps *lamps)
{
	for (unsigned i = 0; i < LAMPS; i++)
		look_at(lamps, i);
	plot_add(&lamps->plot, elapsed_s(lamps), spread_s(lamps), (double)NAN);
}

static bool is_lit(const struct lamps *lamps, unsigned lamp)
{
	const double clock_s = world_true_time_s(&lamps->world) + lamps->error_s[lamp];

	return clock_s - floor(clock_s) < LIT_S;
}

static void print_lamps(const struct lamps *lamps, FILE *out)
{
	static const char *const lit[] = { "▄███▄", "█████", "▀███▀" };
	static const char *const dark[] = { "╭───╮", "│   │", "╰───╯" };
	static const char *const plain_lit[] = { " ### ", "#####", " ### " };
	static const char *const plain_dark[] = { " .-. ", "(   )", " '-' " };

	for (unsigned row = 0; row < 3; row++) {
		fputs("  ", out);
		for (unsigned i = 0; i < LAMPS; i++) {
			const bool is_on = is_lit(lamps, i);
			const char *const *shape = lamps->look.is_utf8 ? is_on ? lit : dark
			                           : is_on             ? plain_lit
			                                               : plain_dark;

			fprintf(out, "%s%s%s  ",
			        style_begin(lamps->look, is_on ? STYLE_WARN : STYLE_FAINT),
			        shape[row], style_end(lamps->look));
		}
		fputc('\n', out);
	}
}

/* "+450ms", "-1.2us": six columns at most, a lamp is not wider. */
static void short_error(char text[16], double error_s)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = error_s * NS_PER_S;
	unsigned unit = 0;

	while (unit + 1 < ARRAY_COUNT(units) && fabs(value) >= 999.5) {
		value /= 1000;
		unit++;
	}
	if (isnan(error_s))
		snprintf(text, 16, "?");
	else
		snprintf(text, 16, "%+.*f%s", fabs(value) < 9.95 && unit > 0 ? 1 : 0, value,
		         units[unit]);
}

static void print_errors(const struct lamps *lamps, FILE *out)
{
	fputs("  ", out);
	for (unsigned i = 0; i < LAMPS; i++) {
		char text[16];

		short_error(text, lamps->error_s[i]);
		fprintf(out, "%s%-7s%s",
		        style_begin(lamps->look,
		                    lamps->is_synchronised[i] ? STYLE_GOOD : STYLE_PLAIN),
		        text, style_end(lamps->look));
	}
	fputc('\n', out);
}

static void print_spread(const struct lamps *lamps, FILE *out)
{
	char bytes[64];
	struct text spread = text_into(bytes, sizeof bytes);

	text_duration(&spread, spread_s(lamps) * NS_PER_S);
	fprintf(out, "  from the first clock to the last: %s%s%s\n",
	        style_begin(lamps->look, STYLE_STRONG), bytes, style_end(lamps->look));
}

static void draw(struct lamps *lamps)
{
	char *frame = NULL;
	size_t size;
	FILE *out = open_memstream(&frame, &size);

	if (!out)
		return;
	fprintf(out, "%stimeball demo%s  ten clocks that follow one server; %.0f s; q quits\n\n",
	        style_begin(lamps->look, STYLE_STRONG), style_end(lamps->look), elapsed_s(lamps));
	print_lamps(lamps, out);
	print_errors(lamps, out);
	fputs("\n  Each lamp lights up at the full seconds of its own clock. Each clock is a real\n"
	      "  timeballd on a virtual clock, which began up to half a second off and gains or\n"
	      "  loses up to 30 ppm; below the lamps: how far each is off true time.\n\n",
	      out);
	print_spread(lamps, out);
	plot_print(&lamps->plot, lamps->look, out);
	fclose(out);
	screen_draw(&lamps->screen, frame);
	free(frame);
}

static void print_line(const struct lamps *lamps)
{
	char bytes[64];
	struct text spread = text_into(bytes, sizeof bytes);

	text_duration(&spread, spread_s(lamps) * NS_PER_S);
	printf("%4.0f s  spread %-9s ", elapsed_s(lamps), bytes);
	for (unsigned i = 0; i < LAMPS; i++)
		fputc(is_lit(lamps, i) ? 'O' : '.', stdout);
	fputc('\n', stdout);
	fflush(stdout);
}

/* A tenth of a second after a full second of true time: lamps in step are then all lit. */
static void wait_for_full_second(struct lamps *lamps)
{
	const double true_s = world_true_time_s(&lamps->world);
	const double wait_s = ceil(true_s) + 0.1 - true_s;

	screen_wait_until(&lamps->screen, screen_now_ns() + (int64_t)(wait_s * NS_PER_S));
	lamps->start_ns = screen_now_ns();
}

static void watch(struct lamps *lamps, double seconds)
{
	const int64_t step_ns = lamps->screen.is_open ? FRAME_NS : NS_PER_S;
	int64_t next_ns = lamps->start_ns;

	for (unsigned frame = 0; !lamps->screen.is_stopped && elapsed_s(lamps) < seconds; frame++) {
		lamps->ended = world_find_ended(&lamps->world);
		if (lamps->ended)
			return;
		if (!lamps->screen.is_open || frame % ASK_EVERY == 0)
			look_at_all(lamps);
		if (lamps->screen.is_open)
			draw(lamps);
		else
			print_line(lamps);
		next_ns += step_ns;
		screen_wait_until(&lamps->screen, next_ns);
	}
	look_at_all(lamps);
}

static int print_closing(const struct lamps *lamps)
{
	const bool is_good = spread_s(lamps) < GOOD_S;

	print_errors(lamps, stdout);
	print_spread(lamps, stdout);
	puts(is_good ? "good: ten clocks in step" : "BAD: not in step");
	return is_good ? COMMAND_OK : COMMAND_NO;
}

static int run(int argc, char **argv)
{
	struct lamps lamps = { .plot = { .column_s = 0.5, .top_s = 1, .decades = 7 },
		               .look = style_look() };
	struct options options;
	int outcome = options_parse(argc, argv, OPTIONS_SECONDS, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	for (unsigned i = 0; i < LAMPS; i++)
		lamps.error_s[i] = (double)NAN;
	if (screen_init(&lamps.screen) < 0)
		return COMMAND_NO;
	if (world_create(&lamps.world, 1) < 0 || start_all(&lamps.world) < 0) {
		world_destroy(&lamps.world);
		screen_close(&lamps.screen);
		return COMMAND_NO;
	}
	screen_open(&lamps.screen);
	lamps.start_ns = screen_now_ns();
	if (!lamps.screen.is_open)
		wait_for_full_second(&lamps);
	watch(&lamps, options.seconds > 0    ? options.seconds
	              : lamps.screen.is_open ? (double)INFINITY
	                                     : SECONDS);
	screen_close(&lamps.screen);
	if (lamps.ended)
		world_explain_ended(&lamps.world, lamps.ended);
	world_destroy(&lamps.world);
	outcome = lamps.ended ? COMMAND_NO : print_closing(&lamps);
	if (lamps.screen.signal)
		return 128 + lamps.screen.signal;
	return lamps.screen.is_stopped ? COMMAND_OK : outcome;
}

const struct command command_demo = {
	.name = "demo",
	.arguments = "[--seconds N]",
	.summary = "ten clocks as ten lamps: out of step at first, then together",
	.run = run,
};
