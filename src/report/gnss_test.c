/* SPDX-License-Identifier: MIT */
#include "refclock/gnss_receiver.h"
#include "refclock/refclock_options.h"
#include "report/report_json.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static char bytes[1 << 14];

static void write_gnss(struct gnss_receiver *receiver)
{
	static struct report_subject subject;
	static struct refclock_options options;
	struct text out = text_into(bytes, sizeof bytes);

	stub_subject(&subject);
	options.driver = refclock_drivers_find("nmea");
	strcpy(options.device.path, "/dev/ttyAMA0");
	subject.sources[1].name = "GPS";
	subject.sources[1].is_refclock = true;
	subject.sources[1].refclock.options = &options;
	subject.sources[1].refclock_driver_state = receiver;
	report_json_write(&out, reports_find("gnss"), &subject);
	CHECK(!out.is_cut);
}

static struct gnss_receiver *fresh_receiver(void)
{
	static struct gnss_receiver receiver;
	const struct refclock_device device = { .baud = 9600 };

	gnss_receiver_init(&receiver, &device, false, (struct utc_time){ 0 });
	return &receiver;
}

TEST(report_gnss, says_nothing_of_clocks_that_are_no_receivers)
{
	static struct report_subject subject;
	struct text out = text_into(bytes, sizeof bytes);

	stub_subject(&subject);
	report_json_write(&out, reports_find("gnss"), &subject);
	CHECK(strstr(bytes, "\"rows\":[]"));
}

TEST(report_gnss, has_no_age_below_nought)
{
	struct gnss_receiver *receiver = fresh_receiver();

	receiver->status.has_frame = true;
	receiver->status.last_frame.ns = INT64_MAX / 2; /* the clock was set back since */
	write_gnss(receiver);
	CHECK(strstr(bytes, "\"last_frame_age_s\":0,"));
}

TEST(report_gnss, claims_nothing_of_a_silent_receiver)
{
	write_gnss(fresh_receiver());
	CHECK(strstr(bytes, "\"name\":\"GPS\""));
	CHECK(strstr(bytes, "\"driver\":\"NMEA\""));
	CHECK(strstr(bytes, "\"device\":\"/dev/ttyAMA0\""));
	CHECK(strstr(bytes, "\"fix\":null"));
	CHECK(strstr(bytes, "\"verdict\":null"));
	CHECK(strstr(bytes, "\"used_count\":null"));
	CHECK(strstr(bytes, "\"last_frame_age_s\":null"));
	CHECK(strstr(bytes, "\"last_sentence\":null"));
	CHECK(strstr(bytes, "\"jump_s\":null"));
}

TEST(report_gnss, shows_what_a_receiver_says)
{
	static const char lines[] = "$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,"
				    "-19.6,M,0000,0000*6C\r\n"
				    "$GPTXT,01,01,02,ANTSTATUS=OK*3B\r\n"
				    "$GPZDA,202640.000,13,04,2015,,*54\r\n";
	struct gnss_receiver *receiver = fresh_receiver();
	static struct refclock_samples samples;

	gnss_receiver_on_serial(
		receiver,
		&(struct refclock_serial){ (const uint8_t *)lines, sizeof lines - 1, { 1 } },
		&samples);
	write_gnss(receiver);
	CHECK(strstr(bytes, "\"fix\":\"good\""));
	CHECK(strstr(bytes, "\"used_count\":10"));
	CHECK(strstr(bytes, "\"antenna\":\"ok\""));
	CHECK(strstr(bytes, "\"verdict\":\"good\""));
	CHECK(strstr(bytes, "\"taken_count\":1,"));
	CHECK(strstr(bytes, "\"sentences_count\":3,"));
	CHECK(strstr(bytes, "\"time_s\":1428956800") || strstr(bytes, "\"time\":1428956800"));
	CHECK(strstr(bytes, "$GPZDA,202640.000,13,04,2015,,*54"));
}
