/* SPDX-License-Identifier: MIT */
#include "timescale/date_text.h"

#include <errno.h>

#include "timescale/civil.h"

#define DAY_S        INT64_C(86400)
#define MJD_1970     INT64_C(40587)
#define YEAR_MIN     1700
#define YEAR_MAX     2250
#define DAY_MIN      INT64_C(-98615)           /* 1700-01-01 */
#define DAY_MAX      INT64_C(102628)           /* 2250-12-31 */
#define FRACTION_ONE INT64_C(1000000000000000) /* of a day: 1e-15, 0.1 ns */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly so many digits. */
static bool take_digits(const char **at, unsigned digits, int64_t *value_out)
{
	int64_t value = 0;

	for (unsigned i = 0; i < digits; i++) {
		if (!is_digit(**at))
			return false;
		value = value * 10 + (*(*at)++ - '0');
	}
	*value_out = value;
	return true;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Digits behind a point as a number of `digits` digits; what comes after is cut. */
static bool take_fraction(const char **at, unsigned digits, int64_t *value_out)
{
	unsigned count = 0;
	int64_t value = 0;

	if (take(at, '.')) {
		if (!is_digit(**at))
			return false;
		for (; is_digit(**at); (*at)++) {
			if (count < digits) {
				value = value * 10 + (**at - '0');
				count++;
			}
		}
	}
	for (; count < digits; count++)
		value *= 10;
	*value_out = value;
	return true;
}

struct fields {
	int64_t year, month, day, hour, minute, second, fraction_ns, zone_s;
};

static bool take_zone(const char **at, struct fields *f)
{
	const bool is_west = **at == '-';
	int64_t hour, minute;

	if (**at == '\0' || take(at, 'Z') || take(at, 'z'))
		return true;
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!take_digits(at, 2, &hour) || !take(at, ':') || !take_digits(at, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	f->zone_s = (is_west ? -1 : 1) * (hour * 3600 + minute * 60);
	return true;
}

static bool take_time(const char **at, struct fields *f)
{
	if (!take(at, 'T') && !take(at, 't') && !take(at, ' '))
		return take_zone(at, f);
	return take_digits(at, 2, &f->hour) && take(at, ':') && take_digits(at, 2, &f->minute) &&
	       take(at, ':') && take_digits(at, 2, &f->second) &&
	       take_fraction(at, 9, &f->fraction_ns) && take_zone(at, f);
}

static bool is_in_range(const struct fields *f)
{
	return f->year >= YEAR_MIN && f->year <= YEAR_MAX && f->month >= 1 && f->month <= 12 &&
	       f->day >= 1 && f->day <= civil_month_days((int32_t)f->year, (unsigned)f->month) &&
	       f->hour <= 23 && f->minute <= 59 && f->second <= 60;
}

int date_text_parse(const char *string, struct utc_label *label_out)
{
	struct fields f = { 0 };
	int64_t day, minute_s;

	if (!take_digits(&string, 4, &f.year) || !take(&string, '-') ||
	    !take_digits(&string, 2, &f.month) || !take(&string, '-') ||
	    !take_digits(&string, 2, &f.day) || !take_time(&string, &f) || *string)
		return -EINVAL;
	if (!is_in_range(&f))
		return -ERANGE;
	day = civil_days((struct civil_date){
		.year = (int32_t)f.year, .month = (uint8_t)f.month, .day = (uint8_t)f.day });
	minute_s = f.hour * 3600 + f.minute * 60 - f.zone_s;
	if (minute_s < 0 || minute_s >= DAY_S) {
		day += minute_s < 0 ? -1 : 1;
		minute_s += minute_s < 0 ? DAY_S : -DAY_S;
	}
	if (f.second == 60 && minute_s != DAY_S - 60)
		return -ERANGE;
	label_out->day = day;
	label_out->of_day_ns = (minute_s + f.second) * NS_PER_S + f.fraction_ns;
	return 0;
}

static void add_digits(struct text *out, int64_t value, unsigned digits)
{
	char reversed[20];

	for (unsigned i = 0; i < digits; i++, value /= 10)
		reversed[i] = (char)('0' + value % 10);
	while (digits-- > 0)
		text_char(out, reversed[digits]);
}

void date_text_format(struct text *out, struct utc_label label, unsigned decimals)
{
	const struct civil_date date = civil_date_of(label.day);
	const int64_t second = label.of_day_ns / NS_PER_S;
	const bool is_leap = second >= DAY_S;
	const int64_t in_day = is_leap ? DAY_S - 1 : second;
	int64_t fraction = label.of_day_ns % NS_PER_S;

	add_digits(out, date.year, 4);
	text_char(out, '-');
	add_digits(out, date.month, 2);
	text_char(out, '-');
	add_digits(out, date.day, 2);
	text_char(out, 'T');
	add_digits(out, in_day / 3600, 2);
	text_char(out, ':');
	add_digits(out, in_day / 60 % 60, 2);
	text_char(out, ':');
	add_digits(out, is_leap ? 60 : in_day % 60, 2);
	if (decimals == 0)
		return;
	for (unsigned i = decimals; i < 9; i++)
		fraction /= 10;
	text_char(out, '.');
	add_digits(out, fraction, decimals);
}

/* ---- Julian dates ---- */

struct days {
	int64_t day;      /* MJD */
	int64_t fraction; /* 0..FRACTION_ONE - 1 */
};

static struct days days_of(const struct leap_table *table, struct utc_label label)
{
	const int64_t length_s = tai_day_ns(table, label.day) / NS_PER_S;
	const int64_t whole = label.of_day_ns / length_s, rest = label.of_day_ns % length_s;

	return (struct days){ .day = label.day + MJD_1970,
		              .fraction = whole * 1000000 +
		                          (rest * 1000000 + length_s / 2) / length_s };
}

static int label_of(const struct leap_table *table, struct days days, struct utc_label *label_out)
{
	const int64_t day = days.day - MJD_1970;
	int64_t length_s;

	if (day < DAY_MIN || day > DAY_MAX)
		return -ERANGE;
	length_s = tai_day_ns(table, day) / NS_PER_S;
	label_out->day = day;
	label_out->of_day_ns = days.fraction / 1000000 * length_s +
	                       (days.fraction % 1000000 * length_s + 500000) / 1000000;
	if (label_out->of_day_ns >= length_s * NS_PER_S) /* rounded up to midnight */
		*label_out = (struct utc_label){ .day = day + 1 };
	return 0;
}

static int parse_days(const char *string, struct days *days_out)
{
	const bool is_negative = take(&string, '-');
	int64_t day = 0, fraction = 0;

	if (!is_digit(*string))
		return -EINVAL;
	for (; is_digit(*string); string++) {
		if (day > 10000000)
			return -ERANGE;
		day = day * 10 + (*string - '0');
	}
	if (!take_fraction(&string, 15, &fraction) || *string)
		return -EINVAL;
	days_out->day = is_negative ? -day - (fraction > 0) : day;
	days_out->fraction = is_negative && fraction > 0 ? FRACTION_ONE - fraction : fraction;
	return 0;
}

static void format_days(struct text *out, struct days days)
{
	text_s64(out, days.day);
	text_char(out, '.');
	add_digits(out, days.fraction, 15);
}

int date_text_parse_mjd(const char *string, const struct leap_table *table,
                        struct utc_label *label_out)
{
	struct days days;
	const int error = parse_days(string, &days);

	return error < 0 ? error : label_of(table, days, label_out);
}

void date_text_format_mjd(struct text *out, const struct leap_table *table, struct utc_label label)
{
	struct days days = days_of(table, label);

	if (days.day < 0 && days.fraction > 0) { /* -1.75 is -2 and a quarter */
		days.day++;
		days.fraction = FRACTION_ONE - days.fraction;
		if (days.day == 0)
			text_char(out, '-');
	}
	format_days(out, days);
}

int date_text_parse_jd(const char *string, const struct leap_table *table,
                       struct utc_label *label_out)
{
	struct days days;
	const int error = parse_days(string, &days);

	if (error < 0)
		return error;
	days.day -= 2400001;
	days.fraction += FRACTION_ONE / 2;
	days.day += days.fraction / FRACTION_ONE;
	days.fraction %= FRACTION_ONE;
	return label_of(table, days, label_out);
}

void date_text_format_jd(struct text *out, const struct leap_table *table, struct utc_label label)
{
	struct days days = days_of(table, label);

	days.fraction += FRACTION_ONE / 2;
	days.day += 2400000 + days.fraction / FRACTION_ONE;
	days.fraction %= FRACTION_ONE;
	format_days(out, days);
}

/* ---- seconds ---- */

int date_text_parse_seconds(const char *string, int64_t *ns_out)
{
	const bool is_negative = take(&string, '-');
	int64_t seconds = 0, fraction = 0;

	if (!is_digit(*string))
		return -EINVAL;
	for (; is_digit(*string); string++) {
		if (seconds > INT64_C(900000000))
			return -ERANGE;
		seconds = seconds * 10 + (*string - '0');
	}
	if (!take_fraction(&string, 9, &fraction) || *string)
		return -EINVAL;
	*ns_out = (is_negative ? -1 : 1) * (seconds * NS_PER_S + fraction);
	return 0;
}

void date_text_format_seconds(struct text *out, int64_t ns)
{
	if (ns < 0)
		text_char(out, '-');
	text_s64(out, ns < 0 ? -(ns / NS_PER_S) : ns / NS_PER_S);
	text_char(out, '.');
	add_digits(out, ns < 0 ? -(ns % NS_PER_S) : ns % NS_PER_S, 9);
}
