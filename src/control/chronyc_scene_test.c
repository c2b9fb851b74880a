/* SPDX-License-Identifier: MIT */
#include "control/chronyc_scene_test.h"

const struct instant scene_now = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };

static struct source_options server(const char *name)
{
	struct source_options options = { .port = 123,
		                          .version = 4,
		                          .minpoll_log2_s = 6,
		                          .maxpoll_log2_s = 10,
		                          .maxsources = 4,
		                          .maxdelay_s = 3,
		                          .maxunreach_polls = 100000 };

	memcpy(options.name, name, strlen(name) + 1);
	return options;
}

void scene_begin_with(struct scene *scene, const struct rtc_file *rtc)
{
	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 1);
	node_config_defaults(&scene->config);
	scene->config.sources[0] = server("192.0.2.1");
	scene->config.sources[0].prefer = true;
	scene->config.sources[0].key_id = 0;
	scene->config.sources[1] = server("2001:db8::2");
	scene->config.sources[1].offline = true;
	scene->config.sources[2] = server("ntp.example");
	scene->config.sources_count = 3;
	CHECK_EQ(node_create(&(struct node_setup){ .config = &scene->config,
	                                           .rng = &scene->rng,
	                                           .has_rtc = rtc != NULL,
	                                           .rtc = rtc,
	                                           .precision_s = 1e-7 },
	                     scene_now, &scene->node),
	         0);
	node_on_start(scene->node, scene_now, &scene->out);
	scene->out.count = 0;
	scene->chronyc.open_commands = chronyc_open_commands(true, "");
}

void scene_begin(struct scene *scene)
{
	scene_begin_with(scene, NULL);
}

void scene_end(struct scene *scene)
{
	node_destroy(scene->node);
}

void scene_put_u32(uint8_t *at, uint32_t value)
{
	struct writer out = writer_into(at, 4);

	writer_u32(&out, value);
}

uint32_t scene_get_u32(const struct scene *scene, size_t data_at)
{
	struct reader in = reader_over(scene->answer.bytes + CANDM_REPLY_HEADER + data_at, 4);

	return reader_u32(&in);
}

uint16_t scene_get_u16(const struct scene *scene, size_t at)
{
	struct reader in = reader_over(scene->answer.bytes + at, 2);

	return reader_u16(&in);
}

void scene_prepare(struct scene *scene, uint16_t command)
{
	memset(scene->request, 0, sizeof scene->request);
	scene->request[0] = CANDM_VERSION;
	scene->request[1] = CANDM_REQUEST;
	scene->request[COMMAND_AT + 1] = (uint8_t)command;
	scene_put_u32(scene->request + SEQUENCE_AT, 0xdeadbeef);
}

void scene_send_from(struct scene *scene, size_t length, const struct address *remote)
{
	const struct chronyc_asked asked = { .bytes = scene->request,
		                             .length_bytes = length,
		                             .is_unix = remote == NULL,
		                             .remote = remote ? *remote : (struct address){ 0 },
		                             .now = scene_now };

	memset(&scene->answer, 0xee, sizeof scene->answer);
	chronyc_answer(&scene->chronyc, &asked, scene->node, &scene->answer, &scene->out);
	CHECK(scene->answer.length_bytes <= length);
}

enum candm_status scene_ask(struct scene *scene, size_t length)
{
	scene_send_from(scene, length, NULL);
	CHECK(scene->answer.length_bytes >= CANDM_REPLY_HEADER);
	CHECK_EQ(scene->answer.bytes[0], CANDM_VERSION);
	CHECK_EQ(scene->answer.bytes[1], CANDM_REPLY);
	CHECK_EQ(scene_get_u16(scene, COMMAND_AT),
	         scene->request[COMMAND_AT] << 8 | scene->request[COMMAND_AT + 1]);
	CHECK_EQ(memcmp(scene->answer.bytes + 16, scene->request + SEQUENCE_AT, 4), 0);
	return (enum candm_status)scene_get_u16(scene, STATUS_AT);
}

enum candm_status scene_ask_plain(struct scene *scene, uint16_t command)
{
	scene_prepare(scene, command);
	return scene_ask(scene, candm_request_length(command));
}

void scene_put_ipv4(struct scene *scene, size_t data_at, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	uint8_t *at = scene->request + DATA_AT + data_at;

	at[0] = a;
	at[1] = b;
	at[2] = c;
	at[3] = d;
	at[17] = CANDM_ADDRESS_IPV4;
}
