/* SPDX-License-Identifier: MIT */
#include "timescale/leap_learnt.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "timescale/civil.h"

#define DAY_S          INT64_C(86400)
#define TAI_MAX_S      1000
#define UTC_MAX_S      1e10
#define HALF_YEARS_MAX 3 /* in each of which a leap second was missed */
#define BLANKS         " \t\r\n"

int leap_learnt_add(struct leap_table *table, int64_t utc_s, int direction)
{
	int error;

	if (table->learnt_count == LEAP_LEARNT_MAX)
		return -EINVAL;
	error = leap_table_add(table, utc_s, direction);
	table->learnt_count += error == 0;
	return error;
}

void leap_learnt_forget(struct leap_table *table, size_t count)
{
	assert(count <= table->learnt_count);
	table->learnt_count -= count;
	table->count -= count;
}

/* The beginning of the half-year that `now` is in, or of an earlier one. */
static int64_t half_year_s(struct utc_time now, int back)
{
	struct civil_date date = civil_date_of(now.ns / NS_PER_S / DAY_S);
	const int halves = 2 * date.year + (date.month > 6) - back;

	date.year = halves / 2;
	date.month = halves % 2 ? 7 : 1;
	date.day = 1;
	return civil_days(date) * DAY_S;
}

int leap_learnt_reach(struct leap_table *table, int16_t tai_offset_s, struct utc_time now)
{
	struct leap_table reached = *table;
	int missing_s;

	for (size_t i = 0; i < table->learnt_count; i++) {
		leap_learnt_forget(&reached, 1);
		if (leap_table_tai_offset_s(&reached, now) == tai_offset_s) {
			*table = reached;
			return 0;
		}
	}
	reached = *table;
	missing_s = tai_offset_s - leap_table_tai_offset_s(table, now);
	for (int back = (missing_s < 0 ? -missing_s : missing_s) - 1; back >= 0; back--) {
		if (back >= HALF_YEARS_MAX ||
		    leap_learnt_add(&reached, half_year_s(now, back), missing_s < 0 ? -1 : 1) != 0)
			return -ERANGE;
	}
	*table = reached;
	return 0;
}

void leap_learnt_format(struct text *out, const struct leap_table *table)
{
	for (size_t i = table->count - table->learnt_count; i < table->count; i++) {
		text_s64(out, table->changes[i].utc_s);
		text_char(out, ' ');
		text_s64(out, table->changes[i].tai_offset_s);
		text_char(out, '\n');
	}
}

/* Whoever made the table knew what happened at that second. What the program's copy says of the
 * future weighs no more than the sources that announced a leap second. */
static bool knows(const struct leap_table *table, int64_t utc_s)
{
	if (table->issued_s > utc_s)
		return true;
	return table->origin != LEAP_ORIGIN_BUILTIN &&
	       leap_table_is_vouched_for(table, (struct utc_time){ (utc_s - 1) * NS_PER_S });
}

/* "1798761600 38" */
static int next_line(const char **at, int64_t *utc_s_out, int16_t *tai_s_out)
{
	double utc, tai;

	if (text_next_real(at, &utc) != 0 || text_next_real(at, &tai) != 0 ||
	    !(utc > 0 && utc < UTC_MAX_S) || !(fabs(tai) < TAI_MAX_S))
		return -EBADMSG;
	*utc_s_out = (int64_t)utc;
	*tai_s_out = (int16_t)tai;
	*at += strspn(*at, BLANKS);
	return *utc_s_out % DAY_S == 0 ? 0 : -EBADMSG;
}

int leap_learnt_read(const char *string, struct leap_table *table)
{
	struct leap_table read = *table;
	int16_t before_s = 0, tai_s;
	int64_t utc_s;

	string += strspn(string, BLANKS);
	while (*string != '\0') {
		if (next_line(&string, &utc_s, &tai_s) != 0)
			return -EBADMSG;
		if (before_s == 0)
			before_s = leap_table_tai_offset_s(
				table, (struct utc_time){ (utc_s - 1) * NS_PER_S });
		if (tai_s - before_s > 1 || tai_s - before_s < -1)
			return -EBADMSG;
		if (!knows(table, utc_s) &&
		    leap_table_tai_offset_s(&read, (struct utc_time){ utc_s * NS_PER_S }) !=
		            tai_s &&
		    leap_learnt_add(&read, utc_s, tai_s - before_s) != 0)
			return -EBADMSG;
		before_s = tai_s;
	}
	*table = read;
	return 0;
}
