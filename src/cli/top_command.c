/* cli/top_command: the status, once a second. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_view.h"
#include "cli/screen.h"
#include "cli/status_view.h"

#define ANSWER_WITHIN_MS 800

static void show(struct screen *screen, const char *path)
{
	struct status_view view = { 0 };
	char *frame = NULL;
	size_t size;
	FILE *out = open_memstream(&frame, &size);

	if (!out)
		return;
	if (status_view_try(path, ANSWER_WITHIN_MS, &view))
		status_view_print(&view, style_look(), report_view_width(), out);
	else
		fprintf(out, "no daemon answers at %s just now\n", path);
	if (screen->is_open)
		fputs("\nq quits\n", out);
	fclose(out);
	if (screen->is_open)
		screen_draw(screen, frame);
	else
		printf("%s\n", frame);
	fflush(stdout);
	free(frame);
	status_view_free(&view);
}

static int run(int argc, char **argv)
{
	struct status_view view = { 0 };
	struct screen screen;
	struct options options;
	int64_t next_ns, end_ns = INT64_MAX;
	int outcome = options_parse(argc, argv, OPTIONS_SOCKET | OPTIONS_SECONDS, &options);

	if (outcome == COMMAND_OK)
		outcome = status_view_ask(options.socket,
		                          &view); /* complains in words when it must */
	if (outcome != COMMAND_OK)
		return outcome;
	status_view_free(&view);
	if (screen_init(&screen) < 0)
		return COMMAND_NO;
	screen_open(&screen);
	next_ns = screen_now_ns();
	if (options.seconds > 0)
		end_ns = next_ns + (int64_t)(options.seconds * NS_PER_S);
	while (!screen.is_stopped && next_ns < end_ns && !ferror(stdout)) {
		show(&screen, options.socket);
		next_ns += NS_PER_S;
		screen_wait_until(&screen, next_ns);
	}
	screen_close(&screen);
	return COMMAND_OK;
}

const struct command command_top = {
	.name = "top",
	.arguments = "[--seconds N] [-s SOCKET]",
	.summary =
		"the status, refreshed each second; q quits; without a terminal it is printed anew",
	.run = run,
};
