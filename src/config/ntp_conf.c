/* SPDX-License-Identifier: MIT */
#include "config/ntp_conf.h"

#include <string.h>
#include <strings.h>

#include "config/ntp_conf_restrict.h"
#include "config/ntp_conf_source.h"

#define DRIFTFILE "/var/lib/timeball/drift"

void ntp_conf_init(struct ntp_conf *conf)
{
	memset(conf, 0, sizeof *conf);
}

static bool is_word(const struct ntp_conf_words *words, const char *word)
{
	return words->count > 0 && strcasecmp(words->words[0], word) == 0;
}

/* ---- first pass ---- */

static void note_fudge(struct ntp_conf *conf)
{
	struct ntp_conf_clock *clock = conf->clocks;
	unsigned type, unit;

	if (conf->words.count < 2 || !ntp_conf_source_clock(conf->words.words[1], &type, &unit))
		return;
	while (clock < conf->clocks + conf->clocks_count &&
	       (clock->type != type || clock->unit != unit))
		clock++;
	if (clock == conf->clocks + NTP_CONF_CLOCKS_MAX)
		return;
	if (clock == conf->clocks + conf->clocks_count)
		conf->clocks_count++;
	clock->type = type;
	clock->unit = unit;
	/* again, because words point into themselves */
	ntp_conf_words_split(&clock->fudge, conf->words.line, strlen(conf->words.line));
}

void ntp_conf_note(struct ntp_conf *conf, const char *line, size_t length_bytes)
{
	struct ntp_conf_words *words = &conf->words;
	const char *value;

	ntp_conf_words_split(words, line, length_bytes);
	if (is_word(words, "fudge"))
		note_fudge(conf);
	else if (is_word(words, "restrict"))
		conf->has_default_restrict |= ntp_conf_restrict_is_default(words);
	else if (is_word(words, "tinker"))
		conf->has_step |= ntp_conf_words_find(words, 1, "step") < words->count;
	else if (is_word(words, "discard") &&
	         (value = ntp_conf_words_value(words, 1, "average")) != NULL &&
	         strlen(value) < sizeof conf->discard_average)
		memcpy(conf->discard_average, value, strlen(value) + 1);
}

/* ---- second pass ---- */

/* Words that come in pairs, each of which may have an equal of its own. */
struct pair {
	const char *theirs;
	const char *before, *after; /* what stands about the value; NULL = no equal */
	const char *why;            /* that it has none */
};

static const struct pair tinker_pairs[] = {
	{ "panic", "maxchange ", " 1 0", NULL },
	{ "step", "makestep ", " -1", NULL },
	{ "stepout", NULL, NULL, "a step is decided by makestep alone" },
	{ "stepback", NULL, NULL, "makestep has one threshold for both directions" },
	{ "stepfwd", NULL, NULL, "makestep has one threshold for both directions" },
	{ "freq", NULL, NULL, "the rate stands in the driftfile" },
	{ .theirs = NULL },
};

static const struct pair tos_pairs[] = {
	{ "minsane", "minsources ", "", NULL },
	{ "maxdist", "maxdistance ", "", NULL },
	{ "floor", "minstratum ", "", NULL },
	{ "orphan", "local stratum ", " orphan", NULL },
	{ "maxclock", NULL, NULL, "each pool line has maxsources of its own" },
	{ "minclock", NULL, NULL, "all that agree are combined; see combinelimit" },
	{ "mindist", NULL, NULL, "intervals are what was measured" },
	{ .theirs = NULL },
};

/* tos ceiling N refuses stratum N as well. */
static bool convert_ceiling(const char *value, struct text *out)
{
	uint64_t ceiling;

	if (text_parse_u64(value, 16, &ceiling) != 0 || ceiling == 0)
		return false;
	text_add(out, "maxstratum ");
	text_u64(out, ceiling - 1);
	text_char(out, '\n');
	return true;
}

static void refuse_pair(const struct ntp_conf_words *words, size_t at, const char *why,
                        struct text *out)
{
	text_add(out, "# no equal: ");
	text_add(out, words->words[0]);
	ntp_conf_words_add(out, words->words[at], words->words[at + 1] ? words->words[at + 1] : "");
	text_add(out, " (");
	text_add(out, why);
	text_add(out, ")\n");
}

static void convert_pairs(const struct ntp_conf_words *words, const struct pair *pairs,
                          struct text *out)
{
	for (size_t at = 1; at < words->count; at += 2) {
		const char *word = words->words[at], *value = words->words[at + 1];
		const struct pair *pair = pairs;

		while (pair->theirs && strcasecmp(pair->theirs, word) != 0)
			pair++;
		if (pairs == tos_pairs && value && strcasecmp(word, "ceiling") == 0 &&
		    convert_ceiling(value, out))
			continue;
		if (!value || !pair->before) {
			refuse_pair(words, at, pair->why ? pair->why : "there is nothing like it",
			            out);
		} else if (pairs == tinker_pairs && strcmp(value, "0") == 0) {
			refuse_pair(words, at, "nothing has to be said for that", out);
		} else {
			text_add(out, pair->before);
			text_add(out, value);
			text_add(out, pair->after);
			text_char(out, '\n');
		}
	}
}

static void convert_tinker(struct ntp_conf *conf, struct text *out)
{
	convert_pairs(&conf->words, tinker_pairs, out);
}

static void convert_tos(struct ntp_conf *conf, struct text *out)
{
	convert_pairs(&conf->words, tos_pairs, out);
}

static void convert_driftfile(struct ntp_conf *conf, struct text *out)
{
	text_add(out, "# ntpd's ");
	text_add(out, conf->words.words[1]);
	text_add(out, " has another format and sign; the rate is learnt anew\ndriftfile " DRIFTFILE
	              "\n");
}

static void convert_keys(struct ntp_conf *conf, struct text *out)
{
	text_add(out, "# its lines need MD5 instead of M, and HEX: before keys in hexadecimal\n"
	              "keyfile ");
	text_add(out, conf->words.words[1]);
	text_char(out, '\n');
}

static void convert_statistics(struct ntp_conf *conf, struct text *out)
{
	static const struct {
		const char *theirs, *ours;
	} rows[] = { { "loopstats", " tracking" },
		     { "peerstats", " measurements statistics" },
		     { "rawstats", " rawmeasurements" },
		     { "clockstats", " refclocks" } };
	const struct ntp_conf_words *words = &conf->words;
	char bytes[256];
	struct text list = text_into(bytes, sizeof bytes);

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (ntp_conf_words_find(words, 1, rows[i].theirs) < words->count)
			text_add(&list, rows[i].ours);
	}
	if (list.length_bytes == 0) {
		ntp_conf_words_refuse(words, "timeball server and timeball clients report it", out);
		return;
	}
	text_add(out, "log");
	text_add(out, bytes);
	text_char(out, '\n');
}

static void convert_switches(struct ntp_conf *conf, struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;
	const bool is_enable = is_word(words, "enable");

	for (size_t at = 1; at < words->count; at++) {
		const char *word = words->words[at];

		if (!is_enable && strcasecmp(word, "monitor") == 0) {
			text_add(out, "noclientlog\n");
			continue;
		}
		text_add(out, "# no equal: ");
		text_add(out, words->words[0]);
		text_char(out, ' ');
		text_add(out, word);
		text_add(out,
		         strcasecmp(word, "ntp") == 0 && !is_enable ? " (start timeballd with -x)\n"
		         : strcasecmp(word, "auth") == 0
		                 ? " (a source with a key is never believed without it)\n"
		         : strcasecmp(word, "calibrate") == 0 ? " (refclock has 'offset auto')\n"
		                                              : " (there is nothing to switch)\n");
	}
}

static void convert_interface(struct ntp_conf *conf, struct text *out)
{
	static const char *const everything[] = { "all", "ipv4", "ipv6", "wildcard", NULL };
	const struct ntp_conf_words *words = &conf->words;
	const char *where = words->words[2];

	if (!where || strcasecmp(words->words[1], "listen") != 0 ||
	    ntp_conf_words_is(where, everything)) {
		ntp_conf_words_refuse(words, "bindaddress names where to listen, else it is all",
		                      out);
		return;
	}
	text_add(out, strchr(where, '.') || strchr(where, ':') ? "bindaddress " : "binddevice ");
	text_add(out, where);
	text_char(out, '\n');
}

static void convert_mru(struct ntp_conf *conf, struct text *out)
{
	const char *memory = ntp_conf_words_value(&conf->words, 1, "maxmem");
	uint64_t kib;

	if (!memory || text_parse_u64(memory, 1000000, &kib) != 0) {
		ntp_conf_words_refuse(&conf->words, "clientloglimit has bytes only", out);
		return;
	}
	text_add(out, "clientloglimit ");
	text_u64(out, kib * 1024);
	text_char(out, '\n');
}

static void convert_nts(struct ntp_conf *conf, struct text *out)
{
	static const struct {
		const char *theirs, *ours;
	} rows[] = { { "cert", "ntsservercert " },
		     { "key", "ntsserverkey " },
		     { "ca", "ntstrustedcerts " } };
	bool has_any = false;

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *path = ntp_conf_words_value(&conf->words, 1, rows[i].theirs);

		if (!path)
			continue;
		text_add(out, rows[i].ours);
		text_add(out, path);
		text_char(out, '\n');
		has_any = true;
	}
	if (!has_any)
		ntp_conf_words_refuse(&conf->words, "a certificate and a key are enough", out);
}

static void convert_rlimit(struct ntp_conf *conf, struct text *out)
{
	const char *locked = ntp_conf_words_value(&conf->words, 1, "memlock");

	if (locked && locked[0] != '-' && strcmp(locked, "0") != 0)
		text_add(out, "lock_all\n");
	else
		ntp_conf_words_refuse(&conf->words, "the service manager sets limits", out);
}

/* ---- the list ---- */

struct conversion {
	const char *theirs;
	const char *ours; /* the first argument follows it; NULL = see the rest */
	void (*convert)(struct ntp_conf *conf, struct text *out);
	const char *why;        /* it has no equal */
	size_t arguments_count; /* at least */
};

static void convert_source(struct ntp_conf *conf, struct text *out)
{
	ntp_conf_source_convert(conf, out);
}

static void convert_refclock(struct ntp_conf *conf, struct text *out)
{
	ntp_conf_source_convert_refclock(conf, out);
}

static void convert_fudge(struct ntp_conf *conf, struct text *out)
{
	text_add(out, "# in the line of its clock: ");
	text_add(out, conf->words.line + strspn(conf->words.line, " \t"));
	text_char(out, '\n');
}

static const struct conversion conversions[] = {
	{ "server", .convert = convert_source, .arguments_count = 1 },
	{ "pool", .convert = convert_source, .arguments_count = 1 },
	{ "peer", .convert = convert_source, .arguments_count = 1 },
	{ "refclock", .convert = convert_refclock, .arguments_count = 1 },
	{ "fudge", .convert = convert_fudge, .arguments_count = 1 },
	{ "restrict", .convert = ntp_conf_restrict_convert, .arguments_count = 1 },
	{ "driftfile", .convert = convert_driftfile, .arguments_count = 1 },
	{ "keys", .convert = convert_keys, .arguments_count = 1 },
	{ "leapfile", .ours = "leapseclist ", .arguments_count = 1 },
	{ "statsdir", .ours = "logdir ", .arguments_count = 1 },
	{ "dscp", .ours = "dscp ", .arguments_count = 1 },
	{ "broadcast", .ours = "broadcast 64 ", .arguments_count = 1 },
	{ "statistics", .convert = convert_statistics, .arguments_count = 1 },
	{ "tinker", .convert = convert_tinker, .arguments_count = 1 },
	{ "tos", .convert = convert_tos, .arguments_count = 1 },
	{ "enable", .convert = convert_switches, .arguments_count = 1 },
	{ "disable", .convert = convert_switches, .arguments_count = 1 },
	{ "interface", .convert = convert_interface, .arguments_count = 1 },
	{ "nic", .convert = convert_interface, .arguments_count = 1 },
	{ "mru", .convert = convert_mru, .arguments_count = 1 },
	{ "nts", .convert = convert_nts, .arguments_count = 1 },
	{ "rlimit", .convert = convert_rlimit, .arguments_count = 1 },
	{ "trustedkey",
	  .why = "every key of the keyfile may be used, by the sources that name it" },
	{ "requestkey", .why = "commands need the Unix socket, not a key" },
	{ "controlkey", .why = "commands need the Unix socket, not a key" },
	{ "discard", .why = "its average is ratelimit's interval, where limited says so" },
	{ "filegen", .why = "logrotate renames the files, and 'timeball reload' begins new ones" },
	{ "logfile", .why = "start timeballd with -l" },
	{ "logconfig", .why = "start timeballd with -L" },
	{ "pidfile", .why = "timeballd has its own" },
	{ "leapsmearinterval", .why = "see smoothtime with leaponly, and leapsecmode slew" },
	{ "crypto", .why = "Autokey is broken; use keys or nts" },
	{ "autokey", .why = "Autokey is broken; use keys or nts" },
	{ "broadcastclient", .why = "broadcasts can be forged: name the server" },
	{ "multicastclient", .why = "broadcasts can be forged: name the server" },
	{ "manycastclient", .why = "use pool" },
	{ "manycastserver", .why = "use allow" },
	{ "trap", .why = "timeball --json reports the same" },
	{ "phone", .why = "there are no telephone drivers" },
};

static void convert_words(struct ntp_conf *conf, struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;
	const struct conversion *row = conversions;

	while (row < conversions + ARRAY_COUNT(conversions) && !is_word(words, row->theirs))
		row++;
	if (row == conversions + ARRAY_COUNT(conversions)) {
		ntp_conf_words_refuse(words, "there is nothing like it", out);
	} else if (words->count <= row->arguments_count) {
		ntp_conf_words_refuse(words, "it says nothing", out);
	} else if (row->why) {
		ntp_conf_words_refuse(words, row->why, out);
	} else if (row->ours) {
		text_add(out, row->ours);
		text_add(out, words->words[1]);
		text_char(out, '\n');
	} else {
		row->convert(conf, out);
	}
}

void ntp_conf_convert(struct ntp_conf *conf, const char *line, size_t length_bytes,
                      struct text *out)
{
	const struct ntp_conf_words *words = &conf->words;

	ntp_conf_words_split(&conf->words, line, length_bytes);
	if (words->comment[0] != '\0' || words->count == 0) {
		text_add(out, words->comment);
		text_char(out, '\n');
	}
	if (words->count > 0)
		convert_words(conf, out);
}

void ntp_conf_end(struct ntp_conf *conf, struct text *out)
{
	if (!conf->has_default_restrict)
		text_add(
			out,
			"# ntpd answers everybody where no restrict default stands; take it out if this "
			"host is only a client\nallow\n");
	if (!conf->has_step)
		text_add(out,
		         "# ntpd steps by itself above 128 ms; here only the first updates may\n"
		         "makestep 1 3\n");
	text_add(out, "# as ntpd has the kernel do\nrtcsync\n");
}

bool ntp_conf_include(const char *line, size_t length_bytes, char path_out[NTP_CONF_LINE_MAX + 1])
{
	struct ntp_conf_words words;

	ntp_conf_words_split(&words, line, length_bytes);
	if (!is_word(&words, "includefile") || words.count < 2)
		return false;
	memcpy(path_out, words.words[1], strlen(words.words[1]) + 1);
	return true;
}
