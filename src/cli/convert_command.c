/* cli/convert_command: `timeball convert`: a moment on all the time scales there are.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/attributes.h"
#include "cli/command.h"
#include "cli/scales.h"
#include "os/leap_files.h"
#include "timescale/date_text.h"

#define LINE_SIZE     256
#define MOMENTS_MAX   64
#define UTC_BEGIN_S   INT64_C(63072000) /* 1972 */
#define DUT1_NS_LIMIT INT64_C(1000000000)

struct convert {
	struct leap_files files;
	enum scale from, to; /* SCALE_COUNT: guess, all */
	const char *zone, *list;
	const char *moments[MOMENTS_MAX];
	size_t moments_count;
	bool has_dut1;
	int64_t dut1_ns; /* UT1 - UTC */
};

static void help(FILE *to)
{
	fputs("usage: timeball convert [--from SCALE] [--to SCALE] [--at] TIME... | -\n"
	      "  SCALE: utc tai unix gps ptp ntp mjd jd. Without --to all of them are shown.\n"
	      "  TIME: 2016-12-31T23:59:60Z, 1483228800, now, or with its scale before it:\n"
	      "        tai:2017-01-01T00:00:37 unix:0 gps:1930:18 gps:1167264018 ptp:1483228837\n"
	      "        ntp:0:3692217600 ntp:dc12c50000000000 mjd:57754 jd:2457754.5\n"
	      "        - reads one a line from standard input.\n"
	      "  --dut1 S         UT1 - UTC in seconds, from IERS Bulletin D: shows UT1, too\n"
	      "  --leapsectz ZONE, --leapseclist FILE   where leap seconds are known from\n",
	      to);
}

static int usage(const char *complaint, const char *word)
{
	fprintf(stderr, "timeball convert: %s%s\n", complaint, word);
	help(stderr);
	return COMMAND_USAGE;
}

static bool take_scale(const char *word, enum scale *scale)
{
	*scale = scale_find(word, strlen(word));
	return *scale != SCALE_COUNT;
}

static int add_moment(struct convert *convert, const char *word)
{
	if (convert->moments_count == MOMENTS_MAX)
		return usage("at most 64 times; more come from standard input, ", "-");
	convert->moments[convert->moments_count++] = word;
	return COMMAND_OK;
}

static int take_option(struct convert *convert, const char *option, const char *value)
{
	if (strcmp(option, "--from") == 0 || strcmp(option, "--to") == 0)
		return take_scale(value, option[2] == 'f' ? &convert->from : &convert->to)
		               ? COMMAND_OK
		               : usage("unknown scale ", value);
	if (strcmp(option, "--at") == 0)
		return add_moment(convert, value);
	if (strcmp(option, "--leapsectz") == 0) {
		convert->zone = value;
		return COMMAND_OK;
	}
	if (strcmp(option, "--leapseclist") == 0) {
		convert->list = value;
		return COMMAND_OK;
	}
	if (strcmp(option, "--dut1") == 0) {
		convert->has_dut1 = true;
		return date_text_parse_seconds(value, &convert->dut1_ns) == 0 &&
		                       convert->dut1_ns < DUT1_NS_LIMIT &&
		                       convert->dut1_ns > -DUT1_NS_LIMIT
		               ? COMMAND_OK
		               : usage("--dut1 must be seconds between -1 and 1, not ", value);
	}
	return usage("unknown option ", option);
}

static int parse_arguments(int argc, char **argv, struct convert *convert)
{
	int outcome = COMMAND_OK;

	for (int i = 1; i < argc && outcome == COMMAND_OK; i++) {
		if (strncmp(argv[i], "--", 2) != 0)
			outcome = add_moment(convert, argv[i]);
		else if (i + 1 == argc)
			outcome = usage("a value is missing behind ", argv[i]);
		else {
			outcome = take_option(convert, argv[i], argv[i + 1]);
			i++;
		}
	}
	return outcome;
}

static struct utc_time real_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct utc_time){ now.tv_sec * NS_PER_S + now.tv_nsec };
}

static void show_line(const char *name, const char *value, const char *note)
{
	printf("%-5s %s%s%s\n", name, value, *note ? "   " : "", note);
}

static void show_scale(const struct convert *convert, enum scale scale, struct tai_time tai)
{
	static const char *const notes[SCALE_COUNT] = {
		[SCALE_UNIX] = "seconds since 1970, leap seconds not counted",
		[SCALE_GPS] = "week:seconds since 1980-01-06",
		[SCALE_PTP] = "seconds since 1970 TAI",
		[SCALE_NTP] = "era:seconds since 1900",
		[SCALE_MJD] = "days since 1858-11-17",
		[SCALE_JD] = "days since noon 4713 BC",
	};
	char value[LINE_SIZE];
	struct text out = text_into(value, sizeof value);
	bool is_leap;

	scale_format(&out, scale, &convert->files.table, tai);
	(void)tai_utc(&convert->files.table, tai, &is_leap);
	if (is_leap && (scale == SCALE_UNIX || scale == SCALE_NTP))
		show_line(scale_name(scale), value,
		          "the second 60 has no number of its own: the next one's");
	else
		show_line(scale_name(scale), value, notes[scale] ? notes[scale] : "");
}

static void show_all(const struct convert *convert, struct tai_time tai)
{
	const struct leap_table *table = &convert->files.table;
	const struct utc_time utc = tai_utc(table, tai, NULL);
	const struct utc_label label = tai_label(table, tai);
	char value[LINE_SIZE];
	struct text out = text_into(value, sizeof value);

	for (unsigned scale = 0; scale < SCALE_COUNT; scale++)
		show_scale(convert, (enum scale)scale, tai);
	if (convert->has_dut1) { /* UT1 has no leap seconds, and days of 86400 s */
		const int64_t ut1_ns =
			label.day * 86400 * NS_PER_S + label.of_day_ns + convert->dut1_ns;
		const int64_t day = ut1_ns / (86400 * NS_PER_S) - (ut1_ns % (86400 * NS_PER_S) < 0);

		date_text_format(&out,
		                 (struct utc_label){ .day = day,
		                                     .of_day_ns = ut1_ns - day * 86400 * NS_PER_S },
		                 9);
		show_line("ut1", value, "by the given DUT1");
	}
	printf("TAI - UTC %lld s, from %s",
	       (long long)((tai.ns - label.day * 86400 * NS_PER_S - label.of_day_ns) / NS_PER_S),
	       leap_origin_name(table->origin));
	if (utc.ns / NS_PER_S < UTC_BEGIN_S)
		fputs(" (before 1972 taken to be 10 s, which it was not)", stdout);
	else if (table->expires_s != 0 && utc.ns / NS_PER_S >= table->expires_s)
		fputs(" (later than the table is good for: leap seconds may come)", stdout);
	putchar('\n');
}

/* line: of standard input; 0 = it was an argument. */
static int convert_one(const struct convert *convert, const char *word, unsigned line)
{
	const struct leap_table *table = &convert->files.table;
	const char *why = "";
	struct tai_time tai = { 0 };
	char value[LINE_SIZE];
	struct text out = text_into(value, sizeof value);

	if (strcmp(word, "now") == 0) {
		tai = tai_of_utc(table, real_now());
	} else if (scale_parse(word, convert->from, table, &tai, &why) < 0) {
		fputs("timeball convert: ", stderr);
		if (line > 0)
			fprintf(stderr, "standard input, line %u: ", line);
		fprintf(stderr, "'%s' %s\n", word, why);
		return COMMAND_USAGE;
	}
	if (convert->to == SCALE_COUNT) {
		show_all(convert, tai);
	} else {
		scale_format(&out, convert->to, table, tai);
		puts(value);
	}
	return COMMAND_OK;
}

/* A wrong line is complained about and leaves an empty line, so that lines go on to match. */
static int convert_stream(const struct convert *convert)
{
	char line[LINE_SIZE];
	int outcome = COMMAND_OK;
	unsigned number = 0;

	while (fgets(line, sizeof line, stdin)) {
		const size_t length = strcspn(line, "\r\n");

		number++;
		if (line[length] == '\0' && length == sizeof line - 1) {
			fprintf(stderr,
			        "timeball convert: standard input, line %u: it is too long\n",
			        number);
			return COMMAND_USAGE;
		}
		line[length] = '\0';
		if (convert_one(convert, line, number) != COMMAND_OK) {
			putchar('\n');
			outcome = COMMAND_USAGE;
		}
	}
	return outcome;
}

static void complain_of(const struct leap_file *file, bool is_asked_for)
{
	if (!file->name || !is_asked_for)
		return;
	if (file->problem[0] != '\0')
		fprintf(stderr, "timeball convert: %s: %s\n", file->name, file->problem);
	if (file->is_loaded && file->verdict != LEAP_CANDIDATE_CHOSEN)
		fprintf(stderr, "timeball convert: %s: %s\n", file->name,
		        leap_candidate_text(file->verdict));
}

static int run(int argc, char **argv)
{
	struct convert convert = { .from = SCALE_COUNT, .to = SCALE_COUNT };
	bool is_asked_for = true;
	int outcome = COMMAND_OK;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help(stdout), COMMAND_OK;
	outcome = parse_arguments(argc, argv, &convert);
	if (outcome != COMMAND_OK)
		return outcome;
	if (!convert.zone && !convert.list) {
		convert.zone = LEAP_FILES_ZONE;
		convert.list = LEAP_FILES_LIST;
		is_asked_for = false;
	}
	leap_files_load(convert.zone, convert.list, &convert.files);
	complain_of(&convert.files.zone, is_asked_for);
	complain_of(&convert.files.list, is_asked_for);
	if (convert.moments_count == 0)
		(void)add_moment(&convert, "now");
	for (size_t i = 0; i < convert.moments_count; i++) {
		const int one = strcmp(convert.moments[i], "-") == 0
		                        ? convert_stream(&convert)
		                        : convert_one(&convert, convert.moments[i], 0);

		if (one != COMMAND_OK)
			outcome = one;
	}
	return outcome;
}

const struct command command_convert = {
	.name = "convert",
	.arguments = "[--from SCALE] [--to SCALE] [TIME... | -]",
	.summary = "a moment as utc, tai, unix, gps, ptp, ntp, mjd and jd, through leap seconds",
	.run = run,
};
