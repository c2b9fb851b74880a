/* SPDX-License-Identifier: MIT */
#include "control/control_reply.h"
#include "testing/check.h"

static char bytes[CONTROL_REPLY_SIZE];

static enum control_command ask_bytes(const char *line, size_t length, bool may_command)
{
	static const struct report_context context = { .version = "0.1.0", .clock_driver = "none" };
	const struct report_subject subject = { .context = &context,
		                                .status = { .selected_name = "" } };
	const struct control_request request = { .line = line,
		                                 .length_bytes = length,
		                                 .may_command = may_command };
	struct text reply = text_into(bytes, sizeof bytes);
	const enum control_command command = control_reply(&request, &subject, &reply);

	CHECK(!reply.is_cut);
	CHECK(reply.length_bytes > 3);
	CHECK_EQ(bytes[reply.length_bytes - 1], '\n');
	CHECK(strchr(bytes, '\n') == bytes + reply.length_bytes - 1);
	return command;
}

static enum control_command ask(const char *line)
{
	return ask_bytes(line, strlen(line), false);
}

TEST(control_reply, answers_with_the_report_that_is_named)
{
	CHECK_EQ(ask("tracking\n"), CONTROL_NOTHING);
	CHECK(strstr(bytes, "{\"report\":\"tracking\",") == bytes);
	ask("  sources \r\n");
	CHECK(strstr(bytes, "{\"report\":\"sources\",") == bytes);
	ask("activity");
	CHECK(strstr(bytes, "{\"report\":\"activity\",") == bytes);
}

TEST(control_reply, lists_what_there_is)
{
	ask("reports\n");
	for (size_t i = 0; i < reports_count(); i++)
		CHECK(strstr(bytes, reports_at(i)->name));
	CHECK(strstr(bytes, "\"commands\":[\"online\",\"offline\",\"burst\",\"makestep\"]}"));
	ask("ping\n");
	CHECK_TEXT(bytes, "{\"pong\":\"timeballd\",\"version\":\"0.1.0\"}\n");
}

TEST(control_reply, says_what_exists_when_a_request_is_unknown)
{
	CHECK_EQ(ask("track\"ing\n"), CONTROL_NOTHING);
	CHECK(strstr(bytes,
	             "{\"error\":\"unknown request\",\"request\":\"track\\\"ing\",\"reports\":[{\"name\":"
	             "\"tracking\"") == bytes);
	ask("");
	CHECK(strstr(bytes, "{\"error\":\"unknown request\",\"request\":\"\"") == bytes);
}

TEST(control_reply, refuses_what_is_no_word)
{
	char line[CONTROL_REQUEST_MAX + 1];

	memset(line, 'a', sizeof line);
	ask_bytes(line, CONTROL_REQUEST_MAX, true);
	CHECK(strstr(bytes, "{\"error\":\"a request is one short word") == bytes);
	ask_bytes("ping\0ping", 9, true);
	CHECK(strstr(bytes, "{\"error\":\"a request is one short word") == bytes);
	ask_bytes(line, CONTROL_REQUEST_MAX - 1, true);
	CHECK(strstr(bytes, "{\"error\":\"unknown request\"") == bytes);
}

TEST(control_reply, lets_only_those_command_who_may)
{
	static const struct {
		const char *word;
		enum control_command command;
	} rows[] = { { "online\n", CONTROL_ONLINE },
		     { "offline\n", CONTROL_OFFLINE },
		     { "burst\n", CONTROL_BURST },
		     { "makestep\n", CONTROL_MAKESTEP } };

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		CHECK_EQ(ask_bytes(rows[i].word, strlen(rows[i].word), true), rows[i].command);
		CHECK(strstr(bytes, "{\"done\":\"") == bytes);
		CHECK_EQ(ask(rows[i].word), CONTROL_NOTHING);
		CHECK(strstr(bytes, "{\"error\":\"only root") == bytes);
	}
}

TEST(control_reply, never_sends_half_a_report)
{
	static const struct report_context context = { .version = "0.1.0" };
	const struct report_subject subject = { .context = &context,
		                                .status = { .selected_name = "" } };
	const struct control_request request = { .line = "tracking", .length_bytes = 8 };
	char small[200];
	struct text reply = text_into(small, sizeof small);

	control_reply(&request, &subject, &reply);
	CHECK_TEXT(small, "{\"error\":\"the report is too long for an answer\"}\n");
}
