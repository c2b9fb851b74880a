/* cli/status_command: is the clock right, and by whom: one screen. SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_view.h"
#include "cli/status_view.h"

static int run(int argc, char **argv)
{
	struct status_view view = { 0 };
	struct options options;
	int outcome = options_parse(argc, argv, false, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	outcome = status_view_ask(options.socket, &view);
	if (outcome != COMMAND_OK)
		return outcome;
	status_view_print(&view, style_look(), report_view_width(), stdout);
	outcome = status_view_is_synchronised(&view) ? COMMAND_OK : COMMAND_NO;
	status_view_free(&view);
	return outcome;
}

const struct command command_status = {
	.name = "status",
	.arguments = "[-s SOCKET]",
	.summary =
		"is the clock right, and by whom: one screen; exit status 0 only when synchronised",
	.run = run,
};
