/* SPDX-License-Identifier: MIT */
#include "daemon/config_scene_test.h"

#include <errno.h>
#include <strings.h>
#include <unistd.h>

#include "daemon/daemon_directives.h"

/* ---- Words and single directives ---- */

TEST(daemon_config, has_defaults)
{
	CHECK_EQ(scene_load_word("# nothing"), 0);
	CHECK_EQ(scene.config->port, 123);
	CHECK_EQ(scene.config->cmdport, 323);
	CHECK_EQ(scene.config->acquisitionport, -1);
	CHECK_EQ(scene.config->logbanner_lines, 32);
	CHECK_TEXT(scene.config->controlsocket, "/run/timeball/timeballd.sock");
	CHECK_EQ(scene.config->node.discipline.driftfile_interval_s, 3600);
	CHECK_NEAR(scene.config->virtualclock.epoch_s, -1, 0);
	CHECK(!scene.config->virtualclock.is_on);
	CHECK_EQ(scene.config->bindaddresses_count, 0);
	CHECK_EQ(scene.errors.count, 0);
	scene_leave();
}

TEST(daemon_config, takes_each_word_for_a_line)
{
	static const char *const words[] = { "server 192.0.2.1 iburst", "port 0", "PORT 1123" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load("/nonexistent", words, 3, &scene.config, &scene.errors), 0);
	CHECK_EQ(scene.config->node.sources_count, 1);
	CHECK_EQ(scene.config->port, 1123);
	CHECK_TEXT(scene_printed(), "server 192.0.2.1 iburst\nport 0\nport 1123\n");
	CHECK_EQ(scene.config->listing.rows[1].use, CONFIG_OVERRIDDEN);
	scene_leave();
	CHECK_EQ(scene_load_word("prot 1"), -EINVAL);
	CHECK_TEXT(scene.errors.items[0].text,
	           "command line:1:1: unknown directive 'prot'; did you mean 'port'");
}

TEST(daemon_config, reads_a_virtual_clock)
{
	CHECK_EQ(scene_load_word(
			 "virtualclock offset 0.25 freq -40 wander 1e-9 seed 7 epoch 1795330000.5"),
	         0);
	CHECK(scene.config->virtualclock.is_on);
	CHECK_NEAR(scene.config->virtualclock.offset_s, 0.25, 0);
	CHECK_NEAR(scene.config->virtualclock.frequency_ppm, -40, 0);
	CHECK_NEAR(scene.config->virtualclock.wander, 1e-9, 0);
	CHECK_EQ(scene.config->virtualclock.seed, 7);
	CHECK_NEAR(scene.config->virtualclock.epoch_s, 1795330000.5, 0);
	scene_leave();
}

TEST(daemon_config, collects_addresses_and_the_command_socket)
{
	static const char *const words[] = { "bindaddress 127.0.0.1",
		                             "bindaddress ::1",
		                             "bindcmdaddress 127.0.0.2",
		                             "bindcmdaddress /run/x",
		                             "bindcmdaddress /",
		                             "cmdallow 10/8",
		                             "cmddeny 10.1",
		                             "cmdratelimit burst 3",
		                             "ntpqallow",
		                             "opencommands sources TRACKING" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         0);
	CHECK_EQ(scene.config->bindaddresses_count, 2);
	CHECK(address_is_loopback(&scene.config->bindaddresses[0]));
	CHECK(address_is_loopback(&scene.config->bindaddresses[1]));
	CHECK_EQ(scene.config->bindcmdaddresses_count, 1);
	CHECK_TEXT(scene.config->bindcmdpath, "/");
	CHECK_EQ(scene.config->cmdaccess.count, 2);
	CHECK(scene.config->cmdratelimit.is_on && scene.config->ntpqallow);
	CHECK_EQ(scene.config->cmdratelimit.burst, 3);
	CHECK_EQ(scene.config->cmdratelimit.interval_log2_s, -4);
	CHECK_EQ(scene.config->cmdratelimit.leak_log2, 2);
	CHECK(scene.config->has_opencommands);
	CHECK_EQ(scene.errors.count, 0);
	CHECK_TEXT(scene.config->opencommands, "sources tracking");
	scene_leave();
}

TEST(daemon_config, adds_up_log_lines)
{
	static const char *const words[] = { "log tracking Measurements",
		                             "log statistics tempcomp rtc" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, 2, &scene.config, &scene.errors), 0);
	CHECK(scene.config->log.tracking && scene.config->log.measurements &&
	      scene.config->log.statistics);
	CHECK(scene.config->log.rtc && !scene.config->log.rawmeasurements &&
	      !scene.config->log.selection);
	CHECK(scene.config->log.tempcomp);
	CHECK_EQ(scene.errors.warnings_count, 0);
	CHECK_EQ(scene.config->listing.rows[0].use, CONFIG_IN_USE);
	scene_leave();
}

TEST(daemon_config, reads_both_forms_of_tempcomp)
{
	static const char *const words[] = { "tempcomp /sensor 30 26000 0.1 0.000183 1e-9",
		                             "mailonchange root@localhost 0.5" };
	static const char *const table[] = { "tempcomp /sensor 30 /points" };
	static const char *const wrong[] = { "tempcomp /sensor 30 26000 0.1 0.2" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, 2, &scene.config, &scene.errors), 0);
	CHECK_TEXT(scene.config->tempcomp.file, "/sensor");
	CHECK_NEAR(scene.config->tempcomp.interval_s, 30, 0);
	CHECK_NEAR(scene.config->tempcomp.law.k1, 0.000183, 0);
	CHECK_NEAR(scene.config->tempcomp.law.k2, 1e-9, 0);
	CHECK_TEXT(scene.config->mailonchange_address, "root@localhost");
	CHECK_NEAR(scene.config->mailonchange_s, 0.5, 0);
	scene_leave();

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, table, 1, &scene.config, &scene.errors), 0);
	CHECK_TEXT(scene.config->tempcomp.points, "/points");
	scene_leave();

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, wrong, 1, &scene.config, &scene.errors), -EINVAL);
	CHECK(strstr(scene.errors.items[0].text, "tempcomp's k2") != NULL);
}

TEST(daemon_config, reads_the_other_directives)
{
	static const char *const words[] = { "driftfile /d interval 60",
		                             "acquisitionport 0",
		                             "noclientlog",
		                             "controlsocket /x",
		                             "cmdport 0",
		                             "logdir /l",
		                             "logbanner 0",
		                             "dumpdir /m",
		                             "pidfile /",
		                             "leapsectz right/UTC",
		                             "user _chrony",
		                             "lock_all",
		                             "sched_priority 5" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         0);
	CHECK_EQ(scene.errors.count, 0);
	CHECK_TEXT(scene.config->dumpdir, "/m");
	CHECK_TEXT(scene.config->driftfile, "/d");
	CHECK_EQ(scene.config->node.discipline.driftfile_interval_s, 60);
	CHECK_EQ(scene.config->acquisitionport, 0);
	CHECK(scene.config->node.noclientlog && scene.config->lock_all);
	CHECK_TEXT(scene.config->controlsocket, "/x");
	CHECK_EQ(scene.config->cmdport, 0);
	CHECK_TEXT(scene.config->logdir, "/l");
	CHECK_EQ(scene.config->logbanner_lines, 0);
	CHECK_TEXT(scene.config->dumpdir, "/m");
	CHECK_TEXT(scene.config->pidfile, "/");
	CHECK_TEXT(scene.config->leapsectz, "right/UTC");
	CHECK_TEXT(scene.config->user, "_chrony");
	CHECK_EQ(scene.config->sched_priority, 5);
	scene_leave();
}

TEST(daemon_config, refuses_what_is_out_of_range)
{
	static const char *const bad[] = {
		"port 65536",
		"port -1",
		"cmdport x",
		"acquisitionport -1",
		"logbanner -3",
		"sched_priority x",
		"driftfile",
		"driftfile /d interval -1",
		"bindaddress host",
		"bindaddress",
		"bindcmdaddress host",
		"bindcmdaddress",
		"bindcmdaddress / x",
		"log bogus",
		"noclientlog 1",
		"user",
		"controlsocket x",
		"opencommands fly",
		"virtualclock freq 2e5",
		"virtualclock wander 2",
		"keyfile",
		"confdir",
		"sourcedir",
		"include",
		"include a b",
		"confdir 1 2 3 4 5 6 7 8 9 10 11",
		"virtualclock 5",
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_EQ(scene_load_word(bad[i]), -EINVAL);
		CHECK_EQ(scene.errors.errors_count, 1);
		CHECK(strncmp(scene.errors.items[0].text, "command line:1:", 15) == 0);
	}
}

/* ---- Completeness ---- */

/* The stored configurations, whether the test runs in the build directory or in the source tree. */
static const char *stored(const char *name)
{
	static char path[4096];
	const char *source = __FILE__;
	const size_t folder = (size_t)(strstr(source, "src/daemon/") - source);

	snprintf(path, sizeof path, "%.*stests/%s", (int)folder, source, name);
	if (access(path, R_OK) != 0)
		snprintf(path, sizeof path, "tests/%s", name);
	return path;
}

TEST(daemon_config, reads_the_documents_configurations)
{
	CHECK_EQ(scene_load(stored("configs/wearable.conf")), 0);
	CHECK_EQ(scene.errors.errors_count, 0);
	CHECK_EQ(scene.config->node.sources_count, 1);
	CHECK(scene.config->node.sources[0].iburst);
	CHECK(scene.config->log.tracking && scene.config->log.measurements &&
	      scene.config->log.statistics);
	CHECK_EQ(scene.config->node.discipline.makestep_limit, -1);
	CHECK(scene.config->node.discipline.rtcsync);

	CHECK_EQ(scene_load(stored("configs/observatory.conf")), 0);
	CHECK_EQ(scene.config->node.sources_count, 3);
	CHECK_NEAR(scene.config->node.discipline.makestep_threshold_s, 10, 0);
	CHECK_NEAR(scene.config->node.discipline.logchange_s, 0.005, 0);
	CHECK_EQ(scene.config->port, 0);
	CHECK_EQ(scene.config->cmdport, 0);
	CHECK_EQ(scene.config->bindcmdaddresses_count, 2);
	CHECK(scene.config->node.noclientlog);
	CHECK_TEXT(scene.config->leapsectz, "right/UTC");

	CHECK_EQ(scene_load(stored("corpus/config_fuzz/distribution.conf")), 0);
	CHECK(scene_has_message("warning: ntsdumpdir is known from chrony but not there yet"));
	scene_leave();
}

TEST(daemon_config, takes_what_is_said_of_the_real_time_clock)
{
	static const char *const words[] = { "rtcfile /var/lib/rtc", "rtcdevice /dev/rtc1",
		                             "rtconutc", "rtcautotrim 30" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         0);
	CHECK_TEXT(scene.config->rtcfile, "/var/lib/rtc");
	CHECK_TEXT(scene.config->rtcdevice, "/dev/rtc1");
	CHECK_TEXT(scene.config->hwclockfile, "/etc/adjtime");
	CHECK(scene.config->rtconutc);
	CHECK_NEAR(scene.config->node.discipline.rtcautotrim_s, 30, 0);
	CHECK_EQ(scene.errors.count, 0);
	scene_leave();
}

TEST(daemon_config, refuses_two_who_set_the_real_time_clock)
{
	static const char *const words[] = { "rtcfile /var/lib/rtc", "rtcsync" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1);
	CHECK(scene_has_message("rtcfile cannot be used with rtcsync"));
	scene_leave();
}

TEST(daemon_config, refuses_to_set_the_real_time_clock_that_it_follows)
{
	static const char *const words[] = { "refclock RTC /dev/rtc0:utc", "rtcsync" };

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         -EINVAL);
	CHECK(scene_has_message("is followed"));
}

TEST(daemon_config, reads_what_cards_shall_stamp)
{
	static const char *const words[] = {
		"bindacqaddress 127.0.0.2", "dscp 46",
		"hwtimestamp eth0 rxfilter ntp minpoll -2 txcomp 300e-9",
		"hwtimestamp * maxpoll 4 minsamples 20 nocrossts"
	};

	config_errors_init(&scene.errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &scene.config, &scene.errors),
	         0);
	CHECK_EQ(scene.config->bindacqaddresses_count, 1);
	CHECK_EQ(scene.config->dscp, 46);
	CHECK_EQ(scene.config->hwtimestamps_count, 2);
	CHECK_TEXT(scene.config->hwtimestamps[0].name, "eth0");
	CHECK_EQ(scene.config->hwtimestamps[0].rxfilter, HW_RXFILTER_NTP);
	CHECK_EQ(scene.config->hwtimestamps[0].minpoll_log2_s, -2);
	CHECK_EQ(scene.config->hwtimestamps[0].maxpoll_log2_s, -1);
	CHECK_NEAR(scene.config->hwtimestamps[0].txcomp_s, 300e-9, 1e-15);
	CHECK_EQ(scene.config->hwtimestamps[1].rxfilter, HW_RXFILTER_BEST);
	CHECK_EQ(scene.config->hwtimestamps[1].maxpoll_log2_s, 4);
	CHECK_EQ(scene.config->hwtimestamps[1].maxsamples, 20);
	CHECK(scene.config->hwtimestamps[1].nocrossts);
	scene_leave();
}
