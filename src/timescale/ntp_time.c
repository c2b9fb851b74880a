/* SPDX-License-Identifier: MIT */
#include "timescale/ntp_time.h"

/* From 1900-01-01, NTP's zero, to 1970-01-01. */
#define EPOCH_S INT64_C(2208988800)

/* Seconds since 1900 (era included) and fraction, as one would write 128-bit NTP dates. */
struct ntp_date {
	int64_t second;
	uint32_t fraction;
};

static struct ntp_date date_of(struct utc_time time)
{
	int64_t second = time.ns / NS_PER_S;
	int64_t rest_ns = time.ns % NS_PER_S;

	if (rest_ns < 0) {
		rest_ns += NS_PER_S;
		second--;
	}
	/* at most 2^32 - 4 after rounding: never carries into the second */
	return (struct ntp_date){
		.second = second + EPOCH_S,
		.fraction = (uint32_t)((((uint64_t)rest_ns << 32) + NS_PER_S / 2) / NS_PER_S),
	};
}

static struct utc_time time_of(struct ntp_date date)
{
	const int64_t second = date.second - EPOCH_S;
	const int64_t rest_ns =
		(int64_t)((date.fraction * (uint64_t)NS_PER_S + (UINT64_C(1) << 31)) >> 32);

	if (second >= INT64_MAX / NS_PER_S)
		return (struct utc_time){ INT64_MAX };
	if (second < INT64_MIN / NS_PER_S)
		return (struct utc_time){ INT64_MIN };
	return (struct utc_time){ second * NS_PER_S + rest_ns };
}

uint64_t ntp_time_encode(struct utc_time time)
{
	const struct ntp_date date = date_of(time);

	return (uint64_t)date.second << 32 | date.fraction;
}

struct utc_time ntp_time_decode(uint64_t ntp64, struct utc_time near)
{
	const struct ntp_date from = date_of(near);
	/* Signed distance in 2^-32 s, modulo 2^64 and so within 2^31 s either way. */
	const uint64_t distance = ntp64 - ((uint64_t)from.second << 32 | from.fraction);
	const uint64_t fraction = (uint64_t)from.fraction + (uint32_t)distance;

	return time_of((struct ntp_date){
		.second = from.second + (int32_t)(distance >> 32) + (int64_t)(fraction >> 32),
		.fraction = (uint32_t)fraction,
	});
}

uint32_t ntp_time_short_encode(int64_t duration_ns)
{
	uint64_t q16;

	if (duration_ns <= 0)
		return 0;
	if (duration_ns >= NS_PER_S << 16)
		return UINT32_MAX;
	q16 = (((uint64_t)duration_ns << 16) + NS_PER_S - 1) / NS_PER_S;
	return q16 > UINT32_MAX ? UINT32_MAX : (uint32_t)q16;
}

int64_t ntp_time_short_decode(uint32_t q16_s)
{
	return (int64_t)((q16_s * (uint64_t)NS_PER_S + UINT16_MAX) >> 16);
}
