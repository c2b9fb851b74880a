/* SPDX-License-Identifier: MIT */
#include "node/node_dumps.h"

#include <stdlib.h>
#include <string.h>

#include "config/config_errors.h"
#include "testing/check.h"

#define NOW_S INT64_C(1795000000)

struct setting {
	struct node_config config;
	struct node *node;
	struct rng rng;
	struct outbox out;
	struct instant now;
	struct dump_file dump;
};

static struct setting *begin(const char *text)
{
	const struct config_line line = { "f", 1, text, false };
	struct config_errors *errors = calloc(1, sizeof *errors);
	struct setting *setting = calloc(1, sizeof *setting);
	const struct node_setup setup = { .config = &setting->config,
		                          .rng = &setting->rng,
		                          .has_drift = true,
		                          .drift_ppm = 20,
		                          .drift_skew_ppm = 1,
		                          .precision_s = 1e-7 };

	CHECK(setting != NULL && errors != NULL);
	setting->now = (struct instant){ { NS_PER_S }, { NOW_S * NS_PER_S } };
	rng_init_seed(&setting->rng, 3);
	config_errors_init(errors);
	CHECK_EQ(node_config_parse(&line, 1, &setting->config, errors), 0);
	free(errors);
	CHECK_EQ(node_create(&setup, setting->now, &setting->node), 0);
	node_on_start(setting->node, setting->now, &setting->out);
	for (size_t i = 0; i < setting->out.count; i++) {
		const struct clock_adjusted adjusted = {
			.at = setting->now.local,
			.frequency = setting->out.actions[i].clock.frequency
		};

		if (setting->out.actions[i].kind == ACTION_ADJUST_CLOCK)
			node_on_clock_adjusted(setting->node, &adjusted, setting->now,
			                       &setting->out);
	}
	strcpy(setting->dump.name, "192.0.2.1");
	setting->dump.stratum = 2;
	setting->dump.count = 20;
	for (size_t i = 0; i < 20; i++)
		setting->dump.samples[i] = (struct dump_sample){
			.at_ns = (NOW_S - 2000 + (int64_t)i * 64) * NS_PER_S,
			.offset_s = 1e-3 + 1e-6 * (double)i,
			.delay_s = 2e-4,
		};
	return setting;
}

static void end(struct setting *setting)
{
	node_destroy(setting->node);
	free(setting);
}

TEST(node_dumps, gives_back_what_it_was_given)
{
	struct setting *setting = begin("server 192.0.2.1");
	struct dump_file taken;
	char name[NODE_DUMP_FILE_NAME_SIZE];

	CHECK(!node_dumps_take(setting->node, 0, setting->now, &taken));
	CHECK(node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	CHECK(node_dumps_take(setting->node, 0, setting->now, &taken));
	CHECK(node_dumps_file_name(setting->node, 0, name));
	CHECK_TEXT(name, "192.0.2.1.dat");
	CHECK_EQ(taken.count, 20);
	for (size_t i = 0; i < 20; i++) {
		CHECK_NEAR((double)(taken.samples[i].at_ns - setting->dump.samples[i].at_ns), 0, 2);
		CHECK_NEAR(taken.samples[i].offset_s, setting->dump.samples[i].offset_s, 2e-9);
		CHECK_NEAR(taken.samples[i].delay_s, 2e-4, 2e-9);
	}
	end(setting);
}

/* The offset grew by 1 us each 64 s: the clock gains 15.6 ppb beyond its correction. */
TEST(node_dumps, knows_the_rate_again)
{
	struct setting *setting = begin("server 192.0.2.1");
	struct node_source_status status;

	CHECK(node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	status = node_source_status(setting->node, 0, setting->now);
	CHECK(status.has_estimate && !status.has_measurement);
	CHECK_NEAR(status.residual_frequency, 1e-6 / 64, 5e-9);
	CHECK_EQ(node_status(setting->node, setting->now).updates_count, 0);
	end(setting);
}

TEST(node_dumps, refuses_what_is_not_of_this_source)
{
	struct setting *setting = begin("server 192.0.2.1 key 7");

	setting->dump.is_authenticated =
		true; /* but the key is not there: it is not asked at all */
	CHECK(!node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	end(setting);

	setting = begin("server 192.0.2.1");
	strcpy(setting->dump.name, "192.0.2.2");
	CHECK(!node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	strcpy(setting->dump.name, "192.0.2.1");
	setting->dump.samples[19].at_ns = (NOW_S + 1) * NS_PER_S; /* not yet */
	CHECK(!node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	setting->dump.samples[19].at_ns = (NOW_S - 1) * NS_PER_S;
	CHECK(node_dumps_restore(setting->node, 0, &setting->dump, setting->now));
	CHECK(!node_dumps_restore(setting->node, 0, &setting->dump, setting->now)); /* twice */
	end(setting);
}
