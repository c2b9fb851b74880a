/* cli/status_command: is the clock right, and by whom: one screen. SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_view.h"
#include "cli/status_view.h"

/* The three reports that a status is made of. */
static void print_json(const struct status_view *view)
{
	json_t *all = json_pack("{sOsOsO}", "tracking", view->tracking.root, "sources",
	                        view->sources.root, "why", view->why.root);

	json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10));
	putchar('\n');
	json_decref(all);
}

static int run(int argc, char **argv)
{
	struct status_view view = { 0 };
	struct options options;
	int outcome = options_parse(argc, argv, OPTIONS_SOCKET | OPTIONS_JSON, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	outcome = status_view_ask(options.socket, &view);
	if (outcome != COMMAND_OK)
		return outcome;
	if (options.is_json)
		print_json(&view);
	else
		status_view_print(&view, style_look(), report_view_width(), stdout);
	outcome = status_view_is_synchronised(&view) ? COMMAND_OK : COMMAND_NO;
	status_view_free(&view);
	return outcome;
}

const struct command command_status = {
	.name = "status",
	.arguments = "[--json] [-s SOCKET]",
	.summary =
		"is the clock right, and by whom: one screen; exit status 0 only when synchronised",
	.run = run,
};
