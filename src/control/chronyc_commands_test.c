/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "control/chronyc_call.h"
#include "control/chronyc_scene_test.h"
#include "node/node_commands.h"
#include "wire/rtc_file.h"

TEST(control_chronyc, takes_sources_online_and_offline_by_mask)
{
	struct scene scene;

	scene_begin(&scene);
	CHECK_EQ(node_status(scene.node, scene_now).online_count, 1);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_ONLINE), CANDM_OK); /* all */
	CHECK_EQ(node_status(scene.node, scene_now).online_count, 2);
	scene_prepare(&scene, CANDM_OFFLINE); /* 192.0.0.0/16 */
	scene_put_ipv4(&scene, 0, 255, 255, 0, 0);
	scene_put_ipv4(&scene, 20, 192, 0, 77, 0);
	CHECK_EQ(scene_ask(&scene, 60), CANDM_OK);
	CHECK_EQ(node_status(scene.node, scene_now).online_count, 1);
	scene_put_ipv4(&scene, 20, 192, 1, 0, 0);
	CHECK_EQ(scene_ask(&scene, 60), CANDM_NO_SUCH_SOURCE);
	scene.request[DATA_AT + 20 + 17] = 9;
	CHECK_EQ(scene_ask(&scene, 60), CANDM_BAD_FAMILY);
	scene_end(&scene);
}

TEST(control_chronyc, asks_offline_sources_in_a_burst)
{
	struct scene scene;

	scene_begin(&scene);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_OFFLINE), CANDM_OK);
	scene_prepare(&scene, CANDM_BURST);
	scene_put_u32(scene.request + DATA_AT + 40, 1);
	scene_put_u32(scene.request + DATA_AT + 44, 2);
	CHECK_EQ(scene_ask(&scene, 68), CANDM_OK);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_ACTIVITY), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 0);
	CHECK_EQ(scene_get_u32(&scene, 4), 0);
	CHECK_EQ(scene_get_u32(&scene, 8), 0);
	CHECK_EQ(scene_get_u32(&scene, 12), 2);
	CHECK_EQ(scene_get_u32(&scene, 16), 1);
	scene_prepare(&scene, CANDM_BURST);
	scene_put_u32(scene.request + DATA_AT + 40, 3);
	scene_put_u32(scene.request + DATA_AT + 44, 2);
	CHECK_EQ(scene_ask(&scene, 68), CANDM_FAILED);
	scene_end(&scene);
}

TEST(control_chronyc, changes_polls_and_pulls_the_other_limit_along)
{
	struct scene scene;
	const struct source_options *options;

	scene_begin(&scene);
	options = node_source_status(scene.node, 0, scene_now).options;
	scene_prepare(&scene, CANDM_MINPOLL);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 1);
	scene_put_u32(scene.request + DATA_AT + 20, 12);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_OK);
	CHECK_EQ(options->minpoll_log2_s, 12);
	CHECK_EQ(options->maxpoll_log2_s, 12);
	CHECK_EQ(node_source_status(scene.node, 0, scene_now).client.poll_log2_s, 12);
	scene.request[COMMAND_AT + 1] = CANDM_MAXPOLL;
	scene_put_u32(scene.request + DATA_AT + 20, (uint32_t)-3);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_OK);
	CHECK_EQ(options->minpoll_log2_s, -3);
	CHECK_EQ(node_source_status(scene.node, 0, scene_now).client.poll_log2_s, -3);
	scene_put_u32(scene.request + DATA_AT + 20, 25);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_FAILED);
	scene.request[COMMAND_AT + 1] = CANDM_MAXDELAY;
	scene_put_u32(scene.request + DATA_AT + 20, candm_float_pack(0.25));
	CHECK_EQ(scene_ask(&scene, 44), CANDM_OK);
	CHECK_NEAR(options->maxdelay_s, 0.25, 0);
	scene_put_u32(scene.request + DATA_AT + 20, candm_float_pack(-1));
	CHECK_EQ(scene_ask(&scene, 44), CANDM_FAILED);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 2);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_FAILED); /* the value is looked at first */
	scene_end(&scene);
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
	scene_prepare(scene, CANDM_ADD_SOURCE);
	scene->request[DATA_AT + 3] = 1;
	memcpy(scene->request + DATA_AT + 4, name, strlen(name));
	memcpy(scene->request + DATA_AT + 260, added, sizeof added);
}

TEST(control_chronyc, adds_a_source_as_chronyc_says_it)
{
	struct node_source_status status;
	struct scene scene;

	scene_begin(&scene);
	prepare_add(&scene, "192.0.2.3");
	CHECK_EQ(scene_ask(&scene, 372), CANDM_OK);
	CHECK_EQ(node_source_count(scene.node), 4);
	status = node_source_status(scene.node, 3, scene_now);
	CHECK_EQ(status.address.bytes[3], 3);
	CHECK_EQ(status.address.port, 123);
	CHECK_EQ(status.options->minpoll_log2_s, 12);
	CHECK_EQ(status.options->maxpoll_log2_s, 12);
	CHECK(status.options->noselect && !status.options->prefer && !status.options->offline);
	CHECK_NEAR(status.options->maxdelay_s, 3, 0);
	CHECK_EQ(status.options->version, 0); /* what fits */
	CHECK_EQ(scene_ask(&scene, 372), CANDM_SOURCE_KNOWN);
	CHECK_EQ(node_source_count(scene.node), 4);
	scene_end(&scene);
}

/* Where the fields stand in the request, and what the option then is. */
TEST(control_chronyc, adds_a_source_with_the_options_of_the_configuration)
{
	const struct source_options *options;
	struct scene scene;

	scene_begin(&scene);
	prepare_add(&scene, "192.0.2.3");
	scene_put_u32(scene.request + DATA_AT + 296, 32);         /* maxsamples */
	scene_put_u32(scene.request + DATA_AT + 300, 0xfffffffe); /* key */
	scene_put_u32(scene.request + DATA_AT + 316, candm_float_pack(4));
	scene_put_u32(scene.request + DATA_AT + 320, candm_float_pack(0.25));
	scene_put_u32(scene.request + DATA_AT + 324, candm_float_pack(-0.5));
	scene_put_u32(scene.request + DATA_AT + 332, CHRONYC_ADD_COPY | CHRONYC_ADD_XLEAVE);
	scene_put_u32(scene.request + DATA_AT + 336, 7); /* filter */
	scene_put_u32(scene.request + DATA_AT + 344, candm_float_pack(0.5));
	scene_put_u32(scene.request + DATA_AT + 348, 12);
	CHECK_EQ(scene_ask(&scene, 372), CANDM_OK);
	options = node_source_status(scene.node, 3, scene_now).options;
	CHECK_EQ(options->maxsamples, 32);
	CHECK_EQ(options->key_id, 0xfffffffe);
	CHECK_NEAR(options->maxdelaydevratio, 4, 0);
	CHECK_NEAR(options->mindelay_s, 0.25, 0);
	CHECK_NEAR(options->asymmetry, -0.5, 0);
	CHECK(options->copy && options->xleave && options->offline && !options->noselect);
	CHECK_EQ(options->filter_polls, 7);
	CHECK_NEAR(options->maxdelayquant, 0.5, 0);
	CHECK_EQ(options->maxunreach_polls, 12);
	scene_end(&scene);
}

TEST(control_chronyc, adds_no_source_with_what_the_configuration_would_refuse)
{
	static const struct {
		size_t at;
		double real;
		uint32_t whole;
	} wrong[] = {
		{ 260, 0, 0 },      { 260, 0, 65536 }, { 264, 0, 25 }, { 268, 0, (uint32_t)-8 },
		{ 272, 0, 101 },    { 276, 0, 17 },    { 280, 0, 0 },  { 284, 0, 5 },
		{ 288, 0, 17 },     { 308, 1001, 0 },  { 312, -1, 0 }, { 316, -1, 0 },
		{ 320, 1001, 0 },   { 324, 0.6, 0 },   { 336, 0, 65 }, { 344, 0.96, 0 },
		{ 348, 0, 100001 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		const bool is_whole = !(fabs(wrong[i].real) > 0);
		struct scene scene;

		scene_begin(&scene);
		prepare_add(&scene, "192.0.2.3");
		scene_put_u32(scene.request + DATA_AT + wrong[i].at,
		              is_whole ? wrong[i].whole : candm_float_pack(wrong[i].real));
		CHECK_EQ(scene_ask(&scene, 372), CANDM_FAILED);
		scene_end(&scene);
	}
}

TEST(control_chronyc, adds_peers_and_opens_the_port_that_they_need)
{
	struct node_source_status status;
	struct scene scene;

	scene_begin(&scene);
	prepare_add(&scene, "192.0.2.99");
	scene.request[DATA_AT + 3] = 2; /* peer */
	CHECK_EQ(scene_ask(&scene, 372), CANDM_OK);
	CHECK_EQ(scene.answer.duty, CHRONYC_SERVE);
	CHECK(node_wants_port(scene.node));
	status = node_source_status(scene.node, node_source_count(scene.node) - 1, scene_now);
	CHECK_EQ(status.options->kind, SOURCE_PEER);
	scene_end(&scene);
}

TEST(control_chronyc, refuses_sources_that_make_no_sense)
{
	struct scene scene;

	scene_begin(&scene);
	prepare_add(&scene, "");
	CHECK_EQ(scene_ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "two words");
	CHECK_EQ(scene_ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "x");
	memset(scene.request + DATA_AT + 4, 'x', 256);
	CHECK_EQ(scene_ask(&scene, 372), CANDM_INVALID_NAME);
	prepare_add(&scene, "x");
	scene.request[DATA_AT + 3] = 4;
	CHECK_EQ(scene_ask(&scene, 372), CANDM_FAILED);
	prepare_add(&scene, "x");
	scene_put_u32(scene.request + DATA_AT + 260, 65536); /* port */
	CHECK_EQ(scene_ask(&scene, 372), CANDM_FAILED);
	CHECK_EQ(node_source_count(scene.node), 3);
	for (unsigned i = 0; i < NODE_SOURCES_MAX - 3; i++) {
		const char name[] = { 'h', (char)('a' + i / 26), (char)('a' + i % 26), '\0' };

		prepare_add(&scene, name);
		CHECK_EQ(scene_ask(&scene, 372), CANDM_OK);
	}
	prepare_add(&scene, "one.more");
	CHECK_EQ(scene_ask(&scene, 372), CANDM_TOO_MANY_SOURCES);
	scene_end(&scene);
}

TEST(control_chronyc, deletes_sources_and_takes_their_places_again)
{
	struct scene scene;

	scene_begin(&scene);
	for (unsigned i = 0; i < 200; i++) { /* more often than there are places */
		prepare_add(&scene, "192.0.2.3");
		CHECK_EQ(scene_ask(&scene, 372), CANDM_OK);
		scene_prepare(&scene, CANDM_DELETE_SOURCE);
		scene_put_ipv4(&scene, 0, 192, 0, 2, 3);
		CHECK_EQ(scene_ask(&scene, 40), CANDM_OK);
		scene.out.count = 0;
	}
	CHECK_EQ(scene_ask(&scene, 40), CANDM_NO_SUCH_SOURCE);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_DELETE_SOURCE), CANDM_NO_SUCH_SOURCE);
	scene_put_u32(scene.request + DATA_AT, 3); /* ntp.example */
	scene.request[DATA_AT + 17] = CANDM_ADDRESS_ID;
	CHECK_EQ(scene_ask(&scene, 40), CANDM_OK);
	CHECK_EQ(node_source_count(scene.node), 2);
	scene_end(&scene);
}

TEST(control_chronyc, checks_and_changes_who_may_ask)
{
	struct scene scene;

	scene_begin(&scene);
	scene_prepare(&scene, CANDM_ACCHECK);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 9);
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_DENIED);
	scene.request[COMMAND_AT + 1] = CANDM_CMDACCHECK;
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_DENIED);
	scene_put_ipv4(&scene, 0, 127, 0, 0, 5);
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_ACCHECK), CANDM_BAD_FAMILY);

	scene_prepare(&scene, CANDM_ALLOW);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 0);
	scene_put_u32(scene.request + DATA_AT + 20, 33);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_BAD_SUBNET);
	scene_put_u32(scene.request + DATA_AT + 20, 24);
	CHECK_EQ(scene_ask(&scene, 44), CANDM_OK);
	CHECK_EQ(scene.answer.duty, CHRONYC_SERVE);
	scene_prepare(&scene, CANDM_ACCHECK);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 9);
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_DENY),
	         CANDM_OK); /* everybody; the narrower rule stands */
	CHECK_EQ(scene.answer.duty, CHRONYC_NOTHING);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 9);
	scene.request[COMMAND_AT + 1] = CANDM_ACCHECK;
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_ALLOWED);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_DENY_ALL), CANDM_OK);
	scene_put_ipv4(&scene, 0, 192, 0, 2, 9);
	scene.request[COMMAND_AT + 1] = CANDM_ACCHECK;
	CHECK_EQ(scene_ask(&scene, 40), CANDM_ACCESS_DENIED);
	scene_end(&scene);
}

TEST(control_chronyc, switches_local_mode_in_both_forms)
{
	struct scene scene;

	scene_begin(&scene);
	CHECK_EQ(node_status(scene.node, scene_now).stratum, 0);
	scene_prepare(&scene, CANDM_LOCAL_OLD); /* `local stratum 5` of chronyc 4.3 */
	scene_put_u32(scene.request + DATA_AT, 1);
	scene_put_u32(scene.request + DATA_AT + 4, 5);
	scene_put_u32(scene.request + DATA_AT + 8, 0x04800000);
	CHECK_EQ(scene_ask(&scene, 36), CANDM_OK);
	CHECK_EQ(node_status(scene.node, scene_now).stratum, 5);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_TRACKING), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 0x7f7f0101);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_LOCAL), CANDM_OK); /* off */
	CHECK_EQ(node_status(scene.node, scene_now).stratum, 0);
	scene_prepare(&scene, CANDM_LOCAL);
	scene_put_u32(scene.request + DATA_AT, 1);
	scene_put_u32(scene.request + DATA_AT + 4, 16);
	CHECK_EQ(scene_ask(&scene, 48), CANDM_FAILED);
	scene_end(&scene);
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

	scene_begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		CHECK_EQ(scene_ask_plain(&scene, rows[i].command), CANDM_OK);
		CHECK_EQ(scene.answer.duty, rows[i].duty);
	}
	chronyc_answer_failed(&scene.answer);
	CHECK_EQ(scene_get_u16(&scene, STATUS_AT), CANDM_FAILED);
	scene_end(&scene);
}

TEST(control_chronyc, reports_and_commands_smoothing)
{
	struct scene scene;

	scene_begin(&scene);
	node_destroy(scene.node);
	scene.config.discipline.smoothtime = (struct smoothing_options){
		.is_on = true, .max_frequency_ppm = 400, .max_wander_ppm_s = 0.001
	};
	CHECK_EQ(node_create(&(struct node_setup){ .config = &scene.config,
	                                           .rng = &scene.rng,
	                                           .precision_s = 1e-7 },
	                     scene_now, &scene.node),
	         0);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_SMOOTHING), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 0);
	scene_prepare(&scene, CANDM_SMOOTHTIME);
	scene_put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_SMOOTHTIME)), CANDM_OK);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_SMOOTHING), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 1);
	scene_prepare(&scene, CANDM_SMOOTHTIME);
	scene_put_u32(scene.request + DATA_AT, 2);
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_SMOOTHTIME)), CANDM_INVALID);
	scene_end(&scene);
}

static float get_float(const struct scene *scene, size_t data_at)
{
	return (float)candm_float_unpack(scene_get_u32(scene, data_at));
}

static void set_time(struct scene *scene, int64_t seconds)
{
	struct writer out = writer_into(scene->request + DATA_AT, 12);

	scene_prepare(scene, CANDM_SETTIME);
	candm_time_encode((struct utc_time){ seconds * NS_PER_S }, &out);
}

TEST(control_chronyc, takes_the_time_that_somebody_types_in)
{
	struct scene scene;

	scene_begin(&scene);
	scene_prepare(&scene, CANDM_MANUAL);
	scene_put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_MANUAL)), CANDM_OK);
	set_time(&scene, scene_now.local.ns / NS_PER_S - 3); /* the clock is three seconds fast */
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_SETTIME)), CANDM_OK);
	CHECK_NEAR(get_float(&scene, 0), 3, 1e-6);
	CHECK_NEAR(get_float(&scene, 4), 0, 1e-6);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_ADJUST_CLOCK);
	CHECK(scene.out.actions[0].clock.frequency < 0);
	CHECK(!scene.out.actions[0].clock.is_synchronised);
	scene.out.count = 0;
	CHECK_EQ(scene_ask_plain(&scene, CANDM_MANUAL_LIST), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 1);
	CHECK_EQ(scene_get_u32(&scene, 8), (uint32_t)(scene_now.local.ns / NS_PER_S - 3));
	CHECK_NEAR(get_float(&scene, 20), 3, 1e-6); /* as it was entered */
	scene_prepare(&scene, CANDM_MANUAL_DELETE);
	scene_put_u32(scene.request + DATA_AT, 1);
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_MANUAL_DELETE)), CANDM_BAD_SAMPLE);
	scene_put_u32(scene.request + DATA_AT, 0);
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_MANUAL_DELETE)), CANDM_OK);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_MANUAL_LIST), CANDM_OK);
	CHECK_EQ(scene_get_u32(&scene, 0), 0);
	set_time(&scene, 0);
	scene_put_u32(scene.request + DATA_AT, 256); /* 2^40 s: beyond what an instant can hold */
	CHECK_EQ(scene_ask(&scene, candm_request_length(CANDM_SETTIME)), CANDM_FAILED);
	scene_end(&scene);
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

	scene_begin(&scene);
	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_EQ(scene_ask_plain(&scene, rows[i].command), rows[i].status);
	scene_end(&scene);
}

TEST(control_chronyc, answers_every_command_at_every_length)
{
	struct scene scene;

	scene_begin(&scene);
	for (uint16_t command = 0; command <= CANDM_COMMAND_COUNT; command++) {
		scene_prepare(&scene, command);
		for (size_t length = CANDM_REQUEST_MIN; length <= CANDM_REQUEST_MAX; length += 4) {
			(void)scene_ask(&scene, length);
			scene.out.count = 0;
		}
	}
	scene_end(&scene);
}

TEST(control_chronyc, reports_writes_and_trims_the_real_time_clock)
{
	const struct rtc_file rtc = { .is_valid = true,
		                      .reference = { INT64_C(1795340000) * NS_PER_S },
		                      .fast_s = -2.5,
		                      .gain_ppm = 12 };
	struct scene scene;

	scene_begin_with(&scene, &rtc);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_RTCDATA), CANDM_OK);
	CHECK_EQ(scene.answer.length_bytes, 56);
	CHECK_EQ(scene_get_u16(&scene, 6), CANDM_REPLY_RTC);
	CHECK_EQ(scene_get_u32(&scene, 4), 1795340000);
	CHECK_NEAR(candm_float_unpack(scene_get_u32(&scene, 20)), -2.5, 1e-6);
	CHECK_NEAR(candm_float_unpack(scene_get_u32(&scene, 24)), 12, 1e-5);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_WRITERTC), CANDM_OK);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].save.file, STATE_FILE_RTC);
	CHECK_EQ(scene_ask_plain(&scene, CANDM_TRIMRTC), CANDM_FAILED); /* time is not known yet */
	scene_end(&scene);
}
