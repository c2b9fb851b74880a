/* SPDX-License-Identifier: MIT */
#include "node/node_reload.h"
#include "config/config_errors.h"
#include "testing/check.h"

#include <stdlib.h>

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct setting {
	struct node_config config; /* what was last loaded */
	struct node *node;
	struct rng rng;
	struct outbox out;
};

static const struct instant start = { { NS_PER_S }, { INT64_C(1795000000000000000) } };

static void parse(const char *const *texts, struct node_config *config_out)
{
	struct config_errors *errors = calloc(1, sizeof *errors);
	struct config_line lines[NODE_LINES_MAX];
	size_t count = 0;

	CHECK(errors != NULL);
	config_errors_init(errors);
	for (; texts[count]; count++)
		lines[count] =
			(struct config_line){ "f", (unsigned)count + 1, texts[count], false };
	CHECK_EQ(node_config_parse(lines, count, config_out, errors), 0);
	free(errors);
}

static struct setting *begin(const char *const *texts)
{
	struct setting *setting = calloc(1, sizeof *setting);
	const struct node_setup setup = { .config = &setting->config,
		                          .rng = &setting->rng,
		                          .precision_s = 1e-7 };

	CHECK(setting != NULL);
	rng_init_seed(&setting->rng, 3);
	parse(texts, &setting->config);
	CHECK_EQ(node_create(&setup, start, &setting->node), 0);
	node_on_start(setting->node, start, &setting->out);
	return setting;
}

static void end(struct setting *setting)
{
	node_destroy(setting->node);
	free(setting);
}

static enum node_outcome reload(struct setting *setting, const char *const *texts)
{
	struct node_config *next = calloc(1, sizeof *next);
	enum node_outcome outcome;

	CHECK(next != NULL);
	parse(texts, next);
	setting->out.count = 0;
	outcome = node_reload(setting->node, &setting->config, next, start, &setting->out);
	if (outcome == NODE_DONE)
		setting->config = *next;
	free(next);
	return outcome;
}

static struct node_source_status source(const struct setting *setting, const char *name)
{
	for (size_t i = 0; i < node_source_count(setting->node); i++) {
		const struct node_source_status status =
			node_source_status(setting->node, i, start);

		if (strcmp(status.name, name) == 0)
			return status;
	}
	return (struct node_source_status){ .number = 0 };
}

static size_t count_of(const struct setting *setting, enum action_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < setting->out.count; i++)
		count += setting->out.actions[i].kind == kind;
	return count;
}

TEST(node_reload, leaves_alone_what_did_not_change)
{
	struct setting *setting =
		begin(LINES("server 192.0.2.1", "server 192.0.2.2", "server 192.0.2.3"));
	const uint32_t second = source(setting, "192.0.2.2").number;

	CHECK_EQ(reload(setting, LINES("server 192.0.2.4", "server 192.0.2.2",
	                               "server 192.0.2.3 prefer maxpoll 8")),
	         NODE_DONE);
	CHECK_EQ(source(setting, "192.0.2.1").number, 0);
	CHECK_EQ(source(setting, "192.0.2.2").number, second);
	CHECK(source(setting, "192.0.2.3").options->prefer);
	CHECK_EQ(source(setting, "192.0.2.3").options->maxpoll_log2_s, 8);
	CHECK(source(setting, "192.0.2.4").has_client);
	CHECK_EQ(count_of(setting, ACTION_CLOSE), 1); /* no other association was begun anew */
	CHECK_EQ(node_source_count(setting->node), 3);
	end(setting);
}

TEST(node_reload, finds_its_lines_again_the_next_time)
{
	struct setting *setting = begin(LINES("server 192.0.2.1", "server 192.0.2.2"));

	CHECK_EQ(reload(setting, LINES("server 192.0.2.2", "server 192.0.2.1")), NODE_DONE);
	CHECK_EQ(count_of(setting, ACTION_CLOSE), 0);
	CHECK_EQ(reload(setting, LINES("server 192.0.2.1")), NODE_DONE);
	CHECK_EQ(count_of(setting, ACTION_CLOSE), 1);
	CHECK_EQ(node_source_count(setting->node), 1);
	CHECK(source(setting, "192.0.2.1").number != 0);
	end(setting);
}

TEST(node_reload, keeps_what_was_commanded_and_brings_back_what_was_deleted)
{
	struct setting *setting = begin(LINES("server 192.0.2.1", "server 192.0.2.2", "local"));
	struct source_options more = *source(setting, "192.0.2.1").options;
	struct node_choice first = { .number = 0 };

	CHECK_EQ(address_parse("192.0.2.1", &first.address), 0);
	memset(first.mask.bytes, 0xff, sizeof first.mask.bytes);
	CHECK_EQ(node_command_delete_source(setting->node, &first, start, &setting->out),
	         NODE_DONE);
	memcpy(more.name, "192.0.2.9", 10);
	CHECK_EQ(node_command_add_source(setting->node, &more, start), NODE_DONE);
	CHECK_EQ(node_command_set_reselectdist(setting->node, 0.5, start), NODE_DONE);
	CHECK_EQ(reload(setting, LINES("server 192.0.2.1", "server 192.0.2.2", "local")),
	         NODE_DONE);
	CHECK(source(setting, "192.0.2.1").number != 0);
	CHECK(source(setting, "192.0.2.9").number != 0);
	CHECK_EQ(count_of(setting, ACTION_CLOSE), 0);
	end(setting);
}

TEST(node_reload, changes_who_may_ask_and_whether_it_serves_its_own_clock)
{
	struct setting *setting = begin(LINES("allow 192.0.2.0/24"));
	struct address host;

	CHECK_EQ(address_parse("192.0.2.7", &host), 0);
	CHECK(access_is_allowed(node_access(setting->node), &host));
	CHECK(!node_status(setting->node, start).is_local);
	CHECK_EQ(reload(setting, LINES("allow 198.51.100.0/24", "local stratum 3")), NODE_DONE);
	CHECK(!access_is_allowed(node_access(setting->node), &host));
	CHECK(node_status(setting->node, start).is_local);
	end(setting);
}

TEST(node_reload, changes_nothing_when_there_is_no_room)
{
	static char names[NODE_LINES_MAX][32];
	const char *lines[NODE_LINES_MAX + 1] = { NULL };
	struct setting *setting = begin(LINES("pool a.example maxsources 16", "server 192.0.2.1"));
	struct source_options more = *source(setting, "192.0.2.1").options;

	for (size_t i = 0; i < NODE_LINES_MAX; i++) {
		memcpy(names[i], "server 198.51.100.00", 21);
		names[i][18] = (char)('0' + i / 10);
		names[i][19] = (char)('0' + i % 10);
		lines[i] = names[i];
	}
	memcpy(more.name, "192.0.2.9", 10); /* which stays, and leaves one too few */
	CHECK_EQ(node_command_add_source(setting->node, &more, start), NODE_DONE);
	CHECK_EQ(reload(setting, lines), NODE_TOO_MANY_SOURCES);
	CHECK_EQ(setting->out.count, 0);
	CHECK(source(setting, "192.0.2.1").number != 0);
	CHECK_EQ(node_source_count(setting->node), 18);
	end(setting);
}
