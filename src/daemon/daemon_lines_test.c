/* SPDX-License-Identifier: MIT */
#include "daemon/config_scene_test.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/daemon_lines.h"

TEST(daemon_lines, names_every_mistake_with_file_and_place)
{
	scene_enter();
	scene_write("main.conf",
	            "server a minpoll 99\n\ninclude more.conf\nport 123 # default\nwhat\n");
	scene_write("more.conf", "  makestep 1\nptpdomain 1\n");
	CHECK_EQ(scene_load("main.conf"), -EINVAL);
	CHECK(scene.config == NULL);
	CHECK_EQ(scene.errors.errors_count, 4);
	CHECK_TEXT(scene.errors.items[0].text,
	           "main.conf:1:18: minpoll must be between -7 and 24, not 99");
	CHECK_TEXT(scene.errors.items[1].text,
	           "more.conf:1:13: makestep needs <limit>; write: makestep <threshold> <limit>");
	CHECK_TEXT(scene.errors.items[2].text,
	           "more.conf:2:1: warning: ptpdomain is known from chrony but not there "
	           "yet; the line is ignored");
	CHECK_TEXT(
		scene.errors.items[3].text,
		"main.conf:4:10: unexpected word '#' after port; a comment needs a line of its own");
	scene_leave();
}

TEST(daemon_lines, says_which_file_is_missing)
{
	scene_enter();
	CHECK_EQ(scene_load("none.conf"), -EINVAL);
	CHECK_TEXT(scene.errors.items[0].text,
	           "none.conf: cannot be read: No such file or directory");
	scene_write("main.conf",
	            "include none.conf\ninclude *.none\nconfdir nowhere\nsourcedir nowhere\n");
	CHECK_EQ(scene_load("main.conf"), -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1); /* patterns and directories may be empty */
	CHECK_EQ(scene_load("."), -EINVAL);
	CHECK_TEXT(scene.errors.items[0].text, ".: cannot be read: Is a directory");
	scene_leave();
}

TEST(daemon_lines, puts_includes_in_their_place)
{
	scene_enter();
	scene_write("main.conf", "port 1\ninclude sub/*.conf\nport 4");
	CHECK(mkdir("sub", 0700) == 0);
	scene_write("sub/b.conf", "port 3\n");
	scene_write("sub/a.conf", "port 2\n\n# port 9");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_TEXT(scene_printed(), "port 1\nport 2\nport 3\nport 4\n");
	CHECK_EQ(scene.config->port, 4);
	CHECK_TEXT(scene.config->listing.rows[1].file, "sub/a.conf");
	CHECK_EQ(scene.config->listing.rows[1].line, 1);
	scene_leave();
}

TEST(daemon_lines, stops_when_files_include_themselves)
{
	scene_enter();
	scene_write("main.conf", "port 1\ninclude main.conf\n");
	CHECK_EQ(scene_load("main.conf"), -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1);
	CHECK_TEXT(
		scene.errors.items[0].text,
		"main.conf:2:9: includes are nested more than 10 deep; does a file include itself?");
	CHECK(mkdir("loop", 0700) == 0);
	scene_write("loop/a.conf", "confdir loop\n");
	CHECK_EQ(scene_load("loop/a.conf"), -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1);
	scene_leave();
}

TEST(daemon_lines, nests_includes_up_to_the_limit)
{
	scene_enter();
	for (char i = '0'; i < '9'; i++) {
		char text[] = "include 0";
		const char name[] = { i, '\0' };

		text[8] = (char)(i + 1);
		scene_write(name, text);
	}
	scene_write("9", "port 9");
	CHECK_EQ(scene_load("0"), 0); /* ten files, each but one inside another */
	CHECK_EQ(scene.config->port, 9);
	scene_leave();
}

TEST(daemon_lines, stops_at_a_flood_of_lines)
{
	char *text = calloc(1, 20001);

	scene_enter();
	for (int i = 0; i < 20000; i++)
		text[i] = '\n';
	scene_write_bytes("blank", text, 20000);
	free(text);
	scene_write("main.conf",
	            "include blank\ninclude blank\ninclude blank\ninclude blank\nport 5\n");
	CHECK_EQ(scene_load("main.conf"), -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1);
	CHECK(strstr(scene.errors.items[0].text, "more than 65536 lines") != NULL);
	scene_leave();
}

TEST(daemon_lines, sorts_directories_and_hides_names)
{
	scene_enter();
	CHECK(mkdir("one", 0700) == 0 && mkdir("two", 0700) == 0);
	scene_write("one/b.conf", "port 12\n");
	scene_write("two/a.conf", "port 21\n");
	scene_write("two/b.conf", "port 22\n");
	scene_write("two/c.conf", "port 23\n");
	scene_write("two/d.conf~", "port 24\n");
	scene_write("two/.e.conf", "port 25\n");
	scene_write("main.conf", "confdir one two\nport 3\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_TEXT(scene_printed(), "port 21\nport 12\nport 23\nport 3\n");
	scene_leave();
}

TEST(daemon_lines, drops_bad_lines_of_source_files)
{
	scene_enter();
	CHECK(mkdir("s", 0700) == 0);
	scene_write("s/b.sources",
	            "server b1 iburst\nport 9\nserver b2 minpoll 99\n# c\n\npool b3\nserver torn");
	scene_write("s/a.sources", "server a1\n");
	scene_write("s/c.conf", "server c1\n");
	scene_write("main.conf", "sourcedir s\nserver m\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_EQ(scene.config->node.sources_count, 4);
	CHECK_TEXT(scene.config->node.sources[0].name, "m");
	CHECK_TEXT(scene.config->node.sources[1].name, "a1");
	CHECK_TEXT(scene.config->node.sources[2].name, "b1");
	CHECK_TEXT(scene.config->node.sources[3].name, "b3");
	CHECK_EQ(scene.errors.warnings_count, 2);
	CHECK_EQ(scene.errors.errors_count, 0);
	CHECK_TEXT(scene.errors.items[0].text,
	           "s/b.sources:2:1: warning: this line is left out: only server, pool "
	           "and peer may stand in a *.sources file, not 'port'");
	CHECK_TEXT(scene_printed(), "sourcedir s\nserver m\n");
	scene_leave();
}

TEST(daemon_lines, refuses_what_is_no_text)
{
	static char large[DAEMON_LINES_FILE_MAX + 1];
	char wide[CONFIG_LINE_MAX + 2];

	scene_enter();
	scene_write_bytes("zero", "port 1\nport\0 2\nport 3\n", 21);
	CHECK_EQ(scene_load("zero"), -EINVAL);
	CHECK_EQ(scene.errors.errors_count, 1);
	CHECK_TEXT(scene.errors.items[0].text,
	           "zero:2:5: there is a zero byte in this line: is this a text file?");
	memset(large, '\n', sizeof large);
	scene_write_bytes("large", large, sizeof large);
	CHECK_EQ(scene_load("large"), -EINVAL);
	CHECK_TEXT(scene.errors.items[0].text,
	           "large: is larger than 1 MiB: this is no configuration");
	memset(wide, 'x', sizeof wide);
	wide[0] = '\n';
	scene_write_bytes("wide", wide, sizeof wide);
	CHECK_EQ(scene_load("wide"), 0 - EINVAL);
	memset(wide, ' ', sizeof wide);
	memcpy(wide, "#", 1);
	scene_write_bytes("wide", wide, sizeof wide);
	CHECK_EQ(scene_load("wide"), -EINVAL);
	CHECK_TEXT(scene.errors.items[0].text,
	           "wide:1:1: the line is longer than 2047 bytes; shorten it");
	scene_leave();
}

TEST(daemon_lines, prints_what_it_would_read_again)
{
	static char first[8192];

	scene_enter();
	scene_write(
		"main.conf",
		"  Server  A   IBURST\n! c\nlog tracking\nallow 1.2/16\nrefclock SHM 0\nport 0\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	strcpy(first, scene_printed());
	CHECK_TEXT(first, "server A IBURST\nlog tracking\nallow 1.2/16\nrefclock SHM 0\nport 0\n");
	scene_write("again.conf", first);
	CHECK_EQ(scene_load("again.conf"), 0);
	CHECK_TEXT(scene_printed(), first);
	scene_leave();
}
