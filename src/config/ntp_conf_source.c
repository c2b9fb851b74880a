/* SPDX-License-Identifier: MIT */
#include "config/ntp_conf_source.h"

#include <string.h>
#include <strings.h>

#define UNIT_MAX       255
#define GPSD_PPS_UNITS 128 /* from there on units of the GPSD driver are pulses */
#define LOCAL_STRATUM  "5" /* of the undisciplined local clock, if nothing is said */
#define ADDRESS_BEGINS "127.127."
#define ADDRESS_BEGUN  (sizeof ADDRESS_BEGINS - 1)

enum clock_type { TYPE_LOCAL = 1, TYPE_NMEA = 20, TYPE_PPS = 22, TYPE_SHM = 28, TYPE_GPSD = 46 };

static const struct {
	const char *name;
	unsigned type;
} clock_names[] = { { "local", TYPE_LOCAL },
	            { "nmea", TYPE_NMEA },
	            { "pps", TYPE_PPS },
	            { "shm", TYPE_SHM },
	            { "gpsd", TYPE_GPSD } };

/* A number of digits only, up to the end or a point. */
static bool take_number(const char **at, unsigned *value_out)
{
	const char *start = *at;
	unsigned value = 0;

	for (; **at >= '0' && **at <= '9' && value <= UNIT_MAX; ++*at)
		value = 10 * value + (unsigned)(**at - '0');
	*value_out = value;
	return *at > start && value <= UNIT_MAX;
}

bool ntp_conf_source_clock(const char *address, unsigned *type_out, unsigned *unit_out)
{
	const char *at = address + ADDRESS_BEGUN;

	return strncmp(address, ADDRESS_BEGINS, ADDRESS_BEGUN) == 0 && take_number(&at, type_out) &&
	       *at++ == '.' && take_number(&at, unit_out) && *at == '\0';
}

/* ---- servers ---- */

static const char *const same_flags[] = { "burst",  "iburst", "prefer", "noselect",
	                                  "xleave", "nts",    NULL };
static const char *const same_values[] = { "key", "minpoll", "maxpoll", "version", NULL };
/* of options that have no equal, these take a value */
static const char *const other_values[] = { "ttl",  "mode", "ident",   "aead",    "ca",
	                                    "cert", "ask",  "require", "subtype", NULL };

static void leave_out(struct text *left, const char *word, const char *value)
{
	text_add(left, left->length_bytes > 0 ? ", " : "");
	text_add(left, word);
	if (value) {
		text_char(left, ' ');
		text_add(left, value);
	}
}

/* From words[at] on; what has no equal goes into `left`. */
static void convert_options(const struct ntp_conf_words *words, size_t at, struct text *out,
                            struct text *left)
{
	while (at < words->count) {
		const char *word = words->words[at++];
		const char *value = words->words[at] ? words->words[at] : "";

		if (ntp_conf_words_is(word, same_flags)) {
			text_char(out, ' ');
			text_add(out, word);
		} else if (strcasecmp(word, "true") == 0) {
			text_add(out, " trust");
		} else if (ntp_conf_words_is(word, same_values)) {
			ntp_conf_words_add(out, word, value);
			at++;
		} else if (strcasecmp(word, "bias") == 0) {
			ntp_conf_words_add(out, "offset", value);
			at++;
		} else if (ntp_conf_words_is(word, other_values)) {
			leave_out(left, word, value);
			at++;
		} else {
			leave_out(left, word, NULL);
		}
	}
}

/* The line is written behind what was left out of it. */
static void finish(struct text *out, const struct text *line, const struct text *left)
{
	if (left->length_bytes > 0) {
		text_add(out, "# left out of the next line: ");
		text_add(out, left->bytes);
		text_char(out, '\n');
	}
	text_add(out, line->bytes);
	text_char(out, '\n');
}

static void convert_server(const struct ntp_conf_words *words, size_t at, const char *family,
                           struct text *out)
{
	char line_bytes[NTP_CONF_LINE_MAX + 512], left_bytes[NTP_CONF_LINE_MAX + 512];
	struct text line = text_into(line_bytes, sizeof line_bytes);
	struct text left = text_into(left_bytes, sizeof left_bytes);
	const char *host = words->words[at];
	size_t length = strlen(host);

	if (host[0] == '[' && host[length - 1] == ']') { /* an IPv6 address as ntpsec writes it */
		host++;
		length -= 2;
	}
	text_add(&line, words->words[0]);
	text_char(&line, ' ');
	text_add_bytes(&line, host, length);
	text_add(&line, family);
	convert_options(words, at + 1, &line, &left);
	finish(out, &line, &left);
}

/* ---- reference clocks ---- */

/* A reference clock with all that was said of it. */
struct clock {
	unsigned type, unit;
	const struct ntp_conf_words *line; /* its options stand from `at` on */
	size_t at;
	const struct ntp_conf_words *fudge; /* NULL = none */
};

static const char *value_of(const struct clock *clock, const char *name)
{
	const char *value = clock->fudge ? ntp_conf_words_value(clock->fudge, 2, name) : NULL;

	return value ? value : ntp_conf_words_value(clock->line, clock->at, name);
}

static bool is_set(const struct clock *clock, const char *flag)
{
	const char *value = value_of(clock, flag);

	return value && strcmp(value, "1") == 0;
}

static bool has_word(const struct clock *clock, const char *word)
{
	return ntp_conf_words_find(clock->line, clock->at, word) < clock->line->count;
}

static void add_value(const struct clock *clock, const char *theirs, const char *ours,
                      struct text *out)
{
	const char *value = value_of(clock, theirs);

	if (value)
		ntp_conf_words_add(out, ours, value);
}

static void add_common(const struct clock *clock, const char *refid, const char *offset,
                       struct text *out)
{
	const char *own = value_of(clock, "refid");

	ntp_conf_words_add(out, "refid", own ? own : refid);
	add_value(clock, offset, "offset", out);
	add_value(clock, "stratum", "stratum", out);
	add_value(clock, "minpoll", "poll", out);
	text_add(out, has_word(clock, "prefer") ? " prefer" : "");
	text_add(out, has_word(clock, "noselect") ? " noselect" : "");
	text_add(out, has_word(clock, "true") ? " trust" : "");
	text_char(out, '\n');
}

/* The path that was given, or the usual one of the unit. */
static void add_path(const struct clock *clock, const char *option, const char *usual,
                     struct text *out)
{
	const char *path = value_of(clock, option);

	text_add(out, path ? path : usual);
	if (!path)
		text_u64(out, clock->unit);
}

static const char *nmea_baud(const struct clock *clock)
{
	static const char *const by_mode[] = { "4800",  "9600",   "19200", "38400",
		                               "57600", "115200", NULL,    NULL };
	const char *baud = value_of(clock, "baud"), *mode = value_of(clock, "mode");
	uint64_t bits = 0;

	if (baud)
		return baud;
	return !mode || text_parse_u64(mode, 0x1ffff, &bits) == 0 ? by_mode[bits >> 4 & 7] : NULL;
}

static void convert_nmea(const struct clock *clock, struct text *out)
{
	const char *baud = nmea_baud(clock);
	const char *refid = value_of(clock, "refid");

	text_add(out, "refclock NMEA ");
	add_path(clock, "path", "/dev/gps", out);
	if (baud) {
		text_add(out, ":baud=");
		text_add(out, baud);
	}
	add_common(clock, "GPS", "time2", out);
	if (!is_set(clock, "flag1"))
		return;
	text_add(out, "refclock PPS ");
	add_path(clock, "ppspath", "/dev/gpspps", out);
	text_add(out, is_set(clock, "flag2") ? ":clear" : "");
	ntp_conf_words_add(out, "lock", refid ? refid : "GPS");
	add_value(clock, "time1", "offset", out);
	text_char(out, '\n');
}

static void convert_pps(const struct clock *clock, struct text *out)
{
	text_add(out, "# pulses need another source that numbers their seconds\nrefclock PPS ");
	add_path(clock, "ppspath", "/dev/pps", out);
	text_add(out, is_set(clock, "flag2") ? ":clear" : "");
	add_common(clock, "PPS", "time1", out);
}

static void convert_shm(const struct clock *clock, unsigned unit, const char *refid,
                        struct text *out)
{
	text_add(out, "refclock SHM ");
	text_u64(out, unit);
	add_common(clock, refid, "time1", out);
}

static void convert_gpsd(const struct clock *clock, struct text *out)
{
	const bool is_pps = clock->unit >= GPSD_PPS_UNITS;
	const unsigned device = is_pps ? clock->unit - GPSD_PPS_UNITS : clock->unit;

	text_add(out, "# gpsd gives its time in shared memory as well\n");
	convert_shm(clock, 2 * device + is_pps, is_pps ? "PPS" : "GPSD", out);
}

static void convert_local(const struct clock *clock, struct text *out)
{
	const char *stratum = value_of(clock, "stratum");

	text_add(out, "local stratum ");
	text_add(out, stratum ? stratum : LOCAL_STRATUM);
	text_char(out, '\n');
}

static void convert_clock(const struct ntp_conf *conf, struct clock *clock, struct text *out)
{
	for (size_t i = 0; i < conf->clocks_count; i++) {
		if (conf->clocks[i].type == clock->type && conf->clocks[i].unit == clock->unit)
			clock->fudge = &conf->clocks[i].fudge;
	}
	switch (clock->type) {
	case TYPE_LOCAL:
		convert_local(clock, out);
		break;
	case TYPE_NMEA:
		convert_nmea(clock, out);
		break;
	case TYPE_PPS:
		convert_pps(clock, out);
		break;
	case TYPE_SHM:
		convert_shm(clock, clock->unit, "SHM", out);
		break;
	case TYPE_GPSD:
		convert_gpsd(clock, out);
		break;
	default:
		ntp_conf_words_refuse(
			&conf->words,
			"there is no driver for this clock; a program that reads it may "
			"feed refclock SOCK or SHM",
			out);
	}
}

void ntp_conf_source_convert(const struct ntp_conf *conf, struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;
	struct clock clock = { .line = words };
	const char *family = "";
	size_t at = 1;

	for (; at < words->count && words->words[at][0] == '-'; at++)
		family = strchr(words->words[at], '6') ? " ipv6" : " ipv4";
	if (at >= words->count) {
		ntp_conf_words_refuse(words, "it names no host", out);
		return;
	}
	clock.at = at + 1;
	if (ntp_conf_source_clock(words->words[at], &clock.type, &clock.unit))
		convert_clock(conf, &clock, out);
	else
		convert_server(words, at, family, out);
}

void ntp_conf_source_convert_refclock(const struct ntp_conf *conf, struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;
	struct clock clock = { .line = words, .at = 2 };
	const char *unit = ntp_conf_words_value(words, 2, "unit");

	for (size_t i = 0; words->count > 1 && i < ARRAY_COUNT(clock_names); i++) {
		if (strcasecmp(words->words[1], clock_names[i].name) == 0)
			clock.type = clock_names[i].type;
	}
	if (unit && (!take_number(&unit, &clock.unit) || *unit))
		ntp_conf_words_refuse(words, "its unit is no number", out);
	else
		convert_clock(conf, &clock, out);
}
