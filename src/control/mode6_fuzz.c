/* control/mode6_fuzz: any bytes as a question of ntpq: a few whole messages come back, or nothing.
 * SPDX-License-Identifier: MIT */
#include "control/mode6.h"

#include <stdlib.h>
#include <string.h>

#include "wire/ntp_control.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct node *make_node(struct instant now)
{
	static struct node_config config;
	static struct outbox out;
	static struct rng rng;
	const struct node_setup setup = { .config = &config, .rng = &rng, .precision_s = 1e-7 };
	struct node *node;

	rng_init_seed(&rng, 1);
	node_config_defaults(&config);
	config.sources[0] = (struct source_options){ .name = "192.0.2.1",
		                                     .port = 123,
		                                     .minpoll_log2_s = 6,
		                                     .maxpoll_log2_s = 10,
		                                     .maxdelay_s = 3 };
	config.sources[1] = config.sources[0];
	memcpy(config.sources[1].name, "ntp.\"example", 13);
	config.sources_count = 2;
	if (node_create(&setup, now, &node) != 0)
		abort();
	node_on_start(node, now, &out);
	return node;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct outbox out;
	static struct node *node;
	const struct instant now = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };
	const struct datagram datagram = {
		.association = ASSOCIATION_SERVER,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 }, .port = 5000 },
		.bytes = bytes,
		.length_bytes = length,
	};

	if (!node)
		node = make_node(now); /* nothing changes it */
	if (!mode6_is_request(&datagram))
		return 0;
	out.count = 0;
	mode6_answer(&datagram, "0", node, now, &out);
	if (out.count > MODE6_FRAGMENTS_MAX)
		abort();
	for (size_t i = 0; i < out.count; i++) {
		const struct send_action *send = &out.actions[i].send;
		struct reader in = reader_over(send->bytes, send->length_bytes);
		struct ntp_control header;

		ntp_control_decode(&in, &header);
		if (reader_finish(&in) != 0 || !header.is_response ||
		    header.count > reader_left(&in) || header.has_more != (i + 1 < out.count))
			abort();
	}
	return 0;
}
