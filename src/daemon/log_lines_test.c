/* SPDX-License-Identifier: MIT */
#include "daemon/log_lines.h"

#include "source/datagram.h"
#include "testing/check.h"

/* 2026-11-22 06:30:00 UTC. */
#define WHEN_NS (INT64_C(1795329000) * NS_PER_S)

static const struct trace_event measurement = {
	.kind = TRACE_MEASUREMENT,
	.when = { WHEN_NS },
	.name = "192.0.2.1",
	.measurement = { .leap = LEAP_NONE,
	                 .stratum = 1,
	                 .tests = 0x3fe,
	                 .local_poll_log2_s = 6,
	                 .remote_poll_log2_s = -2,
	                 .offset_s = -1.25e-3,
	                 .delay_s = 2e-3,
	                 .dispersion_s = 3e-6,
	                 .root_delay_s = 0,
	                 .root_dispersion_s = 1.5e-5,
	                 .reference_id = 0x47505300,
	                 .mode = 4,
	                 .sent_stamp = STAMP_KERNEL,
	                 .received_stamp = STAMP_DAEMON },
};

TEST(log_lines, has_figures_even_where_nothing_is_known)
{
	struct trace_event event = { .kind = TRACE_TRACKING };
	char line[LOG_LINE_SIZE];

	event.tracking = (struct trace_tracking){ .skew_ppm = 1e6,
		                                  .leap = LEAP_UNSYNCHRONISED,
		                                  .root_delay_s = 1,
		                                  .root_dispersion_s = 1,
		                                  .error_max_s = INFINITY };
	log_lines_format(LOG_LINES_TRACKING, &event, line);
	/* chronyd's first line, to the letter but for the time */
	CHECK_TEXT(line,
	           "1970-01-01 00:00:00 0.0.0.0          0      0.000 1000000.000  0.000e+00 ?  0  "
	           "0.000e+00  0.000e+00  1.000e+00  1.000e+00  1.500e+00");
}

TEST(log_lines, writes_a_measurement_as_chrony_does)
{
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_MEASUREMENTS, &measurement, line);
	CHECK_TEXT(line, "2026-11-22 06:30:00 192.0.2.1       N  1 111 111 1110   6 -2 0.00 "
	                 "-1.250e-03  2.000e-03  3.000e-06  0.000e+00  1.500e-05 47505300 4B K D");
}

TEST(log_lines, stands_below_its_header)
{
	char line[LOG_LINE_SIZE];
	const char *header = log_lines_header(LOG_LINES_MEASUREMENTS);

	log_lines_format(LOG_LINES_MEASUREMENTS, &measurement, line);
	CHECK_EQ(strstr(header, " L ") - header, strstr(line, " N ") - line);
	CHECK_EQ(strstr(header, "123") - header, strstr(line, "111") - line);
	CHECK_EQ(strstr(header, "Refid") - header, strstr(line, "47505300") - line);
	CHECK_EQ(strlen(header), strlen(line));
}

TEST(log_lines, writes_statistics)
{
	const struct trace_event event = {
		.kind = TRACE_STATISTICS,
		.when = { WHEN_NS },
		.name = "192.0.2.1",
		.statistics = { .sd_s = 1e-5,
		                .offset_s = -2e-6,
		                .offset_sd_s = 3e-6,
		                .frequency = 4e-9,
		                .skew = 5e-9,
		                .stress = 0.6,
		                .samples_count = 17,
		                .first_index = 2,
		                .runs_count = 9 },
	};
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_STATISTICS, &event, line);
	CHECK_TEXT(line, "2026-11-22 06:30:00 192.0.2.1        1.000e-05 -2.000e-06  3.000e-06  "
	                 "4.000e-09  5.000e-09 6.0e-01  17   2   9  0.00");
	CHECK_EQ(strlen(line), strlen(log_lines_header(LOG_LINES_STATISTICS)));
}

TEST(log_lines, writes_tracking)
{
	struct trace_event event = {
		.kind = TRACE_TRACKING,
		.when = { WHEN_NS },
		.name = "192.0.2.1",
		.tracking = { .stratum = 2,
		              .frequency_ppm = -12.3456,
		              .skew_ppm = 0.021,
		              .offset_s = 1e-6,
		              .leap = LEAP_INSERT,
		              .combined_count = 3,
		              .is_synchronised = true },
	};
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_TRACKING, &event, line);
	CHECK_TEXT(line,
	           "2026-11-22 06:30:00 192.0.2.1        2    -12.346      0.021  1.000e-06 +  3 "
	           " 0.000e+00  0.000e+00  0.000e+00  0.000e+00  0.000e+00");
	CHECK_EQ(strlen(line), strlen(log_lines_header(LOG_LINES_TRACKING)));

	event.tracking.is_synchronised = false;
	log_lines_format(LOG_LINES_TRACKING, &event, line);
	CHECK(strstr(line, " 0.0.0.0 ") != NULL);
}

TEST(log_lines, show_the_address_whatever_the_source_is_called)
{
	const struct trace_event event = {
		.kind = TRACE_STATISTICS,
		.name = "ntp.example.org",
		.address = { .family = ADDRESS_IPV6, .bytes = { 0x20, 1, 0xd, 0xb8, [15] = 7 } },
	};
	const struct trace_event lost = { .kind = TRACE_TRACKING, .address = event.address };
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_STATISTICS, &event, line);
	CHECK(strstr(line, " 2001:db8::7     "));
	CHECK(!strstr(line, "ntp.example.org"));
	log_lines_format(LOG_LINES_TRACKING, &lost, line);
	CHECK(strstr(line, " 0.0.0.0 "));
}

TEST(log_lines, writes_the_real_time_clock)
{
	const struct trace_event event = {
		.kind = TRACE_RTC_MEASUREMENT,
		.when = { WHEN_NS },
		.rtc = { .fast_s = -2.5,
		         .is_known = true,
		         .known_fast_s = -2.499999,
		         .gain_ppm = 12.3456,
		         .samples_count = 23,
		         .runs_count = 11,
		         .period_s = 240 },
	};
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_RTC, &event, line);
	CHECK_TEXT(line, "2026-11-22 06:30:00      -2.500000 1       -2.499999        12.346  23  "
	                 "11  240");
	CHECK_EQ(strlen(line), strlen(log_lines_header(LOG_LINES_RTC)));
}

/* A line of chronyd's own, but for the address. */
TEST(log_lines, writes_a_source_at_a_selection)
{
	struct trace_event event = {
		.kind = TRACE_SELECTION,
		.when = { WHEN_NS },
		.name = "192.0.2.1",
		.selection = { .letter = '*',
		               .options = "--P--",
		               .reach = 0177,
		               .score = 1,
		               .age_s = 4.281e-05,
		               .low_s = -2.935e-06,
		               .high_s = 3.023e-06 },
	};
	char line[LOG_LINE_SIZE];

	log_lines_format(LOG_LINES_SELECTION, &event, line);
	CHECK_TEXT(line, "2026-11-22 06:30:00 192.0.2.1       * --P--  177  1.00  4.281e-05 "
	                 "-2.935e-06  3.023e-06");
	CHECK_EQ(strlen(line), strlen(log_lines_header(LOG_LINES_SELECTION)));
	event.selection =
		(struct trace_selection){ .letter = 'M', .options = "-----", .age_s = INFINITY };
	log_lines_format(LOG_LINES_SELECTION, &event, line);
	CHECK_TEXT(line, "2026-11-22 06:30:00 192.0.2.1       M -----    0  1.00  0.000e+00 "
	                 " 0.000e+00  0.000e+00");
}
