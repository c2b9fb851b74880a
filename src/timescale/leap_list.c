/* SPDX-License-Identifier: MIT */
#include "timescale/leap_list.h"

#include <string.h>

#include "base/attributes.h"
#include "crypto/digest.h"

#define NTP_EPOCH_S   INT64_C(2208988800) /* 1900 to 1970 */
#define UTC_BEGIN_S   INT64_C(63072000)   /* 1972-01-01, with TAI - UTC = 10 s */
#define NUMBER_DIGITS 11                  /* of NTP seconds: the year 5000 and something */
#define HASHED_MAX    ((LEAP_TABLE_MAX + 2) * 2 * NUMBER_DIGITS)

struct line {
	const char *at, *end;
};

struct list {
	size_t hashed_count; /* digits, as they stand in the file */
	char hashed[HASHED_MAX];
	struct leap_table table;
	bool has_hash, has_begin;
	uint32_t hash[5];
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct line *line)
{
	while (line->at < line->end && is_blank(*line->at))
		line->at++;
}

/* A decimal number, hashed as it is written. */
static bool take_number(struct list *list, struct line *line, int64_t *number_out)
{
	const char *start;

	skip_blanks(line);
	start = line->at;
	*number_out = 0;
	while (line->at < line->end && *line->at >= '0' && *line->at <= '9') {
		if (line->at - start == NUMBER_DIGITS)
			return false;
		*number_out = *number_out * 10 + (*line->at++ - '0');
	}
	if (list->hashed_count + (size_t)(line->at - start) > sizeof list->hashed)
		return false;
	memcpy(list->hashed + list->hashed_count, start, (size_t)(line->at - start));
	list->hashed_count += (size_t)(line->at - start);
	return line->at > start && (line->at == line->end || is_blank(*line->at));
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Five words; leading zeros may be missing. */
static bool take_hash(struct list *list, struct line *line)
{
	for (size_t i = 0; i < 5; i++) {
		unsigned count = 0;

		skip_blanks(line);
		list->hash[i] = 0;
		for (; line->at < line->end && hex_digit(*line->at) >= 0; line->at++, count++)
			list->hash[i] = list->hash[i] << 4 | (uint32_t)hex_digit(*line->at);
		if (count == 0 || count > 8)
			return false;
	}
	skip_blanks(line);
	list->has_hash = true;
	return line->at == line->end;
}

static bool take_comment(struct list *list, struct line *line)
{
	const char kind = line->end - line->at > 1 ? line->at[1] : ' ';
	int64_t number;

	line->at += 2;
	if (kind == 'h')
		return take_hash(list, line);
	if (kind != '$' && kind != '@')
		return true;
	if (!take_number(list, line, &number))
		return false;
	if (kind == '$')
		list->table.issued_s = number - NTP_EPOCH_S;
	else
		list->table.expires_s = number - NTP_EPOCH_S;
	return true;
}

static bool take_change(struct list *list, struct line *line)
{
	const struct leap_table *table = &list->table;
	int64_t when, offset, before;

	if (!take_number(list, line, &when) || !take_number(list, line, &offset))
		return false;
	skip_blanks(line);
	if (line->at < line->end && *line->at != '#')
		return false;
	if (!list->has_begin) {
		list->has_begin = true;
		return when - NTP_EPOCH_S == UTC_BEGIN_S && offset == 10;
	}
	before = table->count ? table->changes[table->count - 1].tai_offset_s : 10;
	return (offset == before + 1 || offset == before - 1) &&
	       leap_table_add(&list->table, when - NTP_EPOCH_S, (int)(offset - before)) == 0;
}

static bool take_line(struct list *list, struct line *line)
{
	skip_blanks(line);
	if (line->at == line->end)
		return true;
	return *line->at == '#' ? take_comment(list, line) : take_change(list, line);
}

static enum leap_list_verdict judge(const struct list *list)
{
	uint8_t digest[DIGEST_SHA1_SIZE];

	if (list->table.count == 0)
		return LEAP_LIST_MALFORMED;
	if (!list->has_hash)
		return LEAP_LIST_UNHASHED;
	digest_sha1(list->hashed, list->hashed_count, digest);
	for (size_t i = 0; i < sizeof digest; i++) {
		if (digest[i] != (uint8_t)(list->hash[i / 4] >> (24 - 8 * (i % 4))))
			return LEAP_LIST_WRONG_HASH;
	}
	return LEAP_LIST_GOOD;
}

enum leap_list_verdict leap_list_decode(const char *bytes, size_t length_bytes,
                                        struct leap_table *table_out, unsigned *line_out)
{
	const char *const end = bytes + length_bytes;
	struct list list = { .table = { .origin = LEAP_ORIGIN_LIST } };
	enum leap_list_verdict verdict;

	*line_out = 0;
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		struct line line = { .at = bytes, .end = newline ? newline : end };

		++*line_out;
		if (!take_line(&list, &line))
			return LEAP_LIST_MALFORMED;
		bytes = newline ? newline + 1 : end;
	}
	verdict = judge(&list);
	if (verdict == LEAP_LIST_GOOD || verdict == LEAP_LIST_UNHASHED)
		*table_out = list.table;
	return verdict;
}

const char *leap_list_verdict_text(enum leap_list_verdict verdict)
{
	static const char *const texts[] = {
		[LEAP_LIST_GOOD] = "good",
		[LEAP_LIST_UNHASHED] = "it has no hash line (#h), so damage would go unnoticed",
		[LEAP_LIST_WRONG_HASH] =
			"its hash is wrong: it is damaged or was edited; fetch it again",
		[LEAP_LIST_MALFORMED] = "it is no leap-seconds.list",
	};

	return (size_t)verdict < ARRAY_COUNT(texts) ? texts[verdict] : "";
}
