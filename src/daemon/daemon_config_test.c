/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_config.h"
#include "testing/check.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/daemon_directives.h"
#include "daemon/daemon_keys.h"
#include "daemon/daemon_lines.h"

static struct config_errors errors;
static struct daemon_config *config;

/* ---- A directory of files for one test ---- */

static char place[64];

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void leave(void)
{
	daemon_config_destroy(config);
	config = NULL;
	if (*place)
		nftw(place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	*place = '\0';
}

static void enter(void)
{
	leave(); /* what a failed test has left */
	strcpy(place, "/tmp/timeball-config-XXXXXX");
	CHECK(mkdtemp(place) != NULL);
	CHECK(chdir(place) == 0);
}

static void write_bytes(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(name, "w");

	CHECK(file != NULL);
	CHECK(fwrite(bytes, 1, length, file) == length);
	CHECK(fclose(file) == 0);
}

static void write_file(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static int load(const char *path)
{
	daemon_config_destroy(config);
	config = NULL;
	config_errors_init(&errors);
	return daemon_config_load(path, NULL, 0, &config, &errors);
}

static int load_word(const char *line)
{
	daemon_config_destroy(config);
	config = NULL;
	config_errors_init(&errors);
	return daemon_config_load(NULL, &line, 1, &config, &errors);
}

/* What -p prints. */
static const char *printed(void)
{
	static char text[8192];
	FILE *out = fmemopen(text, sizeof text, "w");

	CHECK(out != NULL);
	daemon_config_print(config, out);
	fclose(out);
	return text;
}

/* ---- Words and single directives ---- */

TEST(daemon_config, has_defaults)
{
	CHECK_EQ(load_word("# nothing"), 0);
	CHECK_EQ(config->port, 123);
	CHECK_EQ(config->cmdport, 323);
	CHECK_EQ(config->acquisitionport, -1);
	CHECK_EQ(config->logbanner_lines, 32);
	CHECK_TEXT(config->controlsocket, "/run/timeball/timeballd.sock");
	CHECK_EQ(config->node.discipline.driftfile_interval_s, 3600);
	CHECK_NEAR(config->virtualclock.epoch_s, -1, 0);
	CHECK(!config->virtualclock.is_on);
	CHECK_EQ(config->bindaddresses_count, 0);
	CHECK_EQ(errors.count, 0);
	leave();
}

TEST(daemon_config, takes_each_word_for_a_line)
{
	static const char *const words[] = { "server 192.0.2.1 iburst", "port 0", "PORT 1123" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load("/nonexistent", words, 3, &config, &errors), 0);
	CHECK_EQ(config->node.sources_count, 1);
	CHECK_EQ(config->port, 1123);
	CHECK_TEXT(printed(), "server 192.0.2.1 iburst\nport 0\nport 1123\n");
	CHECK_EQ(config->listing.rows[1].use, CONFIG_OVERRIDDEN);
	leave();
	CHECK_EQ(load_word("prot 1"), -EINVAL);
	CHECK_TEXT(errors.items[0].text,
	           "command line:1:1: unknown directive 'prot'; did you mean 'port'");
}

TEST(daemon_config, reads_a_virtual_clock)
{
	CHECK_EQ(load_word(
			 "virtualclock offset 0.25 freq -40 wander 1e-9 seed 7 epoch 1795330000.5"),
	         0);
	CHECK(config->virtualclock.is_on);
	CHECK_NEAR(config->virtualclock.offset_s, 0.25, 0);
	CHECK_NEAR(config->virtualclock.frequency_ppm, -40, 0);
	CHECK_NEAR(config->virtualclock.wander, 1e-9, 0);
	CHECK_EQ(config->virtualclock.seed, 7);
	CHECK_NEAR(config->virtualclock.epoch_s, 1795330000.5, 0);
	leave();
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

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), 0);
	CHECK_EQ(config->bindaddresses_count, 2);
	CHECK(address_is_loopback(&config->bindaddresses[0]));
	CHECK(address_is_loopback(&config->bindaddresses[1]));
	CHECK_EQ(config->bindcmdaddresses_count, 1);
	CHECK_TEXT(config->bindcmdpath, "/");
	CHECK_EQ(config->cmdaccess.count, 2);
	CHECK(config->cmdratelimit.is_on && config->ntpqallow);
	CHECK_EQ(config->cmdratelimit.burst, 3);
	CHECK_EQ(config->cmdratelimit.interval_log2_s, -4);
	CHECK_EQ(config->cmdratelimit.leak_log2, 2);
	CHECK(config->has_opencommands);
	CHECK_EQ(errors.count, 0);
	CHECK_TEXT(config->opencommands, "sources tracking");
	leave();
}

TEST(daemon_config, adds_up_log_lines)
{
	static const char *const words[] = { "log tracking Measurements",
		                             "log statistics tempcomp rtc" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, 2, &config, &errors), 0);
	CHECK(config->log.tracking && config->log.measurements && config->log.statistics);
	CHECK(config->log.rtc && !config->log.rawmeasurements && !config->log.selection);
	CHECK(config->log.tempcomp);
	CHECK_EQ(errors.warnings_count, 0);
	CHECK_EQ(config->listing.rows[0].use, CONFIG_IN_USE);
	leave();
}

TEST(daemon_config, reads_both_forms_of_tempcomp)
{
	static const char *const words[] = { "tempcomp /sensor 30 26000 0.1 0.000183 1e-9",
		                             "mailonchange root@localhost 0.5" };
	static const char *const table[] = { "tempcomp /sensor 30 /points" };
	static const char *const wrong[] = { "tempcomp /sensor 30 26000 0.1 0.2" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, 2, &config, &errors), 0);
	CHECK_TEXT(config->tempcomp.file, "/sensor");
	CHECK_NEAR(config->tempcomp.interval_s, 30, 0);
	CHECK_NEAR(config->tempcomp.law.k1, 0.000183, 0);
	CHECK_NEAR(config->tempcomp.law.k2, 1e-9, 0);
	CHECK_TEXT(config->mailonchange_address, "root@localhost");
	CHECK_NEAR(config->mailonchange_s, 0.5, 0);
	leave();

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, table, 1, &config, &errors), 0);
	CHECK_TEXT(config->tempcomp.points, "/points");
	leave();

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, wrong, 1, &config, &errors), -EINVAL);
	CHECK(strstr(errors.items[0].text, "tempcomp's k2") != NULL);
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

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), 0);
	CHECK_EQ(errors.count, 0);
	CHECK_TEXT(config->dumpdir, "/m");
	CHECK_TEXT(config->driftfile, "/d");
	CHECK_EQ(config->node.discipline.driftfile_interval_s, 60);
	CHECK_EQ(config->acquisitionport, 0);
	CHECK(config->node.noclientlog && config->lock_all);
	CHECK_TEXT(config->controlsocket, "/x");
	CHECK_EQ(config->cmdport, 0);
	CHECK_TEXT(config->logdir, "/l");
	CHECK_EQ(config->logbanner_lines, 0);
	CHECK_TEXT(config->dumpdir, "/m");
	CHECK_TEXT(config->pidfile, "/");
	CHECK_TEXT(config->leapsectz, "right/UTC");
	CHECK_TEXT(config->user, "_chrony");
	CHECK_EQ(config->sched_priority, 5);
	leave();
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
		CHECK_EQ(load_word(bad[i]), -EINVAL);
		CHECK_EQ(errors.errors_count, 1);
		CHECK(strncmp(errors.items[0].text, "command line:1:", 15) == 0);
	}
}

/* ---- Files ---- */

TEST(daemon_config, names_every_mistake_with_file_and_place)
{
	enter();
	write_file("main.conf",
	           "server a minpoll 99\n\ninclude more.conf\nport 123 # default\nwhat\n");
	write_file("more.conf", "  makestep 1\nptpdomain 1\n");
	CHECK_EQ(load("main.conf"), -EINVAL);
	CHECK(config == NULL);
	CHECK_EQ(errors.errors_count, 4);
	CHECK_TEXT(errors.items[0].text,
	           "main.conf:1:18: minpoll must be between -7 and 24, not 99");
	CHECK_TEXT(errors.items[1].text,
	           "more.conf:1:13: makestep needs <limit>; write: makestep <threshold> <limit>");
	CHECK_TEXT(errors.items[2].text,
	           "more.conf:2:1: warning: ptpdomain is known from chrony but not there "
	           "yet; the line is ignored");
	CHECK_TEXT(
		errors.items[3].text,
		"main.conf:4:10: unexpected word '#' after port; a comment needs a line of its own");
	leave();
}

TEST(daemon_config, says_which_file_is_missing)
{
	enter();
	CHECK_EQ(load("none.conf"), -EINVAL);
	CHECK_TEXT(errors.items[0].text, "none.conf: cannot be read: No such file or directory");
	write_file("main.conf",
	           "include none.conf\ninclude *.none\nconfdir nowhere\nsourcedir nowhere\n");
	CHECK_EQ(load("main.conf"), -EINVAL);
	CHECK_EQ(errors.errors_count, 1); /* patterns and directories may be empty */
	CHECK_EQ(load("."), -EINVAL);
	CHECK_TEXT(errors.items[0].text, ".: cannot be read: Is a directory");
	leave();
}

TEST(daemon_config, puts_includes_in_their_place)
{
	enter();
	write_file("main.conf", "port 1\ninclude sub/*.conf\nport 4");
	CHECK(mkdir("sub", 0700) == 0);
	write_file("sub/b.conf", "port 3\n");
	write_file("sub/a.conf", "port 2\n\n# port 9");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_TEXT(printed(), "port 1\nport 2\nport 3\nport 4\n");
	CHECK_EQ(config->port, 4);
	CHECK_TEXT(config->listing.rows[1].file, "sub/a.conf");
	CHECK_EQ(config->listing.rows[1].line, 1);
	leave();
}

TEST(daemon_config, stops_when_files_include_themselves)
{
	enter();
	write_file("main.conf", "port 1\ninclude main.conf\n");
	CHECK_EQ(load("main.conf"), -EINVAL);
	CHECK_EQ(errors.errors_count, 1);
	CHECK_TEXT(
		errors.items[0].text,
		"main.conf:2:9: includes are nested more than 10 deep; does a file include itself?");
	CHECK(mkdir("loop", 0700) == 0);
	write_file("loop/a.conf", "confdir loop\n");
	CHECK_EQ(load("loop/a.conf"), -EINVAL);
	CHECK_EQ(errors.errors_count, 1);
	leave();
}

TEST(daemon_config, nests_includes_up_to_the_limit)
{
	enter();
	for (char i = '0'; i < '9'; i++) {
		char text[] = "include 0";
		const char name[] = { i, '\0' };

		text[8] = (char)(i + 1);
		write_file(name, text);
	}
	write_file("9", "port 9");
	CHECK_EQ(load("0"), 0); /* ten files, each but one inside another */
	CHECK_EQ(config->port, 9);
	leave();
}

TEST(daemon_config, stops_at_a_flood_of_lines)
{
	char *text = calloc(1, 20001);

	enter();
	for (int i = 0; i < 20000; i++)
		text[i] = '\n';
	write_bytes("blank", text, 20000);
	free(text);
	write_file("main.conf",
	           "include blank\ninclude blank\ninclude blank\ninclude blank\nport 5\n");
	CHECK_EQ(load("main.conf"), -EINVAL);
	CHECK_EQ(errors.errors_count, 1);
	CHECK(strstr(errors.items[0].text, "more than 65536 lines") != NULL);
	leave();
}

TEST(daemon_config, sorts_directories_and_hides_names)
{
	enter();
	CHECK(mkdir("one", 0700) == 0 && mkdir("two", 0700) == 0);
	write_file("one/b.conf", "port 12\n");
	write_file("two/a.conf", "port 21\n");
	write_file("two/b.conf", "port 22\n");
	write_file("two/c.conf", "port 23\n");
	write_file("two/d.conf~", "port 24\n");
	write_file("two/.e.conf", "port 25\n");
	write_file("main.conf", "confdir one two\nport 3\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_TEXT(printed(), "port 21\nport 12\nport 23\nport 3\n");
	leave();
}

TEST(daemon_config, drops_bad_lines_of_source_files)
{
	enter();
	CHECK(mkdir("s", 0700) == 0);
	write_file("s/b.sources",
	           "server b1 iburst\nport 9\nserver b2 minpoll 99\n# c\n\npool b3\nserver torn");
	write_file("s/a.sources", "server a1\n");
	write_file("s/c.conf", "server c1\n");
	write_file("main.conf", "sourcedir s\nserver m\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_EQ(config->node.sources_count, 4);
	CHECK_TEXT(config->node.sources[0].name, "m");
	CHECK_TEXT(config->node.sources[1].name, "a1");
	CHECK_TEXT(config->node.sources[2].name, "b1");
	CHECK_TEXT(config->node.sources[3].name, "b3");
	CHECK_EQ(errors.warnings_count, 2);
	CHECK_EQ(errors.errors_count, 0);
	CHECK_TEXT(errors.items[0].text,
	           "s/b.sources:2:1: warning: this line is left out: only server, pool "
	           "and peer may stand in a *.sources file, not 'port'");
	CHECK_TEXT(printed(), "sourcedir s\nserver m\n");
	leave();
}

TEST(daemon_config, refuses_what_is_no_text)
{
	static char large[DAEMON_LINES_FILE_MAX + 1];
	char wide[CONFIG_LINE_MAX + 2];

	enter();
	write_bytes("zero", "port 1\nport\0 2\nport 3\n", 21);
	CHECK_EQ(load("zero"), -EINVAL);
	CHECK_EQ(errors.errors_count, 1);
	CHECK_TEXT(errors.items[0].text,
	           "zero:2:5: there is a zero byte in this line: is this a text file?");
	memset(large, '\n', sizeof large);
	write_bytes("large", large, sizeof large);
	CHECK_EQ(load("large"), -EINVAL);
	CHECK_TEXT(errors.items[0].text, "large: is larger than 1 MiB: this is no configuration");
	memset(wide, 'x', sizeof wide);
	wide[0] = '\n';
	write_bytes("wide", wide, sizeof wide);
	CHECK_EQ(load("wide"), 0 - EINVAL);
	memset(wide, ' ', sizeof wide);
	memcpy(wide, "#", 1);
	write_bytes("wide", wide, sizeof wide);
	CHECK_EQ(load("wide"), -EINVAL);
	CHECK_TEXT(errors.items[0].text,
	           "wide:1:1: the line is longer than 2047 bytes; shorten it");
	leave();
}

TEST(daemon_config, prints_what_it_would_read_again)
{
	static char first[8192];

	enter();
	write_file(
		"main.conf",
		"  Server  A   IBURST\n! c\nlog tracking\nallow 1.2/16\nrefclock SHM 0\nport 0\n");
	CHECK_EQ(load("main.conf"), 0);
	strcpy(first, printed());
	CHECK_TEXT(first, "server A IBURST\nlog tracking\nallow 1.2/16\nrefclock SHM 0\nport 0\n");
	write_file("again.conf", first);
	CHECK_EQ(load("again.conf"), 0);
	CHECK_TEXT(printed(), first);
	leave();
}

/* ---- The key file ---- */

static bool has_message(const char *part)
{
	for (size_t i = 0; i < errors.count; i++) {
		if (strstr(errors.items[i].text, part))
			return true;
	}
	return false;
}

TEST(daemon_config, reads_keys_from_the_key_file)
{
	enter();
	write_file("keys", "# id type key\n1 MD5 ASCII:secret\n20 sha256 HEX:00ff10\n 300 plain\n"
	                   "4294967295 AES128 0123456789abcdef\n");
	CHECK(chmod("keys", 0640) == 0);
	write_file("main.conf", "keyfile keys\nserver a key 20\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_EQ(errors.count, 0);
	CHECK_EQ(config->keys->count, 4);
	CHECK_EQ(config->keys->keys[0].key.length_bytes, 6);
	CHECK(memcmp(config->keys->keys[0].key.bytes, "secret", 6) == 0);
	CHECK_EQ(config->keys->keys[1].id, 20);
	CHECK_EQ(config->keys->keys[1].key.type, MAC_SHA256);
	CHECK_EQ(config->keys->keys[1].key.length_bytes, 3);
	CHECK(memcmp(config->keys->keys[1].key.bytes, "\x00\xff\x10", 3) == 0);
	CHECK_EQ(config->keys->keys[2].key.type, MAC_MD5);
	CHECK_EQ(config->keys->keys[3].id, UINT32_MAX);
	CHECK_EQ(config->node.sources[0].key_id, 20);
	leave();
}

TEST(daemon_config, warns_of_a_key_file_that_others_can_read)
{
	enter();
	write_file("keys", "1 secret\n");
	CHECK(chmod("keys", 0644) == 0);
	write_file("main.conf", "keyfile keys\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_TEXT(errors.items[0].text,
	           "keys: warning: others may read the key file; run: chmod o= keys");
	leave();
}

TEST(daemon_config, warns_of_keys_that_are_not_there)
{
	enter();
	write_file("main.conf", "keyfile none\nserver a key 5\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK(has_message(
		"none: warning: the key file cannot be read, so no key is known: No such file"));
	CHECK(has_message("warning: key 5 of 'a' is in no key file"));
	CHECK_EQ(load_word("server a key 5"), 0);
	CHECK(has_message("warning: key 5 of 'a' is in no key file"));
	leave();
}

TEST(daemon_config, never_shows_a_key)
{
	enter();
	write_file("keys", "1 SECRET1 SECRET2\nSECRET3\n2\n3 MD5 HEX:SECRET4\n4 AES128 SECRET5\n"
	                   "5 MD5 SECRET6 SECRET7\n6 MD5 fine\n6 MD5 SECRET8\n");
	CHECK(chmod("keys", 0600) == 0);
	write_file("main.conf", "keyfile keys\n");
	CHECK_EQ(load("main.conf"), 0);
	CHECK_EQ(config->keys->count, 1);
	CHECK_EQ(errors.warnings_count, 7);
	CHECK(!has_message("SECRET"));
	CHECK(has_message("keys:1:3: warning: this type of key is not known"));
	CHECK(has_message("keys:3:2: warning: the key is missing"));
	leave();
}

TEST(daemon_config, reads_the_key_file_again)
{
	enter();
	write_file("keys", "1 SHA1 old\n");
	CHECK(chmod("keys", 0600) == 0);
	write_file("main.conf", "keyfile keys\n");
	CHECK_EQ(load("main.conf"), 0);
	write_file("keys", "2 SHA1 new\n1 HEX:0A0b\n");
	CHECK_EQ(daemon_keys_read(config, &errors), 0);
	CHECK_EQ(config->keys->count, 2);
	CHECK(memcmp(ntp_keys_find(config->keys, 1)->bytes, "\x0a\x0b", 2) == 0);
	CHECK(unlink("keys") == 0);
	CHECK_EQ(daemon_keys_read(config, &errors), 0); /* not there: the old ones stay */
	CHECK_EQ(config->keys->count, 2);
	leave();
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
	CHECK_EQ(load(stored("configs/wearable.conf")), 0);
	CHECK_EQ(errors.errors_count, 0);
	CHECK_EQ(config->node.sources_count, 1);
	CHECK(config->node.sources[0].iburst);
	CHECK(config->log.tracking && config->log.measurements && config->log.statistics);
	CHECK_EQ(config->node.discipline.makestep_limit, -1);
	CHECK(config->node.discipline.rtcsync);

	CHECK_EQ(load(stored("configs/observatory.conf")), 0);
	CHECK_EQ(config->node.sources_count, 3);
	CHECK_NEAR(config->node.discipline.makestep_threshold_s, 10, 0);
	CHECK_NEAR(config->node.discipline.logchange_s, 0.005, 0);
	CHECK_EQ(config->port, 0);
	CHECK_EQ(config->cmdport, 0);
	CHECK_EQ(config->bindcmdaddresses_count, 2);
	CHECK(config->node.noclientlog);
	CHECK_TEXT(config->leapsectz, "right/UTC");

	CHECK_EQ(load(stored("corpus/config_fuzz/distribution.conf")), 0);
	CHECK(has_message("warning: ntsdumpdir is known from chrony but not there yet"));
	leave();
}

TEST(daemon_config, takes_what_is_said_of_the_real_time_clock)
{
	static const char *const words[] = { "rtcfile /var/lib/rtc", "rtcdevice /dev/rtc1",
		                             "rtconutc", "rtcautotrim 30" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), 0);
	CHECK_TEXT(config->rtcfile, "/var/lib/rtc");
	CHECK_TEXT(config->rtcdevice, "/dev/rtc1");
	CHECK_TEXT(config->hwclockfile, "/etc/adjtime");
	CHECK(config->rtconutc);
	CHECK_NEAR(config->node.discipline.rtcautotrim_s, 30, 0);
	CHECK_EQ(errors.count, 0);
	leave();
}

TEST(daemon_config, refuses_two_who_set_the_real_time_clock)
{
	static const char *const words[] = { "rtcfile /var/lib/rtc", "rtcsync" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), -EINVAL);
	CHECK_EQ(errors.errors_count, 1);
	CHECK(has_message("rtcfile cannot be used with rtcsync"));
	leave();
}

TEST(daemon_config, refuses_to_set_the_real_time_clock_that_it_follows)
{
	static const char *const words[] = { "refclock RTC /dev/rtc0:utc", "rtcsync" };

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), -EINVAL);
	CHECK(has_message("is followed"));
}

TEST(daemon_config, reads_what_cards_shall_stamp)
{
	static const char *const words[] = {
		"bindacqaddress 127.0.0.2", "dscp 46",
		"hwtimestamp eth0 rxfilter ntp minpoll -2 txcomp 300e-9",
		"hwtimestamp * maxpoll 4 minsamples 20 nocrossts"
	};

	config_errors_init(&errors);
	CHECK_EQ(daemon_config_load(NULL, words, ARRAY_COUNT(words), &config, &errors), 0);
	CHECK_EQ(config->bindacqaddresses_count, 1);
	CHECK_EQ(config->dscp, 46);
	CHECK_EQ(config->hwtimestamps_count, 2);
	CHECK_TEXT(config->hwtimestamps[0].name, "eth0");
	CHECK_EQ(config->hwtimestamps[0].rxfilter, HW_RXFILTER_NTP);
	CHECK_EQ(config->hwtimestamps[0].minpoll_log2_s, -2);
	CHECK_EQ(config->hwtimestamps[0].maxpoll_log2_s, -1);
	CHECK_NEAR(config->hwtimestamps[0].txcomp_s, 300e-9, 1e-15);
	CHECK_EQ(config->hwtimestamps[1].rxfilter, HW_RXFILTER_BEST);
	CHECK_EQ(config->hwtimestamps[1].maxpoll_log2_s, 4);
	CHECK_EQ(config->hwtimestamps[1].maxsamples, 20);
	CHECK(config->hwtimestamps[1].nocrossts);
	leave();
}
