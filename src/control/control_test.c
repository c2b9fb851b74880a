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
	if (command == CONTROL_RELOAD) { /* answered by who carries it out */
		CHECK_EQ(reply.length_bytes, 0);
		return command;
	}
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
	CHECK(strstr(
		bytes,
		"\"commands\":[\"online\",\"offline\",\"burst\",\"makestep\",\"trimrtc\",\"writertc\",\"reload\"]}"));
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

TEST(control_reply, leaves_the_answer_to_who_reloads)
{
	CHECK_EQ(ask_bytes("reload\n", 7, true), CONTROL_RELOAD);
	CHECK_EQ(ask("reload\n"), CONTROL_NOTHING);
	CHECK(strstr(bytes, "{\"error\":\"only root") == bytes);
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

TEST(control_answer, asks_the_node_and_commands_it)
{
	static const struct report_context context = { .version = "0.1.0", .clock_driver = "none" };
	static struct node_config config;
	static struct outbox out;
	const struct instant now = { { NS_PER_S }, { INT64_C(1700000000) * NS_PER_S } };
	struct rng rng;
	struct node *node;
	struct text reply = text_into(bytes, sizeof bytes);

	rng_init_seed(&rng, 1);
	node_config_defaults(&config);
	config.sources[0] = (struct source_options){ .name = "192.0.2.1",
		                                     .port = 123,
		                                     .version = 4,
		                                     .minpoll_log2_s = 6,
		                                     .maxpoll_log2_s = 10,
		                                     .maxdelay_s = 3,
		                                     .maxunreach_polls = 100000 };
	config.sources_count = 1;
	CHECK_EQ(
		node_create(
			&(struct node_setup){ .config = &config, .rng = &rng, .precision_s = 1e-7 },
			now, &node),
		0);
	node_on_start(node, now, &out);
	control_answer(&(struct control_request){ "sources", 7, false }, node, now, &context,
	               &reply, &out);
	CHECK(strstr(bytes,
	             "\"rows\":[{\"letter\":\"M\",\"state\":\"no-samples\",\"kind\":\"server\","
	             "\"name\":\"192.0.2.1\""));
	control_answer(&(struct control_request){ "offline", 7, false }, node, now, &context,
	               &reply, &out);
	CHECK_EQ(node_status(node, now).online_count, 1); /* not permitted */
	control_answer(&(struct control_request){ "offline", 7, true }, node, now, &context, &reply,
	               &out);
	CHECK_EQ(node_status(node, now).online_count, 0);
	control_answer(&(struct control_request){ "online", 6, true }, node, now, &context, &reply,
	               &out);
	CHECK_EQ(node_status(node, now).online_count, 1);
	node_destroy(node);
}
