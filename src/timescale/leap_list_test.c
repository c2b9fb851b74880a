/* SPDX-License-Identifier: MIT */
#include "timescale/leap_list.h"
#include "testing/check.h"

/* As published on 6 July 2026, without its comments and with only two of its changes; the hash was
 * computed by sha1sum over the digits. */
static const char good[] = "#\tATOMIC TIME\n"
			   "#$\t3992312697\n"
			   "#@\t4023129600\n"
			   "2272060800      10      # 1 Jan 1972\n"
			   "2287785600      11      # 1 Jul 1972\r\n"
			   "\n"
			   "2303683200\t12 # 1 Jan 1973\n"
			   "#h\tHASH\n";

static enum leap_list_verdict decode(const char *text, struct leap_table *table)
{
	unsigned line;

	return leap_list_decode(text, strlen(text), table, &line);
}

static void with_hash(const char *hash, char *out)
{
	const char *at = strstr(good, "HASH");

	memcpy(out, good, (size_t)(at - good));
	strcpy(out + (at - good), hash);
	strcat(out, at + 4);
}

#define HASH "f92a81b2 168641e6 a5b8b8fe a96b49fd f9c73bc5"

TEST(leap_list, reads_changes_and_dates)
{
	char text[sizeof good + 100];
	struct leap_table table = { 0 };

	with_hash(HASH, text);
	CHECK_EQ(decode(text, &table), LEAP_LIST_GOOD);
	CHECK_EQ(table.origin, LEAP_ORIGIN_LIST);
	CHECK_EQ(table.count, 2);
	CHECK_EQ(table.changes[0].utc_s, 78796800);
	CHECK_EQ(table.changes[0].tai_offset_s, 11);
	CHECK_EQ(table.changes[1].tai_offset_s, 12);
	CHECK_EQ(table.issued_s, 1783323897);
	CHECK_EQ(table.expires_s, 1814140800);
}

TEST(leap_list, refuses_any_number_that_was_changed)
{
	char text[sizeof good + 100];
	struct leap_table table;
	size_t numbers = 0;

	with_hash(HASH, text);
	for (char *at = text; *at && strncmp(at, "#h", 2) != 0; at++) {
		if (*at == '#' && at[1] == ' ') /* a comment at the end of a line */
			at += strcspn(at, "\n");
		if (*at < '1' || *at > '9')
			continue;
		*at = *at == '9' ? '8' : (char)(*at + 1);
		CHECK(decode(text, &table) >= LEAP_LIST_WRONG_HASH);
		with_hash(HASH, text);
		numbers++;
	}
	CHECK(numbers > 20);
}

TEST(leap_list, takes_a_list_without_a_hash_and_says_so)
{
	struct leap_table table = { 0 };

	CHECK_EQ(decode("2272060800 10\n2287785600 11\n", &table), LEAP_LIST_UNHASHED);
	CHECK_EQ(table.count, 1);
	CHECK_EQ(table.expires_s, 0);
}

TEST(leap_list, reads_a_deleted_second)
{
	struct leap_table table = { 0 };

	CHECK_EQ(decode("2272060800 10\n2287785600 11\n2303683200 10", &table), LEAP_LIST_UNHASHED);
	CHECK_EQ(table.changes[1].tai_offset_s, 10);
}

TEST(leap_list, refuses_what_is_no_list)
{
	static const char *const texts[] = {
		"",
		"hello\n",
		"2272060800 10\n",                               /* nothing changes */
		"2287785600 11\n",                               /* does not begin in 1972 */
		"2272060800 10\n2287785600 12\n",                /* two seconds at once */
		"2272060800 10\n2287785601 11\n",                /* not at midnight */
		"2272060800 10\n2287785600 11 12\n",             /* a word too many */
		"2272060800 10\n2303683200 11\n2287785600 12\n", /* backwards */
		"999999999999999999 10\n",
		"#$\n2272060800 10\n2287785600 11\n",
		"2272060800 10\n2287785600 11\n#h 1 2 3 4\n",
		"2272060800 10\n2287785600 11\n#h 1 2 3 4 5 6\n",
		"2272060800 10\n2287785600 11\n#h 1 2 3 4 123456789\n",
	};
	struct leap_table table;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		CHECK_EQ(decode(texts[i], &table), LEAP_LIST_MALFORMED);
	CHECK_EQ(decode("2272060800 10\n2287785600 11\n#h 1 2 3 4 5\n", &table),
	         LEAP_LIST_WRONG_HASH);
}
