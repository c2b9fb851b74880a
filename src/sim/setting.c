/* SPDX-License-Identifier: MIT */
#include "sim/setting.h"

#include <errno.h>
#include <string.h>

#include "sim/path.h"

static const char *const laws[PATH_LAW_COUNT] = { "exponential", "normal", "lognormal", "pareto" };

struct suffix {
	const char *text;
	double factor;
};
static const struct suffix durations[] = { { "", 1 },      { "ns", 1e-9 }, { "us", 1e-6 },
	                                   { "ms", 1e-3 }, { "s", 1 },     { "m", 60 },
	                                   { "min", 60 },  { "h", 3600 },  { "d", 86400 } };
static const struct suffix rates[] = { { "", 1 }, { "ppm", 1e-6 }, { "ppb", 1e-9 } };
static const struct suffix probabilities[] = { { "", 1 }, { "%", 1e-2 } };
static const struct suffix counts[] = { { "", 1 } };

const char *words_take(struct words *words)
{
	return words->next < words->count ? words->list[words->next++] : NULL;
}

bool words_take_if(struct words *words, const char *word)
{
	if (words->next == words->count || strcmp(words->list[words->next], word) != 0)
		return false;
	words->next++;
	return true;
}

const char *unit_example(enum unit unit)
{
	switch (unit) {
	case UNIT_RATE:
		return "a rate such as 20ppm, 5ppb or 1e-6";
	case UNIT_PROBABILITY:
		return "a probability such as 50% or 0.5";
	case UNIT_COUNT:
		return "a whole number";
	case UNIT_DATE:
		return "a date such as 2036-02-07 or 2036-02-07T06:28:00";
	case UNIT_LAW:
		return "[exponential|normal|lognormal|pareto] and a duration such as 100us";
	case UNIT_DURATION:
	case UNIT_ON:
	case UNIT_OFF:
		break;
	}
	return "a duration such as 100us, 15s or 2h";
}

/* A number and one of the suffixes. */
static int parse_suffixed(const char *word, const struct suffix *suffixes, size_t count,
                          double *value_out)
{
	char number[40];
	size_t length = strspn(word, "+-.0123456789");
	int error;

	/* an exponent belongs to the number: 1e-9 */
	if ((word[length] == 'e' || word[length] == 'E') && length > 0)
		length += 1 + strspn(word + length + 1, "+-0123456789");
	if (length >= sizeof number)
		return -EINVAL;
	memcpy(number, word, length);
	number[length] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word + length, suffixes[i].text) == 0) {
			error = text_parse_real(number, value_out);
			if (error == 0)
				*value_out *= suffixes[i].factor;
			return error;
		}
	}
	return -EINVAL;
}

static int two_numbers(const char *word, size_t at, int64_t low, int64_t high, int64_t *value_out)
{
	const char digits[] = { word[at], word[at + 1], '\0' };

	return text_parse_s64(digits, low, high, value_out);
}

/* Days since 1970 of a civil date; years begin in March so that leap days come last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	const int64_t shifted = year - (month <= 2);
	const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719468;
}

static int parse_date(const char *word, double *value_out)
{
	const size_t length = strlen(word);
	int64_t century, year, month, day, hour = 0, minute = 0, second = 0;

	if ((length != 10 && length != 19) || word[4] != '-' || word[7] != '-')
		return -EINVAL;
	if (two_numbers(word, 0, 19, 22, &century) < 0 || two_numbers(word, 2, 0, 99, &year) < 0 ||
	    two_numbers(word, 5, 1, 12, &month) < 0 || two_numbers(word, 8, 1, 31, &day) < 0)
		return -EINVAL;
	if (length == 19 &&
	    (word[10] != 'T' || word[13] != ':' || word[16] != ':' ||
	     two_numbers(word, 11, 0, 23, &hour) < 0 || two_numbers(word, 14, 0, 59, &minute) < 0 ||
	     two_numbers(word, 17, 0, 59, &second) < 0))
		return -EINVAL;
	*value_out = (double)(days_of(100 * century + year, month, day) * 86400 + hour * 3600 +
	                      minute * 60 + second);
	return 0;
}

int unit_parse(enum unit unit, const char *word, double *value_out)
{
	switch (unit) {
	case UNIT_DURATION:
	case UNIT_LAW:
		return parse_suffixed(word, durations, ARRAY_COUNT(durations), value_out);
	case UNIT_RATE:
		return parse_suffixed(word, rates, ARRAY_COUNT(rates), value_out);
	case UNIT_PROBABILITY:
		return parse_suffixed(word, probabilities, ARRAY_COUNT(probabilities), value_out);
	case UNIT_COUNT:
		return parse_suffixed(word, counts, ARRAY_COUNT(counts), value_out);
	case UNIT_DATE:
		return parse_date(word, value_out);
	case UNIT_ON:
	case UNIT_OFF:
		break;
	}
	*value_out = unit == UNIT_ON;
	return 0;
}

static const struct setting_kind *find_kind(const struct setting_kind *kinds, size_t count,
                                            const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void say_possible(struct text *why, const char *word, const struct setting_kind *kinds,
                         size_t count)
{
	text_add(why, "\"");
	text_add(why, word);
	text_add(why, "\" is not known here; possible are");
	for (size_t i = 0; i < count; i++) {
		text_add(why, i == 0 ? " " : ", ");
		text_add(why, kinds[i].word);
	}
}

static void take_law(struct words *words, struct setting *setting)
{
	for (unsigned i = 0; i < PATH_LAW_COUNT; i++) {
		if (words_take_if(words, laws[i]))
			setting->law = i;
	}
}

static int parse_value(struct words *words, struct setting *setting, struct text *why)
{
	const struct setting_kind *kind = setting->kind;
	const char *word;

	if (kind->unit == UNIT_ON || kind->unit == UNIT_OFF)
		return unit_parse(kind->unit, "", &setting->value);
	if (kind->unit == UNIT_LAW)
		take_law(words, setting);
	word = words_take(words);
	if (!word || unit_parse(kind->unit, word, &setting->value) < 0) {
		text_add(why, kind->word);
		text_add(why, " needs ");
		text_add(why, unit_example(kind->unit));
		if (word) {
			text_add(why, ", not \"");
			text_add(why, word);
			text_add(why, "\"");
		}
		return -EINVAL;
	}
	if (setting->value < kind->low || setting->value > kind->high) {
		text_add(why, kind->word);
		text_add(why, " must lie within ");
		text_scientific(why, kind->low, 3);
		text_add(why, " and ");
		text_scientific(why, kind->high, 3);
		return -EINVAL;
	}
	return 0;
}

int settings_parse(struct words *words, const struct setting_kind *kinds, size_t kinds_count,
                   struct settings *settings_out, struct text *why)
{
	const char *word;

	*settings_out = (struct settings){ 0 };
	while ((word = words_take(words))) {
		struct setting *setting = &settings_out->list[settings_out->count];

		if (settings_out->count == SETTINGS_MAX) {
			text_add(why, "too many settings in one line; use several lines");
			return -EINVAL;
		}
		*setting = (struct setting){ .kind = find_kind(kinds, kinds_count, word) };
		if (!setting->kind) {
			say_possible(why, word, kinds, kinds_count);
			return -EINVAL;
		}
		if (parse_value(words, setting, why) < 0)
			return -EINVAL;
		settings_out->count++;
	}
	return 0;
}

void settings_apply(const struct settings *settings, void *options)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->list[i];
		double *place = (double *)(void *)((char *)options + setting->kind->place);

		*place = setting->value + (setting->kind->is_added ? *place : 0);
		if (setting->kind->unit == UNIT_LAW)
			*(double *)(void *)((char *)options + setting->kind->law_place) =
				setting->law;
	}
}
