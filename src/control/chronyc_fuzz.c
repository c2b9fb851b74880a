/* control/chronyc_fuzz: any datagrams as requests, one after the other to the same node: the answer
 * is never longer than the request, and over UDP nothing is changed. SPDX-License-Identifier: MIT
 *
 * The input is a row of datagrams, each behind two bytes of length; the top bit of the first means
 * UDP. */
#include "control/chronyc.h"

#include <stdlib.h>
#include <string.h>

#define CLIENTS_BYTES 16384 /* small tables: most of the time would go into clearing them */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct node_config config; /* filled once; a node copies it */

static void fill_config(void)
{
	static const char *const names[] = { "192.0.2.1", "ntp.example" };

	node_config_defaults(&config);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		config.sources[i] = (struct source_options){ .port = 123,
			                                     .version = 4,
			                                     .minpoll_log2_s = 6,
			                                     .maxpoll_log2_s = 10,
			                                     .maxdelay_s = 3 };
		memcpy(config.sources[i].name, names[i], strlen(names[i]) + 1);
	}
	config.sources_count = ARRAY_COUNT(names);
	config.clientloglimit_bytes = CLIENTS_BYTES;
}

static void make_node(struct node **node, struct rng *rng, struct outbox *out, struct instant now)
{
	const struct node_setup setup = { .config = &config, .rng = rng, .precision_s = 1e-7 };

	if (config.sources_count == 0)
		fill_config();
	if (node_create(&setup, now, node) != 0)
		abort();
	node_on_start(*node, now, out);
}

static void ask(struct chronyc *chronyc, struct node *node, const struct chronyc_asked *asked)
{
	static struct outbox out;
	struct chronyc_answer answer;
	const size_t before = node_source_count(node);

	out.count = 0;
	chronyc_answer(chronyc, asked, node, &answer, &out);
	if (answer.length_bytes > asked->length_bytes ||
	    (answer.length_bytes > 0 && answer.length_bytes < CANDM_REPLY_HEADER) ||
	    (answer.length_bytes > 0) != (answer.verdict >= CHRONYC_REFUSED) ||
	    (!asked->is_unix && (out.count > 0 || answer.duty != CHRONYC_NOTHING ||
	                         node_source_count(node) != before)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct outbox out;
	const struct instant start = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };
	struct chronyc chronyc = { .open_commands = chronyc_open_commands(true, "") };
	struct instant now = start;
	struct node *node;
	struct rng rng;

	rng_init_seed(&rng, 1);
	out.count = 0;
	make_node(&node, &rng, &out, now);
	while (length >= 2) {
		const size_t wanted = (size_t)(bytes[0] & 0x7f) << 8 | bytes[1];
		const size_t taken = wanted < length - 2 ? wanted : length - 2;
		const struct chronyc_asked asked = {
			.bytes = bytes + 2,
			.length_bytes = taken,
			.is_unix = !(bytes[0] & 0x80),
			.remote = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } },
			.now = now,
		};

		ask(&chronyc, node, &asked);
		bytes += 2 + taken;
		length -= 2 + taken;
		now.mono.ns += NS_PER_S;
		now.local.ns += NS_PER_S;
		out.count = 0;
		node_on_deadline(node, now, &out);
	}
	node_destroy(node);
	return 0;
}
