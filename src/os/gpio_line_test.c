/* SPDX-License-Identifier: MIT */
#include "os/gpio_line.h"

#include <errno.h>
#include <linux/gpio.h>
#include <unistd.h>

#include "testing/check.h"

TEST(gpio_line, reads_what_users_write)
{
	struct gpio_line_config config;

	CHECK_EQ(gpio_line_parse("gpiochip0:17", &config), 0);
	CHECK_TEXT(config.chip, "/dev/gpiochip0");
	CHECK_EQ(config.line, 17);
	CHECK_EQ(config.is_active_low, false);
	CHECK_EQ(gpio_line_parse("4:5:active-low:pull-up:debounce=500", &config), 0);
	CHECK_TEXT(config.chip, "/dev/gpiochip4");
	CHECK_EQ(config.is_active_low, true);
	CHECK_EQ(config.bias, GPIO_BIAS_PULL_UP);
	CHECK_EQ(config.debounce_us, 500);
	CHECK_EQ(gpio_line_parse("/dev/gpio/radio:0:no-bias", &config), 0);
	CHECK_TEXT(config.chip, "/dev/gpio/radio");
}

TEST(gpio_line, refuses_half_a_line)
{
	static const char *const texts[] = {
		"",       "gpiochip0", "gpiochip0:", "gpiochip0:x",     ":1",
		"0:1:up", "0:-1",      "0:1:",       "0:1:debounce=1e9"
	};
	struct gpio_line_config config;

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		CHECK_EQ(gpio_line_parse(texts[i], &config), -EINVAL);
}

TEST(gpio_line, says_when_there_is_no_such_chip)
{
	const struct gpio_line_config config = { .chip = "/dev/timeball-no-such-chip" };
	struct gpio_line line;

	CHECK_EQ(gpio_line_open(&config, &line), -ENOENT);
}

static struct gpio_v2_line_event event(uint64_t at_ns, uint32_t id, uint32_t number)
{
	return (struct gpio_v2_line_event){ .timestamp_ns = at_ns, .id = id, .line_seqno = number };
}

TEST(gpio_line, gives_edges_with_their_stamps_and_counts_the_lost)
{
	const struct gpio_v2_line_event events[] = {
		event(1000, GPIO_V2_LINE_EVENT_FALLING_EDGE, 1),
		event(2000, GPIO_V2_LINE_EVENT_RISING_EDGE, 2),
		event(5000, GPIO_V2_LINE_EVENT_RISING_EDGE, 6),
	};
	struct gpio_edges edges;
	struct gpio_line line;
	int ends[2];

	CHECK_EQ(pipe(ends), 0);
	gpio_line_adopt(ends[0], &line);
	CHECK_EQ(write(ends[1], events, sizeof events), sizeof events);
	CHECK_EQ(gpio_line_read(&line, &edges), 3);
	CHECK_EQ(edges.count, 3);
	CHECK_EQ(edges.edges[0].at.ns, 1000);
	CHECK_EQ(edges.edges[0].is_high, false);
	CHECK_EQ(edges.edges[1].is_high, true);
	CHECK_EQ(edges.lost_count, 3);
	CHECK_EQ(close(ends[1]), 0);
	CHECK_EQ(gpio_line_read(&line, &edges), 0);
	gpio_line_close(&line);
}

TEST(gpio_line, refuses_what_is_no_event)
{
	const struct gpio_v2_line_event odd = event(1000, 7, 1);
	struct gpio_edges edges;
	struct gpio_line line;
	int ends[2];

	CHECK_EQ(pipe(ends), 0);
	gpio_line_adopt(ends[0], &line);
	CHECK_EQ(write(ends[1], &odd, sizeof odd), sizeof odd);
	CHECK_EQ(gpio_line_read(&line, &edges), -EBADMSG);
	CHECK_EQ(write(ends[1], &odd, 5), 5);
	CHECK_EQ(gpio_line_read(&line, &edges), -EBADMSG);
	CHECK_EQ(close(ends[1]), 0);
	gpio_line_close(&line);
}
