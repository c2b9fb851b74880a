/* SPDX-License-Identifier: MIT */
#include "os/edge_feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/check.h"

static char folder[64];

static struct refclock_device device_at(const char *name)
{
	struct refclock_device device = { .bias = GPIO_BIAS_PULL_UP };

	strcpy(folder, "/tmp/edge_feed_XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	snprintf(device.path, sizeof device.path, "%s/%s", folder, name);
	return device;
}

static void clean(const struct refclock_device *device)
{
	(void)unlink(device->path);
	(void)rmdir(folder);
}

static void write_file(const struct refclock_device *device, const char *text)
{
	FILE *file = fopen(device->path, "we");

	CHECK(file != NULL);
	CHECK(fputs(text, file) >= 0);
	CHECK_EQ(fclose(file), 0);
}

TEST(edge_feed, plays_a_recording_from_now_on_in_its_own_time)
{
	const struct refclock_device device = device_at("night");
	struct edge_feed feed;
	struct edge_feed_edge first, second;

	write_file(&device, "# a comment\n100.5 0\n100.500000100 1\n4000 0\n");
	CHECK_EQ(edge_feed_open(&device, &feed), 0);
	CHECK_EQ(edge_feed_fd(&feed), -1);
	CHECK_EQ(edge_feed_wait_ns(&feed), 0);
	CHECK_EQ(edge_feed_take(&feed, &first), 0);
	CHECK_EQ(edge_feed_take(&feed, &second), 0);
	CHECK_EQ(first.is_high, false);
	CHECK_EQ(second.is_high, true);
	CHECK_EQ(second.sequence - first.sequence, 1);
	CHECK_EQ((second.real.tv_sec - first.real.tv_sec) * NS_PER_S + second.real.tv_nsec -
	                 first.real.tv_nsec,
	         100);
	CHECK(first.real.tv_sec > 1000000);
	CHECK_EQ(edge_feed_take(&feed, &first), -EAGAIN);
	CHECK(edge_feed_wait_ns(&feed) > 3000 * NS_PER_S);
	edge_feed_close(&feed);
	clean(&device);
}

TEST(edge_feed, says_when_a_file_is_not_one_of_edges)
{
	const struct refclock_device device = device_at("letter");
	struct edge_feed feed;
	struct edge_feed_edge edge;

	CHECK_EQ(edge_feed_open(&device, &feed), -ENOENT);
	write_file(&device, "Dear Sir\n");
	CHECK_EQ(edge_feed_open(&device, &feed), 0);
	CHECK_EQ(edge_feed_take(&feed, &edge), -EBADMSG);
	edge_feed_close(&feed);
	clean(&device);
}

TEST(edge_feed, takes_a_pipes_edges_as_they_come_and_their_stamps_as_they_are)
{
	const struct refclock_device device = device_at("pipe");
	struct edge_feed feed;
	struct edge_feed_edge edge;

	CHECK_EQ(mkfifo(device.path, 0600), 0);
	CHECK_EQ(edge_feed_open(&device, &feed), 0);
	CHECK(edge_feed_fd(&feed) >= 0);
	CHECK_EQ(edge_feed_take(&feed, &edge), -EAGAIN);
	write_file(&device, "1795329000.25 1\n17953"); /* half a line waits for its other half */
	CHECK_EQ(edge_feed_take(&feed, &edge), 0);
	CHECK_EQ(edge.real.tv_sec, 1795329000);
	CHECK_EQ(edge.real.tv_nsec, 250000000);
	CHECK(edge.is_high);
	CHECK_EQ(edge_feed_take(&feed, &edge), -EAGAIN);
	write_file(&device, "29001 0\n");
	CHECK_EQ(edge_feed_take(&feed, &edge), 0);
	CHECK_EQ(edge.real.tv_sec, 1795329001);
	edge_feed_close(&feed);
	clean(&device);
}

TEST(edge_feed, opens_no_chip_that_is_not_there)
{
	const struct refclock_device device = { .path = "gpiochip987:17" };
	struct edge_feed feed;

	CHECK_EQ(edge_feed_open(&device, &feed), -ENOENT);
}
