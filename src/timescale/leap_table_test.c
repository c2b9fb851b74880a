/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"
#include "base/writer.h"
#include "testing/check.h"
#include "timescale/leap_table.h"

#include <errno.h>

struct leap_record {
	int64_t occurrence; /* counted with the leap seconds before it */
	int32_t correction;
};

/* The first three and the last of those that there have been. */
static const struct leap_record records[] = {
	{ 78796800, 1 },  /* 1972-06-30 23:59:60 */
	{ 94694401, 2 },  /* 1972-12-31 */
	{ 126230402, 3 }, /* 1973-12-31 */
};

struct tzif {
	uint8_t bytes[2048];
	size_t length;
};

static void write_counts(struct writer *out, char version, size_t leaps, uint32_t others)
{
	writer_bytes(out, "TZif", 4);
	writer_u8(out, (uint8_t)version);
	for (int i = 0; i < 15; i++)
		writer_u8(out, 0);
	writer_u32(out, others);
	writer_u32(out, others);
	writer_u32(out, (uint32_t)leaps);
	writer_u32(out, others);
	writer_u32(out, others);
	writer_u32(out, others);
}

static void write_zeros(struct writer *out, size_t count)
{
	while (count-- > 0)
		writer_u8(out, 0);
}

static void write_block(struct writer *out, char version, unsigned time_bytes,
                        const struct leap_record *leaps, size_t count, uint32_t others)
{
	write_counts(out, version, count, others);
	write_zeros(out, others * (time_bytes + 1 + 6 + 1));
	for (size_t i = 0; i < count; i++) {
		if (time_bytes == 8)
			writer_u64(out, (uint64_t)leaps[i].occurrence);
		else
			writer_u32(out, (uint32_t)leaps[i].occurrence);
		writer_u32(out, (uint32_t)leaps[i].correction);
	}
	write_zeros(out, (size_t)2 * others);
}

/* A file as zic makes it: from version '2' on an old block stands before the one that counts. */
static struct tzif make(char version, const struct leap_record *leaps, size_t count,
                        uint32_t others)
{
	struct tzif file = { .length = 0 };
	struct writer out = writer_into(file.bytes, sizeof file.bytes);

	if (version != '\0') {
		write_block(&out, version, 4, leaps, 1, others + 1);
		write_block(&out, version, 8, leaps, count, others);
		writer_bytes(&out, "\nUTC0\n", 6);
	} else {
		write_block(&out, version, 4, leaps, count, others);
	}
	CHECK_EQ(writer_finish(&out, &file.length), 0);
	return file;
}

static int decode(const struct tzif *file, struct leap_table *table_out)
{
	return leap_table_decode_tzif(file->bytes, file->length, table_out);
}

static struct utc_time utc(int64_t second)
{
	return (struct utc_time){ second * NS_PER_S };
}

TEST(timescale_leap_table, reads_every_version_of_the_format)
{
	static const char versions[] = { '\0', '2', '3', '4' };

	for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
		const struct tzif file = make(versions[i], records, ARRAY_COUNT(records), 3);
		struct leap_table table;

		CHECK_EQ(decode(&file, &table), 0);
		CHECK_EQ(table.count, 3);
		CHECK_EQ(table.changes[0].utc_s, 78796800); /* 1972-07-01 00:00:00 */
		CHECK_EQ(table.changes[0].tai_offset_s, 11);
		CHECK_EQ(table.changes[1].utc_s, 94694400); /* 1973-01-01 */
		CHECK_EQ(table.changes[2].utc_s, 126230400);
		CHECK_EQ(table.changes[2].tai_offset_s, 13);
	}
}

TEST(timescale_leap_table, knows_the_offset_of_each_second)
{
	const struct tzif file = make('2', records, ARRAY_COUNT(records), 0);
	struct leap_table table;

	CHECK_EQ(decode(&file, &table), 0);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(-1)), 0);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(63071999)), 0);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(63072000)), 10);
	CHECK_EQ(leap_table_tai_offset_s(&table, (struct utc_time){ 78796800 * NS_PER_S - 1 }), 10);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(78796800)), 11);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(94694399)), 11);
	CHECK_EQ(leap_table_tai_offset_s(&table, utc(4102444800)), 13);
	CHECK_EQ(leap_table_tai_offset_s(&table, (struct utc_time){ INT64_MIN }), 0);
	CHECK_EQ(leap_table_tai_offset_s(&table, (struct utc_time){ INT64_MAX }), 13);
}

TEST(timescale_leap_table, announces_a_leap_on_its_day_only)
{
	const struct tzif file = make('2', records, ARRAY_COUNT(records), 0);
	struct leap_table table;

	CHECK_EQ(decode(&file, &table), 0);
	CHECK_EQ(
		leap_table_upcoming(&table, (struct utc_time){ (78796800 - 86400) * NS_PER_S - 1 }),
		0);
	CHECK_EQ(leap_table_upcoming(&table, utc(78796800 - 86400)), 1);
	CHECK_EQ(leap_table_upcoming(&table, (struct utc_time){ 78796800 * NS_PER_S - 1 }), 1);
	CHECK_EQ(leap_table_upcoming(&table, utc(78796800)), 0);
	CHECK_EQ(leap_table_upcoming(&table, (struct utc_time){ INT64_MIN }), 0);
	CHECK_EQ(leap_table_upcoming(&table, (struct utc_time){ INT64_MAX }), 0);
}

/* There has been none yet; the format has room for it (RFC 8536 section 3.2). */
TEST(timescale_leap_table, understands_a_deleted_second)
{
	/* 23:59:59 of 1973-06-30 does not exist: its number, counted with 2 leap seconds, is
	 * midnight */
	static const struct leap_record with_deletion[] = {
		{ 78796800, 1 }, { 94694401, 2 }, { 110332801, 1 }, { 126230401, 2 }
	};
	const struct tzif file = make('2', with_deletion, ARRAY_COUNT(with_deletion), 0);
	struct leap_table table;

	CHECK_EQ(decode(&file, &table), 0);
	CHECK_EQ(table.changes[2].utc_s, 110332800);
	CHECK_EQ(table.changes[2].tai_offset_s, 11);
	CHECK_EQ(table.changes[3].utc_s, 126230400);
	CHECK_EQ(leap_table_upcoming(&table, utc(110332799)), -1);
	CHECK_EQ(leap_table_upcoming(&table, utc(126230399)), 1);
}

TEST(timescale_leap_table, skips_the_expiry_of_version_4)
{
	static const struct leap_record with_expiry[] = { { 78796800, 1 },
		                                          { 94694401, 2 },
		                                          { 99999999, 2 } };
	const struct tzif file = make('4', with_expiry, 3, 0), old = make('3', with_expiry, 3, 0);
	struct leap_table table;

	CHECK_EQ(decode(&file, &table), 0);
	CHECK_EQ(table.count, 2);
	CHECK_EQ(decode(&old, &table), -EBADMSG);
}

TEST(timescale_leap_table, says_when_a_zone_has_no_leap_seconds)
{
	const struct tzif file = make('2', records, 0, 1);

	CHECK_EQ(decode(&file, &(struct leap_table){ 0 }), -ENOENT);
}

TEST(timescale_leap_table, refuses_every_truncation_and_writes_nothing)
{
	const struct tzif file = make('2', records, ARRAY_COUNT(records), 1);
	struct leap_table table = { .count = 99 };

	for (size_t length = 0; length < file.length - 6; length++)
		CHECK_EQ(leap_table_decode_tzif(file.bytes, length, &table), -EBADMSG);
	CHECK_EQ(table.count, 99);
}

TEST(timescale_leap_table, refuses_absurd_tables)
{
	static const struct leap_record absurd[][2] = {
		{ { 78796800, 2 }, { 94694401, 3 } }, /* two seconds at once */
		{ { 78796800, 1 }, { 94694401, 1 } }, /* no change, and not version 4's last */
		{ { 78796801, 1 }, { 94694401, 2 } }, /* not at midnight */
		{ { 94694400, 1 }, { 78796801, 2 } }, /* backwards */
		{ { 78796800, 1 }, { 78796801, 2 } }, /* twice at once */
		{ { 63072000, 1 }, { 78796801, 2 } }, /* before there were any */
		{ { INT64_MIN, 1 }, { 78796801, 2 } },        { { 78796800, 1 }, { INT64_MAX, 2 } },
		{ { 78796800, INT32_MIN }, { 94694401, 2 } },
	};

	for (size_t i = 0; i < ARRAY_COUNT(absurd); i++) {
		const struct tzif file = make('2', absurd[i], 2, 0);

		CHECK_EQ(decode(&file, &(struct leap_table){ 0 }), -EBADMSG);
	}
}

TEST(timescale_leap_table, refuses_more_than_it_can_hold)
{
	struct leap_record many[LEAP_TABLE_MAX + 1];
	struct leap_table table;

	for (int i = 0; i <= LEAP_TABLE_MAX; i++)
		many[i] = (struct leap_record){ 78796800 + INT64_C(86400) * i + i, i + 1 };
	CHECK_EQ(decode(&(const struct tzif){ .length = 0 }, &table), -EBADMSG);
	CHECK_EQ(decode(&(struct tzif[]){ make('2', many, LEAP_TABLE_MAX, 0) }[0], &table), 0);
	CHECK_EQ(table.count, LEAP_TABLE_MAX);
	CHECK_EQ(decode(&(struct tzif[]){ make('2', many, LEAP_TABLE_MAX + 1, 0) }[0], &table),
	         -EBADMSG);
}

TEST(timescale_leap_table, refuses_other_magic_and_unknown_versions)
{
	struct tzif file = make('2', records, ARRAY_COUNT(records), 0);
	struct leap_table table;

	file.bytes[0] = 't';
	CHECK_EQ(decode(&file, &table), -EBADMSG);
	file = make('9', records, ARRAY_COUNT(records), 0); /* later ones keep to the layout */
	CHECK_EQ(decode(&file, &table), 0);
	file = make('A', records, ARRAY_COUNT(records), 0);
	CHECK_EQ(decode(&file, &table), -EBADMSG);
	file = make('\x01', records, ARRAY_COUNT(records), 0);
	CHECK_EQ(decode(&file, &table), -EBADMSG);
}

TEST(timescale_leap_table, refuses_counts_beyond_the_file)
{
	for (size_t field = 0; field < 6; field++) {
		static const uint32_t counts[] = { 0xffffffff, 0x80000000, 1000000, 2000 };

		for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
			struct tzif file = make('2', records, ARRAY_COUNT(records), 0);

			for (unsigned byte = 0; byte < 4; byte++)
				file.bytes[20 + 4 * field + byte] =
					(uint8_t)(counts[i] >> (24 - 8 * byte));
			CHECK_EQ(decode(&file, &(struct leap_table){ 0 }), -EBADMSG);
		}
	}
}
