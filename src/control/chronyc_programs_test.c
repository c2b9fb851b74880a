/* SPDX-License-Identifier: MIT
 *
 * What programs other than chronyc ask: exporters and agents that speak the protocol themselves
 * (facebook/time's Go client, as in chrony_exporter and telegraf; netdata). They take the layout
 * from chrony's tables of lengths, pad requests to the longest they know, and check reply code,
 * status, sequence and length before anything else. */
#include "control/chronyc.h"

#include <string.h>

#include "testing/check.h"

#define PADDED 416 /* the longest of the reports they ask for */

static const struct instant now = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };

struct scene {
	struct node_config config;
	struct rng rng;
	struct outbox out;
	struct node *node;
	struct chronyc chronyc;
	struct chronyc_answer answer;
};

static void begin(struct scene *scene)
{
	struct source_options *server = &scene->config.sources[0];

	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 1);
	node_config_defaults(&scene->config);
	config_option_reset_all(source_options_table, server);
	memcpy(server->name, "192.0.2.1", 10);
	scene->config.sources_count = 1;
	CHECK_EQ(node_create(&(struct node_setup){ .config = &scene->config,
	                                           .rng = &scene->rng,
	                                           .precision_s = 1e-7 },
	                     now, &scene->node),
	         0);
	node_on_start(scene->node, now, &scene->out);
	scene->chronyc.open_commands = chronyc_open_commands(true, "");
}

/* From offset 20 on, in words of 32 bits. */
static enum candm_status ask(struct scene *scene, uint16_t command, size_t length, bool is_unix,
                             const uint32_t *words, size_t words_count)
{
	uint8_t bytes[PADDED] = { CANDM_VERSION, CANDM_REQUEST };
	struct writer head = writer_into(bytes + 4, sizeof bytes - 4);
	const struct chronyc_asked asked = {
		.bytes = bytes,
		.length_bytes = length,
		.is_unix = is_unix,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 }, .port = 40000 },
		.now = now
	};
	struct reader reply;

	writer_u16(&head, command);
	writer_u16(&head, 0);
	writer_u32(&head, 0xdeadbeef); /* their sequence */
	writer_u64(&head, 0);
	for (size_t i = 0; i < words_count; i++)
		writer_u32(&head, words[i]);
	scene->out.count = 0;
	chronyc_answer(&scene->chronyc, &asked, scene->node, &scene->answer, &scene->out);
	CHECK(scene->answer.length_bytes >= CANDM_REPLY_HEADER);
	CHECK(scene->answer.length_bytes <= length);
	CHECK_EQ(scene->answer.bytes[0], CANDM_VERSION);
	CHECK_EQ(scene->answer.bytes[1], 2); /* a reply */
	reply = reader_over(scene->answer.bytes + 4, 16);
	CHECK_EQ(reader_u16(&reply), command);
	(void)reader_u16(&reply); /* reply code */
	{
		const enum candm_status status = reader_u16(&reply);

		(void)reader_bytes(&reply, 6);
		CHECK_EQ(reader_u32(&reply), 0xdeadbeef);
		return status;
	}
}

static unsigned reply_code(const struct scene *scene)
{
	return (unsigned)scene->answer.bytes[6] << 8 | scene->answer.bytes[7];
}

static const uint32_t server_address[] = { 0xc0000201, 0, 0, 0, 1 << 16 }; /* IPAddr */

static const struct report {
	uint16_t command;
	const uint32_t *words;
	size_t words_count;
	unsigned reply;
	size_t reply_length;
	bool is_open; /* over UDP, by default */
} reports[] = {
	{ CANDM_N_SOURCES, NULL, 0, 2, 32, true },
	{ CANDM_SOURCE_DATA, (const uint32_t[]){ 0 }, 1, 3, 76, true },
	{ CANDM_TRACKING, NULL, 0, 5, 104, true },
	{ CANDM_SOURCESTATS, (const uint32_t[]){ 0 }, 1, 6, 84, true },
	{ CANDM_ACTIVITY, NULL, 0, 12, 48, true },
	{ CANDM_SERVERSTATS, NULL, 0, 25, 196, false },
	{ CANDM_NTPDATA, server_address, 5, 26, 172, false },
	{ CANDM_SOURCENAME, server_address, 5, 19, 284, true },
};

TEST(chronyc_programs, get_the_reports_that_they_ask_for)
{
	struct scene scene;

	begin(&scene);
	for (size_t i = 0; i < ARRAY_COUNT(reports); i++) {
		const struct report *report = &reports[i];

		for (int is_exact = 0; is_exact <= 1; is_exact++) {
			const size_t length = is_exact ? report->reply_length : PADDED;

			CHECK_EQ(ask(&scene, report->command, length, true, report->words,
			             report->words_count),
			         CANDM_OK);
			CHECK_EQ(reply_code(&scene), report->reply);
			CHECK_EQ(scene.answer.length_bytes, report->reply_length);
		}
	}
	node_destroy(scene.node);
}

TEST(chronyc_programs, are_told_over_udp_what_is_not_open)
{
	struct scene scene;

	begin(&scene);
	for (size_t i = 0; i < ARRAY_COUNT(reports); i++) {
		const struct report *report = &reports[i];

		CHECK_EQ(ask(&scene, report->command, PADDED, false, report->words,
		             report->words_count),
		         report->is_open ? CANDM_OK : CANDM_UNAUTHORISED);
	}
	scene.chronyc.open_commands = chronyc_open_commands(false, "serverstats ntpdata sources");
	CHECK_EQ(ask(&scene, CANDM_SERVERSTATS, PADDED, false, NULL, 0), CANDM_OK);
	CHECK_EQ(ask(&scene, CANDM_NTPDATA, PADDED, false, server_address, 5), CANDM_OK);
	node_destroy(scene.node);
}

/* The list may have changed between the count and the item. */
TEST(chronyc_programs, are_told_where_the_list_ends)
{
	struct scene scene;

	begin(&scene);
	CHECK_EQ(ask(&scene, CANDM_SOURCE_DATA, PADDED, false, (const uint32_t[]){ 1 }, 1),
	         CANDM_NO_SUCH_SOURCE);
	CHECK_EQ(reply_code(&scene), 1);
	CHECK_EQ(scene.answer.length_bytes, CANDM_REPLY_HEADER);
	node_destroy(scene.node);
}
