/* SPDX-License-Identifier: MIT */
#include "radio/verdict.h"

#include "testing/check.h"

static void check_words(const struct radio_minute *minute, const char *want)
{
	char words[256];
	struct text out = text_into(words, sizeof words);

	radio_verdict_text(&radio_station_msf, minute, &out);
	CHECK_TEXT(words, want);
}

TEST(radio_verdict, says_why_in_words)
{
	struct radio_minute minute = { .verdict = RADIO_GOOD, .length_s = 60 };

	check_words(&minute, "good");
	minute.verdict = RADIO_REPAIRED;
	minute.wrong_count = 3;
	check_words(&minute, "repaired: 3 of 60 symbols");
	minute.verdict = RADIO_REFUSED;
	minute.reason = RADIO_REASON_PARITY;
	minute.faults.parities = 5;
	minute.odds_nats = 4.25F;
	minute.minute_count = 1;
	check_words(&minute,
	            "refused: parity of year, weekday fails (best time e^4.2 to 1 after 1 minute)");
	minute.reason = RADIO_REASON_MARKERS;
	minute.faults.markers = UINT64_C(1) << 0 | UINT64_C(1) << 30;
	minute.minute_count = 2;
	check_words(&minute,
	            "refused: markers missing or too many, at second 0 30 (best time e^4.2 "
	            "to 1 after 2 minutes)");
	minute.reason = RADIO_REASON_NO_SIGNAL;
	minute.presence = 0.07F;
	check_words(&minute, "refused: no signal: only 7 % of the seconds look like this station");
}

TEST(radio_verdict, names_every_reason_once)
{
	for (unsigned i = 0; i <= RADIO_REASON_FEW_EDGES; i++) {
		for (unsigned j = 0; j < i; j++)
			CHECK(strcmp(radio_reason_name((enum radio_reason)i),
			             radio_reason_name((enum radio_reason)j)) != 0);
	}
}

TEST(radio_verdict, draws_a_letter_for_each_second)
{
	CHECK_EQ(radio_symbol_letter(RADIO_SYMBOL_MARKER, 1, 1), '#');
	CHECK_EQ(radio_symbol_letter(RADIO_SYMBOL_AB, 1, 1), '3');
	CHECK_EQ(radio_symbol_letter(RADIO_SYMBOL_A, 0.6F, 1), '?');
	CHECK_EQ(radio_symbol_letter(RADIO_SYMBOL_A, 1, 0.1F), '_');
}
