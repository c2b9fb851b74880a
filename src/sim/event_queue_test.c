/* SPDX-License-Identifier: MIT */
#include "sim/event_queue.h"

#include "base/rng.h"
#include "testing/check.h"

TEST(event_queue, gives_back_in_order_of_time)
{
	struct event_queue queue;
	struct rng rng;
	int64_t last_ns = -1;

	rng_init_seed(&rng, 4);
	CHECK_EQ(event_queue_init(&queue, 500), 0);
	for (int i = 0; i < 500; i++)
		CHECK(event_queue_add(&queue,
		                      (struct event){ .at_ns = (int64_t)rng_below(&rng, 900) }));
	CHECK(!event_queue_add(&queue, (struct event){ 0 }));
	while (event_queue_first(&queue)) {
		const struct event event = event_queue_take(&queue);

		CHECK(event.at_ns >= last_ns);
		last_ns = event.at_ns;
	}
	event_queue_release(&queue);
}

TEST(event_queue, gives_what_was_said_first_at_the_same_instant)
{
	struct event_queue queue;

	CHECK_EQ(event_queue_init(&queue, 300), 0);
	for (uint32_t i = 0; i < 300; i++)
		CHECK(event_queue_add(&queue, (struct event){ .at_ns = i % 3, .who = i }));
	for (uint32_t i = 0; i < 300; i++)
		CHECK_EQ(event_queue_take(&queue).who, 3 * (i % 100) + i / 100);
	event_queue_release(&queue);
}
