/* SPDX-License-Identifier: MIT */
#include "cli/scales.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "timescale/date_text.h"
#include "timescale/ntp_time.h"

#define DAY_NS      (INT64_C(86400) * NS_PER_S)
#define NTP_EPOCH_S INT64_C(2208988800)
#define ERA_S       (INT64_C(1) << 32)
#define SECONDS_MAX INT64_C(8800000000) /* 2248; not quite all that fits into nanoseconds */
#define PARTS_SIZE  64

static const char *const names[SCALE_COUNT] = { "utc", "tai", "unix", "gps",
	                                        "ptp", "ntp", "mjd",  "jd" };

const char *scale_name(enum scale scale)
{
	return names[scale];
}

enum scale scale_find(const char *name, size_t length)
{
	unsigned scale = 0;

	while (scale < SCALE_COUNT &&
	       (strlen(names[scale]) != length || strncmp(names[scale], name, length) != 0))
		scale++;
	return (enum scale)scale;
}

/* ---- reading ---- */

static int parse_utc(const char *string, const struct leap_table *table, struct tai_time *tai_out)
{
	struct utc_label label;
	const int error = date_text_parse(string, &label);

	if (error < 0)
		return error;
	if (label.of_day_ns >= tai_day_ns(table, label.day))
		return -EDOM;
	*tai_out = tai_of_label(table, label);
	return 0;
}

/* A date on TAI's own calendar, or seconds. */
static int parse_tai(const char *string, struct tai_time *tai_out)
{
	struct utc_label label;
	int error = date_text_parse_seconds(string, &tai_out->ns);

	if (error != -EINVAL)
		return error;
	error = date_text_parse(string, &label);
	if (error == 0 && label.of_day_ns >= DAY_NS)
		error = -EDOM;
	if (error == 0)
		tai_out->ns = label.day * DAY_NS + label.of_day_ns;
	return error;
}

static int parse_unix(const char *string, const struct leap_table *table, struct tai_time *tai_out)
{
	struct utc_time utc;
	const int error = date_text_parse_seconds(string, &utc.ns);

	if (error == 0)
		*tai_out = tai_of_utc(table, utc);
	return error;
}

/* "whole:seconds": *ns_out = whole * unit_s + seconds - epoch_s, which is within the range of its
 * type where the sum without epoch_s need not be. -ENOENT: there is no colon. */
static int parse_pair(const char *string, int64_t most, int64_t unit_s, int64_t epoch_s,
                      int64_t *ns_out)
{
	const char *colon = strchr(string, ':');
	char first[PARTS_SIZE];
	int64_t whole, rest_ns, second;

	if (!colon)
		return -ENOENT;
	if ((size_t)(colon - string) >= sizeof first)
		return -EINVAL;
	memcpy(first, string, (size_t)(colon - string));
	first[colon - string] = '\0';
	if (text_parse_s64(first, -most, most, &whole) < 0 ||
	    date_text_parse_seconds(colon + 1, &rest_ns) < 0)
		return -EINVAL;
	if (rest_ns < 0 || rest_ns >= unit_s * NS_PER_S)
		return -ERANGE;
	second = whole * unit_s - epoch_s;
	if (second < -SECONDS_MAX || second + rest_ns / NS_PER_S > SECONDS_MAX)
		return -ERANGE;
	*ns_out = second * NS_PER_S + rest_ns;
	return 0;
}

static int parse_gps(const char *string, struct tai_time *tai_out)
{
	int64_t gps_ns;
	int error = parse_pair(string, 14000, 604800, 0, &gps_ns);

	if (error == -ENOENT)
		error = date_text_parse_seconds(string, &gps_ns);
	if (error == 0 && gps_ns > SECONDS_MAX * NS_PER_S)
		error = -ERANGE;
	if (error == 0)
		*tai_out = tai_of_gps(gps_ns);
	return error;
}

static int parse_ntp64(const char *string, uint64_t *ntp64_out)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(string) != 16 || strspn(string, digits) != 16)
		return -EINVAL;
	*ntp64_out = 0;
	for (; *string; string++)
		*ntp64_out = *ntp64_out << 4 | (uint64_t)(strchr(digits, *string) - digits);
	return 0;
}

static int parse_ntp(const char *string, const struct leap_table *table, struct tai_time *tai_out)
{
	uint64_t ntp64;
	struct utc_time utc;
	int error;

	if (parse_ntp64(string, &ntp64) == 0) {
		utc = ntp_time_decode(ntp64, (struct utc_time){ time(NULL) * NS_PER_S });
	} else {
		error = parse_pair(string, 2, ERA_S, NTP_EPOCH_S, &utc.ns);
		if (error == -ENOENT) {
			error = date_text_parse_seconds(string, &utc.ns);
			if (error == 0 && utc.ns < INT64_MIN + NTP_EPOCH_S * NS_PER_S)
				error = -ERANGE;
			utc.ns -= error == 0 ? NTP_EPOCH_S * NS_PER_S : 0;
		}
		if (error < 0)
			return error;
	}
	*tai_out = tai_of_utc(table, utc);
	return 0;
}

static int parse_as(const char *string, enum scale scale, const struct leap_table *table,
                    struct tai_time *tai_out)
{
	struct utc_label label;
	int error;

	switch (scale) {
	case SCALE_UTC:
		return parse_utc(string, table, tai_out);
	case SCALE_TAI:
		return parse_tai(string, tai_out);
	case SCALE_UNIX:
		return parse_unix(string, table, tai_out);
	case SCALE_GPS:
		return parse_gps(string, tai_out);
	case SCALE_PTP:
		return date_text_parse_seconds(string, &tai_out->ns);
	case SCALE_NTP:
		return parse_ntp(string, table, tai_out);
	case SCALE_MJD:
	case SCALE_JD:
		error = scale == SCALE_MJD ? date_text_parse_mjd(string, table, &label)
		                           : date_text_parse_jd(string, table, &label);
		if (error == 0)
			*tai_out = tai_of_label(table, label);
		return error;
	case SCALE_COUNT:
		break;
	}
	return -EINVAL;
}

int scale_parse(const char *string, enum scale scale, const struct leap_table *table,
                struct tai_time *tai_out, const char **why_out)
{
	const char *colon = strchr(string, ':');
	const enum scale prefix =
		colon ? scale_find(string, (size_t)(colon - string)) : SCALE_COUNT;
	int error;

	if (prefix != SCALE_COUNT) {
		scale = prefix;
		string = colon + 1;
	}
	if (scale == SCALE_COUNT)
		scale = strlen(string) > 4 && string[4] == '-' ? SCALE_UTC : SCALE_UNIX;
	error = parse_as(string, scale, table, tai_out);
	if (error == -EINVAL)
		*why_out = "is no such time; see 'timeball convert --help'";
	if (error == -ERANGE)
		*why_out = "is out of range: no such day or second, or not between 1700 and 2250";
	if (error == -EDOM)
		*why_out = "did not happen: there was no such second on that day";
	return error == -EDOM ? -ERANGE : error;
}

/* ---- writing ---- */

static int64_t floor_division(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* Since epoch_s before the zero of `ns`; the sum need not fit into nanoseconds. */
static void format_pair(struct text *out, int64_t ns, int64_t unit_s, int64_t epoch_s)
{
	const int64_t second = floor_division(ns, NS_PER_S);
	const int64_t whole = floor_division(second + epoch_s, unit_s);

	text_s64(out, whole);
	text_char(out, ':');
	date_text_format_seconds(out, (second + epoch_s - whole * unit_s) * NS_PER_S +
	                                      (ns - second * NS_PER_S));
}

void scale_format(struct text *out, enum scale scale, const struct leap_table *table,
                  struct tai_time tai)
{
	const struct utc_label label = tai_label(table, tai);
	const struct utc_time utc = tai_utc(table, tai, NULL);
	const int64_t day = floor_division(tai.ns, DAY_NS);

	switch (scale) {
	case SCALE_UTC:
		date_text_format(out, label, 9);
		text_char(out, 'Z');
		break;
	case SCALE_TAI:
		date_text_format(
			out, (struct utc_label){ .day = day, .of_day_ns = tai.ns - day * DAY_NS },
			9);
		break;
	case SCALE_UNIX:
		date_text_format_seconds(out, utc.ns);
		break;
	case SCALE_GPS:
		format_pair(out, tai_gps_ns(tai), 604800, 0);
		break;
	case SCALE_PTP:
		date_text_format_seconds(out, tai.ns);
		break;
	case SCALE_NTP:
		format_pair(out, utc.ns, ERA_S, NTP_EPOCH_S);
		break;
	case SCALE_MJD:
		date_text_format_mjd(out, table, label);
		break;
	case SCALE_JD:
		date_text_format_jd(out, table, label);
		break;
	case SCALE_COUNT:
		break;
	}
}
