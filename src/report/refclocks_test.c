/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "report/refclock_words.h"
#include "testing/check.h"

static struct refclock_options options;
static char sentence[384];

static struct node_source_status clock_of(const char *driver, const char *lock)
{
	options = (struct refclock_options){ .driver = refclock_drivers_find(driver) };
	memcpy(options.lock, lock, strlen(lock) + 1);
	return (struct node_source_status){
		.is_refclock = true,
		.refclock = { .options = &options,
		              .has_sample = true,
		              .filter_count = 16,
		              .scatter_s = 2e-6,
		              .lock_offset_s = NAN },
		.refclock_age_s = 3,
	};
}

static const char *words(const struct node_source_status *source)
{
	struct text out = text_into(sentence, sizeof sentence);

	refclock_words(&out, source);
	return sentence;
}

TEST(refclock_words, say_what_is_missing)
{
	struct node_source_status source = clock_of("SHM", "");

	source.refclock.has_sample = false;
	CHECK_TEXT(words(&source), "nothing has come from it");
	source.refclock.refused_count = 3;
	source.refclock.refusal = "torn: the writer was at work";
	CHECK_TEXT(words(&source), "nothing has come from it; 3 inputs were no good, the last one: "
	                           "torn: the writer was at work");
	source = clock_of("PPS", "");
	source.refclock.has_sample = false;
	source.refclock.last_verdict = REFCLOCK_NO_NUMBER;
	CHECK(strstr(words(&source), "nobody can say yet which second they begin"));
	source = clock_of("PPS", "GPS");
	source.refclock.has_sample = false;
	source.refclock.last_verdict = REFCLOCK_NO_NUMBER;
	CHECK(strstr(words(&source), "GPS, which it is locked to, is silent"));
}

TEST(refclock_words, say_that_half_a_second_is_ambiguous)
{
	struct node_source_status source = clock_of("PPS", "NMEA");

	source.refclock.is_ambiguous = true;
	source.refclock.lock_offset_s = -0.48;
	CHECK(strstr(words(&source), "NMEA is 480 ms off its pulses, about half a second"));
	CHECK(strstr(words(&source), "Set the offset of NMEA"));
	source.refclock.has_sample = false;
	source.refclock.last_verdict = REFCLOCK_AMBIGUOUS;
	CHECK(strstr(words(&source), "Set the offset of NMEA"));
}

TEST(refclock_words, say_who_is_doubted)
{
	struct node_source_status source = clock_of("PPS", "GPS");

	source.refclock.doubts_count = 40;
	CHECK_TEXT(words(&source), "GPS has given another second to the last 40 pulses: not "
	                           "followed, a clock does not gain a second by itself");
	source.refclock.is_giver_proven_wrong = true;
	CHECK(strstr(words(&source), "not followed, it had agreed for long before"));
	source.refclock.is_following_giver = true;
	CHECK(strstr(words(&source), "it is given in to"));
	source.refclock.doubts_count = 0;
	source.refclock.is_numbered_alone = true;
	CHECK(strstr(words(&source), "which second it is says GPS alone"));
}

TEST(refclock_words, say_how_late_it_was_found_to_be)
{
	struct node_source_status source = clock_of("SHM", "");

	CHECK_TEXT(words(&source), "16 samples made the last measurement; one scatters by 2.00 us");
	options.offset_s = NAN;
	source.refclock.lateness = (struct refclock_lateness){ .error_s = 0.5 };
	CHECK_TEXT(words(&source), "how late it is is not learnt yet: up to 500 ms");
	source.refclock.lateness = (struct refclock_lateness){
		.offset_s = 0.24, .error_s = 2e-3, .is_learnt = true, .is_frozen = true
	};
	CHECK(strstr(words(&source), "it comes 240 ms late, learnt to 2.00 ms, and kept"));
	source.refclock.empty_count = 2;
	CHECK_TEXT(words(&source), "it has been silent for 3.00 s");
}
