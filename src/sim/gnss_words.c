/* SPDX-License-Identifier: MIT */
#include "sim/gnss_words.h"

#include <string.h>

#include "base/text.h"
#include "timescale/civil.h"
#include "timescale/tai.h"
#include "wire/ubx_frame.h"

#define DAY_S        86400
#define TIMEUTC_SIZE 20
#define TIMELS_SIZE  24
#define FROM_GPS     2 /* source of the leap seconds: the satellites */

static void two_digits(struct text *out, int64_t value)
{
	text_char(out, (char)('0' + value / 10 % 10));
	text_char(out, (char)('0' + value % 10));
}

/* "2026-11-22 06:30:00" -> $GPZDA,063000.00,22,11,2026,00,00*hh */
size_t gnss_words_zda(struct utc_time time, uint8_t *bytes_out)
{
	char date[32], sentence[GNSS_WORDS_MAX];
	struct text when = text_into(date, sizeof date);
	struct text out = text_into(sentence, sizeof sentence);
	unsigned sum = 0;

	text_date_time(&when, time);
	text_add(&out, "$GPZDA,");
	text_add_bytes(&out, date + 11, 2);
	text_add_bytes(&out, date + 14, 2);
	text_add_bytes(&out, date + 17, 2);
	text_char(&out, '.');
	two_digits(&out, time.ns % NS_PER_S / 10000000);
	text_char(&out, ',');
	text_add_bytes(&out, date + 8, 2);
	text_char(&out, ',');
	text_add_bytes(&out, date + 5, 2);
	text_char(&out, ',');
	text_add_bytes(&out, date, 4);
	text_add(&out, ",00,00");
	for (size_t i = 1; i < out.length_bytes; i++)
		sum ^= (unsigned char)sentence[i];
	text_char(&out, '*');
	text_char(&out, "0123456789ABCDEF"[sum >> 4 & 15]);
	text_char(&out, "0123456789ABCDEF"[sum & 15]);
	text_add(&out, "\r\n");
	memcpy(bytes_out, sentence, out.length_bytes);
	return out.length_bytes;
}

static void put_u4(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Milliseconds of the GPS week. */
static uint32_t time_of_week_ms(struct utc_time time, int tai_offset_s)
{
	const int64_t gps_ns = time.ns + tai_offset_s * NS_PER_S - TAI_MINUS_GPS_NS - GPS_EPOCH_NS;

	return (uint32_t)(gps_ns % GPS_WEEK_NS / NS_PER_MS);
}

static void put_timeutc(uint8_t payload[TIMEUTC_SIZE], struct utc_time time, uint32_t tow_ms,
                        bool is_leap_known)
{
	const int64_t second = time.ns / NS_PER_S;
	const struct civil_date date = civil_date_of(second / DAY_S);
	const int64_t of_day_s = second % DAY_S;

	memset(payload, 0, TIMEUTC_SIZE);
	put_u4(payload, tow_ms);
	put_u4(payload + 4, 20); /* ns of accuracy */
	put_u4(payload + 8, (uint32_t)(time.ns % NS_PER_S));
	payload[12] = (uint8_t)date.year;
	payload[13] = (uint8_t)(date.year >> 8);
	payload[14] = date.month;
	payload[15] = date.day;
	payload[16] = (uint8_t)(of_day_s / 3600);
	payload[17] = (uint8_t)(of_day_s / 60 % 60);
	payload[18] = (uint8_t)(of_day_s % 60);
	payload[19] = is_leap_known ? 7 : 3;
}

static int32_t until_month_ends_s(struct utc_time time)
{
	const int64_t day = time.ns / NS_PER_S / DAY_S;
	struct civil_date next = civil_date_of(day);

	next.year += next.month == 12;
	next.month = (uint8_t)(next.month % 12 + 1);
	next.day = 1;
	return (int32_t)(civil_days(next) * DAY_S - time.ns / NS_PER_S);
}

static void put_timels(uint8_t payload[TIMELS_SIZE], struct utc_time time, uint32_t tow_ms,
                       int gps_utc_s, enum leap leap)
{
	const bool is_known = leap != LEAP_UNSYNCHRONISED;

	memset(payload, 0, TIMELS_SIZE);
	put_u4(payload, tow_ms);
	payload[8] = is_known ? FROM_GPS : 0;
	payload[9] = (uint8_t)gps_utc_s;
	payload[10] = payload[8];
	payload[11] = (uint8_t)(leap == LEAP_INSERT ? 1 : leap == LEAP_DELETE ? -1 : 0);
	put_u4(payload + 12, (uint32_t)until_month_ends_s(time));
	payload[23] = is_known ? 3 : 0;
}

size_t gnss_words_ubx(struct utc_time time, int tai_offset_s, enum leap leap, uint8_t *bytes_out)
{
	const uint32_t tow_ms = time_of_week_ms(time, tai_offset_s);
	const int gps_utc_s = tai_offset_s - (int)(TAI_MINUS_GPS_NS / NS_PER_S);
	uint8_t payload[TIMELS_SIZE];
	size_t length;

	put_timeutc(payload, time, tow_ms, leap != LEAP_UNSYNCHRONISED);
	length = ubx_frame_wrap(UBX_NAV_TIMEUTC, payload, TIMEUTC_SIZE, bytes_out);
	put_timels(payload, time, tow_ms, gps_utc_s, leap);
	return length + ubx_frame_wrap(UBX_NAV_TIMELS, payload, TIMELS_SIZE, bytes_out + length);
}
