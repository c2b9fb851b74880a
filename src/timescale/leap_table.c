/* SPDX-License-Identifier: MIT */
#include "timescale/leap_table.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/reader.h"
#include "timescale/civil.h"

/* A TZif file is a block with 32-bit times, and from version 2 on the same again with 64-bit times.
 * A leap record is (occurrence, total correction), the occurrence counted with leap seconds: the
 * correction before it has to be taken off again to get a POSIX second. */

#define TAI_OFFSET_1972_S INT64_C(10)
#define UTC_BEGIN_S       INT64_C(63072000) /* 1972-01-01 */
#define DAY_S             INT64_C(86400)

struct tzif_counts {
	uint8_t version; /* 1.. */
	uint32_t isut, isstd, leap, time, type, character;
};

static int read_counts(struct reader *in, struct tzif_counts *counts_out)
{
	const uint8_t *magic = reader_bytes(in, 4);
	struct tzif_counts c;

	if (!magic || memcmp(magic, "TZif", 4) != 0)
		return -EBADMSG;
	c.version = reader_u8(in);
	c.version = c.version == 0 ? 1 : (uint8_t)(c.version - '0');
	reader_bytes(in, 15);
	c.isut = reader_u32(in);
	c.isstd = reader_u32(in);
	c.leap = reader_u32(in);
	c.time = reader_u32(in);
	c.type = reader_u32(in);
	c.character = reader_u32(in);
	if (reader_finish(in) < 0 || c.version > 9)
		return -EBADMSG;
	*counts_out = c;
	return 0;
}

/* Bytes of a block before and after its leap records. */
static uint64_t before_leaps(const struct tzif_counts *c, size_t time_bytes)
{
	return c->time * (uint64_t)(time_bytes + 1) + c->type * UINT64_C(6) + c->character;
}

static uint64_t after_leaps(const struct tzif_counts *c)
{
	return (uint64_t)c->isstd + c->isut;
}

static bool skip(struct reader *in, uint64_t count)
{
	return count <= reader_left(in) && reader_bytes(in, (size_t)count);
}

static int64_t read_time(struct reader *in, size_t time_bytes)
{
	return time_bytes == 8 ? (int64_t)reader_u64(in) : (int32_t)reader_u32(in);
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int leap_table_add(struct leap_table *table, int64_t utc_s, int direction)
{
	const size_t count = table->count;
	const int64_t latest = count ? table->changes[count - 1].utc_s : UTC_BEGIN_S;
	const int64_t before = count ? table->changes[count - 1].tai_offset_s : TAI_OFFSET_1972_S;

	if (count == LEAP_TABLE_MAX || utc_s % DAY_S != 0 || utc_s <= latest ||
	    (direction != 1 && direction != -1))
		return -EINVAL;
	table->changes[count].utc_s = utc_s;
	table->changes[count].tai_offset_s = (int16_t)(before + direction);
	table->count++;
	return 0;
}

/* An inserted second is the occurrence itself and what follows is 00:00:00; a deleted one leaves
 * nothing, the occurrence is 00:00:00. Either way the smaller correction leads to that midnight. */
static int add_change(struct leap_table *table, int64_t occurrence, int64_t correction)
{
	const int64_t before =
		table->count ? table->changes[table->count - 1].tai_offset_s - TAI_OFFSET_1972_S
			     : 0;

	if (occurrence <= UTC_BEGIN_S || occurrence > INT64_MAX / 2 ||
	    (correction != before + 1 && correction != before - 1))
		return -EBADMSG;
	if (leap_table_add(table, occurrence - smaller(before, correction),
	                   (int)(correction - before)) < 0)
		return -EBADMSG;
	return 0;
}

static int read_leaps(struct reader *in, const struct tzif_counts *counts, size_t time_bytes,
                      struct leap_table *table)
{
	int64_t correction_before = 0;

	for (uint32_t i = 0; i < counts->leap; i++) {
		const int64_t occurrence = read_time(in, time_bytes);
		const int64_t correction = (int32_t)reader_u32(in);

		if (reader_finish(in) < 0)
			return -EBADMSG;
		/* version 4: an unchanged correction at the end says until when the table is good
		 */
		if (counts->version >= 4 && i > 0 && i + 1 == counts->leap &&
		    correction == correction_before) {
			table->expires_s = occurrence - correction;
			break;
		}
		if (add_change(table, occurrence, correction) < 0)
			return -EBADMSG;
		correction_before = correction;
	}
	return 0;
}

/* First days with a new offset, from Bulletin C 72 (6 July 2026: no leap second at the end of
 * December 2026), which is good until 28 June 2027. All of them inserted a second. */
void leap_table_builtin(struct leap_table *table_out)
{
	static const int16_t months[] = { /* since January 1972 */
		                          6,   12,  24,  36,  48,  60,  72,  84,  96,
		                          114, 126, 138, 162, 192, 216, 228, 246, 258,
		                          270, 288, 306, 324, 408, 444, 486, 522, 540
	};

	*table_out = (struct leap_table){ .origin = LEAP_ORIGIN_BUILTIN,
		                          .issued_s = INT64_C(1783296000),
		                          .expires_s = INT64_C(1814140800) };
	for (size_t i = 0; i < ARRAY_COUNT(months); i++) {
		const struct civil_date date = { .year = 1972 + months[i] / 12,
			                         .month = (uint8_t)(1 + months[i] % 12),
			                         .day = 1 };
		const int error = leap_table_add(table_out, civil_days(date) * DAY_S, 1);

		assert(error == 0);
		(void)error;
	}
}

const char *leap_origin_name(enum leap_origin origin)
{
	static const char *const names[] = { "none", "built-in", "leapsectz", "leapseclist" };

	assert((size_t)origin < ARRAY_COUNT(names));
	return names[origin];
}

/* What is before the last change of the table's own is known in any case. */
static bool is_before(const struct leap_table *table, struct utc_time when, bool is_expiry_good)
{
	const size_t own_count = table->count - table->learnt_count;
	const int64_t last_s = own_count ? table->changes[own_count - 1].utc_s : 0;

	return when.ns / NS_PER_S <
	       (is_expiry_good && table->expires_s != 0 ? table->expires_s : last_s);
}

bool leap_table_covers(const struct leap_table *table, struct utc_time when)
{
	return is_before(table, when, table->expiry == LEAP_EXPIRY_STATED);
}

bool leap_table_is_vouched_for(const struct leap_table *table, struct utc_time when)
{
	return is_before(table, when, table->expiry != LEAP_EXPIRY_GUESSED);
}

int leap_table_decode_tzif(const void *bytes, size_t length_bytes, struct leap_table *table_out)
{
	struct reader in = reader_over(bytes, length_bytes);
	struct leap_table table = { .origin = LEAP_ORIGIN_ZONE };
	struct tzif_counts counts;
	size_t time_bytes = 4;

	if (read_counts(&in, &counts) < 0)
		return -EBADMSG;
	if (counts.version >= 2) {
		const size_t old_block =
			before_leaps(&counts, 4) + counts.leap * (size_t)8 + after_leaps(&counts);

		time_bytes = 8;
		if (!skip(&in, old_block) || read_counts(&in, &counts) < 0)
			return -EBADMSG;
	}
	if (!skip(&in, before_leaps(&counts, time_bytes)) ||
	    read_leaps(&in, &counts, time_bytes, &table) < 0 || !skip(&in, after_leaps(&counts)))
		return -EBADMSG;
	if (table.count == 0)
		return -ENOENT;
	*table_out = table;
	return 0;
}

int16_t leap_table_tai_offset_s(const struct leap_table *table, struct utc_time when)
{
	const int64_t second = when.ns / NS_PER_S; /* one late before 1970, where nothing changes */
	int16_t offset_s = second < UTC_BEGIN_S ? 0 : (int16_t)TAI_OFFSET_1972_S;

	for (size_t i = 0; i < table->count && table->changes[i].utc_s <= second; i++)
		offset_s = table->changes[i].tai_offset_s;
	return offset_s;
}

int leap_table_upcoming(const struct leap_table *table, struct utc_time when)
{
	const int64_t second = when.ns / NS_PER_S; /* one late before 1970, where nothing changes */
	int64_t before = TAI_OFFSET_1972_S;

	for (size_t i = 0; i < table->count; i++) {
		const int64_t left_s = table->changes[i].utc_s - second;

		if (left_s > 0 && left_s <= DAY_S)
			return table->changes[i].tai_offset_s > before ? 1 : -1;
		before = table->changes[i].tai_offset_s;
	}
	return 0;
}

size_t leap_table_next(const struct leap_table *table, struct utc_time when)
{
	const int64_t second = when.ns / NS_PER_S;
	size_t i = 0;

	while (i < table->count && table->changes[i].utc_s <= second)
		i++;
	return i;
}
