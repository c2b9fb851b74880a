/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_directives.h"

#include <string.h>
#include <strings.h>

#include "daemon/daemon_config.h"
#include "node/access_options.h"

#define AT(member_) CONFIG_AT(struct daemon_config, member_)

static const struct config_option log_table[] = {
	{ .name = "measurements", AT(log.measurements), .text = "Each good measurement." },
	{ .name = "rawmeasurements",
	  AT(log.rawmeasurements),
	  .text = "Each measurement, also those that failed tests." },
	{ .name = "statistics",
	  AT(log.statistics),
	  .text = "Each source's estimate when it is updated." },
	{ .name = "tracking", AT(log.tracking), .text = "Each update of the clock." },
	{ .name = "selection",
	  AT(log.selection),
	  .text = "Each source's state at each selection." },
	{ .name = "refclocks",
	  AT(log.refclocks),
	  .text = "Each sample of a reference clock, and each measurement made of them." },
	{ .name = "rtc",
	  AT(log.rtc),
	  .text = "Each measurement of the real-time clock (rtcfile)." },
	{ .name = "tempcomp",
	  AT(log.tempcomp),
	  .text = "Each reading of the temperature sensor (tempcomp)." },
	{ .name = NULL },
};

static const struct config_option cmdratelimit_table[] = {
	{ .name = "interval",
	  AT(cmdratelimit.interval_log2_s),
	  .unit = "log2 s",
	  .minimum = -19,
	  .maximum = 12,
	  .normal = -4,
	  .text = "Average time between the requests of one host, as a power of two. Raised, fewer are answered." },
	{ .name = "burst",
	  AT(cmdratelimit.burst),
	  .minimum = 1,
	  .maximum = 255,
	  .normal = 8,
	  .text = "Requests that are answered at once. Lowered, reports of several requests suffer." },
	{ .name = "leak",
	  AT(cmdratelimit.leak_log2),
	  .minimum = 1,
	  .maximum = 4,
	  .normal = 2,
	  .text = "One of 2 to this power of the requests to be dropped is answered all the same, by chance." },
	{ .name = NULL },
};

static const struct config_option driftfile_table[] = {
	{ .name = "interval",
	  AT(node.discipline.driftfile_interval_s),
	  .unit = "s",
	  .maximum = UINT32_MAX,
	  .minimum = 0,
	  .normal = DRIFTFILE_INTERVAL_S,
	  .text = "Time between writes; 0 = only at exit. Raised, the disk rests; lowered, less is lost in a crash." },
	{ .name = NULL },
};

static const struct config_option virtualclock_table[] = {
	{ .name = "offset",
	  AT(virtualclock.offset_s),
	  .unit = "s",
	  .text = "How far it is ahead of the truth at first; negative = behind." },
	{ .name = "freq",
	  AT(virtualclock.frequency_ppm),
	  .unit = "ppm",
	  .minimum = -1e5,
	  .maximum = 1e5,
	  .text = "How fast its oscillator gains; negative = it loses." },
	{ .name = "wander",
	  AT(virtualclock.wander),
	  .unit = "s/s per sqrt(s)",
	  .maximum = 1,
	  .text = "Random walk of that rate. Raised, the oscillator is worse." },
	{ .name = "seed", AT(virtualclock.seed), .text = "Another seed, another walk." },
	{ .name = "epoch",
	  AT(virtualclock.epoch_s),
	  .unit = "s",
	  .maximum = 1e10,
	  .normal = -1,
	  .normal_note = "the system clock is the truth",
	  .text = "UTC since 1970 when CLOCK_MONOTONIC_RAW read zero: the truth that several daemons share." },
	{ .name = NULL },
};

static void parse_cmdallow(struct config_cursor *cursor, void *daemon_config)
{
	access_options_parse(cursor, &((struct daemon_config *)daemon_config)->cmdaccess, true);
}

static void parse_cmddeny(struct config_cursor *cursor, void *daemon_config)
{
	access_options_parse(cursor, &((struct daemon_config *)daemon_config)->cmdaccess, false);
}

static void fail_bindcmdaddress(struct config_cursor *cursor, const char *why)
{
	struct text out = config_cursor_fail(cursor);

	text_add(&out, "bindcmdaddress ");
	text_add(&out, why);
}

static void parse_bindcmdaddress(struct config_cursor *cursor, void *daemon_config)
{
	struct daemon_config *config = daemon_config;
	const char *word = config_cursor_next(cursor);
	struct address address;

	if (!word) {
		fail_bindcmdaddress(cursor, "needs an address or the path of a socket");
	} else if (*word == '/' && strlen(word) >= sizeof config->bindcmdpath) {
		fail_bindcmdaddress(cursor, "takes a path of at most 107 bytes");
	} else if (*word == '/') {
		memcpy(config->bindcmdpath, word, strlen(word) + 1);
	} else if (address_parse(word, &address) < 0) {
		fail_bindcmdaddress(cursor,
		                    "must be an IPv4 or IPv6 address or a path that begins with /");
	} else if (config->bindcmdaddresses_count == DAEMON_ADDRESSES_MAX) {
		fail_bindcmdaddress(cursor, "may stand 16 times at most");
	} else {
		config->bindcmdaddresses[config->bindcmdaddresses_count++] = address;
	}
	if (!cursor->is_failed)
		config_cursor_expect_end(cursor);
}

/* chronyc's commands (first words) that could be asked for. */
static const char *const commands[] = {
	"accheck",       "activity",   "add",
	"allow",         "authdata",   "burst",
	"clients",       "cmdaccheck", "cmdallow",
	"cmddeny",       "cyclelogs",  "delete",
	"deny",          "dfreq",      "doffset",
	"dump",          "local",      "makestep",
	"manual",        "maxdelay",   "maxdelaydevratio",
	"maxdelayratio", "maxpoll",    "maxupdateskew",
	"minpoll",       "minstratum", "ntpdata",
	"offline",       "offset",     "online",
	"onoffline",     "polltarget", "refresh",
	"rekey",         "reload",     "reselect",
	"reselectdist",  "reset",      "rtcdata",
	"selectdata",    "selectopts", "serverstats",
	"settime",       "shutdown",   "smoothing",
	"smoothtime",    "sourcename", "sources",
	"sourcestats",   "tracking",   "trimrtc",
	"writertc",      NULL,
};

static void parse_opencommands(struct config_cursor *cursor, void *daemon_config)
{
	struct daemon_config *config = daemon_config;
	struct text list = text_into(config->opencommands, sizeof config->opencommands);

	config->has_opencommands = true;
	while (config_cursor_next(cursor)) {
		const char *const *known = commands;

		while (*known && strcasecmp(*known, cursor->word) != 0)
			known++;
		if (!*known) {
			struct text out = config_cursor_fail(cursor);

			text_add(&out, "opencommands takes names of commands, and knows no ");
			config_cursor_quote(&out, cursor->word);
			continue;
		}
		if (list.length_bytes > 0)
			text_char(&list, ' ');
		text_add(&list, *known);
	}
}

static void finish_controlsocket(struct config_cursor *cursor, void *daemon_config)
{
	const struct daemon_config *config = daemon_config;

	if (config->controlsocket[0] != '/') {
		struct text out = config_cursor_fail(cursor);

		text_add(&out, "controlsocket must be a path that begins with /");
	}
}

static void finish_ntpsigndsocket(struct config_cursor *cursor, void *daemon_config)
{
	struct daemon_config *config = daemon_config;

	(void)cursor;
	config->node.has_signer = true;
}

static const struct config_option tempcomp_head[] = {
	{ .name = "file", CONFIG_AT(struct tempcomp_options, file) },
	{ .name = "interval",
	  CONFIG_AT(struct tempcomp_options, interval_s),
	  .unit = "s",
	  .minimum = 1e-3,
	  .maximum = 1e6 },
	{ .name = NULL },
};

static const struct config_option tempcomp_parabola[] = {
	{ .name = "T0", CONFIG_AT(struct tempcomp_options, law.t0) },
	{ .name = "k0", CONFIG_AT(struct tempcomp_options, law.k0) },
	{ .name = "k1", CONFIG_AT(struct tempcomp_options, law.k1) },
	{ .name = "k2", CONFIG_AT(struct tempcomp_options, law.k2) },
	{ .name = NULL },
};

static const struct config_option tempcomp_table[] = {
	{ .name = "points", CONFIG_AT(struct tempcomp_options, points) },
	{ .name = NULL },
};

/* FILE INTERVAL T0 K0 K1 K2, or FILE INTERVAL POINTS: what the third word is tells which. */
static void parse_tempcomp(struct config_cursor *cursor, void *daemon_config)
{
	struct tempcomp_options *options = &((struct daemon_config *)daemon_config)->tempcomp;
	struct config_cursor ahead = *cursor;
	const struct config_option *rest = tempcomp_parabola;

	for (int i = 0; i < 3; i++)
		config_cursor_next(&ahead);
	if (!config_cursor_has_next(&ahead))
		rest = tempcomp_table;
	memset(options, 0, sizeof *options);
	for (const struct config_option *row = tempcomp_head; row->name; row++)
		config_option_parse(row, true, cursor, options);
	for (const struct config_option *row = rest; row->name && !cursor->is_failed; row++)
		config_option_parse(row, true, cursor, options);
	if (!cursor->is_failed)
		config_cursor_expect_end(cursor);
}

/* Where directories and patterns stand, daemon_lines has been at work before. */
static void parse_nothing(struct config_cursor *cursor, void *daemon_config)
{
	(void)cursor;
	(void)daemon_config;
}

const struct config_directive daemon_directives[] = {
	{ .name = "include",
	  .is_live = true,
	  .parse = parse_nothing,
	  .usage = "<pattern>",
	  .text = "Reads the files that match the shell pattern, at this place, at most 10 deep." },
	{ .name = "confdir",
	  .is_live = true,
	  .parse = parse_nothing,
	  .usage = "<directory>...",
	  .text = "Reads *.conf of up to 10 directories, sorted by name; a name in an earlier directory hides "
	          "the same name in later ones." },
	{ .name = "sourcedir",
	  .is_live = true,
	  .parse = parse_nothing,
	  .usage = "<directory>...",
	  .text = "Reads *.sources in the same way: server, pool and peer lines only. A wrong line is left out "
	          "with a warning, and so is a last line without an end." },
	{ .name = "dhcpleases",
	  .is_live = true,
	  .parse = parse_nothing,
	  .usage = "[directory]",
	  .text = "Uses the servers of DHCP leases as systemd-networkd keeps them, each as if server ADDRESS iburst "
	          "were written, and reads them again when they change. Servers that DHCP named, here or in "
	          "files of a sourcedir below /run, are trusted less: others, if there are any, get the option "
	          "trust. Default: /run/systemd/netif/leases. Not in chrony." },
	{ .name = "port",
	  CONFIG_ARGUMENTS({ .name = "port", AT(port), .maximum = 65535, .normal = 123 }),
	  .text = "UDP port of the NTP server. 0 never opens it." },
	{ .name = "bindaddress",
	  CONFIG_ARGUMENTS(
		  { .name = "address", .type = CONFIG_ADDRESS, .size = sizeof(struct address) }),
	  CONFIG_REPEATED(struct daemon_config, bindaddresses, bindaddresses_count),
	  .text = "Local address of the NTP server; each line adds one. Default: all addresses." },
	{ .name = "acquisitionport",
	  CONFIG_ARGUMENTS({ .name = "port",
	                     AT(acquisitionport),
	                     .maximum = 65535,
	                     .normal = -1,
	                     .normal_note = "a fresh random port for each request" }),
	  .text = "Local UDP port of all requests; 0 = one that the system chooses at start. Set, replies are "
	          "easier to forge." },
	{ .name = "bindacqaddress",
	  CONFIG_ARGUMENTS(
		  { .name = "address", .type = CONFIG_ADDRESS, .size = sizeof(struct address) }),
	  CONFIG_REPEATED(struct daemon_config, bindacqaddresses, bindacqaddresses_count),
	  .text = "Local address of all requests of its family; of several the last counts. Default: what the "
	          "system chooses." },
	{ .name = "bindacqdevice",
	  CONFIG_ARGUMENTS({ .name = "interface", AT(bindacqdevice) }),
	  .text = "Requests leave by this interface, or in this VRF, only." },
	{ .name = "binddevice",
	  CONFIG_ARGUMENTS({ .name = "interface", AT(binddevice) }),
	  .text = "The NTP server is there on this interface, or in this VRF, only." },
	{ .name = "dscp",
	  CONFIG_ARGUMENTS({ .name = "point", AT(dscp), .maximum = 63 }),
	  .text = "Differentiated services code point of NTP packets: networks may treat them better (46) or worse." },
	{ .name = "hwtimestamp",
	  .arguments = hw_options_arguments,
	  .options = hw_options_table,
	  .finish = hw_options_finish,
	  CONFIG_REPEATED(struct daemon_config, hwtimestamps, hwtimestamps_count),
	  .text = "Has the network card stamp NTP packets by its own clock, which runs free and is compared with ours. "
	          "To be used on both sides, and with xleave." },
	{ .name = "maxtxbuffers",
	  CONFIG_ARGUMENTS({ .name = "messages", AT(maxtxbuffers), .maximum = 1048576 }),
	  .text = "Accepted, and without effect: transmit stamps are matched by number here in any case, no packet comes "
	          "back for it, and the last 64 answers of each socket are remembered." },
	{ .name = "hwtstimeout",
	  CONFIG_ARGUMENTS({ .name = "time",
	                     AT(hwtstimeout_s),
	                     .unit = "s",
	                     .maximum = 0.1,
	                     .normal = 0.001 }),
	  .text = "How long a reply is held back that comes before the card told when its request left. Raised, "
	          "cards may be slower; everything else waits as long." },
	{ .name = "ntpqallow",
	  .is_live = true,
	  CONFIG_PRESENCE(struct daemon_config, ntpqallow),
	  .text = "Answers ntpq (mode 6, reading only) on the NTP port, to this host alone: ntpq asks in 12 bytes "
	          "for hundreds, so that no other host may be answered. Not in chrony." },
	{ .name = "controlsocket",
	  CONFIG_ARGUMENTS({ .name = "path",
	                     AT(controlsocket),
	                     .normal_text = DAEMON_CONTROL_SOCKET_DEFAULT }),
	  .finish = finish_controlsocket,
	  .text = "Unix socket that timeball asks for reports." },
	{ .name = "cmdport",
	  CONFIG_ARGUMENTS({ .name = "port", AT(cmdport), .maximum = 65535, .normal = 323 }),
	  .text = "UDP port for chronyc. 0 closes it." },
	{ .name = "bindcmdaddress",
	  .parse = parse_bindcmdaddress,
	  .usage = "<address|path>",
	  .text = "Local address, or Unix socket, for chronyc; each address line adds one, the last path counts, / "
	          "is no socket. Who can reach the socket may command. Default: 127.0.0.1 and ::1, and "
	          "/run/chrony/chronyd.sock." },
	{ .name = "bindcmddevice",
	  CONFIG_ARGUMENTS({ .name = "interface", AT(bindcmddevice) }),
	  .text = "chronyc is answered over UDP on this interface only." },
	{ .name = "cmdallow",
	  .is_live = true,
	  .parse = parse_cmdallow,
	  .usage = "[all] [address|network]",
	  .text = "Like allow, for chronyc over UDP. Default: only this host." },
	{ .name = "cmddeny",
	  .is_live = true,
	  .parse = parse_cmddeny,
	  .usage = "[all] [address|network]",
	  .text = "The opposite of cmdallow." },
	{ .name = "cmdratelimit",
	  .is_live = true,
	  .options = cmdratelimit_table,
	  CONFIG_PRESENCE(struct daemon_config, cmdratelimit.is_on),
	  .text = "Limits how often another host may ask over UDP. Never applies to this host." },
	{ .name = "opencommands",
	  .is_live = true,
	  .parse = parse_opencommands,
	  .usage = "[command]...",
	  .text = "Reports that chronyc may ask for over UDP; without a name, none. Commands that change something "
	          "need the Unix socket. Default: activity manual rtcdata smoothing sourcename sources "
	          "sourcestats tracking." },
	{ .name = "driftfile",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "path", AT(driftfile) }),
	  .options = driftfile_table,
	  .text = "Keeps the clock's rate over restarts, in chrony's format." },
	{ .name = "keyfile",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "path", AT(keyfile) }),
	  .text = "Symmetric keys, one a line: id, type, key. Nobody else should be able to read it." },
	{ .name = "ntpsigndsocket",
	  CONFIG_ARGUMENTS({ .name = "directory", AT(ntpsigndsocket) }),
	  .finish = finish_ntpsigndsocket,
	  .text = "Directory of the socket that Samba signs answers on, for Windows computers of its domain (MS-SNTP); "
	          "often /var/lib/samba/ntp_signd, which the daemon's user must be able to enter." },
	{ .name = "rtcfile",
	  CONFIG_ARGUMENTS({ .name = "path", AT(rtcfile) }),
	  .text = "Measures how far the real-time clock is ahead and how fast it gains, and keeps it here, in "
	          "chrony's format; -s corrects the time by it. Not together with rtcsync." },
	{ .name = "rtcdevice",
	  CONFIG_ARGUMENTS({ .name = "path", AT(rtcdevice), .normal_note = "/dev/rtc" }),
	  .text = "The real-time clock." },
	{ .name = "rtconutc",
	  CONFIG_PRESENCE(struct daemon_config, rtconutc),
	  .text = "It keeps UTC, not local time." },
	{ .name = "hwclockfile",
	  CONFIG_ARGUMENTS({ .name = "path", AT(hwclockfile), .normal_text = "/etc/adjtime" }),
	  .text = "hwclock's file, whose third line says UTC or LOCAL; what it says overrides rtconutc." },
	{ .name = "log",
	  .is_live = true,
	  .options = log_table,
	  .adds_up = true,
	  .text = "Which log files are written in logdir. Several lines add up." },
	{ .name = "logdir",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "directory", AT(logdir) }),
	  .text = "Where log files are written." },
	{ .name = "tempcomp",
	  .parse = parse_tempcomp,
	  .usage = "<file> <interval> <T0> <k0> <k1> <k2> | <file> <interval> <points>",
	  .text = "Reads a temperature from the file each so many seconds, and speeds the clock up by what it loses at "
	          "it, in ppm: k0 + (T - T0) k1 + (T - T0)^2 k2, or from a table of points, a temperature and ppm on "
	          "each line. More than 10 ppm is not believed." },
	{ .name = "mailonchange",
	  CONFIG_ARGUMENTS(
		  { .name = "address", AT(mailonchange_address) },
		  { .name = "threshold", AT(mailonchange_s), .unit = "s", .maximum = INFINITY }),
	  .text = "Sends a mail to this address, by the machine's sendmail, when the clock is corrected by more than "
	          "this. Lowered, there are more mails." },
	{ .name = "logbanner",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "lines", AT(logbanner_lines), .maximum = INFINITY, .normal = 32 }),
	  .text = "A heading stands above every so many lines of a log file; 0 = never." },
	{ .name = "dumpdir",
	  CONFIG_ARGUMENTS({ .name = "directory", AT(dumpdir) }),
	  .text = "Where the measurements of sources are kept over a restart: written at the end and by `dump`, read "
	          "and removed at a start with -r." },
	{ .name = "leapsectz",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "zone", AT(leapsectz) }),
	  .text = "Time zone with leap seconds, normally right/UTC, which tells when they are and what TAI is." },
	{ .name = "leapseclist",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "path", AT(leapseclist) }),
	  .text = "leap-seconds.list of IERS or NIST, which tells the same; its hash is checked. Of several tables the "
	          "one that knows most is used, and none that contradicts history." },
	{ .name = "pidfile",
	  CONFIG_ARGUMENTS({ .name = "path", AT(pidfile) }),
	  .text = "File that holds the process number; / = none." },
	{ .name = "user",
	  CONFIG_ARGUMENTS({ .name = "name", AT(user) }),
	  .text = "Account to run as after the start." },
	{ .name = "lock_all",
	  CONFIG_PRESENCE(struct daemon_config, lock_all),
	  .text = "Keeps the program in memory, so that it never waits for the disk." },
	{ .name = "sched_priority",
	  CONFIG_ARGUMENTS(
		  { .name = "priority", AT(sched_priority), .maximum = 99, .is_clamped = true }),
	  .text = "Real-time priority (SCHED_FIFO); 0 = ordinary. Raised, time stamps suffer less from a busy machine." },
	{ .name = "virtualclock",
	  .options = virtualclock_table,
	  CONFIG_PRESENCE(struct daemon_config, virtualclock.is_on),
	  .text = "Keeps a private clock instead of the system's, one that is wrong as told here. Needs no "
	          "privilege and changes nothing: for trying things out." },
	{ .name = NULL },
};

const struct config_known daemon_directives_known[] = {
	{ .name = "maxntsconnections" },
	{ .name = "nocerttimecheck" },
	{ .name = "nosystemcert" },
	{ .name = "ntsaeads" },
	{ .name = "ntscachedir" },
	{ .name = "ntsdumpdir" },
	{ .name = "ntsntpserver" },
	{ .name = "ntsport" },
	{ .name = "ntsprocesses" },
	{ .name = "ntsratelimit" },
	{ .name = "ntsrefresh" },
	{ .name = "ntsrotate" },
	{ .name = "ntsservercert" },
	{ .name = "ntsserverkey" },
	{ .name = "ntstrustedcerts" },
	{ .name = "ptpdomain" },
	{ .name = "ptpport" },
	{ .name = "commandkey", .is_obsolete = true },
	{ .name = "dumponexit", .is_obsolete = true },
	{ .name = "generatecommandkey", .is_obsolete = true },
	{ .name = "linux_freq_scale", .is_obsolete = true },
	{ .name = "linux_hz", .is_obsolete = true },
	{ .name = NULL },
};
