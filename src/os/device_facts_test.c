/* SPDX-License-Identifier: MIT */
#include "os/device_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testing/check.h"

static char root[] = "/tmp/device_facts_XXXXXX";

static void make(const char *name, const char *content)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", root, name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	CHECK(file != NULL);
	fputs(content, file);
	fclose(file);
}

static void start(void)
{
	if (strstr(root, "XXXXXX"))
		CHECK(mkdtemp(root) != NULL);
}

TEST(device_facts, says_that_a_device_is_not_there)
{
	struct device_facts facts;

	device_facts_look("/dev/no-such-receiver", "/proc", "/sys", &facts);
	CHECK_EQ(facts.error, ENOENT);
}

TEST(device_facts, knows_a_device_that_nobody_uses)
{
	struct device_facts facts;
	char path[100];

	start();
	make("port", "");
	snprintf(path, sizeof path, "%s/port", root);
	device_facts_look(path, "/proc", "/sys", &facts);
	CHECK_EQ(facts.error, 0);
	CHECK(!facts.is_character);
	CHECK(facts.can_read);
	CHECK_EQ(facts.holders_count, 0);
	CHECK(!facts.is_console);
	device_facts_look("/dev/null", "/nowhere", "/nowhere", &facts);
	CHECK(facts.is_character);
}

TEST(device_facts, finds_the_program_that_has_it_open)
{
	struct device_facts facts;
	char path[100], byte;
	int ready[2];
	pid_t child;

	start();
	make("port", "");
	snprintf(path, sizeof path, "%s/port", root);
	CHECK_EQ(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		const int fd = open(path, O_RDONLY);

		if (write(ready[1], "x", fd >= 0) == 1)
			pause();
		_exit(1);
	}
	CHECK_EQ(read(ready[0], &byte, 1), 1);
	device_facts_look(path, "/proc", "/sys", &facts);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	CHECK_EQ(facts.holders_count, 1);
	CHECK_EQ(facts.holders[0].pid, child);
	CHECK_TEXT(facts.holders[0].name, "os_test");
}

TEST(device_facts, knows_the_console)
{
	struct device_facts facts;
	char path[100];

	start();
	make("ttyAMA0", "");
	make("sys/class/tty/console/active", "tty1 ttyAMA0\n");
	snprintf(path, sizeof path, "%s/sys", root);
	device_facts_look("/dev/null", "/proc", path, &facts);
	CHECK(!facts.is_console);
	{
		char port[100];

		snprintf(port, sizeof port, "%s/ttyAMA0", root);
		device_facts_look(port, "/proc", path, &facts);
	}
	CHECK(facts.is_console);
}

TEST(device_facts, counts_pulses)
{
	struct device_pulses pulses[DEVICE_FACTS_PULSES_MAX];
	char path[100];

	start();
	make("sys/class/pps/pps1/name", "serial0\n");
	make("sys/class/pps/pps1/assert", "");
	make("sys/class/pps/pps0/name", "pps@12.-1\n");
	make("sys/class/pps/pps0/assert", "1795305600.000001234#4242\n");
	make("sys/class/pps/pps0/clear", "0.000000000#0\n");
	snprintf(path, sizeof path, "%s/sys", root);
	CHECK_EQ(device_facts_pulses(path, pulses), 2);
	CHECK_TEXT(pulses[0].name, "pps0");
	CHECK_TEXT(pulses[0].label, "pps@12.-1");
	CHECK_EQ(pulses[0].assert_count, 4242);
	CHECK_EQ(pulses[0].clear_count, 0);
	CHECK_EQ(pulses[1].assert_count, 0);
	CHECK_EQ(device_facts_pulses("/nowhere", pulses), 0);
}
