/* SPDX-License-Identifier: MIT */
#include "control/mode6.h"
#include "testing/check.h"
#include "wire/ntp_control.h"

static const struct instant now = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };

struct scene {
	struct node_config config;
	struct rng rng;
	struct outbox out;
	struct node *node;
	uint8_t request[NTP_CONTROL_HEADER + 600];
	struct datagram datagram;
};

/* A node with that many servers, and `ntpq`'s question for the list of them. */
static void begin(struct scene *scene, unsigned servers)
{
	/* as ntpq of ntpsec 1.2.2 sends it: version 2, leap 3 */
	static const uint8_t list[NTP_CONTROL_HEADER] = { 0xd6, 1, 0, 7 };

	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 1);
	node_config_defaults(&scene->config);
	for (unsigned i = 0; i < servers; i++) {
		struct source_options *server = &scene->config.sources[i];

		*server = (struct source_options){ .port = 123,
			                           .minpoll_log2_s = 6,
			                           .maxpoll_log2_s = 10,
			                           .maxdelay_s = 3,
			                           .key_id = i };
		memcpy(server->name, "192.0.2.1", 10);
		server->name[8] = (char)('1' + i % 9);
		server->name[6] = (char)('0' + i / 9);
		if (i == 1) /* a long answer */
			memset(server->name, 'h', 200);
	}
	scene->config.sources_count = servers;
	CHECK_EQ(node_create(&(struct node_setup){ .config = &scene->config,
	                                           .rng = &scene->rng,
	                                           .precision_s = 1e-7 },
	                     now, &scene->node),
	         0);
	node_on_start(scene->node, now, &scene->out);
	memcpy(scene->request, list, sizeof list);
	scene->datagram = (struct datagram){
		.association = ASSOCIATION_SERVER,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 }, .port = 5000 },
		.local = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } },
		.bytes = scene->request,
		.length_bytes = NTP_CONTROL_HEADER,
	};
}

static void end(struct scene *scene)
{
	node_destroy(scene->node);
}

static struct ntp_control header_of(const struct scene *scene, size_t index)
{
	const struct send_action *send = &scene->out.actions[index].send;
	struct reader in = reader_over(send->bytes, send->length_bytes);
	struct ntp_control header;

	ntp_control_decode(&in, &header);
	CHECK_EQ(reader_finish(&in), 0);
	CHECK_EQ(send->length_bytes % 4, 0);
	CHECK(header.count <= send->length_bytes - NTP_CONTROL_HEADER);
	CHECK(header.is_response);
	CHECK_EQ(header.mode, 6);
	CHECK_EQ(header.sequence, 7);
	return header;
}

/* Asks, and puts the parts of the answer together. Returns how many there were. */
static size_t ask(struct scene *scene, char text[4096])
{
	size_t length = 0;

	scene->out.count = 0;
	CHECK(mode6_is_request(&scene->datagram));
	mode6_answer(&scene->datagram, "0.1.0", scene->node, now, &scene->out);
	for (size_t i = 0; i < scene->out.count; i++) {
		const struct ntp_control header = header_of(scene, i);

		CHECK_EQ(header.offset, length);
		CHECK_EQ(header.has_more, i + 1 < scene->out.count);
		memcpy(text + length, scene->out.actions[i].send.bytes + NTP_CONTROL_HEADER,
		       header.count);
		length += header.count;
	}
	text[length] = '\0';
	return scene->out.count;
}

static size_t ask_variables(struct scene *scene, uint16_t association, const char *names,
                            char text[4096])
{
	const size_t length = strlen(names);

	scene->request[1] = NTP_CONTROL_READ_VARIABLES;
	scene->request[6] = (uint8_t)(association >> 8);
	scene->request[7] = (uint8_t)association;
	scene->request[10] = (uint8_t)(length >> 8);
	scene->request[11] = (uint8_t)length;
	memcpy(scene->request + NTP_CONTROL_HEADER, names, length);
	scene->datagram.length_bytes = NTP_CONTROL_HEADER + length;
	return ask(scene, text);
}

TEST(control_mode6, lists_sources_with_their_states)
{
	struct scene scene;
	char text[4096];

	begin(&scene, 3);
	CHECK_EQ(ask(&scene, text), 1);
	CHECK_EQ(header_of(&scene, 0).count, 12);
	CHECK_EQ(header_of(&scene, 0).status >> 14, 3); /* not synchronised */
	CHECK_EQ(memcmp(text, "\0\1\x80\0\0\2\xc0\0\0\3\xc0\0", 12),
	         0); /* configured, with a key */
	end(&scene);
	begin(&scene, NODE_SOURCES_MAX);
	CHECK_EQ(ask(&scene, text), 1);
	CHECK_EQ(header_of(&scene, 0).count, 4 * NODE_SOURCES_MAX);
	end(&scene);
}

TEST(control_mode6, tells_the_variables_of_the_system)
{
	struct scene scene;
	char text[4096];

	begin(&scene, 1);
	CHECK_EQ(ask_variables(&scene, 0, "", text), 1);
	CHECK(strstr(text, "version=\"timeballd 0.1.0\", system=\"Linux\", leap=3, stratum=16, ") ==
	      text);
	CHECK(strstr(text,
	             "refid=0.0.0.0, reftime=0x00000000.00000000, clock=0xeead0e50.00000000"));
	CHECK_TEXT(text + strlen(text) - 2, "\r\n");
	CHECK_EQ(ask_variables(&scene, 0, "stratum, leap", text), 1);
	CHECK_TEXT(text, "leap=3, stratum=16\r\n");
	CHECK_EQ(ask_variables(&scene, 0, "strat,authdelay,stratum=4", text), 1);
	CHECK_TEXT(text, "stratum=16\r\n");
	end(&scene);
}

TEST(control_mode6, tells_the_variables_of_a_source_in_parts)
{
	struct scene scene;
	char text[4096];

	begin(&scene, 2);
	CHECK_EQ(ask_variables(&scene, 1, "", text), 1);
	CHECK(strstr(text,
	             "srcadr=192.0.0.1, srcport=123, srchost=\"192.0.0.1\", dstadr=0.0.0.0,") ==
	      text);
	CHECK(strstr(text, "refid=INIT, "));
	CHECK(strstr(text, "reach=0x00, "));
	CHECK_EQ(ask_variables(&scene, 2, "", text), 2);
	CHECK(strstr(text, "hhhh\", dstadr=0.0.0.0, "));
	CHECK_EQ(ask_variables(&scene, 2, "keyid", text), 1);
	CHECK_TEXT(text, "keyid=1\r\n");
	end(&scene);
}

TEST(control_mode6, says_what_is_wrong_with_a_question)
{
	static const struct {
		uint8_t opcode, association, error;
		const char *names;
	} rows[] = {
		{ 2, 99, NTP_CONTROL_BAD_ASSOCIATION, "" },
		{ 1, 99, NTP_CONTROL_BAD_ASSOCIATION, "" },
		{ 2, 0, NTP_CONTROL_BAD_VARIABLE, "nonsense" },
		{ 3, 0, NTP_CONTROL_BAD_OPCODE, "stratum=1" }, /* write */
		{ 31, 0, NTP_CONTROL_BAD_OPCODE, "" },
	};
	struct scene scene;
	char text[4096];

	begin(&scene, 1);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		ask_variables(&scene, rows[i].association, rows[i].names, text);
		scene.request[1] = rows[i].opcode;
		CHECK_EQ(ask(&scene, text), 1);
		CHECK(header_of(&scene, 0).is_error);
		CHECK_EQ(header_of(&scene, 0).status, rows[i].error << 8);
		CHECK_EQ(header_of(&scene, 0).count, 0);
	}
	scene.request[11] = 200; /* more than there is */
	CHECK_EQ(ask(&scene, text), 1);
	CHECK_EQ(header_of(&scene, 0).status, NTP_CONTROL_BAD_FORMAT << 8);
	end(&scene);
}

TEST(control_mode6, hears_questions_of_this_host_only)
{
	struct scene scene;
	char text[4096];

	begin(&scene, 1);
	scene.datagram.length_bytes = NTP_CONTROL_HEADER - 1;
	CHECK(!mode6_is_request(&scene.datagram));
	scene.datagram.length_bytes = NTP_CONTROL_HEADER;
	scene.datagram.remote.bytes[0] = 192;
	CHECK(!mode6_is_request(&scene.datagram));
	scene.datagram.remote.bytes[0] = 127;
	scene.request[0] = 0xd7;
	CHECK(!mode6_is_request(&scene.datagram));
	scene.request[0] = 0xd6;
	scene.request[1] = 0x81; /* an answer: answering it would never end */
	CHECK_EQ(ask(&scene, text), 0);
	scene.request[0] = 0xce; /* version 1 */
	scene.request[1] = 1;
	CHECK_EQ(ask(&scene, text), 0);
	end(&scene);
}
