/* SPDX-License-Identifier: MIT
 *
 * What a node does about its sources without their saying anything. */
#include "config/config_errors.h"
#include "node/node_commands.h"
#include "testing/check.h"

#include <stdlib.h>

struct setting {
	struct node_config config;
	struct node *node;
	struct rng rng;
	struct outbox out;
	struct instant now;
	unsigned resolves;
};

static struct setting *begin(const char *first, const char *second, const char *third)
{
	const struct config_line lines[] = { { "f", 1, first, false },
		                             { "f", 2, second, false },
		                             { "f", 3, third, false } };
	struct config_errors *errors = calloc(1, sizeof *errors);
	struct setting *setting = calloc(1, sizeof *setting);
	const struct node_setup setup = { .config = &setting->config,
		                          .rng = &setting->rng,
		                          .precision_s = 1e-7 };

	CHECK(setting != NULL && errors != NULL);
	setting->now = (struct instant){ { NS_PER_S }, { INT64_C(1795000000000000000) } };
	rng_init_seed(&setting->rng, 3);
	config_errors_init(errors);
	CHECK_EQ(node_config_parse(lines, ARRAY_COUNT(lines), &setting->config, errors), 0);
	free(errors);
	CHECK_EQ(node_create(&setup, setting->now, &setting->node), 0);
	node_on_start(setting->node, setting->now, &setting->out);
	return setting;
}

static void end(struct setting *setting)
{
	node_destroy(setting->node);
	free(setting);
}

static const struct address addresses[] = {
	{ .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 } },
	{ .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 2 } },
};

/* Counts what is asked of names, and answers with the first `count` addresses. */
static void answer_names(struct setting *setting, size_t first, size_t count)
{
	for (size_t i = 0; i < setting->out.count; i++) {
		const struct action action = setting->out.actions[i];

		if (action.kind != ACTION_RESOLVE)
			continue;
		setting->resolves++;
		node_on_resolved(setting->node, action.resolve.request, addresses + first, count,
		                 setting->now, &setting->out);
	}
	setting->out.count = 0;
}

static void run(struct setting *setting, int64_t seconds, size_t first_address)
{
	for (int64_t i = 0; i < seconds; i++) {
		setting->now.mono.ns += NS_PER_S;
		setting->now.local.ns += NS_PER_S;
		node_on_deadline(setting->node, setting->now, &setting->out);
		answer_names(setting, first_address, ARRAY_COUNT(addresses) - first_address);
	}
}

static struct node_source_status source(const struct setting *setting, size_t index)
{
	return node_source_status(setting->node, index, setting->now);
}

TEST(node_upkeep, goes_offline_when_sending_fails_and_that_was_wanted)
{
	struct setting *setting = begin("server 192.0.2.1 auto_offline", "server 192.0.2.2", "");

	node_on_not_sent(setting->node, 0, setting->now);
	node_on_not_sent(setting->node, 1, setting->now);
	node_on_not_sent(setting->node, 99, setting->now);
	CHECK(!source(setting, 0).client.is_online);
	CHECK(source(setting, 1).client.is_online);
	end(setting);
}

TEST(node_upkeep, looks_whether_names_still_mean_the_same)
{
	struct setting *setting =
		begin("server a.example offline", "server 192.0.2.9 offline", "refresh 300");

	answer_names(setting, 0, 1);
	CHECK_EQ(setting->resolves, 1);
	run(setting, 299, 0);
	CHECK_EQ(setting->resolves, 1);
	run(setting, 2, 0);
	CHECK_EQ(setting->resolves, 2);
	CHECK_EQ(source(setting, 0).address.bytes[3], 1); /* the same: nothing changes */
	run(setting, 300, 1);
	CHECK_EQ(setting->resolves, 3);
	CHECK_EQ(source(setting, 0).address.bytes[3], 2);
	end(setting);
}

/* Two names in 1000 s: one each 500 s. */
TEST(node_upkeep, takes_turns_with_the_names)
{
	struct setting *setting =
		begin("server a.example offline", "server b.example offline", "refresh 1000");

	answer_names(setting, 0, 2);
	CHECK_EQ(setting->resolves, 2);
	run(setting, 490, 0);
	CHECK_EQ(setting->resolves, 2);
	run(setting, 20, 0);
	CHECK_EQ(setting->resolves, 3);
	run(setting, 2000, 0);
	CHECK_EQ(setting->resolves, 7);
	end(setting);
}

TEST(node_upkeep, leaves_names_alone_when_told_to)
{
	struct setting *setting = begin("server a.example offline", "refresh 0", "");

	answer_names(setting, 0, 1);
	run(setting, 10000, 0);
	CHECK_EQ(setting->resolves, 1);
	end(setting);
}

/* A reference clock's offset, changed by chronyc: the source's own and no other's. */
TEST(node_upkeep, takes_another_offset_of_a_reference_clock)
{
	struct setting *setting = begin("refclock SHM 0 refid GPS offset auto",
	                                "refclock SHM 1 refid PTP offset 0.5", "maxdistance 3");
	const struct node_choice choice = { .reference_id = 0x47505300 };
	struct node_source_status status;

	CHECK_EQ(node_command_set_source(setting->node, &choice, NODE_SOURCE_MINPOLL, 4,
	                                 setting->now),
	         NODE_NO_SUCH_SOURCE);
	CHECK_EQ(node_command_set_source(setting->node, &choice, NODE_SOURCE_OFFSET, 0.25,
	                                 setting->now),
	         NODE_DONE);
	status = node_source_status(setting->node, 0, setting->now);
	CHECK_NEAR(status.refclock.lateness.offset_s, 0.25, 0);
	CHECK_NEAR(status.refclock.options->offset_s, 0.25, 0);
	status = node_source_status(setting->node, 1, setting->now);
	CHECK_NEAR(status.refclock.lateness.offset_s, 0.5, 0);
	end(setting);
}
