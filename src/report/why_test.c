/* SPDX-License-Identifier: MIT */
#include "report/why.h"
#include "report/why_source.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

static const char *sentence(struct report_subject *subject, enum source_state state, double a,
                            double b, double c, double d)
{
	static char bytes[1024];
	struct text out = text_into(bytes, sizeof bytes);
	struct node_source_status *source = &subject->sources[2];
	const double reason[4] = { a, b, c, d };

	source->state = state;
	memcpy(source->reason, reason, sizeof reason);
	why_source(&out, source, &subject->status);
	CHECK(!out.is_cut);
	return bytes;
}

TEST(report_why, has_a_word_and_a_sentence_for_every_state)
{
	struct report_subject subject;

	stub_subject(&subject);
	for (unsigned i = 0; i < SOURCE_STATE_COUNT; i++) {
		const enum source_state state = (enum source_state)i;
		const char *text = sentence(&subject, state, 1, 2, 3, 4);

		CHECK(strlen(why_source_word(state)) >= 3);
		CHECK(strlen(text) > 20);
		CHECK(strncmp(text, "used: ", 6) == 0 || strncmp(text, "not used", 8) == 0);
		CHECK(!strstr(text, "positive") && !strstr(text, "negative"));
		/* all but the two that nothing was measured of give a number */
		if (state != SOURCE_STATE_NOT_RESOLVED && state != SOURCE_STATE_OFFLINE)
			CHECK(strpbrk(text, "0123456789") || strstr(text, "prefer"));
		for (unsigned j = 0; j < i; j++)
			CHECK(strcmp(why_source_word(state),
			             why_source_word((enum source_state)j)) != 0);
	}
}

TEST(report_why, gives_the_numbers_that_decided)
{
	static const struct {
		enum source_state state;
		double reason[4];
		const char *sentence;
	} rows[] = {
		{ SOURCE_STATE_SELECTED,
		  { 0 },
		  "used: it leads the clock: it is 300 ms ahead of it, can err by 140 us at most, and has 0.0 % "
		  "of the say" },
		{ SOURCE_STATE_FALSETICKER,
		  { 300.2e6, -200e3, 200e3, 2 },
		  "not used: it is 300 ms ahead of the interval that 2 of 3 sources agree on (-200 us .. +200 us) "
		  "and can itself err by only 140 us; a falseticker" },
		{ SOURCE_STATE_FALSETICKER,
		  { -50e6, -200e3, 200e3, 2 },
		  "not used: it is 49.8 ms behind the interval that 2 of 3 sources agree on (-200 us .. +200 us) "
		  "and can itself err by only 140 us; a falseticker" },
		{ SOURCE_STATE_DISTANT,
		  { 3.5e9, 3e9 },
		  "not used: it can err by 3.50 s, more than maxdistance allows: 3.00 s" },
		{ SOURCE_STATE_JITTERY,
		  { 1.2e9, 1e9 },
		  "not used: its measurements scatter by 1.20 s, more than maxjitter allows: 1.00 s" },
		{ SOURCE_STATE_TOO_DISTANT,
		  { 9e6, 3 },
		  "not used: it agrees, but can err by 9.00 ms, more than 3.0 times what the best source can (`combinelimit`)" },
		{ SOURCE_STATE_IMPLAUSIBLE,
		  { 1.6000864e18, 1.6e18, 0, PLAUSIBILITY_OTHER_DAY },
		  "not used: it claims 2020-09-14 12:26:40 UTC, exactly 1 day later than this machine's clock, which "
		  "its own past or the RTC confirms: receivers err so, clocks do not. If it is right, set the clock by "
		  "hand and restart timeballd; a server beside it would tell for sure" },
		{ SOURCE_STATE_IMPLAUSIBLE,
		  { 1.6e18, 1.600000002e18, 0, PLAUSIBILITY_OTHER_SECOND },
		  "not used: it claims 2020-09-13 12:26:40 UTC, exactly 2 seconds earlier than by its own past, which "
		  "the clock has kept: receivers err so, clocks do not. If it is right, set the clock by hand and "
		  "restart timeballd; a server beside it would tell for sure" },
		{ SOURCE_STATE_STRATUM,
		  { 12, 10 },
		  "not used: its stratum 12 is above maxstratum 10" },
		{ SOURCE_STATE_TIE,
		  { 2, 4 },
		  "not used: a tie: 2 of 4 sources agree, which is only half; add a source that decides" },
		{ SOURCE_STATE_NO_MAJORITY,
		  { 1, 3 },
		  "not used: no majority: only 1 of 3 sources agrees with itself, so nobody is believed" },
		{ SOURCE_STATE_MINSOURCES,
		  { 1, 3 },
		  "not used: 1 could be used, but minsources asks for 3" },
		{ SOURCE_STATE_MINSOURCES,
		  { 3, 3 },
		  "not used: no source marked `require` is among the 3 that could be used" },
		{ SOURCE_STATE_IMPLAUSIBLE,
		  { 0, 1.6e18, PLAUSIBILITY_SAVED },
		  "not used: it claims 1970-01-01 00:00:00 UTC, which cannot be: it is certainly later than "
		  "2020-09-13 12:26:40 (the last trusted time, saved)" },
		{ SOURCE_STATE_IMPLAUSIBLE,
		  { 3e18, 1.6e18 },
		  "not used: it claims 2065-01-24 05:20:00 UTC, which cannot be: it is certainly earlier than "
		  "2020-09-13 12:26:40" },
		{ SOURCE_STATE_STALE,
		  { 9 },
		  "not used: it has not answered the last 9 polls; the last answer came 5.00 s ago" },
		{ SOURCE_STATE_WAITING,
		  { 1, 4 },
		  "not used yet: it is one of 4 sources that are given a moment to have their say; it can err by 140 us" },
		{ SOURCE_STATE_OUTLIER,
		  { 0, 3, -5e6 },
		  "not used: it is 5.00 ms behind the clock, off the other sources by more than its error bar of 1.00 us allows" },
		{ SOURCE_STATE_NOT_PREFERRED,
		  { 0 },
		  "not used: it agrees and can err by 140 us, but ntp1 is marked `prefer`" },
		{ SOURCE_STATE_KEY_MISSING,
		  { 0 },
		  "not used: it is to be authenticated, with key 7, which is not in the key file" },
	};
	struct report_subject subject;

	stub_subject(&subject);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_TEXT(sentence(&subject, rows[i].state, rows[i].reason[0], rows[i].reason[1],
		                    rows[i].reason[2], rows[i].reason[3]),
		           rows[i].sentence);
}

TEST(report_why, tells_silence_from_bad_answers)
{
	struct report_subject subject;
	struct node_source_status *source = &subject.sources[2];

	stub_subject(&subject);
	source->client.received_count = 0;
	CHECK_TEXT(sentence(&subject, SOURCE_STATE_NO_SAMPLES, 0, 0, 0, 0),
	           "not used: it has not answered any of 12 requests");
	source->client.sent_count = 0;
	CHECK_TEXT(sentence(&subject, SOURCE_STATE_NO_SAMPLES, 0, 0, 0, 0),
	           "not used: it has not been asked yet");
	source->client.sent_count = 2;
	source->client.received_count = 1;
	source->client.last_verdict = NTP_BOGUS_ORIGIN;
	CHECK(strstr(sentence(&subject, SOURCE_STATE_NO_SAMPLES, 0, 0, 0, 0),
	             "none of its 1 answer could be used; of the last one: "));
}

static const char *clock_sentence(const struct report_subject *subject)
{
	static char bytes[1024];
	struct text out = text_into(bytes, sizeof bytes);

	why_clock(&out, subject);
	return bytes;
}

TEST(report_why, says_why_the_clock_is_not_synchronised)
{
	struct report_subject subject;

	stub_subject(&subject);
	subject.status.is_synchronised = false;
	for (int i = 0; i < STUB_SOURCES; i++)
		subject.sources[i].state = SOURCE_STATE_TIE;
	subject.sources[0].reason[0] = 2;
	subject.sources[0].reason[1] = 4;
	CHECK_TEXT(
		clock_sentence(&subject),
		"not synchronised: none of 4 sources is used, 4 for this reason: ntp1 is not used: a tie: 2 of 4 "
		"sources agree, which is only half; add a source that decides");
	subject.sources_count = 1;
	CHECK_TEXT(
		clock_sentence(&subject),
		"not synchronised: the only source, ntp1, is not used: a tie: 2 of 4 sources agree, which is "
		"only half; add a source that decides");
	subject.sources_count = 0;
	CHECK_TEXT(
		clock_sentence(&subject),
		"not synchronised: no sources are configured; add a line such as 'server NAME iburst'");
	subject.status.is_local = true;
	subject.status.stratum = 10;
	CHECK_TEXT(clock_sentence(&subject),
	           "serves its own time at stratum 10 (`local`), follows no source");
}

TEST(report_why, says_that_the_clock_holds_over_once_all_that_steer_it_are_silent)
{
	struct report_subject subject;

	stub_subject(&subject);
	subject.status.is_synchronised = true;
	subject.sources[0].client.reach = 0;
	CHECK(strstr(clock_sentence(&subject), "synchronised to ntp1 and 1 other") ==
	      clock_sentence(&subject));
	subject.sources[1].client.reach = 0;
	CHECK(strstr(clock_sentence(&subject),
	             "holding over: nothing was heard for 5.00 s, the error bound grows; last "
	             "synchronised to ntp1 and 1 other: "));
	/* and once they are given up, too */
	subject.sources[0].state = subject.sources[1].state = SOURCE_STATE_STALE;
	subject.status.voters_count = 0;
	CHECK(strstr(clock_sentence(&subject), "holding over: nothing was heard for 5.00 s"));
	CHECK(!strstr(clock_sentence(&subject), "0 of 0"));
	subject.sources[0].state = subject.sources[1].state = SOURCE_STATE_SELECTED;
	subject.sources[2].client.reach = 0;
	CHECK(strstr(sentence(&subject, SOURCE_STATE_SELECTED, 0, 0, 0, 0),
	             "used: it leads the clock: it is "));
	CHECK(strstr(sentence(&subject, SOURCE_STATE_SELECTED, 0, 0, 0, 0),
	             " of the say; but its last answer came 5.00 s ago"));
}
