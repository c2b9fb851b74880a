/* SPDX-License-Identifier: MIT */
#include "os/refclock_feeds.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/null_clock.h"
#include "os/serial_port.h"
#include "os/sock_receiver.h"
#include "testing/check.h"

#define UNIT (100 + (uint32_t)getpid() % 150) /* nobody else's, also of two runs side by side */

static char folder[64], path[96];
static struct refclock_options options;
static struct refclock_feeds feeds;
static struct clock *system_clock;

static void enter(void)
{
	strcpy(folder, "/tmp/timeball-feeds-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/sock", folder);
	CHECK_EQ(null_clock_open(&system_clock), 0);
	refclock_feeds_init(&feeds);
}

static void leave(void)
{
	refclock_feeds_close(&feeds);
	clock_close(system_clock);
	(void)unlink(path);
	(void)rmdir(folder);
}

static void open_feed(const char *driver, const char *device)
{
	options = (struct refclock_options){ .driver = refclock_drivers_find(driver),
		                             .dpoll_log2_s = -6,
		                             .device = { .unit = UNIT, .permissions = 0600 } };
	(void)snprintf(options.device.path, sizeof options.device.path, "%s", device);
	refclock_feeds_open(&feeds, &options, 1, system_clock);
}

/* Waits as the daemon does, for at most a second. */
static bool next_event(struct refclock_feeds_taken *taken_out)
{
	for (int tries = 0; tries < 100; tries++) {
		struct pollfd set[REFCLOCK_FEEDS_MAX];
		size_t at = 0;
		int ready;

		refclock_feeds_poll_set(&feeds, set);
		ready = poll(set, REFCLOCK_FEEDS_MAX, 10);
		if (refclock_feeds_take(&feeds, ready > 0 ? set : NULL, &at, taken_out))
			return true;
	}
	return false;
}

static void send_to(const char *to, const char *bytes)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(address.sun_path, to, strlen(to));
	CHECK_EQ(sendto(fd, bytes, strlen(bytes), 0, (struct sockaddr *)&address, sizeof address),
	         strlen(bytes));
	(void)close(fd);
}

TEST(refclock_feeds, gives_what_is_sent_to_a_socket)
{
	struct refclock_feeds_taken taken;

	enter();
	open_feed("SOCK", path);
	CHECK_EQ(refclock_feeds_error(&feeds, 0), 0);
	send_to(path, "hello");
	CHECK(next_event(&taken));
	CHECK(taken.is_event);
	CHECK_EQ(taken.event.input, REFCLOCK_DATAGRAM);
	CHECK_EQ(taken.event.datagram.length_bytes, 5);
	CHECK(memcmp(taken.event.datagram.bytes, "hello", 5) == 0);
	CHECK_EQ(taken.event.map.local.ns, taken.event.map.real_ns);
	leave();
	CHECK(access(path, F_OK) != 0); /* our own socket goes with us */
}

TEST(refclock_feeds, takes_a_sample_out_of_the_segment_once)
{
	const struct shm_time time = { .mode = 1,
		                       .count = 5,
		                       .clock_ns = 7 * NS_PER_S,
		                       .receive_ns = 8 * NS_PER_S,
		                       .is_valid = true };
	struct refclock_feeds_taken taken;
	struct shm_time_layout layout;
	int id;

	enter();
	open_feed("SHM", "203");
	CHECK_EQ(refclock_feeds_error(&feeds, 0), 0);
	shm_time_encode(&time, &layout);
	memcpy((void *)feeds.feeds[0].segment.memory, &layout, sizeof layout);
	CHECK(next_event(&taken));
	CHECK(taken.is_event);
	CHECK_EQ(taken.event.segment.count_after, 5);
	CHECK(memcmp(taken.event.segment.bytes, &layout, sizeof layout) == 0);
	CHECK_EQ(feeds.feeds[0].segment.memory->is_valid, 0);
	CHECK(!next_event(&taken));
	id = shmget(SHM_TIME_KEY + (key_t)UNIT, 0, 0);
	leave();
	(void)shmctl(id, IPC_RMID, NULL);
}

TEST(refclock_feeds, reads_a_terminal_and_notices_that_it_goes)
{
	struct refclock_feeds_taken taken;
	int ours, theirs;

	enter();
	CHECK_EQ(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	open_feed("NMEA", ptsname(ours));
	(void)close(theirs);
	CHECK_EQ(refclock_feeds_error(&feeds, 0), 0);
	CHECK_EQ(write(ours, "$GP\r\n", 5), 5);
	CHECK(next_event(&taken));
	CHECK(taken.is_event);
	CHECK_EQ(taken.event.serial.length_bytes, 5); /* raw: no newline is changed */
	CHECK(memcmp(taken.event.serial.bytes, "$GP\r\n", 5) == 0);
	(void)close(ours);
	CHECK(next_event(&taken));
	CHECK(!taken.is_event);
	CHECK(taken.error != 0);
	leave();
}

TEST(refclock_feeds, says_what_cannot_be_opened_and_goes_on)
{
	enter();
	open_feed("PPS", "/dev/null/pps");
	CHECK_EQ(refclock_feeds_error(&feeds, 0), -ENOTDIR);
	CHECK(refclock_feeds_deadline(&feeds).ns > clock_mono_now().ns);
	refclock_feeds_close(&feeds);
	open_feed("PPS", "/dev/null");
	CHECK_EQ(refclock_feeds_error(&feeds, 0), -ENOTTY);
	refclock_feeds_close(&feeds);
	open_feed("PHC", "lo");
	CHECK(refclock_feeds_error(&feeds, 0) < 0);
	leave();
}

/* A pipe in which somebody dumps edges, beside a socket to which one message comes. */
TEST(refclock_feeds, lets_no_flood_of_edges_starve_the_others)
{
	static struct refclock_options both[2];
	enum { EDGES = 1500 };
	char pipe_path[96];
	struct refclock_feeds_taken taken;
	int edges_count = 0, messages_count = 0, most = 0, fd;

	enter();
	(void)snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
	CHECK_EQ(mkfifo(pipe_path, 0600), 0);
	both[0] = (struct refclock_options){ .driver = refclock_drivers_find("MSF") };
	both[1] = (struct refclock_options){ .driver = refclock_drivers_find("SOCK") };
	memcpy(both[0].device.path, pipe_path, sizeof pipe_path);
	memcpy(both[1].device.path, path, sizeof path);
	refclock_feeds_open(&feeds, both, 2, system_clock);
	fd = open(pipe_path, O_WRONLY);
	for (int i = 0; i < EDGES; i++)
		(void)dprintf(fd, "%d.5 %d\n", 1000 + i, i % 2);
	send_to(path, "hello");
	for (int turn = 0; turn < EDGES && edges_count < EDGES; turn++) {
		struct pollfd set[REFCLOCK_FEEDS_MAX];
		int in_turn = 0;
		size_t at = 0;

		refclock_feeds_poll_set(&feeds, set);
		CHECK(turn == 0 || refclock_feeds_deadline(&feeds).ns == 0);
		CHECK(poll(set, REFCLOCK_FEEDS_MAX, 0) >= 0);
		while (refclock_feeds_take(&feeds, set, &at, &taken)) {
			in_turn += taken.is_event && taken.refclock == 0;
			messages_count += taken.is_event && taken.refclock == 1;
		}
		edges_count += in_turn;
		most = in_turn > most ? in_turn : most;
		CHECK_EQ(messages_count, 1);
	}
	CHECK_EQ(edges_count, EDGES);
	CHECK(most > 1 && most <= 64);
	(void)close(fd);
	(void)unlink(pipe_path);
	leave();
}

TEST(sock_receiver, replaces_only_a_socket_that_nobody_listens_to)
{
	uint8_t bytes[8];
	int first, second, file;

	enter();
	first = sock_receiver_open(path);
	CHECK(first >= 0);
	CHECK_EQ(sock_receiver_take(first, bytes, sizeof bytes), -EAGAIN);
	CHECK_EQ(sock_receiver_open(path), -EADDRINUSE);
	(void)close(first); /* as after a crash: the path stays */
	second = sock_receiver_open(path);
	CHECK(second >= 0);
	sock_receiver_close(second, path);
	CHECK(access(path, F_OK) != 0);
	file = open(path, O_CREAT | O_WRONLY, 0600);
	CHECK_EQ(sock_receiver_open(path), -EEXIST);
	(void)close(file);
	CHECK_EQ(access(path, F_OK), 0);
	CHECK_EQ(sock_receiver_open("/nowhere/at/all"), -ENOENT);
	leave();
}

TEST(serial_port, knows_its_speeds)
{
	int ours, theirs;

	CHECK_EQ(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	CHECK_EQ(serial_port_open(ptsname(ours), 12345), -ERANGE);
	CHECK_EQ(serial_port_open("/nowhere", 9600), -ENOENT);
	(void)close(ours);
	(void)close(theirs);
}

TEST(serial_port, is_given_back_as_it_was)
{
	struct serial_port_settings settings;
	struct termios before, meanwhile, after;
	int ours, theirs, fd;

	CHECK_EQ(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	CHECK_EQ(tcgetattr(theirs, &before), 0);
	serial_port_remember(ptsname(ours), &settings);
	fd = serial_port_open(ptsname(ours), 4800);
	CHECK_EQ(tcgetattr(theirs, &meanwhile), 0);
	CHECK(cfgetispeed(&meanwhile) != cfgetispeed(&before));
	CHECK(meanwhile.c_lflag != before.c_lflag);
	(void)close(fd);
	serial_port_restore(&settings);
	CHECK_EQ(tcgetattr(theirs, &after), 0);
	CHECK_EQ(cfgetispeed(&after), cfgetispeed(&before));
	CHECK_EQ(after.c_lflag, before.c_lflag);
	CHECK_EQ(after.c_cflag, before.c_cflag);
	(void)close(ours);
	(void)close(theirs);
	serial_port_remember("/nowhere", &settings);
	serial_port_restore(&settings);
}
