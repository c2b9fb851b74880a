/* SPDX-License-Identifier: MIT */
#include "timescale/leap_expiry.h"

#include <string.h>

#include "base/text.h"
#include "timescale/civil.h"

#define DAY_S  INT64_C(86400)
#define AT_DAY 28 /* of June or December: what IERS's own list says */

static bool take(struct leap_table *table, int64_t expires_s)
{
	if (table->count == 0 || expires_s <= table->changes[table->count - 1].utc_s)
		return false;
	table->expires_s = expires_s;
	table->expiry = LEAP_EXPIRY_BESIDE;
	return true;
}

bool leap_expiry_take(struct leap_table *table, const struct leap_table *beside)
{
	if (beside->count != table->count || beside->expiry != LEAP_EXPIRY_STATED)
		return false;
	for (size_t i = 0; i < table->count; i++) {
		if (beside->changes[i].utc_s != table->changes[i].utc_s ||
		    beside->changes[i].tai_offset_s != table->changes[i].tai_offset_s)
			return false;
	}
	return take(table, beside->expires_s);
}

static bool begins_with(const char *line, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(end - line) > length && memcmp(line, word, length) == 0;
}

/* "#expires 1814140800 (2027-06-28 00:00:00 UTC)" */
static int64_t number_of(const char *line, const char *end)
{
	char digits[24];
	struct text out = text_into(digits, sizeof digits);
	int64_t number;

	while (line < end && (*line < '0' || *line > '9'))
		line++;
	while (line < end && *line >= '0' && *line <= '9')
		text_char(&out, *line++);
	return text_parse_s64(digits, 0, INT64_MAX / NS_PER_S, &number) == 0 ? number : 0;
}

bool leap_expiry_take_tzdata(struct leap_table *table, const char *bytes, size_t length_bytes)
{
	const char *const all_end = bytes + length_bytes;
	int64_t expires_s = 0;
	size_t count = 0;

	while (bytes < all_end) {
		const char *newline = memchr(bytes, '\n', (size_t)(all_end - bytes));
		const char *end = newline ? newline : all_end;

		count += begins_with(bytes, end, "Leap\t");
		if (begins_with(bytes, end, "#expires "))
			expires_s = number_of(bytes, end);
		bytes = newline ? newline + 1 : all_end;
	}
	return count == table->count && take(table, expires_s);
}

void leap_expiry_guess(struct leap_table *table, int64_t file_s)
{
	struct civil_date date = civil_date_of(file_s / DAY_S);
	const int64_t last_s = table->count ? table->changes[table->count - 1].utc_s : 0;

	if (file_s < last_s)
		return;
	date.month = date.month > 6 ? 12 : 6;
	date.day = AT_DAY;
	table->expires_s = civil_days(date) * DAY_S;
	table->expiry = LEAP_EXPIRY_GUESSED;
}

const char *leap_expiry_text(const struct leap_table *table)
{
	static const char *const texts[] = {
		[LEAP_EXPIRY_STATED] = "",
		[LEAP_EXPIRY_BESIDE] = "not stated there, but by tzdata beside it",
		[LEAP_EXPIRY_GUESSED] = "not stated, guessed from the file's date",
	};

	return table->expires_s != 0 ? texts[table->expiry] : "not stated";
}
