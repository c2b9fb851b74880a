/* cli/view_test: what people see, from known numbers, through the daemon's own JSON.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "cli/phrases.h"
#include "cli/plot.h"
#include "cli/report_view.h"
#include "cli/screen.h"
#include "cli/status_view.h"
#include "cli/table.h"
#include "report/report_json.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static struct answer answer_of(const char *name, const struct report_subject *subject)
{
	static char bytes[1 << 16];
	struct text out = text_into(bytes, sizeof bytes);
	struct answer answer;

	report_json_write(&out, reports_find(name), subject);
	CHECK(!out.is_cut);
	CHECK_EQ(answer_parse(bytes, &answer), 0);
	return answer;
}

static const char *report_for_people(const char *name, size_t width)
{
	static struct report_subject subject;
	struct answer answer;
	static char *printed;
	size_t size;
	FILE *out;

	free(printed);
	stub_subject(&subject);
	answer = answer_of(name, &subject);
	out = open_memstream(&printed, &size);
	report_view_print(&answer, width, out);
	fclose(out);
	answer_free(&answer);
	return printed;
}

TEST(cli_report_view, prints_sources_like_chronyc_does)
{
	CHECK_TEXT(
		report_for_people("sources", 0),
		"   source       stratum  poll  reach  last      source is  can err\n"
		"*  ntp1               1  64 s    377   5 s  1.20 us ahead   140 us\n"
		"+  ntp2               1  64 s    377   5 s  800 ns behind   140 us\n"
		"x  liar               1  64 s    377   5 s   300 ms ahead   140 us\n"
		"u  lost\"??[2J\xef\xbf\xbd        -     -      0     -              -        -\n");
}

TEST(cli_report_view, stands_one_row_upright_with_its_meaning)
{
	const char *text = report_for_people("tracking", 0);

	CHECK(strstr(text, "synchronised"));
	CHECK(strstr(text, "\nbound "));
	CHECK(strstr(text, "  141 us "));
	CHECK(strstr(text, "true time lies within this of the clock\n"));
}

TEST(cli_report_view, wraps_sentences)
{
	const char *text = report_for_people("why", 60);

	CHECK(strstr(text, "* ntp1"));
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");

		CHECK(length <= 60);
		line += length + (line[length] == '\n');
	}
	text = report_for_people("why", 0);
	CHECK(strchr(text, '\n') > strstr(text, "141 us"));
}

TEST(cli_report_view, shows_a_report_it_has_never_heard_of)
{
	struct answer answer;
	static char *printed;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	CHECK_EQ(
		answer_parse(
			"{\"report\":\"new\",\"summary\":\"\",\"fields\":[{\"name\":\"root_delay_ns\",\"unit\":"
			"\"ns\",\"type\":\"integer\",\"text\":\"t\"},{\"name\":\"b\",\"type\":\"text\"}],"
			"\"rows\":[{\"root_delay_ns\":1500,\"b\":\"x\"},{\"b\":\"y\"}]}",
			&answer),
		0);
	report_view_print(&answer, 80, out);
	fclose(out);
	CHECK_TEXT(printed, "root delay  b\n   1.50 us  x\n         -  y\n");
	answer_free(&answer);
	free(printed);
}

static const char *status_of(struct report_subject *subject)
{
	struct status_view view = { answer_of("tracking", subject), answer_of("sources", subject),
		                    answer_of("why", subject) };
	static char *printed;
	size_t size;
	FILE *out;

	free(printed);
	out = open_memstream(&printed, &size);
	status_view_print(&view, (struct look){ 0 }, 80, out);
	fclose(out);
	status_view_free(&view);
	return printed;
}

TEST(cli_status_view, summarises_a_kept_clock)
{
	static struct report_subject subject;
	const char *text;

	stub_subject(&subject);
	text = status_of(&subject);
	CHECK(strstr(text, "synchronised to ntp1, at stratum 2\n") == text);
	CHECK(strstr(
		text,
		"  clock       250 ns behind its sources; true time is certainly within 141 us of it\n"));
	CHECK(strstr(
		text,
		"  true error  1.50 us behind true time, known because this clock is virtual\n"));
	CHECK(strstr(text, "  oscillator  gains 40.250 ppm by itself, which is corrected"));
	CHECK(strstr(text, "  sources     2 of 3 agree, 2 steer the clock\n"));
	CHECK(strstr(text, "  ! liar is not used: it is 300 ms ahead of the interval that 2 of 3"));
}

TEST(cli_status_view, says_why_a_clock_is_not_kept)
{
	static struct report_subject subject;

	stub_subject(&subject);
	subject.status.is_synchronised = false;
	subject.sources_count = 0;
	CHECK(strstr(status_of(&subject),
	             "not synchronised: no sources are configured; add a line such as"));
}

TEST(cli_status_view, warns_of_a_single_source)
{
	static struct report_subject subject;

	stub_subject(&subject);
	subject.sources_count = 1;
	subject.status.voters_count = 1;
	subject.status.leap = LEAP_INSERT;
	CHECK(strstr(status_of(&subject),
	             "! only one source has a vote: nobody can tell if it lies"));
	CHECK(strstr(status_of(&subject),
	             "! a leap second will be inserted at the end of this UTC day"));
}

TEST(cli_table, aligns_columns_by_what_is_seen)
{
	struct table table;
	char(*cells)[TABLE_CELL_SIZE];
	static char *printed;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	table_init(&table, 3);
	table.is_right[1] = true;
	for (int i = 0; i < 40; i++) { /* more than it first has room for */
		cells = table_add_row(&table);
		strcpy(cells[0], i == 0 ? "z\xc3\xbcrich" : "a");
		strcpy(cells[1], i == 0 ? "1" : "100");
		strcpy(cells[2], "end");
	}
	table_print(&table, out);
	fclose(out);
	CHECK(strstr(printed, "z\xc3\xbcrich    1  end\na       100  end\na       100  end\n") ==
	      printed);
	table_free(&table);
	free(printed);
}

TEST(cli_phrases, wraps_and_indents)
{
	char bytes[256];
	struct text out = text_into(bytes, sizeof bytes);

	phrases_wrap(&out, "one two three four", 4, 12);
	CHECK_TEXT(bytes, "one two\n    three\n    four");
	out = text_into(bytes, sizeof bytes);
	phrases_wrap(&out, "averyveryverylongword x", 2, 8);
	CHECK_TEXT(bytes, "averyveryverylongword\n  x");
}

TEST(cli_phrases, say_ahead_or_behind)
{
	char bytes[64];
	struct text out = text_into(bytes, sizeof bytes);

	phrases_ahead_or_behind(&out, 1500);
	CHECK_TEXT(bytes, "1.50 us ahead");
	out = text_into(bytes, sizeof bytes);
	phrases_ahead_or_behind(&out, -0.3e9);
	CHECK_TEXT(bytes, "300 ms behind");
	out = text_into(bytes, sizeof bytes);
	phrases_ahead_or_behind(&out, (double)NAN);
	CHECK_TEXT(bytes, "-");
	out = text_into(bytes, sizeof bytes);
	phrases_compare(&out, 1500, "true time");
	CHECK_TEXT(bytes, "1.50 us ahead of true time");
	out = text_into(bytes, sizeof bytes);
	phrases_compare(&out, -1500, "true time");
	CHECK_TEXT(bytes, "1.50 us behind true time");
	out = text_into(bytes, sizeof bytes);
	phrases_compare(&out, 0, "true time");
	CHECK_TEXT(bytes, "level with true time");
}

TEST(cli_screen, cuts_lines_but_no_colours)
{
	const char line[] = "\x1b[1;32mgr\xc3\xbcn\x1b[0m und mehr";
	char out[sizeof line] = "";

	screen_cut(line, strlen(line), 3, out);
	CHECK_TEXT(out, "\x1b[1;32mgr\xc3\xbc\x1b[0m");
	memset(out, 0, sizeof out);
	screen_cut(line, strlen(line), 80, out);
	CHECK_TEXT(out, line);
}

static const char *plotted(const struct plot *plot)
{
	static char *printed;
	size_t size;
	FILE *out;

	free(printed);
	out = open_memstream(&printed, &size);
	plot_print(plot, (struct look){ 0 }, out);
	fclose(out);
	return printed;
}

TEST(cli_plot, draws_decades)
{
	struct plot plot = { .column_s = 1, .top_s = 1, .decades = 3 };
	const char *text;

	plot_add(&plot, 0, 0.25, 0.5);
	plot_add(&plot, 1.1, 0.02, 0.04);
	plot_add(&plot, 1.9, 0.01, 0.03); /* the larger counts */
	plot_add(&plot, 3, 0, 0.02);      /* nothing is known of the third */
	text = plotted(&plot);
	CHECK(strstr(text, "     1 s |#   \n"
	                   "  100 ms |#. -\n"
	                   "   10 ms |##  \n") == text);
	CHECK(strstr(text, "+----+----+"));
	CHECK(strstr(text, "\n          0 s       10 s "));
}

TEST(cli_plot, lets_the_oldest_go)
{
	struct plot plot = { .column_s = 0.5, .top_s = 1, .decades = 1 };

	for (int i = 0; i < 100; i++)
		plot_add(&plot, i * 0.5, 0.5, 0.5);
	CHECK_EQ(plot.count, PLOT_COLUMNS);
	CHECK_EQ(plot.first_index, 100 - PLOT_COLUMNS);
}
