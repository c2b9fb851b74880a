/* SPDX-License-Identifier: MIT */
#include "control/chronyc_scene_test.h"
#include "node/node_commands.h"

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

	scene_begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		scene_prepare(&scene, rows[i].command);
		CHECK_EQ(scene_ask(&scene, rows[i].length), CANDM_OK);
		CHECK_EQ(scene_get_u16(&scene, REPLY_AT), rows[i].reply);
		CHECK_EQ(scene.answer.length_bytes, rows[i].reply_length);
	}
	scene_end(&scene);
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

	scene_begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		scene_prepare(&scene, rows[i].command);
		scene_put_ipv4(&scene, 0, 192, 0, 2, 1);
		CHECK_EQ(scene_ask(&scene, rows[i].length), CANDM_OK);
		CHECK_EQ(scene_get_u16(&scene, REPLY_AT), rows[i].reply);
		CHECK_EQ(scene.answer.length_bytes, rows[i].reply_length);
		scene_put_ipv4(&scene, 0, 192, 0, 2, 77);
		CHECK_EQ(scene_ask(&scene, rows[i].length), CANDM_NO_SUCH_SOURCE);
		CHECK_EQ(scene.answer.length_bytes, CANDM_REPLY_HEADER);
	}
	CHECK_EQ(scene_ask_plain(&scene, CANDM_SOURCENAME), CANDM_NO_SUCH_SOURCE);
	scene_end(&scene);
}

TEST(control_chronyc, names_sources_by_address_or_number)
{
	struct scene scene;

	scene_begin(&scene);
	scene_prepare(&scene, CANDM_SOURCE_DATA);
	CHECK_EQ(scene_ask(&scene, 76), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 0xc0000201);
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 16), CANDM_ADDRESS_IPV4);
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 20), 6); /* poll */
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 24), 1); /* not usable yet */
	CHECK_EQ(scene_get_u32(&scene, 32), UINT32_MAX);             /* never heard */
	scene_put_u32(scene.request + DATA_AT, 2);
	CHECK_EQ(scene_ask(&scene, 76), CANDM_OK);
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 16), CANDM_ADDRESS_ID);
	CHECK_EQ(scene_get_u32(&scene, 0), 3);
	scene_put_u32(scene.request + DATA_AT, 3);
	CHECK_EQ(scene_ask(&scene, 76), CANDM_NO_SUCH_SOURCE);
	scene_prepare(&scene, CANDM_SOURCENAME);
	scene_put_u32(scene.request + DATA_AT, 3);
	scene.request[DATA_AT + 17] = CANDM_ADDRESS_ID;
	CHECK_EQ(scene_ask(&scene, 284), CANDM_OK);
	CHECK_TEXT((const char *)scene.answer.bytes + CANDM_REPLY_HEADER, "ntp.example");
	scene_end(&scene);
}

TEST(control_chronyc, says_which_sources_are_marked)
{
	struct scene scene;

	scene_begin(&scene);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_SELECTDATA), CANDM_OK);
	CHECK_EQ(scene.answer.bytes[CANDM_REPLY_HEADER + 24], 'M');
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 28), 2); /* prefer */
	scene_prepare(&scene, CANDM_SELECTOPTS);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 1);
	scene_put_u32(scene.request + DATA_AT + 24, 2 | 4); /* prefer and trust shall be … */
	scene_put_u32(scene.request + DATA_AT + 28, 0x20);  /* … trust alone */
	CHECK_EQ(scene_ask(&scene, 52), CANDM_OK);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_SELECTDATA), CANDM_OK);
	CHECK_EQ(scene_get_u16(&scene, CANDM_REPLY_HEADER + 28), 4);
	scene_end(&scene);
}

TEST(control_chronyc, refuses_in_the_documented_order)
{
	struct scene scene;

	scene_begin(&scene);
	scene_prepare(&scene, CANDM_TRACKING);
	scene.request[0] = 5; /* a version that is told, before an unknown command is */
	scene.request[COMMAND_AT] = 1;
	CHECK_EQ(scene_ask(&scene, 28), CANDM_BAD_VERSION);
	scene.request[0] = 7;
	CHECK_EQ(scene_ask(&scene, 28), CANDM_BAD_VERSION);
	scene.request[0] = 6;
	CHECK_EQ(scene_ask(&scene, 28), CANDM_INVALID);
	scene.request[COMMAND_AT] = 0;
	CHECK_EQ(scene_ask(&scene, 103), CANDM_BAD_LENGTH);
	CHECK_EQ(scene_ask(&scene, 104), CANDM_OK);
	CHECK_EQ(scene_ask(&scene, 860), CANDM_OK); /* longer than need be */
	CHECK_EQ(scene.answer.length_bytes, 104);
	scene_end(&scene);
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

	scene_begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		const uint64_t before = scene.chronyc.verdict_count[rows[i].verdict];

		scene_prepare(&scene, CANDM_TRACKING);
		scene.request[rows[i].at] = rows[i].value;
		scene_send_from(&scene, rows[i].length, NULL);
		CHECK_EQ(scene.answer.length_bytes, 0);
		CHECK_EQ(scene.answer.verdict, rows[i].verdict);
		CHECK_EQ(scene.chronyc.verdict_count[rows[i].verdict], before + 1);
	}
	scene_end(&scene);
}

TEST(control_chronyc, answers_udp_to_this_host_and_those_let_in)
{
	static const struct address here = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	static const struct address stranger = { .family = ADDRESS_IPV4,
		                                 .bytes = { 192, 0, 2, 9 } };
	struct scene scene;

	scene_begin(&scene);
	scene_prepare(&scene, CANDM_TRACKING);
	scene_send_from(&scene, 104, &here);
	CHECK_EQ(scene.answer.length_bytes, 104);
	scene_send_from(&scene, 104, &stranger);
	CHECK_EQ(scene.answer.verdict, CHRONYC_NOT_ALLOWED);
	CHECK_EQ(scene.answer.length_bytes, 0);
	scene_prepare(&scene, CANDM_CMDALLOW);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 0);
	scene_put_u32(scene.request + DATA_AT + 20, 24);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_OK);
	scene_prepare(&scene, CANDM_TRACKING);
	scene_send_from(&scene, 104, &stranger);
	CHECK_EQ(scene.answer.length_bytes, 104);
	scene_end(&scene);
}

TEST(control_chronyc, limits_how_often_others_may_ask)
{
	static const struct address here = { .family = ADDRESS_IPV4, .bytes = { 127, 0, 0, 1 } };
	static const struct address other = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 9 } };
	unsigned answered = 0;
	struct scene scene;

	scene_begin(&scene);
	scene.chronyc.limit = (struct client_limit){ true, -4, 8, 4, 0 };
	CHECK_EQ(scene_ask_plain(&scene, CANDM_CMDALLOW), CANDM_OK); /* everybody */
	scene_prepare(&scene, CANDM_TRACKING);
	for (unsigned i = 0; i < 100; i++) {
		scene_send_from(&scene, 104, &other);
		answered += scene.answer.length_bytes > 0;
		scene_send_from(&scene, 104, &here);
		CHECK_EQ(scene.answer.length_bytes, 104);
	}
	CHECK(answered >= 8 && answered < 30);
	CHECK_EQ(scene.chronyc.verdict_count[CHRONYC_RATE_LIMITED], 100 - answered);
	scene_end(&scene);
}

TEST(control_chronyc, lists_clients_a_few_at_a_time)
{
	struct address other = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 0 } };
	unsigned seen = 0;
	uint32_t index = 0;
	struct scene scene;

	scene_begin(&scene);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_CMDALLOW), CANDM_OK); /* everybody */
	scene_prepare(&scene, CANDM_TRACKING);
	for (unsigned i = 0; i < 20; i++) {
		other.bytes[3] = (uint8_t)i;
		scene_send_from(&scene, 104, &other);
	}
	scene_send_from(&scene, 104, &other);
	do {
		scene_prepare(&scene, CANDM_CLIENTS);
		scene_put_u32(scene.request + DATA_AT, index);
		scene_put_u32(scene.request + DATA_AT + 4, 100);
		CHECK_EQ(scene_ask(&scene, 520), CANDM_OK);
		CHECK_EQ(scene_get_u16(&scene, REPLY_AT), 21);
		CHECK_EQ(scene.answer.length_bytes, 520);
		CHECK(scene_get_u32(&scene, 8) <= 8);
		seen += scene_get_u32(&scene, 8);
		index = scene_get_u32(&scene, 4);
	} while (scene_get_u32(&scene, 8) == 8 && index < scene_get_u32(&scene, 0));
	CHECK_EQ(seen, 20);
	scene_prepare(&scene, CANDM_CLIENTS); /* those with two requests, and reset them */
	scene_put_u32(scene.request + DATA_AT + 4, 8);
	scene_put_u32(scene.request + DATA_AT + 8, 2);
	scene_put_u32(scene.request + DATA_AT + 12, 1);
	CHECK_EQ(scene_ask(&scene, 520), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 8), 1);
	CHECK_EQ(scene_get_u32(&scene, 12), 0xc0000213);
	CHECK_EQ(scene_get_u32(&scene, 12 + 20), 0);          /* NTP hits */
	CHECK_EQ(scene_get_u32(&scene, 12 + 28), 2);          /* command hits */
	CHECK_EQ(scene_get_u32(&scene, 12 + 48), UINT32_MAX); /* last of NTP */
	CHECK_EQ(scene_get_u32(&scene, 12 + 56), 0);
	CHECK_EQ(scene_ask(&scene, 520), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 8), 0);
	scene_put_u32(scene.request + DATA_AT, UINT32_MAX);
	CHECK_EQ(scene_ask(&scene, 520), CANDM_OK);
	scene_end(&scene);
}

TEST(control_chronyc, opens_reports_to_udp_and_commands_never)
{
	static const struct address here = { .family = ADDRESS_IPV6, .bytes = { [15] = 1 } };
	struct scene scene;

	scene_begin(&scene);
	for (uint16_t command = 0; command < CANDM_COMMAND_COUNT; command++) {
		const uint16_t length = candm_request_length(command);

		if (length == 0)
			continue;
		scene_prepare(&scene, command);
		scene_send_from(&scene, length, &here);
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
			CHECK(scene_get_u16(&scene, STATUS_AT) != CANDM_UNAUTHORISED);
			break;
		default:
			CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
		}
	}
	scene.chronyc.open_commands = chronyc_open_commands(false, "serverstats authdata offline");
	scene_prepare(&scene, CANDM_SERVERSTATS);
	scene_send_from(&scene, 196, &here);
	CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_OK);
	scene_prepare(&scene, CANDM_OFFLINE);
	scene_send_from(&scene, 60, &here);
	CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
	scene_prepare(&scene, CANDM_TRACKING);
	scene_send_from(&scene, 104, &here);
	CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_UNAUTHORISED);
	scene_prepare(&scene, CANDM_N_SOURCES); /* authdata needs it */
	scene_send_from(&scene, 32, &here);
	CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_OK);
	CHECK_EQ(chronyc_open_commands(false, ""), 0);
	scene_end(&scene);
}
