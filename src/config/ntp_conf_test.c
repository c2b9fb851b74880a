/* SPDX-License-Identifier: MIT */
#include "config/ntp_conf.h"
#include "testing/check.h"

#include <stdlib.h>

static char made[4 * NTP_CONF_OUT_MAX];

/* What becomes of the lines, without what stands at the end of every result. */
static const char *import(const char *text)
{
	struct ntp_conf *conf = calloc(1, sizeof *conf);
	struct text out = text_into(made, sizeof made);

	CHECK(conf != NULL);
	ntp_conf_init(conf);
	for (int pass = 0; pass < 2; pass++) {
		for (const char *line = text; *line;) {
			const size_t length = strcspn(line, "\n");

			if (pass == 0)
				ntp_conf_note(conf, line, length);
			else
				ntp_conf_convert(conf, line, length, &out);
			line += length + (line[length] == '\n');
		}
	}
	free(conf);
	CHECK(!out.is_cut);
	return made;
}

static void check_import(const char *text, const char *wanted)
{
	CHECK_TEXT(import(text), wanted);
}

TEST(config_ntp_conf, takes_servers_with_what_they_have_in_common)
{
	check_import("server 192.0.2.1 iburst key 7 minpoll 4 maxpoll 6 prefer",
	             "server 192.0.2.1 iburst key 7 minpoll 4 maxpoll 6 prefer\n");
	check_import("pool -6 2.example.org true bias 0.5",
	             "pool 2.example.org ipv6 trust offset 0.5\n");
	check_import("server [2001:db8::1]", "server 2001:db8::1\n");
	check_import("server a.example autokey burst ttl 5",
	             "# left out of the next line: autokey, ttl 5\nserver a.example burst\n");
	check_import("server", "# no equal: server (it says nothing)\n");
	check_import("server -4", "# no equal: server -4 (it names no host)\n");
}

TEST(config_ntp_conf, keeps_comments_and_empty_lines)
{
	check_import("# a comment\n\nserver a # mine\n", "# a comment\n\n# mine\nserver a\n");
	check_import("keys \"/etc/a file#1\"",
	             "# its lines need MD5 instead of M, and HEX: before keys in hexadecimal\n"
	             "keyfile /etc/a file#1\n");
}

/* The configuration of the radio clock: time1 has the same sign in both. */
TEST(config_ntp_conf, makes_a_reference_clock_of_server_and_fudge)
{
	check_import("server 90.155.53.94\nserver 127.127.28.2\n"
	             "fudge 127.127.28.2 refid MSF time1 0.030\n",
	             "server 90.155.53.94\nrefclock SHM 2 refid MSF offset 0.030\n"
	             "# in the line of its clock: fudge 127.127.28.2 refid MSF time1 0.030\n");
	check_import("refclock shm unit 1 refid XY time1 0.1 minpoll 4 prefer",
	             "refclock SHM 1 refid XY offset 0.1 poll 4 prefer\n");
}

TEST(config_ntp_conf, knows_receivers_pulses_and_gpsd)
{
	check_import(
		"server 127.127.20.0 mode 17 minpoll 4\nfudge 127.127.20.0 flag1 1 time2 0.4 time1 1e-6",
		"refclock NMEA /dev/gps0:baud=9600 refid GPS offset 0.4 poll 4\n"
		"refclock PPS /dev/gpspps0 lock GPS offset 1e-6\n"
		"# in the line of its clock: fudge 127.127.20.0 flag1 1 time2 0.4 time1 1e-6\n");
	check_import(
		"refclock nmea path /dev/ttyS1 baud 115200 refid GNS flag1 1 flag2 1 ppspath /dev/pps3",
		"refclock NMEA /dev/ttyS1:baud=115200 refid GNS\n"
		"refclock PPS /dev/pps3:clear lock GNS\n");
	check_import("server 127.127.22.1",
	             "# pulses need another source that numbers their seconds\n"
	             "refclock PPS /dev/pps1 refid PPS\n");
	check_import("server 127.127.46.129",
	             "# gpsd gives its time in shared memory as well\nrefclock SHM 3 refid PPS\n");
	check_import(
		"server 127.127.1.0\nfudge 127.127.1.0 stratum 10",
		"local stratum 10\n# in the line of its clock: fudge 127.127.1.0 stratum 10\n");
	check_import(
		"server 127.127.18.1",
		"# no equal: server 127.127.18.1 (there is no driver for this clock; a program that "
		"reads it may feed refclock SOCK or SHM)\n");
}

TEST(config_ntp_conf, makes_rules_of_restrictions)
{
	check_import(
		"restrict default kod nomodify nopeer noquery limited\nrestrict 127.0.0.1\nrestrict ::1",
		"allow\nratelimit kod 2\n# ntpq, for this host alone\nntpqallow\n");
	check_import(
		"discard average 5\nrestrict -6 default limited",
		"# no equal: discard average 5 (its average is ratelimit's interval, where limited "
		"says so)\nallow ::/0\nratelimit interval 5\n");
	check_import(
		"restrict default ignore\nrestrict 192.0.2.0 mask 255.255.255.0 nomodify\n"
		"restrict 2001:db8:: mask ffff:ffff:: noserve\nrestrict 198.51.100.7\n",
		"# no equal: restrict default ignore (nobody is answered unless allow says so)\n"
		"allow 192.0.2.0/24\ndeny 2001:db8::/32\nallow 198.51.100.7\n");
	check_import(
		"restrict 192.0.2.0 mask 255.0.255.0",
		"# no equal: restrict 192.0.2.0 mask 255.0.255.0 (its mask is no prefix of ones)\n");
	check_import(
		"restrict source notrap",
		"# no equal: restrict source notrap (servers are answered like everybody else)\n");
}

TEST(config_ntp_conf, turns_knobs_one_by_one)
{
	check_import(
		"tinker panic 0 step 0.5 huffpuff 7200",
		"# no equal: tinker panic 0 (nothing has to be said for that)\nmakestep 0.5 -1\n"
		"# no equal: tinker huffpuff 7200 (there is nothing like it)\n");
	check_import("tos minclock 4 minsane 3 ceiling 10 orphan 8",
	             "# no equal: tos minclock 4 (all that agree are combined; see combinelimit)\n"
	             "minsources 3\nmaxstratum 9\nlocal stratum 8 orphan\n");
	check_import("disable monitor ntp",
	             "noclientlog\n# no equal: disable ntp (start timeballd with -x)\n");
	check_import("statistics loopstats peerstats clockstats\nstatsdir /var/log/ntp/",
	             "log tracking measurements statistics refclocks\nlogdir /var/log/ntp/\n");
	check_import(
		"interface listen 192.0.2.1\ninterface ignore wildcard\ninterface listen eth0",
		"bindaddress 192.0.2.1\n# no equal: interface ignore wildcard (bindaddress names "
		"where to listen, else it is all)\nbinddevice eth0\n");
	check_import("frobnicate 7", "# no equal: frobnicate 7 (there is nothing like it)\n");
}

TEST(config_ntp_conf, says_at_the_end_what_ntpd_does_unasked)
{
	struct ntp_conf *conf = calloc(1, sizeof *conf);
	struct text out = text_into(made, sizeof made);

	CHECK(conf != NULL);
	ntp_conf_init(conf);
	ntp_conf_end(conf, &out);
	CHECK(strstr(made, "\nallow\n") && strstr(made, "\nmakestep 1 3\n"));
	out = text_into(made, sizeof made);
	ntp_conf_note(conf, "restrict default ignore", 23);
	ntp_conf_note(conf, "tinker step 1", 13);
	ntp_conf_end(conf, &out);
	CHECK(!strstr(made, "allow") && !strstr(made, "makestep"));
	free(conf);
}

TEST(config_ntp_conf, finds_included_files)
{
	char path[NTP_CONF_LINE_MAX + 1];

	CHECK(ntp_conf_include("includefile \"/etc/a b\"", 22, path));
	CHECK_TEXT(path, "/etc/a b");
	CHECK(!ntp_conf_include("includefile", 11, path));
	CHECK(!ntp_conf_include("server includefile x", 20, path));
}
