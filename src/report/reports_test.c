/* SPDX-License-Identifier: MIT */
#include "config/config_listing.h"
#include "report/report_json.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static char bytes[1 << 16];

static void write_report(const char *name, struct report_subject *subject)
{
	struct text out = text_into(bytes, sizeof bytes);
	const struct report *report = reports_find(name);

	CHECK(report != NULL);
	report_json_write(&out, report, subject);
	CHECK(!out.is_cut);
}

static void write_stub(const char *name)
{
	struct report_subject subject;

	stub_subject(&subject);
	write_report(name, &subject);
}

TEST(report_reports, are_all_found_by_their_own_names)
{
	CHECK(reports_count() >= 7);
	for (size_t i = 0; i < reports_count(); i++) {
		CHECK(reports_find(reports_at(i)->name) == reports_at(i));
		CHECK(strlen(reports_at(i)->summary) > 10);
		for (size_t j = 0; j < reports_at(i)->field_count; j++)
			CHECK(strlen(reports_at(i)->fields[j].text) > 5);
	}
	CHECK(reports_find("nonsense") == NULL);
}

TEST(report_tracking, says_how_well_the_clock_is_kept)
{
	write_stub("tracking");
	CHECK(strstr(bytes, "\"is_synchronised\":true"));
	CHECK(strstr(bytes, "\"offset_ns\":250,"));
	CHECK(strstr(bytes, "\"bound_ns\":141000,"));
	CHECK(strstr(bytes, "\"frequency_ppm\":40.25,"));
	CHECK(strstr(bytes, "\"true_error_ns\":-1500,"));
	CHECK(strstr(bytes, "\"tai_offset_s\":null,"));
}

TEST(report_tracking, knows_no_true_error_of_a_real_clock)
{
	struct report_subject subject;
	const struct report_context real = { .version = "1",
		                             .clock_driver = "kernel",
		                             .true_error_ns = 5 };

	stub_subject(&subject);
	subject.context = &real;
	subject.status.bound_ns = INT64_MAX;
	write_report("tracking", &subject);
	CHECK(strstr(bytes, "\"true_error_ns\":null"));
	CHECK(strstr(bytes, "\"bound_ns\":null"));
}

TEST(report_sources, has_a_row_for_each_with_unknowns_as_null)
{
	write_stub("sources");
	CHECK(strstr(
		bytes,
		"{\"letter\":\"*\",\"state\":\"selected\",\"kind\":\"server\",\"name\":\"ntp1\""));
	CHECK(strstr(bytes, "\"reach\":255,\"last_good_age_s\":5,\"offset_ns\":1200"));
	CHECK(strstr(
		bytes,
		"\"name\":\"lost\\\"\\u000a\\u001b[2J\\ufffd\",\"address\":\"-\",\"stratum\":null"));
}

TEST(report_sourcestats, tells_the_estimates)
{
	write_stub("sourcestats");
	CHECK(strstr(bytes,
	             "\"offset_sd_s\":1e-06,\"residual_frequency_ppm\":0.002,\"skew_ppm\":0.01"));
}

TEST(report_smoothing, tells_what_clients_are_given)
{
	struct report_subject subject;

	stub_subject(&subject);
	subject.status.has_smoothing = true;
	subject.status.is_smoothing_active = true;
	subject.status.is_smoothing_leap_only = true;
	subject.status.smoothing = (struct smoothing_state){
		.offset_s = 0.5, .frequency = -32e-6, .wander = 1e-9, .remaining_s = 31250
	};
	subject.status.smoothing_age_s = 31250.5;
	write_report("smoothing", &subject);
	CHECK(strstr(bytes, "\"is_configured\":true,\"is_active\":true,\"is_leap_only\":true,"
	                    "\"offset_ns\":500000000,\"frequency_ppm\":-32,"
	                    "\"wander_ppm_s\":0.001,\"age_s\":31250.5,"
	                    "\"remaining_s\":31250"));
}

TEST(report_activity, counts)
{
	write_stub("activity");
	CHECK(strstr(
		bytes,
		"[{\"sources_count\":4,\"online_count\":3,\"offline_count\":0,\"burst_count\":0,"
		"\"unresolved_count\":1}]"));
}

TEST(report_server, has_one_row_for_each_verdict)
{
	size_t rows = 0;

	write_stub("server");
	CHECK(strstr(bytes, "\"requests_count\":17}"));
	for (const char *at = bytes; (at = strstr(at, "\"requests_count\":")); at++)
		rows++;
	CHECK_EQ(rows, NTP_SERVER_VERDICT_COUNT);
}

/* Nothing that comes is refused without a row that counts it. */
TEST(report_packets, has_one_row_for_each_reason)
{
	size_t rows = 0;

	write_stub("packets");
	CHECK(strstr(bytes, "\"kind\":\"request\",\"verdict\":\"answered\",\"packets_count\":17}"));
	CHECK(strstr(bytes, "\"kind\":\"reply\",\"verdict\":\"the source is no more\""));
	for (const char *at = bytes; (at = strstr(at, "\"packets_count\":")); at++)
		rows++;
	CHECK_EQ(rows, NTP_SERVER_VERDICT_COUNT + NTP_VERDICT_COUNT + 1);
}

TEST(report_config, lists_the_lines)
{
	struct config_listing_row row = {
		.directive = "server", .value = "ntp1 iburst", .file = "/etc/chrony.conf", .line = 3
	};
	const struct config_listing listing = { .count = 1, .rows = &row };
	const struct report_context context = { .version = "1", .config = &listing };
	struct report_subject subject;

	stub_subject(&subject);
	subject.context = &context;
	write_report("config", &subject);
	CHECK(strstr(bytes,
	             "[{\"directive\":\"server\",\"value\":\"ntp1 iburst\",\"use\":\"in use\","
	             "\"file\":\"/etc/chrony.conf\",\"line\":3}]"));
	subject.context = &(struct report_context){ .version = "1" };
	write_report("config", &subject);
	CHECK(strstr(bytes, "\"rows\":[]}"));
}

TEST(report_why, begins_with_the_clock)
{
	write_stub("why");
	CHECK(strstr(bytes,
	             "\"rows\":[{\"name\":\"clock\",\"letter\":\"\",\"state\":\"synchronised\","
	             "\"sentence\":\"synchronised to ntp1 and 1 other: 2 of 3 sources agree; "
	             "the clock is 250 ns behind and certainly within 141 us\"}"));
}
