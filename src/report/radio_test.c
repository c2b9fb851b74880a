/* SPDX-License-Identifier: MIT */
#include "radio/encode.h"
#include "radio/station.h"
#include "refclock/radio_clock.h"
#include "refclock/refclock_options.h"
#include "report/report_json.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static char bytes[1 << 14];

/* What the report says when the clock has heard so many minutes of MSF. */
static void write_radio(uint32_t minute_count)
{
	static struct report_subject subject;
	static struct refclock_options options;
	static struct refclock_samples samples;
	const struct radio_signal signal = {
		.station = &radio_station_msf,
		.from = { INT64_C(1795329000) * NS_PER_S }, /* 2026-11-22 06:30 */
		.minute_count = minute_count,
		.dut1_tenths = -3,
		.noise = { .jitter_ms = 5 },
		.seed = 1,
	};
	struct text out = text_into(bytes, sizeof bytes);
	struct radio_clock clock = { .receiver = NULL };
	struct radio_encoder encoder;
	struct radio_edge edge;

	options.driver = refclock_drivers_find("msf");
	CHECK_EQ(options.driver->create(&clock, options.driver, (struct utc_time){ 0 }), 0);
	CHECK_EQ(radio_encoder_init(&encoder, &signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		const struct refclock_event event = {
			.input = REFCLOCK_EDGES,
			.edge = { .free_at = { edge.at.ns }, .is_rising = edge.is_high },
		};

		options.driver->on_edge(&clock, &event, &samples);
		samples.count = 0;
	}
	stub_subject(&subject);
	strcpy(options.device.path, "gpiochip0:17");
	subject.sources[1].name = "MSF";
	subject.sources[1].is_refclock = true;
	subject.sources[1].refclock.options = &options;
	subject.sources[1].refclock_driver_state = &clock;
	report_json_write(&out, reports_find("radio"), &subject);
	CHECK(!out.is_cut);
	options.driver->destroy(&clock);
}

TEST(report_radio, claims_nothing_before_there_is_a_signal)
{
	write_radio(0);
	CHECK(strstr(bytes, "\"name\":\"MSF\""));
	CHECK(strstr(bytes, "\"driver\":\"MSF\""));
	CHECK(strstr(bytes, "\"device\":\"gpiochip0:17\""));
	CHECK(strstr(bytes, "\"is_locked\":false"));
	CHECK(strstr(bytes, "\"second\":null"));
	CHECK(strstr(bytes, "\"verdict\":null"));
	CHECK(strstr(bytes, "\"uncertainty_s\":null"));
	CHECK(strstr(bytes, "\"last_edge_age_s\":null"));
}

TEST(report_radio, shows_the_last_minute_and_its_verdict)
{
	write_radio(8);
	CHECK(strstr(bytes, "\"is_locked\":true"));
	CHECK(strstr(bytes, "\"verdict\":\"good\""));
	CHECK(strstr(bytes, "\"reason\":null"));
	CHECK(strstr(bytes, "\"last_bits\":\"#"));
	CHECK(strstr(bytes, "\"dut1_s\":-0.3"));
	CHECK(strstr(bytes, "\"polarity\":\"normal\""));
	CHECK(strstr(bytes, "\"time\":17953294")); /* 06:37 or 06:38 */
}

TEST(report_radio, says_why_a_minute_was_refused)
{
	write_radio(2);
	CHECK(strstr(bytes, "\"verdict\":\"refused\""));
	CHECK(!strstr(bytes, "\"reason\":null"));
	CHECK(strstr(bytes, "\"time\":null"));
}
