/* SPDX-License-Identifier: MIT */
#include "daemon/messages.h"

#include <errno.h>

#include "node/node_config.h"
#include "source/plausibility.h"
#include "testing/check.h"

#define ADDRESS                                                                                    \
	{                                                                                          \
		.family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 }                                  \
	}

static enum log_severity check_says(const struct trace_event *event, const char *want)
{
	char text[MESSAGE_SIZE];
	enum log_severity severity = LOG_SEVERITY_DEBUG;

	CHECK(messages_format(event, text, &severity));
	CHECK_TEXT(text, want);
	return severity;
}

/* chronyd's own words, which people's alert rules match to the letter. */
TEST(messages, has_the_words_that_alert_rules_match)
{
	static const struct {
		enum log_severity severity;
		const char *want;
		struct trace_event event;
	} rows[] = {
		{ LOG_SEVERITY_INFORMATION,
		  "Selected source ntp1.example",
		  { .kind = TRACE_SOURCE_SELECTED, .name = "ntp1.example" } },
		{ LOG_SEVERITY_INFORMATION,
		  "Selected source 192.0.2.1 (ntp1.example)",
		  { .kind = TRACE_SOURCE_SELECTED, .name = "ntp1.example", .address = ADDRESS } },
		{ LOG_SEVERITY_INFORMATION,
		  "Selected source 192.0.2.1",
		  { .kind = TRACE_SOURCE_SELECTED, .name = "192.0.2.1", .address = ADDRESS } },
		{ LOG_SEVERITY_INFORMATION,
		  "Source 192.0.2.1 online",
		  { .kind = TRACE_SOURCE_ONLINE, .name = "192.0.2.1", .address = ADDRESS } },
		{ LOG_SEVERITY_INFORMATION,
		  "Source 192.0.2.1 (a) offline",
		  { .kind = TRACE_SOURCE_OFFLINE, .name = "a", .address = ADDRESS } },
		{ LOG_SEVERITY_INFORMATION,
		  "Source 192.0.2.1 replaced with 192.0.2.7 (pool.example)",
		  { .kind = TRACE_SOURCE_REPLACED,
		    .name = "pool.example",
		    .text = "192.0.2.7",
		    .address = ADDRESS } },
		{ LOG_SEVERITY_WARNING,
		  "Can't synchronise: no majority (only 2 of 4 sources agree)",
		  { .kind = TRACE_NO_MAJORITY, .numbers = { 2, 4 } } },
		{ LOG_SEVERITY_WARNING,
		  "Can't synchronise: no majority (no agreement among 3 sources)",
		  { .kind = TRACE_NO_MAJORITY, .numbers = { 1, 3 } } },
		{ LOG_SEVERITY_WARNING,
		  "Can't synchronise: no selectable sources (2 unreachable)",
		  { .kind = TRACE_NO_SELECTABLE, .text = "2 unreachable" } },
		{ LOG_SEVERITY_WARNING,
		  "Detected falseticker 192.0.2.1",
		  { .kind = TRACE_FALSETICKER,
		    .name = "192.0.2.1",
		    .address = ADDRESS,
		    .numbers = { 1e9 } } },
		{ LOG_SEVERITY_WARNING,
		  "Received KoD RATE from 192.0.2.1",
		  { .kind = TRACE_KISS, .name = "192.0.2.1", .text = "RATE" } },
		{ LOG_SEVERITY_WARNING,
		  "System clock wrong by -1.500000 seconds",
		  { .kind = TRACE_CLOCK_WRONG, .numbers = { -1.5e9 } } },
		{ LOG_SEVERITY_WARNING,
		  "System clock was stepped by 0.001000 seconds",
		  { .kind = TRACE_CLOCK_STEPPED, .numbers = { 1e6 } } },
		{ LOG_SEVERITY_WARNING,
		  "Backward time jump detected!",
		  { .kind = TRACE_CLOCK_JUMPED, .numbers = { -1e9 } } },
		{ LOG_SEVERITY_WARNING,
		  "Forward time jump detected!",
		  { .kind = TRACE_CLOCK_JUMPED, .numbers = { 1e9 } } },
		{ LOG_SEVERITY_WARNING,
		  "This machine was stopped for at least 4.0 seconds that its clock does not know of: "
		  "measuring anew",
		  { .kind = TRACE_MACHINE_STOPPED, .numbers = { 4e9 } } },
		{ LOG_SEVERITY_WARNING,
		  "This machine was moved to another host, or restored: measuring anew",
		  { .kind = TRACE_MACHINE_STOPPED } },
		{ LOG_SEVERITY_WARNING,
		  "Could not resolve address of nowhere",
		  { .kind = TRACE_RESOLVE_FAILED, .name = "nowhere" } },
		{ LOG_SEVERITY_WARNING,
		  "Adjustment of -3.013 seconds exceeds the allowed maximum of 0.100 seconds (ignored)",
		  { .kind = TRACE_CHANGE_TOO_BIG,
		    .text = "ignored",
		    .numbers = { -3.0125e9, 1e8 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Source 192.0.2.1 new maxdelay 0.010000",
		  { .kind = TRACE_SOURCE_SET,
		    .name = "192.0.2.1",
		    .address = ADDRESS,
		    .text = "maxdelay",
		    .numbers = { 0.01 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Source 192.0.2.1 new minpoll -2",
		  { .kind = TRACE_SOURCE_SET,
		    .name = "192.0.2.1",
		    .address = ADDRESS,
		    .text = "minpoll",
		    .numbers = { -2 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "New reselect distance 0.001000",
		  { .kind = TRACE_DISTANCE_SET, .numbers = { 1e-3 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Accumulated delta freq of 2.000ppm",
		  { .kind = TRACE_RATE_SHIFTED, .numbers = { 2 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Accumulated delta offset of -1.000000 seconds",
		  { .kind = TRACE_OFFSET_SHIFTED, .numbers = { -1 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Making a slew of -20.000000",
		  { .kind = TRACE_TIME_ENTERED, .numbers = { 2e10 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Time smoothing activated",
		  { .kind = TRACE_SMOOTHING_STARTED, .numbers = { 0 } } },
		{ LOG_SEVERITY_INFORMATION,
		  "Time smoothing activated (leap seconds only)",
		  { .kind = TRACE_SMOOTHING_STARTED, .numbers = { 1 } } },
		{ LOG_SEVERITY_ERROR,
		  "The system clock could not be adjusted: Operation not permitted",
		  { .kind = TRACE_CLOCK_REFUSED, .numbers = { EPERM } } },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_EQ(check_says(&rows[i].event, rows[i].want), rows[i].severity);
}

TEST(messages, says_of_a_leap_second_what_chronyd_says)
{
	check_says(&(struct trace_event){ .kind = TRACE_LEAP,
	                                  .numbers = { LEAP_INSERT, LEAPSECMODE_SYSTEM } },
	           "System clock status set to insert leap second");
	check_says(&(struct trace_event){ .kind = TRACE_LEAP,
	                                  .numbers = { LEAP_DELETE, LEAPSECMODE_SLEW } },
	           "A leap second will be deleted at the end of the UTC day");
	check_says(&(struct trace_event){ .kind = TRACE_LEAP_PASSED,
	                                  .numbers = { 1, LEAPSECMODE_SYSTEM } },
	           "System clock status set to not insert/delete leap second");
	check_says(&(struct trace_event){ .kind = TRACE_LEAP_PASSED,
	                                  .numbers = { 1, LEAPSECMODE_SLEW } },
	           "Adjusting system clock for leap second");
	check_says(
		&(struct trace_event){ .kind = TRACE_TAI_LEARNT, .name = "UBX", .numbers = { 38 } },
		"TAI - UTC is 38 s, says UBX: no table here knows of it; update tzdata or "
		"leap-seconds.list");
}

TEST(messages, says_by_how_much_the_rtc_was_off)
{
	check_says(&(struct trace_event){ .kind = TRACE_RTC_SET, .numbers = { -2.5 } },
	           "RTC set to the time; it was 2.500000 seconds behind");
	check_says(&(struct trace_event){ .kind = TRACE_RTC_REFUSED, .numbers = { EPERM } },
	           "Could not set the RTC: Operation not permitted");
}

TEST(messages, says_when_a_server_lives_in_the_past)
{
	check_says(
		&(struct trace_event){ .kind = TRACE_IMPLAUSIBLE,
	                               .name = "a",
	                               .text = "the last trusted time, saved",
	                               .numbers = { 6e10, 1.6e18 } },
		"Source a says that it is 1970-01-01 00:01:00 UTC, which cannot be: it is certainly later "
		"than 2020-09-13 12:26:40 (the last trusted time, saved); not believed");
}

TEST(messages, says_when_pulses_cannot_be_numbered)
{
	check_says(
		&(struct trace_event){ .kind = TRACE_NUMBERS_AMBIGUOUS,
	                               .name = "PPS",
	                               .text = "GPS",
	                               .numbers = { -0.497 } },
		"GPS is 497 ms off the pulses of PPS, about half a second: which second a pulse begins cannot "
		"be told from it; set its offset to how late it is, or to auto beside another source");
	check_says(&(struct trace_event){ .kind = TRACE_NUMBERS_DOUBTED,
	                                  .name = "PPS",
	                                  .text = "GPS" },
	           "GPS numbers the pulses of PPS by another second than before");
}

TEST(messages, says_when_a_clock_says_another_day)
{
	check_says(
		&(struct trace_event){
			.kind = TRACE_IMPLAUSIBLE,
			.name = "GPS",
			.numbers = { 1.6000864e18, 1.6e18, PLAUSIBILITY_OTHER_DAY } },
		"Source GPS says that it is 2020-09-14 12:26:40 UTC, whole days off 2020-09-13 12:26:40, "
		"which was to be expected; not believed");
}

TEST(messages, is_silent_about_each_measurement)
{
	char text[MESSAGE_SIZE];
	enum log_severity severity;

	CHECK(!messages_format(&(struct trace_event){ .kind = TRACE_MEASUREMENT }, text,
	                       &severity));
	CHECK(!messages_format(&(struct trace_event){ .kind = TRACE_LEAP }, text, &severity));
}
