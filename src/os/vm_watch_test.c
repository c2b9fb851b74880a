/* SPDX-License-Identifier: MIT */
#include "os/vm_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/check.h"

static const struct local_time now = { INT64_C(1782900000) * NS_PER_S + NS_PER_S / 2 };

struct machine { /* what its kernel shows, as files */
	char root[32], rtc[96], page[96];
	struct vm_watch watch;
};

static void write_file(const char *path, const void *bytes, size_t length_bytes)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, bytes, length_bytes), (ssize_t)length_bytes);
	close(fd);
}

static void show_second(struct machine *machine, int64_t second)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%lld\n", (long long)second);
	write_file(machine->rtc, text, strlen(text));
}

static void show_marker(struct machine *machine, const char *magic, uint8_t marker)
{
	uint8_t page[4096] = { 0 };

	memcpy(page, magic, 4);
	page[0x10] = marker;
	write_file(machine->page, page, sizeof page);
}

static struct machine *begin(void)
{
	static struct machine machine;
	char path[96];

	strcpy(machine.root, "/tmp/vm_watch_XXXXXX");
	CHECK(mkdtemp(machine.root) != NULL);
	(void)snprintf(path, sizeof path, "%s/class", machine.root);
	CHECK_EQ(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/class/rtc", machine.root);
	CHECK_EQ(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/class/rtc/rtc0", machine.root);
	CHECK_EQ(mkdir(path, 0700), 0);
	(void)snprintf(machine.rtc, sizeof machine.rtc, "%s/class/rtc/rtc0/since_epoch",
	               machine.root);
	(void)snprintf(machine.page, sizeof machine.page, "%s/vmclock0", machine.root);
	return &machine;
}

static void open_watch(struct machine *machine, bool is_virtual)
{
	vm_watch_open(&machine->watch, is_virtual, machine->root, machine->root);
}

static void end(struct machine *machine)
{
	char path[96];

	vm_watch_close(&machine->watch);
	(void)unlink(machine->rtc);
	(void)unlink(machine->page);
	for (const char *each = "/class/rtc/rtc0\0/class/rtc\0/class\0\0"; *each;
	     each += strlen(each) + 1) {
		(void)snprintf(path, sizeof path, "%s%s", machine->root, each);
		CHECK_EQ(rmdir(path), 0);
	}
	CHECK_EQ(rmdir(machine->root), 0);
}

static int64_t lost_ns(struct machine *machine, int64_t rtc_second)
{
	show_second(machine, rtc_second);
	return vm_watch_lost_ns(&machine->watch, now, false);
}

TEST(vm_watch, is_quiet_where_there_is_nothing_to_look_at)
{
	struct machine *machine = begin();

	open_watch(machine, true);
	CHECK(machine->watch.rtc < 0 && machine->watch.host < 0 && !machine->watch.page);
	CHECK(!vm_watch_is_moved(&machine->watch));
	CHECK_EQ(vm_watch_lost_ns(&machine->watch, now, false), 0);
	end(machine);
}

TEST(vm_watch, looks_at_the_real_time_clock_of_virtual_machines_alone)
{
	struct machine *machine = begin();

	show_second(machine, 0);
	open_watch(machine, false);
	CHECK(machine->watch.rtc < 0);
	end(machine);
}

TEST(vm_watch, sees_a_stop_by_the_real_time_clock_once)
{
	struct machine *machine = begin();
	const int64_t second = now.ns / NS_PER_S;

	show_second(machine, second);
	open_watch(machine, true);
	CHECK_EQ(lost_ns(machine, second), 0);
	CHECK_EQ(lost_ns(machine, second), 0);
	CHECK_NEAR((double)lost_ns(machine, second + 5), 4e9, 0.1e9);
	CHECK_EQ(lost_ns(machine, second + 5), 0);
	CHECK(lost_ns(machine, second + 3600) > 3500 * NS_PER_S);
	end(machine);
}

TEST(vm_watch, does_not_take_the_setting_of_the_real_time_clock_for_a_stop)
{
	struct machine *machine = begin();
	const int64_t second = now.ns / NS_PER_S;

	show_second(machine, 0);
	open_watch(machine, true);
	CHECK_EQ(lost_ns(machine, second - 40), 0);
	CHECK_EQ(lost_ns(machine, second), 0);      /* by the kernel, to the system's clock */
	CHECK_EQ(lost_ns(machine, second - 40), 0); /* to whatever else, if backwards */
	CHECK_EQ(lost_ns(machine, second - 1), 0);
	CHECK_EQ(lost_ns(machine, second), 0); /* by so little that it was almost right */
	vm_watch_on_rtc_set(&machine->watch);
	CHECK_EQ(lost_ns(machine, second + 3600), 0);
	CHECK(lost_ns(machine, second + 7200) > 0);
	end(machine);
}

TEST(vm_watch, sees_that_a_vmclock_device_tells_of_a_move)
{
	struct machine *machine = begin();

	show_marker(machine, "VCLK", 1);
	open_watch(machine, true);
	CHECK(machine->watch.page != NULL);
	CHECK(!vm_watch_is_moved(&machine->watch));
	show_marker(machine, "VCLK", 2);
	CHECK(vm_watch_is_moved(&machine->watch));
	CHECK(!vm_watch_is_moved(&machine->watch));
	end(machine);
}

TEST(vm_watch, does_not_believe_a_page_of_something_else)
{
	struct machine *machine = begin();

	show_marker(machine, "KLOC", 1);
	open_watch(machine, true);
	CHECK(!machine->watch.page);
	end(machine);
}
