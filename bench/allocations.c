/* SPDX-License-Identifier: MIT
 * Serves a million clients that were never seen before, and counts what is allocated meanwhile: it
 * must be nothing, and the memory in use must stay what it was. malloc and the like are counted by
 * --wrap, see meson.build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_errors.h"
#include "node/node.h"
#include "wire/ntp_header.h"

#define CLIENTS       1000000
#define RSS_KB_GROWTH 1024 /* pages of the tables that were only promised before */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static unsigned long allocations;

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocations++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocations++;
	return __real_realloc(old, size);
}

static long resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		(void)fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct node *make_node(struct rng *rng, struct outbox *out, struct instant now)
{
	static const char *const texts[] = { "allow", "local stratum 1", "ratelimit" };
	struct config_line lines[3];
	struct config_errors *errors = calloc(1, sizeof *errors);
	struct node_config *config = calloc(1, sizeof *config);
	struct node_setup setup = { .config = config, .rng = rng, .precision_s = 1e-7 };
	struct node *node = NULL;

	for (size_t i = 0; i < 3; i++)
		lines[i] = (struct config_line){ "f", 1, texts[i], false };
	if (errors)
		config_errors_init(errors);
	if (!errors || !config || node_config_parse(lines, 3, config, errors) != 0 ||
	    node_create(&setup, now, &node) != 0)
		exit(EXIT_FAILURE);
	node_on_start(node, now, out);
	out->count = 0;
	free(errors);
	free(config);
	return node;
}

static void name_client(struct address *address, uint32_t number)
{
	*address = (struct address){ .family = number & 1 ? ADDRESS_IPV6 : ADDRESS_IPV4,
		                     .port = (uint16_t)(1024 + number % 60000) };
	if (address->family == ADDRESS_IPV4) {
		address->bytes[0] = 10;
		memcpy(address->bytes + 1, &number, 3);
	} else { /* each in a network of its own */
		memcpy(address->bytes, (uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8 }, 4);
		memcpy(address->bytes + 4, &number, 4);
	}
}

int main(void)
{
	static struct outbox out;
	struct rng rng;
	struct instant now = { { NS_PER_S }, { INT64_C(1795000000) * NS_PER_S } };
	uint8_t request[NTP_HEADER_SIZE] = { 4 << 3 | NTP_MODE_CLIENT, [40] = 1 };
	unsigned long answered = 0, before;
	struct node *node;
	long rss_kb;

	rng_init_seed(&rng, 1);
	node = make_node(&rng, &out, now);
	rss_kb = resident_kb();
	before = allocations;
	if (before == 0) {
		puts("allocations are not counted");
		return EXIT_FAILURE;
	}
	for (uint32_t i = 0; i < CLIENTS; i++) {
		struct datagram datagram = { .association = ASSOCIATION_SERVER,
			                     .received = now.local,
			                     .bytes = request,
			                     .length_bytes = sizeof request };

		name_client(&datagram.remote, i);
		memcpy(request + 44, &i, sizeof i);
		node_on_received(node, &datagram, now, &out);
		answered += out.count;
		out.count = 0;
		now.mono.ns += 10 * NS_PER_US;
		now.local.ns += 10 * NS_PER_US;
	}
	before = allocations - before;
	rss_kb = resident_kb() - rss_kb;
	node_destroy(node);
	printf("%d clients, %lu answers, %lu allocations, %ld KiB more in use\n", CLIENTS, answered,
	       before, rss_kb);
	return answered == CLIENTS && before == 0 && rss_kb <= RSS_KB_GROWTH ? EXIT_SUCCESS
	                                                                     : EXIT_FAILURE;
}
