/* SPDX-License-Identifier: MIT */
#include "cli/status_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/phrases.h"
#include "cli/report_view.h"

#define LINE_SIZE 2048

void status_view_free(struct status_view *view)
{
	answer_free(&view->tracking);
	answer_free(&view->sources);
	answer_free(&view->why);
}

/* A status without its one row of tracking would be half a status. */
static bool is_whole(const struct status_view *view)
{
	return answer_is_report(&view->tracking) && answer_row_count(&view->tracking) == 1 &&
	       answer_is_report(&view->sources) && answer_is_report(&view->why);
}

int status_view_ask(const char *path, struct status_view *view_out)
{
	struct status_view view = { 0 };
	int outcome = answer_ask(path, "tracking", &view.tracking);

	if (outcome == COMMAND_OK)
		outcome = answer_ask(path, "sources", &view.sources);
	if (outcome == COMMAND_OK)
		outcome = answer_ask(path, "why", &view.why);
	if (outcome == COMMAND_OK && is_whole(&view)) {
		*view_out = view;
		return COMMAND_OK;
	}
	if (outcome != COMMAND_UNREACHABLE)
		control_client_explain(CONTROL_ANSWERED, path);
	status_view_free(&view);
	return COMMAND_UNREACHABLE;
}

static bool try_one(const char *path, const char *request, int timeout_ms,
                    struct answer *answer_out)
{
	char *line = NULL;
	const bool is_good =
		control_client_ask(path, request, timeout_ms, &line) == CONTROL_ANSWERED &&
		answer_parse(line, answer_out) == 0;

	free(line);
	return is_good;
}

bool status_view_try(const char *path, int timeout_ms, struct status_view *view_out)
{
	struct status_view view = { 0 };

	if (try_one(path, "tracking", timeout_ms, &view.tracking) &&
	    try_one(path, "sources", timeout_ms, &view.sources) &&
	    try_one(path, "why", timeout_ms, &view.why) && is_whole(&view)) {
		*view_out = view;
		return true;
	}
	status_view_free(&view);
	return false;
}

static const json_t *tracking_of(const struct status_view *view)
{
	return answer_row(&view->tracking, 0);
}

bool status_view_is_synchronised(const struct status_view *view)
{
	return answer_flag(tracking_of(view), "is_synchronised");
}

static void print_item(const char *heading, const char *value, FILE *out)
{
	fprintf(out, "  %-12s%s\n", heading, value);
}

static void print_clock(const json_t *row, FILE *out)
{
	char bytes[LINE_SIZE];
	struct text line = text_into(bytes, sizeof bytes);
	const double bound_ns = answer_number(row, "bound_ns");

	phrases_compare(&line, -answer_number(row, "offset_ns"), "its sources");
	if (isfinite(bound_ns)) {
		text_add(&line, "; true time is certainly within ");
		answer_add_duration(&line, bound_ns);
		text_add(&line, " of it");
	}
	print_item("clock", bytes, out);
}

static void print_true_error(const json_t *row, FILE *out)
{
	char bytes[LINE_SIZE];
	struct text line = text_into(bytes, sizeof bytes);

	if (isnan(answer_number(row, "true_error_ns")))
		return;
	phrases_compare(&line, answer_number(row, "true_error_ns"), "true time");
	text_add(&line, ", known because this clock is virtual");
	print_item("true error", bytes, out);
}

static void print_frequency(const json_t *row, FILE *out)
{
	const double frequency_ppm = answer_number(row, "frequency_ppm");
	const double slew_ppm = answer_number(row, "slew_ppm");
	char bytes[LINE_SIZE];
	struct text line = text_into(bytes, sizeof bytes);

	if (isnan(frequency_ppm))
		return;
	text_add(&line, frequency_ppm < 0 ? "loses " : "gains ");
	text_fixed(&line, fabs(frequency_ppm), 3);
	text_add(&line, " ppm by itself, which is corrected");
	if (isfinite(answer_number(row, "skew_ppm"))) {
		text_add(&line, "; known to ");
		text_fixed(&line, answer_number(row, "skew_ppm"), 3);
		text_add(&line, " ppm");
	}
	print_item("oscillator", bytes, out);
	if (!(fabs(slew_ppm) >= 1))
		return;
	line = text_into(bytes, sizeof bytes);
	text_add(&line, "runs ");
	text_fixed(&line, fabs(slew_ppm), 0);
	text_add(&line, slew_ppm < 0 ? " ppm slower just now to let the others catch up"
	                             : " ppm faster just now to catch up");
	print_item("slewing", bytes, out);
}

static void print_votes(const json_t *row, FILE *out)
{
	if (answer_number(row, "voters_count") > 0)
		fprintf(out, "  %-12s%.0f of %.0f agree, %.0f steer%s the clock\n", "sources",
		        answer_number(row, "agreeing_count"), answer_number(row, "voters_count"),
		        answer_number(row, "combined_count"),
		        answer_number(row, "combined_count") == 1 ? "s" : "");
}

/* The table of sources, each line in the colour of its state. */
static void print_source_table(const struct status_view *view, struct look look, FILE *out)
{
	char *table = NULL;
	size_t size;
	FILE *memory = open_memstream(&table, &size);

	if (!memory)
		return;
	report_view_print(&view->sources, 0, memory);
	fclose(memory);
	for (const char *line = table; line && *line;) {
		const size_t length = strcspn(line, "\n");
		const enum style style = line == table ? STYLE_STRONG : style_of_letter(line[0]);

		fprintf(out, "  %s%.*s%s\n", style_begin(look, style), (int)length, line,
		        style_end(look));
		line += length + (line[length] == '\n');
	}
	free(table);
}

static void warn(struct look look, size_t width, const char *name, const char *sentence, FILE *out)
{
	char raw[LINE_SIZE], bytes[2 * LINE_SIZE];
	struct text printable = text_into(raw, sizeof raw);
	struct text line = text_into(bytes, sizeof bytes);

	if (name) {
		answer_add_printable(&printable, name);
		text_add(&printable, " is ");
	}
	answer_add_printable(&printable, sentence);
	phrases_wrap(&line, raw, 4, width > 40 ? width : SIZE_MAX);
	fprintf(out, "  %s! %s%s\n", style_begin(look, STYLE_WARN), bytes, style_end(look));
}

/* What somebody who answers for this clock should know. */
static void print_warnings(const struct status_view *view, struct look look, size_t width,
                           FILE *out)
{
	const json_t *tracking = tracking_of(view);
	const char *leap = answer_text(tracking, "leap");

	for (size_t i = 1; i < answer_row_count(&view->why); i++) {
		const json_t *row = answer_row(&view->why, i);
		const char *state = answer_text(row, "state");

		if (strcmp(state, "falseticker") == 0 || strcmp(state, "stale") == 0 ||
		    strcmp(state, "implausible") == 0 || strcmp(state, "denied") == 0 ||
		    strcmp(state, "key-missing") == 0 || strcmp(state, "not-resolved") == 0)
			warn(look, width, answer_text(row, "name"), answer_text(row, "sentence"),
			     out);
	}
	if (status_view_is_synchronised(view) && answer_number(tracking, "voters_count") == 1)
		warn(look, width, NULL,
		     "only one source has a vote: nobody can tell if it lies; "
		     "four or more can outvote a liar",
		     out);
	else if (status_view_is_synchronised(view) && answer_number(tracking, "voters_count") == 2)
		warn(look, width, NULL,
		     "only two sources have a vote: if they part, neither is believed", out);
	if (answer_number(tracking, "contradictions_count") > 0)
		warn(look, width, NULL,
		     "a measurement proved the error bound wrong; 'timeball tracking' counts", out);
	if (strcmp(leap, "insert") == 0 || strcmp(leap, "delete") == 0)
		warn(look, width, NULL,
		     leap[0] == 'i' ? "a leap second will be inserted at the end of this UTC day"
		                    : "a leap second will be deleted at the end of this UTC day",
		     out);
	if (answer_flag(tracking, "is_leap_expired"))
		warn(look, width, NULL,
		     "the leap second table has expired: update tzdata or leap-seconds.list", out);
	if (strcmp(answer_text(tracking, "clock_driver"), "none") == 0)
		warn(look, width, NULL,
		     "the daemon only watches: it may not, or shall not, move the clock", out);
}

void status_view_print_sources(const struct status_view *view, struct look look, FILE *out)
{
	if (answer_row_count(&view->sources) > 0)
		print_source_table(view, look, out);
}

static void print_headline(const struct status_view *view, struct look look, size_t width,
                           FILE *out)
{
	const json_t *row = tracking_of(view);
	const json_t *clock = answer_row(&view->why, 0);
	const bool is_good = status_view_is_synchronised(view);
	const bool is_holding = strcmp(answer_text(clock, "state"), "holdover") == 0;
	char raw[LINE_SIZE], bytes[LINE_SIZE];
	struct text line = text_into(raw, sizeof raw);
	struct text wrapped = text_into(bytes, sizeof bytes);

	if (is_good && !is_holding) {
		text_add(&line, "synchronised to ");
		answer_add_printable(&line, answer_text(row, "source"));
		text_add(&line, ", at stratum ");
		text_fixed(&line, answer_number(row, "stratum"), 0);
	} else {
		answer_add_printable(&line, answer_text(clock, "sentence"));
	}
	phrases_wrap(&wrapped, raw, 0, width > 40 ? width : SIZE_MAX);
	fprintf(out, "%s%s%s\n",
	        style_begin(look, !is_good     ? STYLE_BAD
	                          : is_holding ? STYLE_WARN
	                                       : STYLE_GOOD),
	        bytes, style_end(look));
}

void status_view_print(const struct status_view *view, struct look look, size_t width, FILE *out)
{
	const json_t *row = tracking_of(view);
	char bytes[LINE_SIZE];
	struct text line = text_into(bytes, sizeof bytes);

	print_headline(view, look, width, out);
	if (status_view_is_synchronised(view)) {
		print_clock(row, out);
		print_true_error(row, out);
		print_frequency(row, out);
		print_votes(row, out);
	} else {
		print_true_error(row, out);
	}
	text_add(&line, "timeballd ");
	answer_add_printable(&line, answer_text(row, "version"));
	text_add(&line, ", clock driver ");
	answer_add_printable(&line, answer_text(row, "clock_driver"));
	text_add(&line, ", up ");
	answer_add_duration(&line, answer_number(row, "uptime_ns"));
	print_item("daemon", bytes, out);
	if (answer_row_count(&view->sources) > 0) {
		fputc('\n', out);
		print_source_table(view, look, out);
	}
	print_warnings(view, look, width, out);
}
