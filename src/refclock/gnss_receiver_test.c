/* SPDX-License-Identifier: MIT */
#include "refclock/gnss_receiver.h"

#include <stdio.h>

#include "testing/check.h"

#define S           NS_PER_S
#define FLOOR       ((struct utc_time){ INT64_C(1795305600) * S }) /* 2026-11-22 00:00:00 */
#define FLOOR_ON(s) (FLOOR.ns + (s)*S)

static struct gnss_receiver receiver;
static struct refclock_samples samples;
static struct refclock_device device;

static void start(bool is_ubx)
{
	memset(&samples, 0, sizeof samples);
	gnss_receiver_init(&receiver, &device, is_ubx, FLOOR);
}

static void feed(const void *bytes, size_t length, int64_t at_ns)
{
	samples.count = samples.refused_count = 0;
	samples.refusal = NULL;
	samples.has_pulse_error = false;
	samples.tai_offset_s = 0;
	gnss_receiver_on_serial(&receiver, &(struct refclock_serial){ bytes, length, { at_ns } },
	                        &samples);
}

/* Sentences separated by ";" get their checksums. */
static void say(const char *bodies, int64_t at_ns)
{
	char lines[600];
	size_t length = 0;

	while (*bodies) {
		const size_t body = strcspn(bodies, ";");
		unsigned sum = 0;

		for (size_t i = 1; i < body; i++)
			sum ^= (unsigned char)bodies[i];
		length += (size_t)snprintf(lines + length, sizeof lines - length, "%.*s*%02X\r\n",
		                           (int)body, bodies, sum);
		bodies += body + (bodies[body] == ';');
	}
	feed(lines, length, at_ns);
}

/* RMC of the second `s` of 2026-11-22. */
static void say_rmc(int s, char status, int64_t at_ns)
{
	char line[80];

	snprintf(line, sizeof line, "$GPRMC,%02d%02d%02d.00,%c,,,,,,,221126,,,A", s / 3600,
	         s / 60 % 60, s % 60, status);
	say(line, at_ns);
}

static void check_refused(enum gnss_verdict verdict)
{
	CHECK_EQ(samples.count, 0);
	CHECK(samples.refused_count > 0);
	CHECK_EQ(receiver.status.verdict, verdict);
	CHECK_TEXT(samples.refusal, gnss_status_verdict_phrase(verdict));
}

TEST(gnss_receiver, gives_one_sample_an_epoch_at_its_first_byte)
{
	start(false);
	say("$GPGGA,000100.00,,,,,1,08,,,M,,M,,", 100);
	CHECK_EQ(samples.count, 0);
	say("$GPRMC,000100.00,A,,,,,,,221126,,,A", 200);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].at.ns, 100);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(60));
	CHECK_EQ(samples.samples[0].leap, LEAP_UNSYNCHRONISED);
	say("$GPZDA,000100.00,22,11,2026,,", 300);
	CHECK_EQ(samples.count, 0);
	CHECK_EQ(samples.refused_count, 0);
	CHECK_EQ(receiver.status.used_count, 8);
	CHECK_EQ(receiver.status.verdict_count[GNSS_TAKEN], 1);
}

TEST(gnss_receiver, takes_epochs_between_seconds)
{
	start(false);
	say("$GPRMC,000100.20,A,,,,,,,221126,,,A", S);
	say("$GPRMC,000100.40,A,,,,,,,221126,,,A", S + S / 5);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(60) + 2 * S / 5);
}

TEST(gnss_receiver, takes_nothing_without_a_fix)
{
	start(false);
	say("$GPRMC,,V,,,,,,,,,,N", S);
	check_refused(GNSS_NO_TIME_YET);
	say_rmc(60, 'V', 2 * S);
	check_refused(GNSS_NO_FIX);
	say("$GPGGA,000101.00,,,,,0,00,,,M,,M,,;$GPZDA,000101.00,22,11,2026,,", 3 * S);
	check_refused(GNSS_NO_FIX);
	say("$GPRMC,000102.00,A,,,,,,,221126,,,E", 4 * S);
	check_refused(GNSS_ESTIMATED);
	say("$GPRMC,000103.00,A,,,,,,,221126,,,S", 5 * S);
	check_refused(GNSS_SIMULATED);
	say("$GPRMC,000104.00,A,,,,,,,,,,A", 6 * S);
	check_refused(GNSS_NO_DATE);
	say_rmc(65, 'A', 7 * S);
	CHECK_EQ(samples.count, 1);
}

TEST(gnss_receiver, lets_gsa_refine_a_fix_and_not_make_one)
{
	start(false);
	say("$GPRMC,000100.00,A,,,,,,,221126,,,A;$GPGSA,A,3,01,02,,,,,,,,,,,,,", S);
	CHECK_EQ(receiver.status.fix, GNSS_FIX_3D);
	say_rmc(61, 'A', 2 * S);
	CHECK_EQ(receiver.status.fix, GNSS_FIX_3D);
	say("$GPRMC,000102.00,V,,,,,,,221126,,,N;$GPGSA,A,3,01,02,,,,,,,,,,,,,", 3 * S);
	CHECK_EQ(receiver.status.fix, GNSS_FIX_NONE);
}

TEST(gnss_receiver, believes_zda_of_a_receiver_that_sends_nothing_else)
{
	start(false);
	say("$GPZDA,000101.00,22,11,2026,,", S);
	CHECK_EQ(samples.count, 1);
}

TEST(gnss_receiver, has_no_number_for_a_leap_second)
{
	start(false);
	say("$GPRMC,235960.00,A,,,,,,,311226,,,A", S);
	check_refused(GNSS_LEAP_SECOND);
}

TEST(gnss_receiver, repairs_a_week_rollover)
{
	start(false);
	say("$GPRMC,000100.00,A,,,,,,,080407,,,A", S); /* 2007-04-08 + 1024 weeks */
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(60));
	CHECK_EQ(receiver.status.eras_count, 1);
	start(false);
	say("$GPRMC,000100.00,A,,,,,,,070746,,,A", S); /* and forward: 2046-07-08 - 1 */
	CHECK_EQ(receiver.status.eras_count, 0);
	say("$GPRMC,000101.00,A,,,,,,,090746,,,A", 2 * S);
	CHECK_EQ(receiver.status.eras_count, -1);
	receiver.floor.ns = 0;
	say("$GPRMC,000102.00,A,,,,,,,080407,,,A", 60 * S);
	CHECK_EQ(receiver.status.eras_count, 0);
}

TEST(gnss_receiver, waits_after_its_time_jumped)
{
	start(false);
	for (int s = 0; s < 5; s++) {
		say_rmc(s, 'A', s * S + S / 10);
		CHECK_EQ(samples.count, 1);
	}
	for (int s = 5; s < 20; s++) { /* the almanac is there: two leap seconds more */
		say_rmc(s - 2, 'A', s * S + S / 10);
		check_refused(GNSS_JUMPED);
	}
	CHECK_EQ(receiver.status.jump_ns, -2 * S);
	say_rmc(20 - 2, 'A', 20 * S + S / 10);
	CHECK_EQ(samples.count, 1);
}

TEST(gnss_receiver, minds_neither_lost_epochs_nor_steps_of_our_clock)
{
	start(false);
	for (int s = 0; s < 20; s++) {
		if (s == 7 || s == 8 || s == 12)
			continue;
		say_rmc(s, 'A', s * S + s % 3 * S / 10);
		CHECK_EQ(samples.count, 1);
	}
	for (int s = 20; s < 25; s++) {
		say_rmc(s, 'A', (s + 3600) * S);
		CHECK_EQ(samples.count, 1);
	}
}

TEST(gnss_receiver, wants_checksums_unless_told)
{
	static const char line[] = "$GPZDA,000101.00,22,11,2026,,\r\n";

	start(false);
	feed(line, sizeof line - 1, S);
	check_refused(GNSS_UNCHECKED);
	device.is_unchecked_taken = true;
	start(false);
	device.is_unchecked_taken = false;
	feed(line, sizeof line - 1, S);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(receiver.status.unchecked_count, 1);
}

TEST(gnss_receiver, counts_what_it_cannot_believe)
{
	static const char wrong[] = "$GPZDA,000101.00,22,11,2026,,*00\r\n";

	start(false);
	feed(wrong, sizeof wrong - 1, S);
	CHECK_EQ(receiver.status.bad_checksums_count, 1);
	CHECK_TEXT(samples.refusal, "a sentence with a wrong checksum");
	CHECK_TEXT(receiver.status.last_sentence, "$GPZDA,000101.00,22,11,2026,,*00");
	say("$GPZDA,000101.00,31,11,2026,,", S);
	CHECK_EQ(receiver.status.bad_fields_count, 1);
	CHECK_EQ(samples.count, 0);
	feed("\x80\x80\x80\x80", 4, S);
	CHECK_EQ(receiver.status.stray_bytes_count, 4);
}

TEST(gnss_receiver, adds_up_the_satellites_of_all_systems)
{
	start(false);
	say("$GPGSV,1,1,09,;$GLGSV,1,1,07,;$GAGSV,1,1,04,", S);
	CHECK_EQ(receiver.status.seen_count, 20);
	say("$GLGSV,1,1,03,", S);
	CHECK_EQ(receiver.status.seen_count, 16);
}

TEST(gnss_receiver, hears_of_the_antenna)
{
	start(false);
	say("$GPTXT,01,01,02,ANTSTATUS=OPEN", S);
	CHECK_EQ(receiver.status.antenna, GNSS_ANTENNA_OPEN);
	CHECK_TEXT(gnss_status_antenna_word(receiver.status.antenna), "open");
}

/* ---- UBX ---- */

static uint8_t payload[100];

static void put(size_t at, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		payload[at + i] = (uint8_t)(value >> 8 * i);
}

static void send_ubx(unsigned message, size_t length, int64_t at_ns)
{
	uint8_t bytes[110] = { UBX_SYNC_1, UBX_SYNC_2, (uint8_t)(message >> 8), (uint8_t)message,
		               (uint8_t)length };
	uint8_t a = 0, b = 0;

	memcpy(bytes + 6, payload, length);
	for (size_t i = 2; i < length + 6; i++) {
		a = (uint8_t)(a + bytes[i]);
		b = (uint8_t)(b + a);
	}
	bytes[length + 6] = a;
	bytes[length + 7] = b;
	feed(bytes, length + 8, at_ns);
	memset(payload, 0, sizeof payload);
}

/* The second `s` of 2026-11-22, a Sunday. */
static void put_time(size_t at, unsigned s)
{
	put(at, 2, 2026);
	put(at + 2, 1, 11);
	put(at + 3, 1, 22);
	put(at + 4, 1, s / 3600);
	put(at + 5, 1, s / 60 % 60);
	put(at + 6, 1, s % 60);
}

static void send_timeutc(unsigned s, unsigned valid, int64_t at_ns)
{
	put(0, 4, (s + 18) * 1000);
	put(4, 4, 20);
	put(8, 4, (uint32_t)-400);
	put_time(12, s);
	put(19, 1, valid);
	send_ubx(UBX_NAV_TIMEUTC, 20, at_ns);
}

static void send_pvt(unsigned s, unsigned fix, int64_t at_ns)
{
	put(0, 4, (s + 18) * 1000);
	put_time(4, s);
	put(11, 1, 7);
	put(12, 4, 20);
	put(20, 1, fix);
	put(21, 1, fix != 0);
	put(23, 1, 11);
	send_ubx(UBX_NAV_PVT, 92, at_ns);
}

static void send_timels(unsigned source, int change, int until_s)
{
	put(8, 1, source);
	put(9, 1, 18);
	put(11, 1, (uint8_t)change);
	put(12, 4, (uint32_t)until_s);
	put(23, 1, 3);
	send_ubx(UBX_NAV_TIMELS, 24, S);
}

TEST(gnss_receiver, takes_one_of_the_ubx_messages_of_an_epoch)
{
	start(true);
	send_pvt(60, UBX_FIX_3D, S);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(60));
	CHECK_EQ(receiver.status.fix, GNSS_FIX_3D);
	CHECK_EQ(receiver.status.used_count, 11);
	send_timeutc(60, 7, S + 5);
	CHECK_EQ(samples.count, 0);
	send_timeutc(61, 7, 2 * S);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(61) - 400);
}

static void send_timegps(unsigned s, unsigned valid, int64_t at_ns)
{
	put(0, 4, (s + 18) * 1000);
	put(4, 4, 77);
	put(8, 2, 2446);
	put(10, 1, 18);
	put(11, 1, valid);
	put(12, 4, 15);
	send_ubx(UBX_NAV_TIMEGPS, 16, at_ns);
}

TEST(gnss_receiver, takes_gps_time_once_the_leap_seconds_are_known)
{
	start(true);
	send_timegps(60, 1, S);
	check_refused(GNSS_NO_TIME_YET);
	send_timegps(61, 3, 2 * S);
	check_refused(GNSS_LEAP_UNKNOWN);
	send_timegps(62, 7, 3 * S);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].time.ns, FLOOR_ON(62) + 77);
	CHECK_EQ(samples.tai_offset_s, 37);
	send_timeutc(62, 7, 3 * S + 1);
	CHECK_EQ(samples.count, 0);
}

TEST(gnss_receiver, takes_no_utc_before_the_leap_seconds_are_known)
{
	start(true);
	send_timeutc(60, 0, S);
	check_refused(GNSS_NO_TIME_YET);
	send_timeutc(61, 3, 2 * S);
	check_refused(GNSS_LEAP_UNKNOWN);
	send_pvt(62, UBX_FIX_3D, 3 * S); /* fully resolved, with the firmware's count */
	check_refused(GNSS_LEAP_UNKNOWN);
	send_timeutc(63, 7, 4 * S);
	CHECK_EQ(samples.count, 1);
	send_timels(0, 0, 0);
	send_timeutc(64, 3, 5 * S);
	check_refused(GNSS_LEAP_UNKNOWN);
}

TEST(gnss_receiver, tells_nmea_of_leap_seconds_that_are_not_known)
{
	start(false);
	send_timels(0, 0, 0);
	say_rmc(60, 'A', 2 * S);
	check_refused(GNSS_LEAP_UNKNOWN);
	send_timels(2, 0, 0);
	say_rmc(61, 'A', 3 * S);
	CHECK_EQ(samples.count, 1);
	CHECK_EQ(samples.samples[0].leap, LEAP_NONE);
	CHECK_EQ(samples.tai_offset_s, 37);
}

TEST(gnss_receiver, takes_no_ubx_time_without_a_fix)
{
	start(true);
	send_pvt(60, UBX_FIX_NONE, S);
	check_refused(GNSS_NO_FIX);
	send_timeutc(61, 7, 2 * S);
	check_refused(GNSS_NO_FIX);
	send_pvt(62, UBX_FIX_TIME_ONLY, 3 * S);
	CHECK_EQ(samples.count, 1);
	put(0, 4, 99000);
	put(4, 4, 1000001);
	put_time(12, 81);
	put(19, 1, 7);
	send_ubx(UBX_NAV_TIMEUTC, 20, 4 * S);
	check_refused(GNSS_INACCURATE);
}

TEST(gnss_receiver, announces_a_leap_second_a_day_before)
{
	start(true);
	send_timeutc(60, 7, S);
	send_timels(2, 1, 86401);
	send_timeutc(61, 7, 2 * S);
	CHECK_EQ(samples.samples[0].leap, LEAP_INSERT); /* one second has passed since */
	CHECK_EQ(receiver.status.leap_at.ns, FLOOR_ON(60) - 400 + 86401 * S);
	send_timels(2, 1, 90000);
	send_timeutc(62, 7, 3 * S);
	CHECK_EQ(samples.samples[0].leap, LEAP_NONE);
	send_timels(2, -1, 3600);
	send_timeutc(63, 7, 4 * S);
	CHECK_EQ(samples.samples[0].leap, LEAP_DELETE);
	send_timels(2, -1, 0); /* it is past */
	send_timeutc(64, 7, 5 * S);
	CHECK_EQ(samples.samples[0].leap, LEAP_NONE);
}

TEST(gnss_receiver, foretells_the_error_of_the_next_pulse)
{
	start(true);
	send_timeutc(60, 7, S);
	put(0, 4, 61000);
	put(8, 4, 10321);
	put(12, 2, 2446);
	put(14, 1, 3);
	send_ubx(UBX_TIM_TP, 16, S + 1);
	CHECK(samples.has_pulse_error);
	CHECK_EQ(samples.pulse.ns, FLOOR_ON(61));
	CHECK_NEAR(samples.pulse_error_s, -10321e-12, 1e-15);
	put(0, 4, 80000); /* in GPS time: not before its difference to UTC is known */
	put(12, 2, 2446);
	send_ubx(UBX_TIM_TP, 16, S + 2);
	CHECK(!samples.has_pulse_error);
	send_timels(2, 0, 0);
	put(0, 4, 80000);
	put(12, 2, 2446);
	send_ubx(UBX_TIM_TP, 16, S + 3);
	CHECK_EQ(samples.pulse.ns, FLOOR_ON(62));
	put(14, 1, 0x10);
	send_ubx(UBX_TIM_TP, 16, S + 4);
	CHECK(!samples.has_pulse_error);
	CHECK(!receiver.status.has_pulse_error);
}

TEST(gnss_receiver, says_which_driver_would_understand)
{
	start(true);
	say_rmc(60, 'A', S);
	CHECK_EQ(samples.count, 0);
	CHECK_TEXT(samples.refusal,
	           "NMEA sentences, no UBX messages with the time: use the driver NMEA");
	start(false);
	send_pvt(60, UBX_FIX_3D, S);
	CHECK_EQ(samples.count, 0);
	CHECK_TEXT(samples.refusal,
	           "UBX messages, no NMEA sentences with the time: use the driver UBX");
}

TEST(gnss_receiver, counts_satellites_and_antenna_of_ubx)
{
	start(true);
	put(5, 1, 2);
	put(8 + 2, 1, 40), put(8 + 8, 1, 8);
	put(20 + 2, 1, 20);
	send_ubx(UBX_NAV_SAT, 32, S);
	CHECK_EQ(receiver.status.used_count, 1);
	CHECK_EQ(receiver.status.seen_count, 2);
	put(20, 1, UBX_ANTENNA_SHORT);
	send_ubx(UBX_MON_HW, 60, S);
	CHECK_EQ(receiver.status.antenna, GNSS_ANTENNA_SHORT);
	CHECK_EQ(receiver.status.ubx_count, 2);
}
