/* SPDX-License-Identifier: MIT */
#include "os/gpio_line.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define EVENTS_KEPT     1024 /* by the kernel, until we read: seconds of the worst noise */
#define DEBOUNCE_MAX_US 100000
#define LINE_MAX_NUMBER 65535

static int parse_word(const char *word, struct gpio_line_config *config)
{
	uint64_t value;

	if (strcmp(word, "active-low") == 0)
		config->is_active_low = true;
	else if (strcmp(word, "pull-up") == 0)
		config->bias = GPIO_BIAS_PULL_UP;
	else if (strcmp(word, "pull-down") == 0)
		config->bias = GPIO_BIAS_PULL_DOWN;
	else if (strcmp(word, "no-bias") == 0)
		config->bias = GPIO_BIAS_NONE;
	else if (strncmp(word, "debounce=", 9) == 0 &&
	         text_parse_u64(word + 9, DEBOUNCE_MAX_US, &value) == 0)
		config->debounce_us = (uint32_t)value;
	else
		return -EINVAL;
	return 0;
}

static int parse_chip(const char *word, char *chip, size_t size)
{
	uint64_t number;
	int length;

	if (word[0] == '/')
		length = snprintf(chip, size, "%s", word);
	else if (text_parse_u64(word, 1000, &number) == 0)
		length = snprintf(chip, size, "/dev/gpiochip%u", (unsigned)number);
	else
		length = snprintf(chip, size, "/dev/%s", word);
	return word[0] == '\0' || length < 0 || (size_t)length >= size ? -EINVAL : 0;
}

int gpio_line_parse(const char *text, struct gpio_line_config *config_out)
{
	struct gpio_line_config config = { .bias = GPIO_BIAS_AS_IS };
	char words[160], *rest = words, *word;
	uint64_t line;

	if (strlen(text) >= sizeof words)
		return -EINVAL;
	memcpy(words, text, strlen(text) + 1);
	if (parse_chip(strsep(&rest, ":"), config.chip, sizeof config.chip) < 0)
		return -EINVAL;
	word = strsep(&rest, ":");
	if (!word || text_parse_u64(word, LINE_MAX_NUMBER, &line) < 0)
		return -EINVAL;
	config.line = (uint32_t)line;
	while ((word = strsep(&rest, ":"))) {
		if (parse_word(word, &config) < 0)
			return -EINVAL;
	}
	*config_out = config;
	return 0;
}

static uint64_t flags_of(const struct gpio_line_config *config)
{
	static const uint64_t biases[] = {
		[GPIO_BIAS_AS_IS] = 0,
		[GPIO_BIAS_PULL_UP] = GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
		[GPIO_BIAS_PULL_DOWN] = GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
		[GPIO_BIAS_NONE] = GPIO_V2_LINE_FLAG_BIAS_DISABLED,
	};

	return GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING |
	       GPIO_V2_LINE_FLAG_EDGE_FALLING | GPIO_V2_LINE_FLAG_EVENT_CLOCK_REALTIME |
	       biases[config->bias] |
	       (config->is_active_low ? (uint64_t)GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0);
}

static int request_line(int chip, const struct gpio_line_config *config, int *fd_out)
{
	struct gpio_v2_line_request request = {
		.offsets = { config->line },
		.consumer = "timeball",
		.num_lines = 1,
		.event_buffer_size = EVENTS_KEPT,
		.config.flags = flags_of(config),
	};

	if (config->debounce_us > 0) {
		request.config.num_attrs = 1;
		request.config.attrs[0].mask = 1;
		request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE;
		request.config.attrs[0].attr.debounce_period_us = config->debounce_us;
	}
	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0)
		return -errno;
	if (fcntl(request.fd, F_SETFL, O_NONBLOCK) < 0) {
		const int error = -errno;

		(void)close(request.fd);
		return error;
	}
	*fd_out = request.fd;
	return 0;
}

int gpio_line_open(const struct gpio_line_config *config, struct gpio_line *line_out)
{
	const int chip = open(config->chip, O_RDWR | O_CLOEXEC);
	int fd, error;

	if (chip < 0)
		return -errno;
	error = request_line(chip, config, &fd);
	(void)close(chip);
	if (error == 0)
		gpio_line_adopt(fd, line_out);
	return error;
}

void gpio_line_adopt(int fd, struct gpio_line *line_out)
{
	*line_out = (struct gpio_line){ .fd = fd };
}

void gpio_line_close(struct gpio_line *line)
{
	(void)close(line->fd);
	line->fd = -1;
}

int gpio_line_read(struct gpio_line *line, struct gpio_edges *edges_out)
{
	struct gpio_v2_line_event events[GPIO_EDGES_MAX];
	struct gpio_edges edges = { 0 };
	ssize_t length = read(line->fd, events, sizeof events);

	if (length < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	if (length < 0)
		length = 0;
	if ((size_t)length % sizeof events[0] != 0)
		return -EBADMSG;
	for (size_t i = 0; i < (size_t)length / sizeof events[0]; i++) {
		const struct gpio_v2_line_event *event = &events[i];

		if ((event->id != GPIO_V2_LINE_EVENT_RISING_EDGE &&
		     event->id != GPIO_V2_LINE_EVENT_FALLING_EDGE) ||
		    event->timestamp_ns > INT64_MAX)
			return -EBADMSG;
		if (line->has_sequence)
			edges.lost_count += event->line_seqno - line->sequence - 1;
		line->has_sequence = true;
		line->sequence = event->line_seqno;
		edges.edges[edges.count].at.ns = (int64_t)event->timestamp_ns;
		edges.edges[edges.count].is_high = event->id == GPIO_V2_LINE_EVENT_RISING_EDGE;
		edges.count++;
	}
	*edges_out = edges;
	return (int)edges.count;
}
