/* cli/run_command: the real thing, safely: three servers, one of them a liar, and a client whose
 * clock starts wrong; real daemons, real packets on loopback, virtual clocks.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/phrases.h"
#include "cli/plot.h"
#include "cli/report_view.h"
#include "cli/screen.h"
#include "cli/status_view.h"
#include "cli/world.h"

#define SERVERS      3
#define LIAR         3 /* the last one */
#define LIE_S        0.3
#define CLIENT_OFF_S 0.25
#define CLIENT_PPM   40.0
#define SECONDS      30   /* when no terminal watches */
#define GOOD_S       1e-3 /* so close must the client be in the end */

struct show {
	struct world world;
	struct screen screen;
	struct plot plot;
	struct look look;
	int64_t start_ns;
	const struct world_daemon *ended; /* too early: the end of the show */
	struct status_view view;          /* the client's last one */
	bool has_view;
};

static const char *client_socket(const struct show *show)
{
	return show->world.daemons[SERVERS].socket;
}

static int start_server(struct world *world, unsigned number)
{
	struct world_lines lines = { 0 };
	const struct world_oscillator oscillator = { .offset_s = number == LIAR ? LIE_S : 0 };
	char name[16];

	snprintf(name, sizeof name, "server%u", number);
	world_lines_add(&lines, "bindaddress 127.0.0.%u", number);
	world_lines_add(&lines, "port %u", world->first_port + number);
	world_lines_add(&lines, "allow 127.0.0.0/8");
	world_lines_add(&lines, "local stratum 1");
	return world_start(world, name, &oscillator, &lines);
}

static int start_client(struct world *world)
{
	struct world_lines lines = { 0 };
	const struct world_oscillator oscillator = {
		.offset_s = CLIENT_OFF_S, .frequency_ppm = CLIENT_PPM, .wander = 1e-9, .seed = 7
	};

	for (unsigned number = 1; number <= SERVERS; number++)
		world_lines_add(&lines, "server 127.0.0.%u port %u iburst minpoll 0 maxpoll 2",
		                number, world->first_port + number);
	world_lines_add(&lines, "port 0");
	return world_start(world, "client", &oscillator, &lines);
}

static int start_all(struct world *world)
{
	for (unsigned number = 1; number <= SERVERS; number++) {
		if (start_server(world, number) < 0)
			return -1;
	}
	return start_client(world);
}

static const json_t *tracking_of(const struct show *show)
{
	return answer_row(&show->view.tracking, 0);
}

static double true_error_s(const struct show *show)
{
	return show->has_view ? answer_number(tracking_of(show), "true_error_ns") / NS_PER_S
	                      : (double)NAN;
}

static bool is_liar_named(const struct show *show)
{
	for (size_t i = 0; show->has_view && i < answer_row_count(&show->view.sources); i++) {
		const json_t *row = answer_row(&show->view.sources, i);
		char liar[24];

		snprintf(liar, sizeof liar, "127.0.0.%d", LIAR);
		if (strcmp(answer_text(row, "address"), liar) == 0)
			return strcmp(answer_text(row, "state"), "falseticker") == 0;
	}
	return false;
}

static double elapsed_s(const struct show *show)
{
	return (double)(screen_now_ns() - show->start_ns) / NS_PER_S;
}

static void look_at_client(struct show *show)
{
	struct status_view view = { 0 };

	if (!status_view_try(client_socket(show), 200, &view))
		return;
	status_view_free(&show->view);
	show->view = view;
	show->has_view = true;
	plot_add(&show->plot, elapsed_s(show), fabs(true_error_s(show)),
	         answer_number(tracking_of(show), "bound_ns") / NS_PER_S);
}

static void print_state(const struct show *show, FILE *out)
{
	const json_t *row = tracking_of(show);
	const bool is_good = status_view_is_synchronised(&show->view);
	char bytes[256];
	struct text line = text_into(bytes, sizeof bytes);

	phrases_compare(&line, answer_number(row, "true_error_ns"), "true time");
	fprintf(out, "  the client's clock is %s%s%s", style_begin(show->look, STYLE_STRONG), bytes,
	        style_end(show->look));
	if (is_good) {
		line = text_into(bytes, sizeof bytes);
		text_duration(&line, answer_number(row, "bound_ns"));
		fprintf(out, "; it knows: within %s", bytes);
	}
	fprintf(out, "\n  %s", style_begin(show->look, is_good ? STYLE_GOOD : STYLE_BAD));
	if (is_good)
		fprintf(out,
		        "synchronised%s; oscillator gains %.2f ppm (truly %.2f); slewing %+.0f ppm",
		        style_end(show->look), answer_number(row, "frequency_ppm"), CLIENT_PPM,
		        answer_number(row, "slew_ppm"));
	else
		fprintf(out, "not synchronised yet%s", style_end(show->look));
	fputc('\n', out);
}

static void print_liar(const struct show *show, FILE *out)
{
	if (is_liar_named(show))
		fprintf(out, "  %sx 127.0.0.%d is found out: it lies by %.0f ms%s\n",
		        style_begin(show->look, STYLE_BAD), LIAR, LIE_S * 1e3,
		        style_end(show->look));
	else
		fprintf(out, "  127.0.0.%d lies by %.0f ms; not found out yet\n", LIAR,
		        LIE_S * 1e3);
}

static void print_frame(const struct show *show, FILE *out)
{
	fprintf(out,
	        "%stimeball run%s  real daemons, real packets, virtual clocks; %.0f s; q quits\n\n",
	        style_begin(show->look, STYLE_STRONG), style_end(show->look), elapsed_s(show));
	if (!show->has_view) {
		fputs("  starting\n", out);
		return;
	}
	print_state(show, out);
	print_liar(show, out);
	fputc('\n', out);
	status_view_print_sources(&show->view, show->look, out);
	fprintf(out,
	        "\n  error of the client's clock %s(bar)%s, and the bound that it publishes %s(%s)%s\n",
	        style_begin(show->look, STYLE_COOL), style_end(show->look),
	        style_begin(show->look, STYLE_WARN), show->look.is_utf8 ? "╌" : "-",
	        style_end(show->look));
	plot_print(&show->plot, show->look, out);
	fputs("  For this machine's own clock: sudo make install; systemctl start timeballd\n",
	      out);
}

static void draw(struct show *show)
{
	char *frame = NULL;
	size_t size;
	FILE *out = open_memstream(&frame, &size);

	if (!out)
		return;
	print_frame(show, out);
	fclose(out);
	screen_draw(&show->screen, frame);
	free(frame);
}

/* Without a terminal: a line a second. */
static void print_line(const struct show *show)
{
	char bytes[128] = "not answering", bound[64] = "unknown";
	struct text line = text_into(bytes, sizeof bytes);
	struct text limit = text_into(bound, sizeof bound);

	if (show->has_view) {
		phrases_ahead_or_behind(&line, true_error_s(show) * NS_PER_S);
		if (status_view_is_synchronised(&show->view))
			answer_add_duration(&limit, answer_number(tracking_of(show), "bound_ns"));
		else
			text_add(&limit, "unknown");
	}
	printf("%4.0f s  clock %-16s bound %-9s %s%s\n", elapsed_s(show), bytes, bound,
	       show->has_view && status_view_is_synchronised(&show->view) ? "synchronised"
	                                                                  : "not synchronised",
	       is_liar_named(show) ? ", the liar is found out" : "");
	fflush(stdout);
}

static int print_closing(const struct show *show)
{
	const bool is_close = fabs(true_error_s(show)) < GOOD_S;
	const bool is_named = is_liar_named(show);
	char bytes[64];
	struct text error = text_into(bytes, sizeof bytes);

	if (show->has_view)
		status_view_print(&show->view, show->look, report_view_width(), stdout);
	phrases_compare(&error, true_error_s(show) * NS_PER_S, "true time");
	printf("\n%s: the client began %.0f ms ahead and gaining %.0f ppm; after %.0f s it is\n"
	       "      %s\n"
	       "%s: 127.0.0.%d, which lies by %.0f ms, is %s\n",
	       is_close ? "good" : "BAD ", CLIENT_OFF_S * 1e3, CLIENT_PPM, elapsed_s(show), bytes,
	       is_named ? "good" : "BAD ", LIAR, LIE_S * 1e3,
	       is_named ? "named a falseticker" : "not found out");
	puts("\nThis machine's clock was not touched. To have it kept:\n"
	     "  sudo make install\n"
	     "  put your servers into the configuration (the language of chrony.conf)\n"
	     "  sudo systemctl enable --now timeballd\n"
	     "and 'timeball status' tells how it is.");
	return is_close && is_named ? COMMAND_OK : COMMAND_NO;
}

static void watch(struct show *show, double seconds)
{
	const int64_t step_ns = show->screen.is_open ? NS_PER_S / 4 : NS_PER_S;
	int64_t next_ns = show->start_ns;

	while (!show->screen.is_stopped && elapsed_s(show) < seconds) {
		show->ended = world_find_ended(&show->world);
		if (show->ended)
			return;
		look_at_client(show);
		if (show->screen.is_open)
			draw(show);
		else
			print_line(show);
		next_ns += step_ns;
		screen_wait_until(&show->screen, next_ns);
	}
	look_at_client(show);
}

static int run(int argc, char **argv)
{
	struct show show = { .plot = { .column_s = 0.5, .top_s = 1, .decades = 7 },
		             .look = style_look() };
	struct options options;
	int outcome = options_parse(argc, argv, OPTIONS_SECONDS, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	if (screen_init(&show.screen) < 0)
		return COMMAND_NO;
	if (world_create(&show.world, SERVERS + 1) < 0 || start_all(&show.world) < 0) {
		world_destroy(&show.world);
		screen_close(&show.screen);
		return COMMAND_NO;
	}
	screen_open(&show.screen);
	show.start_ns = screen_now_ns();
	watch(&show, options.seconds > 0   ? options.seconds
	             : show.screen.is_open ? (double)INFINITY
	                                   : SECONDS);
	screen_close(&show.screen);
	if (show.ended)
		world_explain_ended(&show.world, show.ended);
	world_destroy(&show.world);
	outcome = show.ended ? COMMAND_NO : print_closing(&show);
	status_view_free(&show.view);
	if (show.screen.signal)
		return 128 + show.screen.signal;
	return show.screen.is_stopped ? COMMAND_OK : outcome; /* q before the end is no failure */
}

const struct command command_run = {
	.name = "run",
	.arguments = "[--seconds N]",
	.summary = "try it, safely: real daemons on virtual clocks, one of the three servers lies",
	.run = run,
};
