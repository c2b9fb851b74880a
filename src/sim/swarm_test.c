/* SPDX-License-Identifier: MIT */
#include "sim/swarm.h"

#include <string.h>

#include "sim/scenario_parse.h"
#include "testing/check.h"

static char first[SWARM_TEXT_SIZE], second[SWARM_TEXT_SIZE], complaints[4096];

TEST(swarm, each_seed_gives_a_scenario_that_can_be_read)
{
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct text out = text_into(first, sizeof first);
		struct text errors = text_into(complaints, sizeof complaints);
		struct scenario *scenario = NULL;

		swarm_write(seed, &out);
		CHECK(!out.is_cut);
		CHECK_EQ(scenario_parse("swarm", first, out.length_bytes, &scenario, &errors), 0);
		CHECK_TEXT(complaints, "");
		CHECK_EQ(scenario->seed, seed);
		scenario_destroy(scenario);
	}
}

TEST(swarm, the_same_seed_gives_the_same_text)
{
	struct text out = text_into(first, sizeof first);

	swarm_write(7, &out);
	out = text_into(second, sizeof second);
	swarm_write(7, &out);
	CHECK_TEXT(first, second);
	out = text_into(second, sizeof second);
	swarm_write(8, &out);
	CHECK(strcmp(first, second) != 0);
}
