/* SPDX-License-Identifier: MIT */
#include "node/node_state.h"
#include "testing/check.h"

#include <stdlib.h>

/* A node with one source; no more of either is looked at. */
static struct node *begin(struct source_options options)
{
	struct node *node = calloc(1, sizeof *node);

	CHECK(node != NULL);
	node->sources[0].has_own_options = true;
	node->sources[0].own_options = options;
	return node;
}

static struct exchange of_delay(int64_t delay_ns)
{
	return (struct exchange){ .upper_ns = 1000 + delay_ns / 2,
		                  .lower_ns = 1000 - delay_ns / 2 };
}

/* By how much one that takes 500 ns is corrected after some of 100 ns. */
static int64_t correction_ns(struct source_options options)
{
	struct node *node = begin(options);
	struct exchange exchange = of_delay(100);
	int64_t correction;

	for (unsigned i = 0; i < 8; i++)
		CHECK(node_filter_passes(node, &node->sources[0], &exchange));
	exchange = of_delay(500);
	CHECK(node_filter_passes(node, &node->sources[0], &exchange));
	node_filter_correct(node, &node->sources[0], &exchange);
	CHECK_EQ(exchange.upper_ns - exchange.lower_ns, 500); /* and no bound is narrower */
	correction = (exchange.upper_ns + exchange.lower_ns) / 2 - 1000;
	free(node);
	return correction;
}

/* All of it lost on the way there: the server stamped it late, and seems to be ahead. */
TEST(node_filter, corrects_by_the_asymmetry_that_the_operator_knows)
{
	CHECK_EQ(correction_ns((struct source_options){ .asymmetry = 0 }), 0);
	CHECK_EQ(correction_ns((struct source_options){ .asymmetry = -0.5 }), -200);
	CHECK_EQ(correction_ns((struct source_options){ .asymmetry = 0.25 }), 100);
}

TEST(node_filter, counts_from_mindelay_where_it_is_said)
{
	CHECK_EQ(correction_ns((struct source_options){ .asymmetry = 0.5, .mindelay_s = 300e-9 }),
	         100);
	CHECK_EQ(correction_ns((struct source_options){ .asymmetry = 0.5, .mindelay_s = 501e-9 }),
	         0);
}
