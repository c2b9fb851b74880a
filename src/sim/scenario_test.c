/* SPDX-License-Identifier: MIT */
#include "sim/scenario_parse.h"

#include <errno.h>

#include "testing/check.h"

static char complaints[4000];

static int parse(const char *text, struct scenario **scenario_out)
{
	struct text errors = text_into(complaints, sizeof complaints);

	*scenario_out = NULL;
	return scenario_parse("x.scenario", text, strlen(text), scenario_out, &errors);
}

static void check_complaint(const char *text, const char *wanted)
{
	struct scenario *scenario;

	CHECK_EQ(parse(text, &scenario), -EINVAL);
	CHECK(scenario == NULL);
	if (!strstr(complaints, wanted))
		check_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", complaints, wanted);
}

static const char whole[] = "A title of words.\n"
			    "# a comment\n"
			    "duration 2h\n"
			    "start 2036-02-07T06:28:00\n"
			    "seed 77\n"
			    "network base 5ms jitter lognormal 200us asymmetry 20%\n"
			    "ideal a offset -300ms leap 3\n"
			    "node client offset 250ms freq -40ppm wander 1e-9\n"
			    "\tserver a iburst\n"
			    "\n"
			    "\tmakestep 0.1 3\n"
			    "node old date 1970-01-01\n"
			    "link client -> a base 1ms\n"
			    "name pool a client\n"
			    "at 90m link a client loss 50% asymmetry 10%\n"
			    "at 1h server a step 2s\n"
			    "expect client state a selected|falseticker after 1m until 1h\n"
			    "expect rms_error <= 20us # trailing\n";

TEST(scenario, reads_a_whole_world)
{
	struct scenario *s;

	CHECK_EQ(parse(whole, &s), 0);
	CHECK_TEXT(complaints, "");
	CHECK_TEXT(s->title, "A title of words.");
	CHECK_EQ(s->duration_ns, 7200 * NS_PER_S);
	CHECK_EQ(s->start.ns, INT64_C(2085978480) * NS_PER_S);
	CHECK_EQ(s->seed, 77);
	CHECK_EQ(s->nodes_count, 3);
	CHECK_NEAR(s->nodes[0].ideal.options.offset_s, -0.3, 1e-15);
	CHECK_NEAR(s->nodes[0].ideal.options.leap, 3, 0);
	CHECK_NEAR(s->nodes[1].clock.offset_s, 0.25, 0);
	CHECK_NEAR(s->nodes[1].clock.oscillator.frequency, -40e-6, 1e-18);
	CHECK_EQ(s->nodes[1].config->sources_count, 1);
	CHECK_EQ(s->nodes[1].config->discipline.makestep_limit, 3);
	CHECK_NEAR(s->nodes[2].clock.offset_s, -2085978480.0, 0);
	CHECK_TEXT(s->pools[0].name, "pool");
	CHECK_EQ(s->pools[0].members[1], 1);
	CHECK_EQ(s->events_count, 2);
	CHECK_EQ(s->events[0].at_ns, 5400 * NS_PER_S);
	CHECK_EQ(s->expects_count, 2);
	CHECK_EQ(s->expects[0].states, 1 << SOURCE_STATE_SELECTED | 1 << SOURCE_STATE_FALSETICKER);
	CHECK_EQ(s->expects[1].comparison, LESS_OR_EQUAL);
	CHECK_NEAR(s->expects[1].limit, 20e-6, 1e-18);
	scenario_destroy(s);
}

TEST(scenario, gives_each_direction_its_settings)
{
	struct scenario *s;
	const struct path_options *forth, *back;

	CHECK_EQ(parse(whole, &s), 0);
	forth = &s->links[1 * SCENARIO_NODES_MAX + 0];
	back = &s->links[0 * SCENARIO_NODES_MAX + 1];
	CHECK_NEAR(forth->base_s, 1e-3, 0);
	CHECK_NEAR(back->base_s, 5e-3, 0);
	CHECK_NEAR(forth->law, PATH_LAW_LOGNORMAL, 0);
	CHECK_NEAR(back->asymmetry, 0.2, 0);
	CHECK_NEAR(forth->asymmetry, -0.2, 0);
	scenario_destroy(s);
}

TEST(scenario, says_where_and_what_is_possible)
{
	check_complaint("T\nduration 1h\nfrobnicate 3\n",
	                "x.scenario:3: \"frobnicate\" begins no line");
	check_complaint("T\nduration 1h\nideal a speed 3\n",
	                "x.scenario:3: \"speed\" is not known here; possible are offset, date");
	check_complaint(
		"T\nduration 1h\nideal a offset fast\n",
		"x.scenario:3: offset needs a duration such as 100us, 15s or 2h, not \"fast\"");
	check_complaint("T\nduration 1h\nideal a leap 4\n", "x.scenario:3: leap must lie within");
	check_complaint("T\nduration 1h\nideal a\nideal a\n", "x.scenario:4: \"a\" is named twice");
	check_complaint("T\nduration 1h\nideal a\nlink a b loss 1\n",
	                "x.scenario:4: \"b\" is no node so far; there are a");
	check_complaint("T\nduration 1h\nideal a\nexpect flying\n",
	                "x.scenario:4: \"flying\" cannot be expected; possible are");
	check_complaint("T\nduration 1h\nnode a\nexpect a max_error 3ms\n",
	                "x.scenario:4: a comparison is missing");
	check_complaint("T\nduration 1h\nnode a\nexpect a state a happy\n",
	                "x.scenario:4: \"happy\" is no state; possible are");
	check_complaint("T\nduration 1h\nnode a\nexpect a max_error < 3ms after 2h\n",
	                "x.scenario:4: the window begins after the end");
	check_complaint("T\nduration 1h\nideal a\nexpect a max_error < 3ms\n",
	                "x.scenario:4: \"a\" is an ideal server");
	check_complaint("T\nduration 1h extra\n", "x.scenario:2: \"extra\" is too much");
	check_complaint("T\nat noon dns down\n", "x.scenario:2: at \"noon\" is not a duration");
	check_complaint("T\nduration 1h\nexpect hash 12\n", "x.scenario:3: hash needs 16");
	check_complaint("T\n", "a line such as \"duration 2h\" is missing");
	check_complaint("", "the scenario is empty");
	check_complaint("T\n\tserver a\n", "x.scenario:2: an indented line");
}

TEST(scenario, names_the_line_of_a_wrong_configuration)
{
	check_complaint("T\nduration 1h\nnode a\n\n\tallow\n\tserver b minpoll 99\n",
	                "x.scenario:6:");
}

TEST(scenario, tells_all_errors_in_one_go)
{
	check_complaint("T\nbogus\nideal\nduration 1h\nexpect x\n", "x.scenario:2:");
	CHECK(strstr(complaints, "x.scenario:3:") != NULL);
	CHECK(strstr(complaints, "x.scenario:5:") != NULL);
}

TEST(scenario, finds_nodes_by_their_addresses)
{
	struct scenario *s;
	struct address address;

	CHECK_EQ(parse(whole, &s), 0);
	for (uint32_t i = 0; i < 3; i++) {
		address = scenario_address(i, ADDRESS_IPV4);
		CHECK_EQ(scenario_node_at(s, &address), i);
		address = scenario_address(i, ADDRESS_IPV6);
		CHECK_EQ(scenario_node_at(s, &address), i);
	}
	address = scenario_address(3, ADDRESS_IPV4);
	CHECK_EQ(scenario_node_at(s, &address), SCENARIO_NODE_NONE);
	CHECK_EQ(scenario_node_at(s, &(struct address){ 0 }), SCENARIO_NODE_NONE);
	scenario_destroy(s);
}
