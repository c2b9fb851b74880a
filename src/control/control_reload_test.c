/* SPDX-License-Identifier: MIT */
#include "control/control_reload.h"
#include "testing/check.h"

#include <stdlib.h>

static const struct config_listing_row gone = { .directive = "server", .value = "a \"b\"" };
static const struct config_listing_row come = { .directive = "allow", .value = "" };
static struct config_diff_row rows[] = { { &gone, false }, { &come, true } };
static const struct config_diff diff = { rows, 2 };

TEST(control_reload, tells_what_changed_and_what_waits)
{
	const char *restart[] = { "port", "user" };
	const struct control_reload reload = { .diff = &diff,
		                               .restart = restart,
		                               .restart_count = 2 };
	char bytes[1024];
	struct text reply = text_into(bytes, sizeof bytes);

	control_reload_answer(&reload, &reply);
	CHECK_TEXT(
		bytes,
		"{\"done\":\"reload\",\"removed\":[\"server a \\\"b\\\"\"],\"added\":[\"allow\"],"
		"\"restart\":[\"port\",\"user\"],\"warnings\":[]}\n");
}

TEST(control_reload, tells_the_mistakes_and_not_the_warnings)
{
	struct config_errors *errors = calloc(1, sizeof *errors);
	const struct control_reload reload = { .error = "no", .diff = &diff, .errors = errors };
	char bytes[1024];
	struct text reply = text_into(bytes, sizeof bytes), out;

	CHECK(errors != NULL);
	config_errors_init(errors);
	out = config_errors_add(errors, true, "f", 1, 0);
	text_add(&out, "odd");
	out = config_errors_add(errors, false, "f", 2, 3);
	text_add(&out, "wrong");
	control_reload_answer(&reload, &reply);
	CHECK_TEXT(bytes, "{\"error\":\"no\",\"mistakes\":[\"f:2:3: wrong\"]}\n");
	free(errors);
}

TEST(control_reload, leaves_out_what_does_not_fit)
{
	const struct control_reload reload = { .diff = &diff };
	char bytes[290];
	struct text reply = text_into(bytes, sizeof bytes);

	control_reload_answer(&reload, &reply);
	CHECK(!reply.is_cut);
	CHECK_TEXT(bytes, "{\"done\":\"reload\",\"removed\":[],\"added\":[],"
	                  "\"restart\":[],\"warnings\":[],\"left_out\":2}\n");
}
