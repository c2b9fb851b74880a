/* SPDX-License-Identifier: MIT */
#include "control/chronyc.h"
#include "node/node_commands.h"
#include "testing/check.h"
#include "wire/rtc_file.h"

#define COMMAND_AT  4
#define SEQUENCE_AT 8
#define STATUS_AT   8 /* of a reply */
#define REPLY_AT    6
#define DATA_AT     20

static const struct instant now = { { 100 * NS_PER_S }, { INT64_C(1795330000) * NS_PER_S } };

/* A node with two servers, the second offline, and a name without an address. */
struct scene {
	struct node_config config;
	struct rng rng;
	struct outbox out;
	struct node *node;
	struct chronyc chronyc;
	struct chronyc_answer answer;
	uint8_t request[CANDM_REQUEST_MAX + 1];
};

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

static void begin_with(struct scene *scene, const struct rtc_file *rtc)
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
	                     now, &scene->node),
	         0);
	node_on_start(scene->node, now, &scene->out);
	scene->out.count = 0;
	scene->chronyc.open_commands = chronyc_open_commands(true, "");
}

static void begin(struct scene *scene)
{
	begin_with(scene, NULL);
}

static void end(struct scene *scene)
{
	node_destroy(scene->node);
}

static void put_u32(uint8_t *at, uint32_t value)
{
	struct writer out = writer_into(at, 4);

	writer_u32(&out, value);
}

static uint32_t get_u32(const struct scene *scene, size_t data_at)
{
	struct reader in = reader_over(scene->answer.bytes + CANDM_REPLY_HEADER + data_at, 4);

	return reader_u32(&in);
}

static uint16_t get_u16(const struct scene *scene, size_t at)
{
	struct reader in = reader_over(scene->answer.bytes + at, 2);

	return reader_u16(&in);
}

/* As chronyc would: zeros behind the data. */
static void prepare(struct scene *scene, uint16_t command)
{
	memset(scene->request, 0, sizeof scene->request);
	scene->request[0] = CANDM_VERSION;
	scene->request[1] = CANDM_REQUEST;
	scene->request[COMMAND_AT + 1] = (uint8_t)command;
	put_u32(scene->request + SEQUENCE_AT, 0xdeadbeef);
}

static void send_from(struct scene *scene, size_t length, const struct address *remote)
{
	const struct chronyc_asked asked = { .bytes = scene->request,
		                             .length_bytes = length,
		                             .is_unix = remote == NULL,
		                             .remote = remote ? *remote : (struct address){ 0 },
		                             .now = now };

	memset(&scene->answer, 0xee, sizeof scene->answer);
	chronyc_answer(&scene->chronyc, &asked, scene->node, &scene->answer, &scene->out);
	CHECK(scene->answer.length_bytes <= length);
}

/* The status of the answer to what was prepared, by the Unix socket. */
static enum candm_status ask(struct scene *scene, size_t length)
{
	send_from(scene, length, NULL);
	CHECK(scene->answer.length_bytes >= CANDM_REPLY_HEADER);
	CHECK_EQ(scene->answer.bytes[0], CANDM_VERSION);
	CHECK_EQ(scene->answer.bytes[1], CANDM_REPLY);
	CHECK_EQ(get_u16(scene, COMMAND_AT),
	         scene->request[COMMAND_AT] << 8 | scene->request[COMMAND_AT + 1]);
	CHECK_EQ(memcmp(scene->answer.bytes + 16, scene->request + SEQUENCE_AT, 4), 0);
	return (enum candm_status)get_u16(scene, STATUS_AT);
}

static enum candm_status ask_plain(struct scene *scene, uint16_t command)
{
	prepare(scene, command);
	return ask(scene, candm_request_length(command));
}

static void put_ipv4(struct scene *scene, size_t data_at, uint8_t a, uint8_t b, uint8_t c,
                     uint8_t d)
{
	uint8_t *at = scene->request + DATA_AT + data_at;

	at[0] = a;
	at[1] = b;
	at[2] = c;
	at[3] = d;
	at[17] = CANDM_ADDRESS_IPV4;
}

TEST(control_chronyc, answers_each_question_in_its_form)
{
	static const struct {
		uint16_t command, length;
		uint16_t reply, reply_length;
	} rows[] = {
		{ CANDM_N_SOURCES, 32, 2, 32 },      { CANDM_SOURCE_DATA, 76, 3, 76 },
		{ CANDM_TRACKING, 104, 5, 104 },     { CANDM_SOURCESTATS, 84, 6, 84 },
		{ CANDM_ACTIVITY, 48, 12, 48 },      { CANDM_SERVERSTATS, 48, 14, 48 },
		{ CANDM_SERVERSTATS, 60, 22, 60 },   { CANDM_SERVERSTATS, 72, 24, 72 },
		{ CANDM_SERVERSTATS, 196, 25, 196 }, { CANDM_SERVERSTATS, 195, 24, 72 },
		{ CANDM_MANUAL_LIST, 416, 18, 416 }, { CANDM_SELECTDATA, 76, 23, 76 },
	};
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		prepare(&scene, rows[i].command);
		CHECK_EQ(ask(&scene, rows[i].length), CANDM_OK);
		CHECK_EQ(get_u16(&scene, REPLY_AT), rows[i].reply);
		CHECK_EQ(scene.answer.length_bytes, rows[i].reply_length);
	}
	end(&scene);
}

TEST(control_chronyc, answers_questions_about_an_address_in_their_forms)
{
	static const struct {
		uint16_t command, length;
		uint16_t reply, reply_length;
	} rows[] = {
		{ CANDM_NTPDATA, 152, 16, 152 },
		{ CANDM_NTPDATA, 172, 26, 172 },
		{ CANDM_AUTHDATA, 52, 20, 52 },
		{ CANDM_SOURCENAME, 284, 19, 284 },
	};
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		prepare(&scene, rows[i].command);
		put_ipv4(&scene, 0, 192, 0, 2, 1);
		CHECK_EQ(ask(&scene, rows[i].length), CANDM_OK);
		CHECK_EQ(get_u16(&scene, REPLY_AT), rows[i].reply);
		CHECK_EQ(scene.answer.length_bytes, rows[i].reply_length);
		put_ipv4(&scene, 0, 192, 0, 2, 77);
		CHECK_EQ(ask(&scene, rows[i].length), CANDM_NO_SUCH_SOURCE);
		CHECK_EQ(scene.answer.length_bytes, CANDM_REPLY_HEADER);
	}
	CHECK_EQ(ask_plain(&scene, CANDM_SOURCENAME), CANDM_NO_SUCH_SOURCE);
	end(&scene);
}

TEST(control_chronyc, names_sources_by_address_or_number)
{
	struct scene scene;

	begin(&scene);
	prepare(&scene, CANDM_SOURCE_DATA);
	CHECK_EQ(ask(&scene, 76), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 0xc0000201);
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 16), CANDM_ADDRESS_IPV4);
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 20), 6); /* poll */
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 24), 1); /* not usable yet */
	CHECK_EQ(get_u32(&scene, 32), UINT32_MAX);             /* never heard */
	put_u32(scene.request + DATA_AT, 2);
	CHECK_EQ(ask(&scene, 76), CANDM_OK);
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 16), CANDM_ADDRESS_ID);
	CHECK_EQ(get_u32(&scene, 0), 3);
	put_u32(scene.request + DATA_AT, 3);
	CHECK_EQ(ask(&scene, 76), CANDM_NO_SUCH_SOURCE);
	prepare(&scene, CANDM_SOURCENAME);
	put_u32(scene.request + DATA_AT, 3);
	scene.request[DATA_AT + 17] = CANDM_ADDRESS_ID;
	CHECK_EQ(ask(&scene, 284), CANDM_OK);
	CHECK_TEXT((const char *)scene.answer.bytes + CANDM_REPLY_HEADER, "ntp.example");
	end(&scene);
}

TEST(control_chronyc, says_which_sources_are_marked)
{
	struct scene scene;

	begin(&scene);
	CHECK_EQ(ask_plain(&scene, CANDM_SELECTDATA), CANDM_OK);
	CHECK_EQ(scene.answer.bytes[CANDM_REPLY_HEADER + 24], 'M');
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 28), 2); /* prefer */
	prepare(&scene, CANDM_SELECTOPTS);
	put_ipv4(&scene, 0, 192, 0, 2, 1);
	put_u32(scene.request + DATA_AT + 24, 2 | 4); /* prefer and trust shall be … */
	put_u32(scene.request + DATA_AT + 28, 0x20);  /* … trust alone */
	CHECK_EQ(ask(&scene, 52), CANDM_OK);
	CHECK_EQ(ask_plain(&scene, CANDM_SELECTDATA), CANDM_OK);
	CHECK_EQ(get_u16(&scene, CANDM_REPLY_HEADER + 28), 4);
	end(&scene);
}

TEST(control_chronyc, refuses_in_the_documented_order)
{
	struct scene scene;

	begin(&scene);
	prepare(&scene, CANDM_TRACKING);
	scene.request[0] = 5; /* a version that is told, before an unknown command is */
	scene.request[COMMAND_AT] = 1;
	CHECK_EQ(ask(&scene, 28), CANDM_BAD_VERSION);
	scene.request[0] = 7;
	CHECK_EQ(ask(&scene, 28), CANDM_BAD_VERSION);
	scene.request[0] = 6;
	CHECK_EQ(ask(&scene, 28), CANDM_INVALID);
	scene.request[COMMAND_AT] = 0;
	CHECK_EQ(ask(&scene, 103), CANDM_BAD_LENGTH);
	CHECK_EQ(ask(&scene, 104), CANDM_OK);
	CHECK_EQ(ask(&scene, 860), CANDM_OK); /* longer than need be */
	CHECK_EQ(scene.answer.length_bytes, 104);
	end(&scene);
}

TEST(control_chronyc, gives_no_answer_to_what_is_no_request)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t length;
		enum chronyc_verdict verdict;
	} rows[] = {
		{ 0, 4, 104, CHRONYC_OLD_VERSION }, { 1, 2, 104, CHRONYC_MALFORMED },
		{ 2, 1, 104, CHRONYC_MALFORMED },   { 3, 1, 104, CHRONYC_MALFORMED },
		{ 12, 1, 104, CHRONYC_MALFORMED },  { 19, 1, 104, CHRONYC_MALFORMED },
		{ 0, 6, 27, CHRONYC_WRONG_LENGTH }, { 0, 6, 861, CHRONYC_WRONG_LENGTH },
		{ 0, 6, 0, CHRONYC_WRONG_LENGTH },
	};
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		const uint64_t before = scene.chronyc.verdict_count[rows[i].verdict];

		prepare(&scene, CANDM_TRACKING);
		scene.request[rows[i].at] = rows[i].value;
		send_from(&scene, rows[i].length, NULL);
		CHECK_EQ(scene.answer.length_bytes, 0);
		CHECK_EQ(scene.answer.verdict, rows[i].verdict);
		CHECK_EQ(scene.chronyc.verdict_count[rows[i].verdict], before + 1);
	}
	end(&scene);
}

TEST(control_chronyc, answers_udp_to_this_host_and_those_let_in)
{
	static const struct address here = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	static const struct address stranger = { .family = ADDRESS_IPV4,
		                                 .bytes = { 192, 0, 2, 9 } };
	struct scene scene;

	begin(&scene);
	prepare(&scene, CANDM_TRACKING);
	send_from(&scene, 104, &here);
	CHECK_EQ(scene.answer.length_bytes, 104);
	send_from(&scene, 104, &stranger);
	CHECK_EQ(scene.answer.verdict, CHRONYC_NOT_ALLOWED);
	CHECK_EQ(scene.answer.length_bytes, 0);
	prepare(&scene, CANDM_CMDALLOW);
	put_ipv4(&scene, 0, 192, 0, 2, 0);
	put_u32(scene.request + DATA_AT + 20, 24);
	CHECK_EQ(ask(&scene, 44), CANDM_OK);
	prepare(&scene, CANDM_TRACKING);
	send_from(&scene, 104, &stranger);
	CHECK_EQ(scene.answer.length_bytes, 104);
	end(&scene);
}

TEST(control_chronyc, limits_how_often_others_may_ask)
{
	static const struct address here = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	static const struct address other = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 9 } };
	unsigned answered = 0;
	struct scene scene;

	begin(&scene);
	scene.chronyc.limit = (struct client_limit){ true, -4, 8, 4, 0 };
	CHECK_EQ(ask_plain(&scene, CANDM_CMDALLOW), CANDM_OK); /* everybody */
	prepare(&scene, CANDM_TRACKING);
	for (unsigned i = 0; i < 100; i++) {
		send_from(&scene, 104, &other);
		answered += scene.answer.length_bytes > 0;
		send_from(&scene, 104, &here);
		CHECK_EQ(scene.answer.length_bytes, 104);
	}
	CHECK(answered >= 8 && answered < 30);
	CHECK_EQ(scene.chronyc.verdict_count[CHRONYC_RATE_LIMITED], 100 - answered);
	end(&scene);
}

TEST(control_chronyc, lists_clients_a_few_at_a_time)
{
	struct address other = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 0 } };
	unsigned seen = 0;
	uint32_t index = 0;
	struct scene scene;

	begin(&scene);
	CHECK_EQ(ask_plain(&scene, CANDM_CMDALLOW), CANDM_OK); /* everybody */
	prepare(&scene, CANDM_TRACKING);
	for (unsigned i = 0; i < 20; i++) {
		other.bytes[3] = (uint8_t)i;
		send_from(&scene, 104, &other);
	}
	send_from(&scene, 104, &other);
	do {
		prepare(&scene, CANDM_CLIENTS);
		put_u32(scene.request + DATA_AT, index);
		put_u32(scene.request + DATA_AT + 4, 100);
		CHECK_EQ(ask(&scene, 520), CANDM_OK);
		CHECK_EQ(get_u16(&scene, REPLY_AT), 21);
		CHECK_EQ(scene.answer.length_bytes, 520);
		CHECK(get_u32(&scene, 8) <= 8);
		seen += get_u32(&scene, 8);
		index = get_u32(&scene, 4);
	} while (get_u32(&scene, 8) == 8 && index < get_u32(&scene, 0));
	CHECK_EQ(seen, 20);
	prepare(&scene, CANDM_CLIENTS); /* those with two requests, and reset them */
	put_u32(scene.request + DATA_AT + 4, 8);
	put_u32(scene.request + DATA_AT + 8, 2);
	put_u32(scene.request + DATA_AT + 12, 1);
	CHECK_EQ(ask(&scene, 520), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 8), 1);
	CHECK_EQ(get_u32(&scene, 12), 0xc0000213);
	CHECK_EQ(get_u32(&scene, 12 + 20), 0);          /* NTP hits */
	CHECK_EQ(get_u32(&scene, 12 + 28), 2);          /* command hits */
	CHECK_EQ(get_u32(&scene, 12 + 48), UINT32_MAX); /* last of NTP */
	CHECK_EQ(get_u32(&scene, 12 + 56), 0);
	CHECK_EQ(ask(&scene, 520), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 8), 0);
	put_u32(scene.request + DATA_AT, UINT32_MAX);
	CHECK_EQ(ask(&scene, 520), CANDM_OK);
	end(&scene);
}

TEST(control_chronyc, opens_reports_to_udp_and_commands_never)
{
	static const struct address here = { .family = ADDRESS_IPV6, .bytes = { [15] = 1 } };
	struct scene scene;

	begin(&scene);
	for (uint16_t command = 0; command < CANDM_COMMAND_COUNT; command++) {
		const uint16_t length = candm_request_length(command);

		if (length == 0)
			continue;
		prepare(&scene, command);
		send_from(&scene, length, &here);
		switch (command) {
		case CANDM_N_SOURCES:
		case CANDM_SOURCE_DATA:
		case CANDM_TRACKING:
		case CANDM_SOURCESTATS:
		case CANDM_RTCDATA:
		case CANDM_MANUAL_LIST:
		case CANDM_ACTIVITY:
		case CANDM_SMOOTHING:
		case CANDM_SOURCENAME:
			CHECK(get_u16(&scene, STATUS_AT) != CANDM_UNAUTHORISED);
			break;
		default:
			CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
		}
	}
	scene.chronyc.open_commands = chronyc_open_commands(false, "serverstats authdata offline");
	prepare(&scene, CANDM_SERVERSTATS);
	send_from(&scene, 196, &here);
	CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_OK);
	prepare(&scene, CANDM_OFFLINE);
	send_from(&scene, 60, &here);
	CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
	prepare(&scene, CANDM_TRACKING);
	send_from(&scene, 104, &here);
	CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
	prepare(&scene, CANDM_N_SOURCES); /* authdata needs it */
	send_from(&scene, 32, &here);
	CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_OK);
	CHECK_EQ(chronyc_open_commands(false, ""), 0);
	end(&scene);
}

TEST(control_chronyc, takes_sources_online_and_offline_by_mask)
{
	struct scene scene;

	begin(&scene);
	CHECK_EQ(node_status(scene.node, now).online_count, 1);
	CHECK_EQ(ask_plain(&scene, CANDM_ONLINE), CANDM_OK); /* all */
	CHECK_EQ(node_status(scene.node, now).online_count, 2);
	prepare(&scene, CANDM_OFFLINE); /* 192.0.0.0/16 */
	put_ipv4(&scene, 0, 255, 255, 0, 0);
	put_ipv4(&scene, 20, 192, 0, 77, 0);
	CHECK_EQ(ask(&scene, 60), CANDM_OK);
	CHECK_EQ(node_status(scene.node, now).online_count, 1);
	put_ipv4(&scene, 20, 192, 1, 0, 0);
	CHECK_EQ(ask(&scene, 60), CANDM_NO_SUCH_SOURCE);
	scene.request[DATA_AT + 20 + 17] = 9;
	CHECK_EQ(ask(&scene, 60), CANDM_BAD_FAMILY);
	end(&scene);
}

TEST(control_chronyc, asks_offline_sources_in_a_burst)
{
	struct scene scene;

	begin(&scene);
	CHECK_EQ(ask_plain(&scene, CANDM_OFFLINE), CANDM_OK);
	prepare(&scene, CANDM_BURST);
	put_u32(scene.request + DATA_AT + 40, 1);
	put_u32(scene.request + DATA_AT + 44, 2);
	CHECK_EQ(ask(&scene, 68), CANDM_OK);
	CHECK_EQ(ask_plain(&scene, CANDM_ACTIVITY), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 0);
	CHECK_EQ(get_u32(&scene, 4), 0);
	CHECK_EQ(get_u32(&scene, 8), 0);
	CHECK_EQ(get_u32(&scene, 12), 2);
	CHECK_EQ(get_u32(&scene, 16), 1);
	prepare(&scene, CANDM_BURST);
	put_u32(scene.request + DATA_AT + 40, 3);
	put_u32(scene.request + DATA_AT + 44, 2);
	CHECK_EQ(ask(&scene, 68), CANDM_FAILED);
	end(&scene);
}

TEST(control_chronyc, changes_polls_and_pulls_the_other_limit_along)
{
	struct scene scene;
	const struct source_options *options;

	begin(&scene);
	options = node_source_status(scene.node, 0, now).options;
	prepare(&scene, CANDM_MINPOLL);
	put_ipv4(&scene, 0, 192, 0, 2, 1);
	put_u32(scene.request + DATA_AT + 20, 12);
	CHECK_EQ(ask(&scene, 44), CANDM_OK);
	CHECK_EQ(options->minpoll_log2_s, 12);
	CHECK_EQ(options->maxpoll_log2_s, 12);
	CHECK_EQ(node_source_status(scene.node, 0, now).client.poll_log2_s, 12);
	scene.request[COMMAND_AT + 1] = CANDM_MAXPOLL;
	put_u32(scene.request + DATA_AT + 20, (uint32_t)-3);
	CHECK_EQ(ask(&scene, 44), CANDM_OK);
	CHECK_EQ(options->minpoll_log2_s, -3);
	CHECK_EQ(node_source_status(scene.node, 0, now).client.poll_log2_s, -3);
	put_u32(scene.request + DATA_AT + 20, 25);
	CHECK_EQ(ask(&scene, 44), CANDM_FAILED);
	scene.request[COMMAND_AT + 1] = CANDM_MAXDELAY;
	put_u32(scene.request + DATA_AT + 20, candm_float_pack(0.25));
	CHECK_EQ(ask(&scene, 44), CANDM_OK);
	CHECK_NEAR(options->maxdelay_s, 0.25, 0);
	put_u32(scene.request + DATA_AT + 20, candm_float_pack(-1));
	CHECK_EQ(ask(&scene, 44), CANDM_FAILED);
	put_ipv4(&scene, 0, 192, 0, 2, 2);
	CHECK_EQ(ask(&scene, 44), CANDM_FAILED); /* the value is looked at first */
	end(&scene);
}

/* What Debian's chronyc 4.3 sent for `add server 192.0.2.3 minpoll 12 noselect`, behind the name.
 */
static const uint8_t added[] = {
	0,    0,    0,    0x7b, 0,    0,    0,    0x0c, 0,    0,    0, 0x0a, 0, 0, 0,    0x64,
	0,    0,    0,    0,    0,    0,    0,    8,    0,    0,    0, 0,    0, 0, 0,    4,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0, 0,    0, 0, 0x11, 0x6c,
	0x06, 0xc0, 0,    0,    0,    0,    0,    0,    0x0a, 0xa0, 0, 0,    0, 0, 0,    0,
	0x04, 0x80, 0,    0,    0,    0,    0,    0,    0,    0,    0, 0x11,
};

static void prepare_add(struct scene *scene, const char *name)
{
	prepare(scene, CANDM_ADD_SOURCE);
	scene->request[DATA_AT + 3] = 1;
	memcpy(scene->request + DATA_AT + 4, name, strlen(name));
	memcpy(scene->request + DATA_AT + 260, added, sizeof added);
}

TEST(control_chronyc, adds_a_source_as_chronyc_says_it)
{
	struct node_source_status status;
	struct scene scene;

	begin(&scene);
	prepare_add(&scene, "192.0.2.3");
	CHECK_EQ(ask(&scene, 372), CANDM_OK);
	CHECK_EQ(node_source_count(scene.node), 4);
	status = node_source_status(scene.node, 3, now);
	CHECK_EQ(status.address.bytes[3], 3);
	CHECK_EQ(status.address.port, 123);
	CHECK_EQ(status.options->minpoll_log2_s, 12);
	CHECK_EQ(status.options->maxpoll_log2_s, 12);
	CHECK(status.options->noselect && !status.options->prefer && !status.options->offline);
	CHECK_NEAR(status.options->maxdelay_s, 3, 0);
	CHECK_EQ(status.options->version, 0); /* what fits */
	CHECK_EQ(ask(&scene, 372), CANDM_SOURCE_KNOWN);
	CHECK_EQ(node_source_count(scene.node), 4);
	end(&scene);
}

TEST(control_chronyc, adds_peers_and_opens_the_port_that_they_need)
{
	struct node_source_status status;
	struct scene scene;

	begin(&scene);
	prepare_add(&scene, "192.0.2.99");
	scene.request[DATA_AT + 3] = 2; /* peer */
	CHECK_EQ(ask(&scene, 372), CANDM_OK);
	CHECK_EQ(scene.answer.duty, CHRONYC_SERVE);
	CHECK(node_wants_port(scene.node));
	status = node_source_status(scene.node, node_source_count(scene.node) - 1, now);
	CHECK_EQ(status.options->kind, SOURCE_PEER);
	end(&scene);
}

TEST(control_chronyc, refuses_sources_that_make_no_sense)
{
	struct scene scene;

	begin(&scene);
	prepare_add(&scene, "");
	CHECK_EQ(ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "two words");
	CHECK_EQ(ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "x");
	memset(scene.request + DATA_AT + 4, 'x', 256);
	CHECK_EQ(ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "x");
	scene.request[DATA_AT + 3] = 4;
	CHECK_EQ(ask(&scene, 372), CANDM_FAILED);
	prepare_add(&scene, "x");
	put_u32(scene.request + DATA_AT + 260, 65536); /* port */
	CHECK_EQ(ask(&scene, 372), CANDM_FAILED);
	CHECK_EQ(node_source_count(scene.node), 3);
	for (unsigned i = 0; i < NODE_SOURCES_MAX - 3; i++) {
		const char name[] = { 'h', (char)('a' + i / 26), (char)('a' + i % 26), '\0' };

		prepare_add(&scene, name);
		CHECK_EQ(ask(&scene, 372), CANDM_OK);
	}
	prepare_add(&scene, "one.more");
	CHECK_EQ(ask(&scene, 372), CANDM_TOO_MANY_SOURCES);
	end(&scene);
}

TEST(control_chronyc, deletes_sources_and_takes_their_places_again)
{
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < 200; i++) { /* more often than there are places */
		prepare_add(&scene, "192.0.2.3");
		CHECK_EQ(ask(&scene, 372), CANDM_OK);
		prepare(&scene, CANDM_DELETE_SOURCE);
		put_ipv4(&scene, 0, 192, 0, 2, 3);
		CHECK_EQ(ask(&scene, 40), CANDM_OK);
		scene.out.count = 0;
	}
	CHECK_EQ(ask(&scene, 40), CANDM_NO_SUCH_SOURCE);
	CHECK_EQ(ask_plain(&scene, CANDM_DELETE_SOURCE), CANDM_NO_SUCH_SOURCE);
	put_u32(scene.request + DATA_AT, 3); /* ntp.example */
	scene.request[DATA_AT + 17] = CANDM_ADDRESS_ID;
	CHECK_EQ(ask(&scene, 40), CANDM_OK);
	CHECK_EQ(node_source_count(scene.node), 2);
	end(&scene);
}

TEST(control_chronyc, checks_and_changes_who_may_ask)
{
	struct scene scene;

	begin(&scene);
	prepare(&scene, CANDM_ACCHECK);
	put_ipv4(&scene, 0, 192, 0, 2, 9);
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_DENIED);
	scene.request[COMMAND_AT + 1] = CANDM_CMDACCHECK;
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_DENIED);
	put_ipv4(&scene, 0, 127, 0, 0, 5);
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(ask_plain(&scene, CANDM_ACCHECK), CANDM_BAD_FAMILY);

	prepare(&scene, CANDM_ALLOW);
	put_ipv4(&scene, 0, 192, 0, 2, 0);
	put_u32(scene.request + DATA_AT + 20, 33);
	CHECK_EQ(ask(&scene, 44), CANDM_BAD_SUBNET);
	put_u32(scene.request + DATA_AT + 20, 24);
	CHECK_EQ(ask(&scene, 44), CANDM_OK);
	CHECK_EQ(scene.answer.duty, CHRONYC_SERVE);
	prepare(&scene, CANDM_ACCHECK);
	put_ipv4(&scene, 0, 192, 0, 2, 9);
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(ask_plain(&scene, CANDM_DENY), CANDM_OK); /* everybody; the narrower rule stands */
	CHECK_EQ(scene.answer.duty, CHRONYC_NOTHING);
	put_ipv4(&scene, 0, 192, 0, 2, 9);
	scene.request[COMMAND_AT + 1] = CANDM_ACCHECK;
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(ask_plain(&scene, CANDM_DENY_ALL), CANDM_OK);
	put_ipv4(&scene, 0, 192, 0, 2, 9);
	scene.request[COMMAND_AT + 1] = CANDM_ACCHECK;
	CHECK_EQ(ask(&scene, 40), CANDM_ACCESS_DENIED);
	end(&scene);
}

TEST(control_chronyc, switches_local_mode_in_both_forms)
{
	struct scene scene;

	begin(&scene);
	CHECK_EQ(node_status(scene.node, now).stratum, 0);
	prepare(&scene, CANDM_LOCAL_OLD); /* `local stratum 5` of chronyc 4.3 */
	put_u32(scene.request + DATA_AT, 1);
	put_u32(scene.request + DATA_AT + 4, 5);
	put_u32(scene.request + DATA_AT + 8, 0x04800000);
	CHECK_EQ(ask(&scene, 36), CANDM_OK);
	CHECK_EQ(node_status(scene.node, now).stratum, 5);
	CHECK_EQ(ask_plain(&scene, CANDM_TRACKING), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 0x7f7f0101);
	CHECK_EQ(ask_plain(&scene, CANDM_LOCAL), CANDM_OK); /* off */
	CHECK_EQ(node_status(scene.node, now).stratum, 0);
	prepare(&scene, CANDM_LOCAL);
	put_u32(scene.request + DATA_AT, 1);
	put_u32(scene.request + DATA_AT + 4, 16);
	CHECK_EQ(ask(&scene, 48), CANDM_FAILED);
	end(&scene);
}

TEST(control_chronyc, leaves_to_the_program_what_it_cannot_do_itself)
{
	static const struct {
		uint16_t command;
		enum chronyc_duty duty;
	} rows[] = {
		{ CANDM_CYCLELOGS, CHRONYC_CYCLE_LOGS },
		{ CANDM_DUMP, CHRONYC_DUMP },
		{ CANDM_ONOFFLINE, CHRONYC_ONOFFLINE },
		{ CANDM_REKEY, CHRONYC_REKEY },
		{ CANDM_RELOAD_SOURCES, CHRONYC_RELOAD_SOURCES },
		{ CANDM_SHUTDOWN, CHRONYC_SHUT_DOWN },
		{ CANDM_REFRESH, CHRONYC_NOTHING },
	};
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		CHECK_EQ(ask_plain(&scene, rows[i].command), CANDM_OK);
		CHECK_EQ(scene.answer.duty, rows[i].duty);
	}
	chronyc_answer_failed(&scene.answer);
	CHECK_EQ(get_u16(&scene, STATUS_AT), CANDM_FAILED);
	end(&scene);
}

TEST(control_chronyc, reports_and_commands_smoothing)
{
	struct scene scene;

	begin(&scene);
	node_destroy(scene.node);
	scene.config.discipline.smoothtime = (struct smoothing_options){
		.is_on = true, .max_frequency_ppm = 400, .max_wander_ppm_s = 0.001
	};
	CHECK_EQ(node_create(&(struct node_setup){ .config = &scene.config,
	                                           .rng = &scene.rng,
	                                           .precision_s = 1e-7 },
	                     now, &scene.node),
	         0);
	CHECK_EQ(ask_plain(&scene, CANDM_SMOOTHING), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 0);
	prepare(&scene, CANDM_SMOOTHTIME);
	put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_SMOOTHTIME)), CANDM_OK);
	CHECK_EQ(ask_plain(&scene, CANDM_SMOOTHING), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 1);
	prepare(&scene, CANDM_SMOOTHTIME);
	put_u32(scene.request + DATA_AT, 2);
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_SMOOTHTIME)), CANDM_INVALID);
	end(&scene);
}

static float get_float(const struct scene *scene, size_t data_at)
{
	return (float)candm_float_unpack(get_u32(scene, data_at));
}

static void set_time(struct scene *scene, int64_t seconds)
{
	struct writer out = writer_into(scene->request + DATA_AT, 12);

	prepare(scene, CANDM_SETTIME);
	candm_time_encode((struct utc_time){ seconds * NS_PER_S }, &out);
}

TEST(control_chronyc, takes_the_time_that_somebody_types_in)
{
	struct scene scene;

	begin(&scene);
	prepare(&scene, CANDM_MANUAL);
	put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_MANUAL)), CANDM_OK);
	set_time(&scene, now.local.ns / NS_PER_S - 3); /* the clock is three seconds fast */
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_SETTIME)), CANDM_OK);
	CHECK_NEAR(get_float(&scene, 0), 3, 1e-6);
	CHECK_NEAR(get_float(&scene, 4), 0, 1e-6);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_ADJUST_CLOCK);
	CHECK(scene.out.actions[0].clock.frequency < 0);
	CHECK(!scene.out.actions[0].clock.is_synchronised);
	scene.out.count = 0;
	CHECK_EQ(ask_plain(&scene, CANDM_MANUAL_LIST), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 1);
	CHECK_EQ(get_u32(&scene, 8), (uint32_t)(now.local.ns / NS_PER_S - 3));
	CHECK_NEAR(get_float(&scene, 20), 3, 1e-6); /* as it was entered */
	prepare(&scene, CANDM_MANUAL_DELETE);
	put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_MANUAL_DELETE)), CANDM_BAD_SAMPLE);
	put_u32(scene.request + DATA_AT, 0);
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_MANUAL_DELETE)), CANDM_OK);
	CHECK_EQ(ask_plain(&scene, CANDM_MANUAL_LIST), CANDM_OK);
	CHECK_EQ(get_u32(&scene, 0), 0);
	set_time(&scene, 0);
	put_u32(scene.request + DATA_AT, 256); /* 2^40 s: beyond what an instant can hold */
	CHECK_EQ(ask(&scene, candm_request_length(CANDM_SETTIME)), CANDM_FAILED);
	end(&scene);
}

TEST(control_chronyc, says_what_it_has_not)
{
	static const struct {
		uint16_t command;
		enum candm_status status;
	} rows[] = {
		{ CANDM_RTCDATA, CANDM_NO_RTC },
		{ CANDM_WRITERTC, CANDM_NO_RTC },
		{ CANDM_TRIMRTC, CANDM_NO_RTC },
		{ CANDM_CLIENTS_OLD, CANDM_INVALID },
		{ CANDM_SMOOTHING, CANDM_NOT_ENABLED },
		{ CANDM_SMOOTHTIME, CANDM_NOT_ENABLED },
		{ CANDM_MANUAL_DELETE, CANDM_NOT_ENABLED },
		{ CANDM_SETTIME, CANDM_NOT_ENABLED },
		{ CANDM_POLLTARGET, CANDM_NO_SUCH_SOURCE },
		{ CANDM_LOGON, CANDM_FAILED },
		{ CANDM_DOFFSET_OLD, CANDM_INVALID },
	};
	struct scene scene;

	begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_EQ(ask_plain(&scene, rows[i].command), rows[i].status);
	end(&scene);
}

TEST(control_chronyc, answers_every_command_at_every_length)
{
	struct scene scene;

	begin(&scene);
	for (uint16_t command = 0; command <= CANDM_COMMAND_COUNT; command++) {
		prepare(&scene, command);
		for (size_t length = CANDM_REQUEST_MIN; length <= CANDM_REQUEST_MAX; length += 4) {
			(void)ask(&scene, length);
			scene.out.count = 0;
		}
	}
	end(&scene);
}

TEST(control_chronyc, reports_writes_and_trims_the_real_time_clock)
{
	const struct rtc_file rtc = { .is_valid = true,
		                      .reference = { INT64_C(1795340000) * NS_PER_S },
		                      .fast_s = -2.5,
		                      .gain_ppm = 12 };
	struct scene scene;

	begin_with(&scene, &rtc);
	CHECK_EQ(ask_plain(&scene, CANDM_RTCDATA), CANDM_OK);
	CHECK_EQ(scene.answer.length_bytes, 56);
	CHECK_EQ(get_u16(&scene, 6), CANDM_REPLY_RTC);
	CHECK_EQ(get_u32(&scene, 4), 1795340000);
	CHECK_NEAR(candm_float_unpack(get_u32(&scene, 20)), -2.5, 1e-6);
	CHECK_NEAR(candm_float_unpack(get_u32(&scene, 24)), 12, 1e-5);
	CHECK_EQ(ask_plain(&scene, CANDM_WRITERTC), CANDM_OK);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].save.file, STATE_FILE_RTC);
	CHECK_EQ(ask_plain(&scene, CANDM_TRIMRTC), CANDM_FAILED); /* time is not known yet */
	end(&scene);
}
