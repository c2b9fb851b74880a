/* SPDX-License-Identifier: MIT */
#include "node/node_config.h"
#include "testing/check.h"

#include <errno.h>
#include <stdlib.h>

static struct node_config config;
static struct config_errors errors;

/* Parses up to eight lines, split at \n. */
static int parse(const char *text)
{
	static char copy[4096];
	struct config_line lines[8];
	size_t count = 0;

	CHECK(strlen(text) < sizeof copy);
	strcpy(copy, text);
	for (char *line = copy; line && count < ARRAY_COUNT(lines); count++) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		lines[count] = (struct config_line){ "f", (unsigned)count + 1, line, false };
		line = end ? end + 1 : NULL;
	}
	config_errors_init(&errors);
	return node_config_parse(lines, count, &config, &errors);
}

TEST(node_config, has_chronys_defaults)
{
	CHECK_EQ(parse("server a"), 0);
	CHECK_EQ(config.selection.minsources, 1);
	CHECK_NEAR(config.selection.maxdistance_s, 3, 0);
	CHECK_NEAR(config.selection.maxjitter_s, 1, 0);
	CHECK_NEAR(config.selection.combinelimit, 3, 0);
	CHECK_NEAR(config.selection.reselectdist_s, 1e-4, 0);
	CHECK_NEAR(config.selection.stratumweight_s, 1e-3, 0);
	CHECK_EQ(config.selection.maxstratum, 15);
	CHECK_EQ(config.local.stratum, 10);
	CHECK_NEAR(config.local.distance_s, 1, 0);
	CHECK_NEAR(config.local.waitunsynced_s, 0, 0);
	CHECK(!config.local.is_on);
	CHECK_EQ(config.leapsecmode, LEAPSECMODE_SYSTEM);
	CHECK_EQ(config.access.count, 0);
	CHECK_NEAR(config.discipline.makestep_threshold_s, 0, 0);
	CHECK_NEAR(config.discipline.maxslewrate_ppm, 83333.333, 0);
	CHECK_NEAR(config.discipline.corrtimeratio, 3, 0);
	CHECK_NEAR(config.discipline.maxupdateskew_ppm, 1000, 0);
	CHECK_NEAR(config.discipline.maxdrift_ppm, 1e5, 0);
	CHECK_NEAR(config.discipline.maxclockerror_ppm, 1, 0);
	CHECK_NEAR(config.discipline.logchange_s, 1, 0);
	CHECK_EQ(config.discipline.driftfile_interval_s, 3600);
	CHECK(!config.discipline.rtcsync);
	CHECK_EQ(config.sources[0].kind, SOURCE_SERVER);
	CHECK_EQ(config.sources[0].port, 123);
	CHECK_EQ(config.sources[0].version, 0);
	CHECK_EQ(config.sources[0].minpoll_log2_s, 6);
	CHECK_EQ(config.sources[0].maxpoll_log2_s, 10);
	CHECK_EQ(config.sources[0].maxsources, 4);
	CHECK_NEAR(config.sources[0].maxdelay_s, 3, 0);
	CHECK_EQ(config.sources[0].maxunreach_polls, 100000);
	CHECK_EQ(config.sources[0].family, ADDRESS_NONE);
	CHECK(!config.sources[0].iburst);
}

TEST(node_config, reads_every_source_option)
{
	const struct source_options *s = config.sources;

	CHECK_EQ(
		parse("Pool time.example iburst burst minpoll -2 maxpoll 3 port 1123 version 3 maxsources 16 "
	              "prefer noselect trust require offline auto_offline maxdelay 0.5 maxdelayratio 2.5 "
	              "offset -1e-3 minstratum 16 maxunreach 12 key 4294967295 nts ipv6"),
		0);
	CHECK_EQ(config.sources_count, 1);
	CHECK_EQ(s->kind, SOURCE_POOL);
	CHECK_TEXT(s->name, "time.example");
	CHECK(s->iburst && s->burst && s->prefer && s->noselect && s->trust && s->require &&
	      s->offline);
	CHECK(s->auto_offline && s->nts);
	CHECK_EQ(s->minpoll_log2_s, -2);
	CHECK_EQ(s->maxpoll_log2_s, 3);
	CHECK_EQ(s->port, 1123);
	CHECK_EQ(s->version, 3);
	CHECK_EQ(s->maxsources, 16);
	CHECK_NEAR(s->maxdelay_s, 0.5, 0);
	CHECK_NEAR(s->maxdelayratio, 2.5, 0);
	CHECK_NEAR(s->offset_s, -1e-3, 0);
	CHECK_EQ(s->minstratum, 16);
	CHECK_EQ(s->maxunreach_polls, 12);
	CHECK_EQ(s->key_id, UINT32_MAX);
	CHECK_EQ(s->family, ADDRESS_IPV6);
}

TEST(node_config, refuses_source_options_out_of_range)
{
	static const char *const bad[] = {
		"server a minpoll -8",    "server a minpoll 25",  "server a maxpoll -8",
		"server a maxpoll 25",    "server a port 0",      "server a port 65536",
		"server a version 0",     "server a version 5",   "server a maxsources 0",
		"server a maxsources 17", "server a maxdelay -1", "server a maxdelay 1001",
		"server a minstratum 17", "server a key 0",       "server a key 4294967296",
		"server a maxunreach -1", "server a offset x",    "server a maxdelayratio -1",
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_EQ(parse(bad[i]), -EINVAL);
		CHECK_EQ(errors.errors_count, 1);
	}
}

TEST(node_config, keeps_the_poll_limit_that_was_written)
{
	CHECK_EQ(parse("server a minpoll 12"), 0);
	CHECK_EQ(config.sources[0].minpoll_log2_s, 12);
	CHECK_EQ(config.sources[0].maxpoll_log2_s, 12);
	CHECK_EQ(parse("server a maxpoll 4"), 0);
	CHECK_EQ(config.sources[0].minpoll_log2_s, 4);
	CHECK_EQ(config.sources[0].maxpoll_log2_s, 4);
}

TEST(node_config, refuses_directives_out_of_range)
{
	static const char *const bad[] = {
		"makestep 1",       "makestep x 3",        "makestep 1 3.5",   "maxchange 1 1",
		"maxslewrate x",    "corrtimeratio 0",     "maxupdateskew -1", "maxclockerror -1",
		"logchange -1",     "clockprecision 2",    "rtcsync 1",        "local stratum 0",
		"local stratum 16", "local distance -1",   "local wait 1",     "leapsecmode leap",
		"minsources -1",    "minsources 1.5",      "maxdistance -1",   "maxjitter -1",
		"combinelimit -1",  "reselectdist -1",     "stratumweight -1", "minstratum 16",
		"maxstratum 16",    "authselectmode none", "driftfile /d",     "server",
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_EQ(parse(bad[i]), -EINVAL);
		CHECK_EQ(errors.errors_count, 1);
	}
}

TEST(node_config, reads_the_disciplines_directives)
{
	const struct discipline_options *d = &config.discipline;

	CHECK_EQ(parse("makestep 0.1 -1\nmaxchange 1000 1 2\nmaxslewrate 500\ncorrtimeratio 10\n"
	               "maxupdateskew 100.0\nmaxdrift 5e5\nmaxclockerror 2\nlogchange 0.005"),
	         0);
	CHECK_NEAR(d->makestep_threshold_s, 0.1, 0);
	CHECK_EQ(d->makestep_limit, -1);
	CHECK_NEAR(d->maxchange_offset_s, 1000, 0);
	CHECK_EQ(d->maxchange_start, 1);
	CHECK_EQ(d->maxchange_ignore, 2);
	CHECK_NEAR(d->maxslewrate_ppm, 500, 0);
	CHECK_NEAR(d->corrtimeratio, 10, 0);
	CHECK_NEAR(d->maxupdateskew_ppm, 100, 0);
	CHECK_NEAR(d->maxdrift_ppm, 1e5, 0); /* chrony's limit, with a warning */
	CHECK_EQ(errors.warnings_count, 1);
	CHECK_NEAR(d->maxclockerror_ppm, 2, 0);
	CHECK_NEAR(d->logchange_s, 0.005, 0);
	CHECK_EQ(parse("rtcsync\nclockprecision 1e-7"), 0);
	CHECK(d->rtcsync);
	CHECK_NEAR(d->clockprecision_s, 1e-7, 0);
}

TEST(node_config, reads_local_and_its_options)
{
	CHECK_EQ(parse("local stratum 5 orphan distance 0.1 activate 0.5 waitsynced 60"), 0);
	CHECK(config.local.is_on && config.local.is_orphan);
	CHECK_EQ(config.local.stratum, 5);
	CHECK_NEAR(config.local.distance_s, 0.1, 0);
	CHECK_NEAR(config.local.activate_s, 0.5, 0);
	CHECK_NEAR(config.local.waitsynced_s, 60, 0);
	CHECK_NEAR(config.local.waitunsynced_s, 300, 0);
	CHECK_EQ(errors.warnings_count, 0);
	CHECK_EQ(parse("local orphan\nlocal"), 0);
	CHECK(config.local.is_on && !config.local.is_orphan);
	CHECK_NEAR(config.local.waitunsynced_s, 0, 0);
}

TEST(node_config, opens_the_port_for_clients_and_peers)
{
	CHECK_EQ(parse("server b"), 0);
	CHECK(!node_config_wants_port(&config));
	CHECK_EQ(parse("allow 192.0.2.0/24"), 0);
	CHECK(node_config_wants_port(&config));
	CHECK_EQ(parse("peer a minpoll 3 xleave\nserver b"), 0);
	CHECK(node_config_wants_port(&config));
	CHECK_EQ(config.sources_count, 2);
	CHECK_EQ(config.sources[0].kind, SOURCE_PEER);
	CHECK(config.sources[0].xleave);
	CHECK_EQ(errors.warnings_count, 0);
	CHECK_EQ(parse("peer a minpoll 99"), -EINVAL);
}

TEST(node_config, takes_no_more_sources_than_there_is_room_for)
{
	struct config_line lines[NODE_LINES_MAX + 1];

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		lines[i] = (struct config_line){ "f", (unsigned)i + 1, "server a", false };
	config_errors_init(&errors);
	CHECK_EQ(node_config_parse(lines, NODE_LINES_MAX, &config, &errors), 0);
	CHECK_EQ(node_config_parse(lines, NODE_LINES_MAX + 1, &config, &errors), -EINVAL);
	CHECK_TEXT(errors.items[0].text, "f:65:1: there may be at most 64 lines of this kind");
}

TEST(node_config, keeps_unauthenticated_sources_from_standing_in)
{
	const struct source_options *with = &config.sources[0], *without = &config.sources[1];

	CHECK_EQ(parse("server a nts\nserver b"), 0);
	CHECK(with->require && with->trust && !with->noselect);
	CHECK(!without->require && !without->trust && !without->noselect);
	CHECK_EQ(parse("server a key 1\nserver b\nauthselectmode require"), 0);
	CHECK(!with->noselect && without->noselect);
	CHECK_EQ(parse("server a nts\nserver b\nauthselectmode prefer"), 0);
	CHECK(with->prefer && !without->prefer && !with->require);
	CHECK_EQ(parse("server a nts\nserver b\nauthselectmode ignore"), 0);
	CHECK(!with->require && !with->trust && !with->prefer && !without->noselect);
	CHECK_EQ(parse("server a nts\nserver b nts"), 0);
	CHECK(!with->require && !with->trust);
	CHECK_EQ(parse("server a\nserver b\nauthselectmode require"), 0);
	CHECK(!with->noselect && !without->noselect);
}

TEST(node_config, warns_of_modes_of_leap_seconds_that_are_not_there)
{
	CHECK_EQ(parse("leapsecmode system"), 0);
	CHECK_EQ(errors.count, 0);
	CHECK_EQ(parse("leapsecmode SLEW"), 0);
	CHECK_EQ(config.leapsecmode, LEAPSECMODE_SLEW);
	CHECK_EQ(errors.count, 0);
}

/* ---- Reference clocks ---- */

TEST(node_config, reads_the_lines_of_gps_how_tos)
{
	const struct refclock_options *clock = config.refclocks;

	CHECK_EQ(parse("refclock PPS /dev/pps0 lock NMEA refid PPS\n"
	               "refclock SHM 0 offset 0.0 delay 0.0 refid NMEA noselect\n"
	               "refclock SOCK /run/chrony.ttyS0.sock\n"
	               "refclock PHC eth0:extpps:pin=1:channel=2 poll 0 tai width 0.1\n"
	               "refclock pps /dev/pps1:clear rate 5 trust\n"
	               "refclock SHM 255:perm=0666 offset auto"),
	         0);
	CHECK_EQ(errors.count, 0);
	CHECK_EQ(config.refclocks_count, 6);
	CHECK_TEXT(clock[0].refid, "PPS");
	CHECK_TEXT(clock[0].lock, "NMEA");
	CHECK_TEXT(clock[0].device.path, "/dev/pps0");
	CHECK_EQ(clock[0].poll_log2_s, 4);
	CHECK_EQ(clock[0].dpoll_log2_s, 0);
	CHECK_EQ(clock[0].filter_count, 64);
	CHECK_NEAR(clock[0].delay_s, 1e-9, 0);
	CHECK(refclock_options_is_pulse(&clock[0]));
	CHECK_EQ(refclock_options_reference_id(&clock[0]), 0x50505300);
	CHECK(clock[1].noselect);
	CHECK_EQ(clock[1].device.permissions, 0600);
	CHECK(!refclock_options_is_pulse(&clock[1]));
	CHECK_TEXT(clock[2].refid, "SOC2");
	CHECK_TEXT(clock[2].device.path, "/run/chrony.ttyS0.sock");
	CHECK_TEXT(clock[3].device.path, "eth0");
	CHECK(clock[3].device.is_extpps && clock[3].is_tai);
	CHECK(refclock_options_is_pulse(&clock[3]));
	CHECK_EQ(clock[3].device.pin, 1);
	CHECK_EQ(clock[3].device.channel, 2);
	CHECK(clock[4].device.is_clear && clock[4].trust);
	CHECK_NEAR(clock[4].rate_hz, 5, 0);
	CHECK_EQ(clock[5].device.unit, 255);
	CHECK_EQ(clock[5].device.permissions, 0666);
	CHECK(refclock_options_is_auto(&clock[5]));
	CHECK(!refclock_options_is_auto(&clock[0]));
}

TEST(node_config, keeps_the_colons_of_a_device_path)
{
	CHECK_EQ(parse("refclock PPS /dev/by-path/pci-0000:00:14.0-usb:clear"), 0);
	CHECK_TEXT(config.refclocks[0].device.path, "/dev/by-path/pci-0000:00:14.0-usb");
	CHECK(config.refclocks[0].device.is_clear);
}

static void check_mistake(const char *line, const char *message)
{
	CHECK_EQ(parse(line), -EINVAL);
	CHECK_EQ(errors.count, 1);
	CHECK_TEXT(errors.items[0].text, message);
}

TEST(node_config, points_at_the_mistake_in_a_refclock_line)
{
	check_mistake("refclock PSP /dev/pps0",
	              "f:1:10: there is no reference clock of the kind 'PSP'; did you mean 'PPS'");
	check_mistake("refclock SHM 256",
	              "f:1:14: SHM's unit must be a whole number between 0 and 255, not '256'");
	check_mistake("refclock SHM 0:prem=0666",
	              "f:1:16: unknown option 'prem' of refclock SHM; did you mean 'perm'");
	check_mistake("refclock SHM 0:perm=0888 refid A",
	              "f:1:21: perm must be between 0 and 777 octal, not 0888");
	check_mistake("refclock SOCK /run/x:clear",
	              "f:1:22: unknown option 'clear' of refclock SOCK, which has none");
	check_mistake("refclock PPS /dev/pps0 refid TOOLONG",
	              "f:1:30: refid may have at most 4 bytes");
	check_mistake("refclock SHM 0 offset later",
	              "f:1:23: offset must be a number or auto, not 'later'");
}
