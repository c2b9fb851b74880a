/* SPDX-License-Identifier: MIT */
#include "wire/ubx_frame.h"

#include "testing/check.h"

static uint8_t bytes[1000];
static size_t length;
static struct ubx_frame frame;

static void begin(unsigned message, size_t payload_bytes)
{
	memset(bytes, 0, sizeof bytes);
	length = payload_bytes + 8;
	bytes[0] = UBX_SYNC_1;
	bytes[1] = UBX_SYNC_2;
	bytes[2] = (uint8_t)(message >> 8);
	bytes[3] = (uint8_t)message;
	bytes[4] = (uint8_t)payload_bytes;
	bytes[5] = (uint8_t)(payload_bytes >> 8);
}

static void put(size_t at, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		bytes[6 + at + i] = (uint8_t)(value >> 8 * i);
}

static enum ubx_verdict finish(void)
{
	uint8_t a = 0, b = 0;

	for (size_t i = 2; i < length - 2; i++) {
		a = (uint8_t)(a + bytes[i]);
		b = (uint8_t)(b + a);
	}
	bytes[length - 2] = a;
	bytes[length - 1] = b;
	return ubx_frame_decode(bytes, length, &frame);
}

static void put_date(size_t at, unsigned year, unsigned month, unsigned day)
{
	put(at, 2, year);
	put(at + 2, 1, month);
	put(at + 3, 1, day);
}

static void put_time(size_t at, unsigned hour, unsigned minute, unsigned second)
{
	put(at, 1, hour);
	put(at + 1, 1, minute);
	put(at + 2, 1, second);
}

static void begin_timeutc(unsigned valid)
{
	begin(UBX_NAV_TIMEUTC, 20);
	put(0, 4, 345600000);
	put(4, 4, 25);
	put(8, 4, (uint32_t)-1500);
	put_date(12, 2026, 11, 22);
	put_time(16, 7, 30, 59);
	put(19, 1, valid);
}

TEST(ubx_frame, knows_the_checksum_of_a_known_message)
{
	/* CFG-RATE poll, as every description of the protocol prints it */
	static const uint8_t poll[] = { 0xb5, 0x62, 0x06, 0x08, 0x00, 0x00, 0x0e, 0x30 };

	CHECK(ubx_frame_is_sound(poll, sizeof poll));
	CHECK(!ubx_frame_is_sound(poll, sizeof poll - 1));
	CHECK_EQ(ubx_frame_decode(poll, sizeof poll, &frame), UBX_UNREAD);
	CHECK_EQ(frame.message, UBX_OTHER);
}

TEST(ubx_frame, notices_each_changed_bit)
{
	begin_timeutc(7);
	CHECK_EQ(finish(), UBX_GOOD);
	for (size_t bit = 0; bit < 8 * length; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!ubx_frame_is_sound(bytes, length));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

TEST(ubx_frame, reads_nav_timeutc)
{
	begin_timeutc(7);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.message, UBX_NAV_TIMEUTC);
	CHECK(frame.utc.has_time);
	CHECK_EQ(frame.utc.tow_ms, 345600000);
	CHECK_EQ(frame.utc.accuracy_ns, 25);
	CHECK_EQ(frame.utc.time.year, 2026);
	CHECK_EQ(frame.utc.time.month, 11);
	CHECK_EQ(frame.utc.time.day, 22);
	CHECK_EQ(frame.utc.time.hour, 7);
	CHECK_EQ(frame.utc.time.minute, 30);
	CHECK_EQ(frame.utc.time.second, 59);
	CHECK_EQ(frame.utc.time.nanosecond, -1500);
	CHECK(!frame.utc.has_fix);
}

TEST(ubx_frame, believes_utc_only_with_all_valid_bits)
{
	for (unsigned valid = 0; valid < 8; valid++) {
		begin_timeutc(valid | 0xf0);
		CHECK_EQ(finish(), UBX_GOOD);
		CHECK_EQ(frame.utc.has_time, valid == 7);
		CHECK_EQ(frame.utc.is_leap_unknown, valid == 3);
	}
}

TEST(ubx_frame, refuses_dates_that_do_not_exist)
{
	begin_timeutc(7);
	put_date(12, 2026, 11, 31);
	CHECK_EQ(finish(), UBX_BAD_FIELD);
	begin_timeutc(7);
	put_date(12, 0, 11, 30);
	CHECK_EQ(finish(), UBX_BAD_FIELD);
	begin_timeutc(7);
	put_time(16, 24, 0, 0);
	CHECK_EQ(finish(), UBX_BAD_FIELD);
	begin_timeutc(7);
	put(8, 4, 1000000000);
	CHECK_EQ(finish(), UBX_BAD_FIELD);
	begin_timeutc(0); /* nobody claims that they are good */
	put_date(12, 2026, 11, 31);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.utc.has_time);
}

TEST(ubx_frame, reads_nav_pvt_of_both_lengths)
{
	static const size_t lengths[] = { 84, 92 };

	for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
		begin(UBX_NAV_PVT, lengths[i]);
		put(0, 4, 345600000);
		put_date(4, 2026, 11, 22);
		put_time(8, 7, 30, 59);
		put(11, 1, 0xf7);
		put(12, 4, 30);
		put(16, 4, 250);
		put(20, 1, UBX_FIX_TIME_ONLY);
		put(21, 1, 1);
		put(23, 1, 9);
		CHECK_EQ(finish(), UBX_GOOD);
		CHECK(frame.utc.has_time && frame.utc.has_fix && frame.utc.is_fix_good);
		CHECK_EQ(frame.utc.fix, UBX_FIX_TIME_ONLY);
		CHECK_EQ(frame.utc.used_count, 9);
		CHECK_EQ(frame.utc.time.second, 59);
		CHECK_EQ(frame.utc.time.nanosecond, 250);
		CHECK_EQ(frame.utc.accuracy_ns, 30);
	}
	put(20, 1, 77);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.utc.fix, UBX_FIX_NONE);
}

TEST(ubx_frame, reads_tim_tp)
{
	begin(UBX_TIM_TP, 16);
	put(0, 4, 1000);
	put(4, 4, 7);
	put(8, 4, (uint32_t)-10321);
	put(12, 2, 2445);
	put(14, 1, 3);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.pulse.tow_ms, 1000);
	CHECK_EQ(frame.pulse.tow_submilli_q32_ms, 7);
	CHECK_EQ(frame.pulse.error_ps, -10321);
	CHECK_EQ(frame.pulse.week, 2445);
	CHECK(frame.pulse.is_utc);
	CHECK(frame.pulse.has_error);
	put(14, 1, 0x10);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.pulse.has_error);
	CHECK(!frame.pulse.is_utc);
}

TEST(ubx_frame, reads_nav_timels)
{
	begin(UBX_NAV_TIMELS, 24);
	put(8, 1, 2);
	put(9, 1, 18);
	put(11, 1, 1);
	put(12, 4, 7200);
	put(23, 1, 3);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(frame.leap.has_count && frame.leap.has_event);
	CHECK_EQ(frame.leap.gps_utc_s, 18);
	CHECK_EQ(frame.leap.change, 1);
	CHECK_EQ(frame.leap.until_event_s, 7200);
	put(8, 1, 0); /* the firmware's own table */
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.leap.has_count);
	put(8, 1, 255);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.leap.has_count);
	put(23, 1, 1);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.leap.has_event);
	put(11, 1, 2);
	CHECK_EQ(finish(), UBX_BAD_FIELD);
}

TEST(ubx_frame, reads_nav_timegps_and_nav_sol)
{
	begin(UBX_NAV_TIMEGPS, 16);
	put(0, 4, 18000);
	put(4, 4, (uint32_t)-77);
	put(8, 2, 2446);
	put(10, 1, 18);
	put(11, 1, 7);
	put(12, 4, 15);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(frame.gps.has_time && frame.gps.has_leap);
	CHECK_EQ(frame.gps.gps_utc_s, 18);
	CHECK_EQ(frame.gps.tow_ms, 18000);
	CHECK_EQ(frame.gps.nanosecond, -77);
	CHECK_EQ(frame.gps.week, 2446);
	CHECK_EQ(frame.gps.accuracy_ns, 15);
	put(11, 1, 3);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(frame.gps.has_time && !frame.gps.has_leap);
	put(11, 1, 5);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK(!frame.gps.has_time);
	put(11, 1, 7);
	put(0, 4, 604800000);
	CHECK_EQ(finish(), UBX_BAD_FIELD);

	begin(UBX_NAV_SOL, 52);
	put(10, 1, 3);
	put(11, 1, 0x0d);
	put(47, 1, 7);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.solution.fix, UBX_FIX_3D);
	CHECK(frame.solution.is_fix_good);
	CHECK_EQ(frame.solution.used_count, 7);
}

TEST(ubx_frame, counts_satellites)
{
	begin(UBX_NAV_SAT, 8 + 3 * 12);
	put(5, 1, 3);
	put(8 + 2, 1, 40), put(8 + 8, 1, 8); /* seen and used */
	put(20 + 2, 1, 20);                  /* seen */
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.satellites.used_count, 1);
	CHECK_EQ(frame.satellites.seen_count, 2);
	put(5, 1, 4); /* more than there are */
	CHECK_EQ(finish(), UBX_TOO_SHORT);

	begin(UBX_NAV_SVINFO, 8 + 2 * 12);
	put(4, 1, 2);
	put(8 + 2, 1, 1), put(8 + 4, 1, 40);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.satellites.used_count, 1);
	CHECK_EQ(frame.satellites.seen_count, 1);
}

TEST(ubx_frame, reads_the_antenna)
{
	static const size_t lengths[] = { 60, 68 };

	for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
		begin(UBX_MON_HW, lengths[i]);
		put(16, 2, 90);
		put(18, 2, 5000);
		put(20, 1, UBX_ANTENNA_OPEN);
		put(lengths[i] == 68 ? 53 : 45, 1, 12);
		CHECK_EQ(finish(), UBX_GOOD);
		CHECK_EQ(frame.hardware.antenna, UBX_ANTENNA_OPEN);
		CHECK_EQ(frame.hardware.noise, 90);
		CHECK_EQ(frame.hardware.gain, 5000);
		CHECK_EQ(frame.hardware.jamming, 12);
	}
	begin(UBX_MON_RF, 4 + 2 * 24);
	put(1, 1, 2);
	put(6, 1, UBX_ANTENNA_SHORT);
	put(20, 1, 200);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.hardware.antenna, UBX_ANTENNA_SHORT);
	CHECK_EQ(frame.hardware.jamming, 200);
	put(6, 1, 9);
	CHECK_EQ(finish(), UBX_GOOD);
	CHECK_EQ(frame.hardware.antenna, UBX_ANTENNA_UNKNOWN);
	put(1, 1, 0);
	CHECK_EQ(finish(), UBX_TOO_SHORT);
}

TEST(ubx_frame, refuses_every_short_payload)
{
	static const struct {
		enum ubx_message message;
		size_t size;
	} messages[] = { { UBX_NAV_SOL, 52 },     { UBX_NAV_PVT, 84 },    { UBX_NAV_TIMEGPS, 16 },
		         { UBX_NAV_TIMEUTC, 20 }, { UBX_NAV_TIMELS, 24 }, { UBX_NAV_SVINFO, 8 },
		         { UBX_NAV_SAT, 8 },      { UBX_MON_HW, 60 },     { UBX_MON_RF, 28 },
		         { UBX_TIM_TP, 16 } };

	for (size_t i = 0; i < ARRAY_COUNT(messages); i++) {
		for (size_t size = 0; size < messages[i].size; size++) {
			begin(messages[i].message, size);
			CHECK_EQ(finish(), UBX_TOO_SHORT);
			CHECK_EQ(frame.message, messages[i].message);
		}
		begin(messages[i].message, messages[i].size);
		CHECK(finish() == UBX_GOOD || messages[i].message == UBX_MON_RF);
	}
}
