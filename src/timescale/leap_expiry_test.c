/* SPDX-License-Identifier: MIT */
#include "timescale/leap_expiry.h"
#include "base/text.h"
#include "testing/check.h"

#define JUN_28_2027_S INT64_C(1814140800)
#define DEC_28_2027_S INT64_C(1829952000)
#define MAR_1_2027_S  INT64_C(1803859200)
#define SEP_1_2027_S  INT64_C(1819756800)

static struct leap_table zone(void)
{
	struct leap_table table;

	leap_table_builtin(&table);
	table.origin = LEAP_ORIGIN_ZONE;
	table.issued_s = table.expires_s = 0;
	return table;
}

TEST(leap_expiry, is_taken_from_a_list_of_the_same_leap_seconds)
{
	struct leap_table table = zone(), list = zone();
	const struct utc_time before = { (JUN_28_2027_S - 1) * NS_PER_S };

	list.origin = LEAP_ORIGIN_LIST;
	CHECK(!leap_expiry_take(&table, &list)); /* has none itself */
	list.expires_s = JUN_28_2027_S;
	CHECK(leap_expiry_take(&table, &list));
	CHECK_EQ(table.expires_s, JUN_28_2027_S);
	CHECK_EQ(table.expiry, LEAP_EXPIRY_BESIDE);
	/* it counts against a receiver's claim, and not against what sources announce */
	CHECK(leap_table_is_vouched_for(&table, before));
	CHECK(!leap_table_covers(&table, before));
	table = zone();
	table.count--;
	CHECK(!leap_expiry_take(&table, &list));
	CHECK_EQ(table.expires_s, 0);
}

TEST(leap_expiry, is_taken_from_tzdata_of_as_many_leap_seconds)
{
	static const char head[] = "# Leap seconds\n#Expires 2027\tJun\t28\t00:00:00\n";
	static const char tail[] = "#expires 1814140800 (2027-06-28 00:00:00 UTC)\n";
	char bytes[2048];
	struct leap_table table = zone();
	struct text out = text_into(bytes, sizeof bytes);

	text_add(&out, head);
	for (size_t i = 0; i < 27; i++)
		text_add(&out, "Leap\t2016\tDec\t31\t23:59:60\t+\tS\n");
	CHECK(!leap_expiry_take_tzdata(&table, bytes, out.length_bytes));
	text_add(&out, tail);
	CHECK(leap_expiry_take_tzdata(&table, bytes, out.length_bytes));
	CHECK_EQ(table.expires_s, JUN_28_2027_S);
	table = zone();
	CHECK(leap_expiry_take_tzdata(&table, bytes, out.length_bytes - 1));
	table = zone();
	text_add(&out, "Leap\t2027\tJun\t30\t23:59:60\t+\tS\n");
	CHECK(!leap_expiry_take_tzdata(&table, bytes, out.length_bytes));
	CHECK(!leap_expiry_take_tzdata(&table, bytes, 0));
}

TEST(leap_expiry, is_guessed_from_the_date_of_the_file)
{
	struct leap_table table = zone();

	leap_expiry_guess(&table, 1); /* some packages have no dates */
	CHECK_EQ(table.expires_s, 0);
	CHECK_TEXT(leap_expiry_text(&table), "not stated");
	leap_expiry_guess(&table, MAR_1_2027_S);
	CHECK_EQ(table.expires_s, JUN_28_2027_S);
	leap_expiry_guess(&table, SEP_1_2027_S);
	CHECK_EQ(table.expires_s, DEC_28_2027_S);
	CHECK_EQ(table.expiry, LEAP_EXPIRY_GUESSED);
	CHECK_TEXT(leap_expiry_text(&table), "not stated, guessed from the file's date");
	CHECK(!leap_table_is_vouched_for(&table, (struct utc_time){ SEP_1_2027_S * NS_PER_S }));
}
