/* SPDX-License-Identifier: MIT */
#include "os/resolver.h"

#include <signal.h>

#include "testing/check.h"

static const struct mono_time start = { 1000 };

static struct resolver fresh(void)
{
	struct resolver resolver;

	resolver_init(&resolver);
	return resolver;
}

TEST(resolver, answers_numbers_at_once)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;
	char text[ADDRESS_TEXT_SIZE];

	resolver_ask(&resolver, 7, "192.0.2.1", ADDRESS_NONE);
	resolver_ask(&resolver, 8, "2001:db8::1", ADDRESS_IPV6);
	CHECK(resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(answer.request, 7);
	CHECK_EQ(answer.count, 1);
	CHECK_TEXT(address_format(&answer.addresses[0], text), "192.0.2.1");
	CHECK(resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(answer.request, 8);
	CHECK_TEXT(address_format(&answer.addresses[0], text), "2001:db8::1");
	CHECK(!resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(resolver_deadline(&resolver).ns, INT64_MAX);
}

TEST(resolver, keeps_to_the_family)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;

	resolver_ask(&resolver, 7, "192.0.2.1", ADDRESS_IPV6);
	CHECK(resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(answer.request, 7);
	CHECK_EQ(answer.count, 0);
}

TEST(resolver, asks_a_child_for_names)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;
	struct pollfd set[RESOLVER_CHILDREN_MAX];

	/* No dot at its end would make it look elsewhere; /etc/hosts or the library knows it. */
	resolver_ask(&resolver, 9, "localhost", ADDRESS_IPV4);
	CHECK(!resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(resolver_deadline(&resolver).ns, start.ns + RESOLVER_PATIENCE_NS);
	CHECK_EQ(resolver_poll_set(&resolver, set), RESOLVER_CHILDREN_MAX);
	CHECK_EQ(poll(set, RESOLVER_CHILDREN_MAX, 60000), 1);
	CHECK(resolver_take(&resolver, set, start, &answer));
	CHECK_EQ(answer.request, 9);
	CHECK(answer.count >= 1);
	CHECK(address_is_loopback(&answer.addresses[0]));
	CHECK(!resolver_take(&resolver, set, start, &answer));
	CHECK_EQ(resolver_deadline(&resolver).ns, INT64_MAX);
}

TEST(resolver, waits_on_when_a_pipe_is_called_ready_too_early)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;
	struct pollfd set[RESOLVER_CHILDREN_MAX];

	resolver_ask(&resolver, 9, "localhost", ADDRESS_IPV4);
	CHECK(!resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(kill(resolver.children[0].pid, SIGSTOP), 0);
	(void)resolver_poll_set(&resolver, set);
	if (poll(set, RESOLVER_CHILDREN_MAX, 0) == 0) { /* else it was quicker than the signal */
		set[0].revents = POLLIN;
		CHECK(!resolver_take(&resolver, set, start, &answer));
		CHECK(resolver.children[0].pid != 0);
	}
	resolver_stop(&resolver);
}

TEST(resolver, gives_up_on_a_name_that_takes_too_long)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;

	resolver_ask(&resolver, 9, "localhost", ADDRESS_NONE);
	CHECK(!resolver_take(&resolver, NULL, start, &answer));
	CHECK(resolver_take(&resolver, NULL, mono_time_after(start, RESOLVER_PATIENCE_NS),
	                    &answer));
	CHECK_EQ(answer.request, 9);
	CHECK_EQ(answer.count, 0);
	CHECK_EQ(resolver.children[0].pid, 0);
}

TEST(resolver, makes_names_wait_for_a_free_child)
{
	struct resolver resolver = fresh();
	struct resolver_answer answer;

	for (uint32_t i = 0; i < RESOLVER_CHILDREN_MAX + 2; i++)
		resolver_ask(&resolver, i, "localhost", ADDRESS_NONE);
	CHECK(!resolver_take(&resolver, NULL, start, &answer));
	CHECK_EQ(resolver.waiting_count, 2);
	resolver_stop(&resolver);
	CHECK_EQ(resolver.waiting_count, 0);
	CHECK_EQ(resolver.children[0].pid, 0);
}
