/* SPDX-License-Identifier: MIT */
#include "sim/gnss_words.h"
#include "testing/check.h"
#include "wire/nmea_sentence.h"
#include "wire/ubx_frame.h"

/* 2026-12-31 22:00:00, two hours before the month ends; a Thursday */
#define WHEN          ((struct utc_time){ INT64_C(1798754400) * NS_PER_S })
#define TIMEUTC_BYTES (20 + UBX_AROUND_SIZE)
#define TIMELS_BYTES  (24 + UBX_AROUND_SIZE)

static struct ubx_frame second_frame(enum leap leap, uint8_t bytes[GNSS_WORDS_MAX])
{
	struct ubx_frame frame;

	CHECK_EQ(gnss_words_ubx(WHEN, 37, leap, bytes), TIMEUTC_BYTES + TIMELS_BYTES);
	CHECK(ubx_frame_is_sound(bytes + TIMEUTC_BYTES, TIMELS_BYTES));
	CHECK_EQ(ubx_frame_decode(bytes + TIMEUTC_BYTES, TIMELS_BYTES, &frame), UBX_GOOD);
	CHECK_EQ(frame.message, UBX_NAV_TIMELS);
	return frame;
}

TEST(gnss_words, say_the_time_in_ubx)
{
	uint8_t bytes[GNSS_WORDS_MAX];
	struct ubx_frame frame;

	(void)second_frame(LEAP_NONE, bytes);
	CHECK(ubx_frame_is_sound(bytes, TIMEUTC_BYTES));
	CHECK_EQ(ubx_frame_decode(bytes, TIMEUTC_BYTES, &frame), UBX_GOOD);
	CHECK_EQ(frame.message, UBX_NAV_TIMEUTC);
	CHECK(frame.utc.has_time);
	CHECK_EQ(frame.utc.tow_ms, (4 * 86400 + 22 * 3600 + 18) * 1000);
	CHECK_EQ(frame.utc.time.year, 2026);
	CHECK_EQ(frame.utc.time.month, 12);
	CHECK_EQ(frame.utc.time.day, 31);
	CHECK_EQ(frame.utc.time.hour, 22);
	CHECK_EQ(frame.utc.time.second, 0);
}

TEST(gnss_words, announce_a_leap_second_for_the_end_of_the_month)
{
	uint8_t bytes[GNSS_WORDS_MAX];
	struct ubx_frame frame = second_frame(LEAP_DELETE, bytes);

	CHECK(frame.leap.has_count && frame.leap.has_event);
	CHECK_EQ(frame.leap.gps_utc_s, 18);
	CHECK_EQ(frame.leap.change, -1);
	CHECK_EQ(frame.leap.until_event_s, 7200);
	CHECK_EQ(second_frame(LEAP_INSERT, bytes).leap.change, 1);
	CHECK_EQ(second_frame(LEAP_NONE, bytes).leap.change, 0);
}

TEST(gnss_words, know_no_leap_seconds_when_the_receiver_has_just_been_switched_on)
{
	uint8_t bytes[GNSS_WORDS_MAX];
	struct ubx_frame frame = second_frame(LEAP_UNSYNCHRONISED, bytes);

	CHECK(!frame.leap.has_count);
	CHECK_EQ(ubx_frame_decode(bytes, TIMEUTC_BYTES, &frame), UBX_GOOD);
	CHECK(frame.utc.is_leap_unknown && !frame.utc.has_time);
}

TEST(gnss_words, say_the_date_in_nmea)
{
	uint8_t bytes[GNSS_WORDS_MAX];
	struct nmea_sentence sentence;
	const size_t length = gnss_words_zda(WHEN, bytes);

	CHECK_EQ(nmea_sentence_decode(bytes, length, &sentence), NMEA_GOOD);
	CHECK_EQ(sentence.kind, NMEA_ZDA);
	CHECK_EQ(sentence.time.year, 2026);
	CHECK_EQ(sentence.time.hour, 22);
}
