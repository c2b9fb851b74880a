/* os/gpio_line: a pin's edges with the kernel's time stamps. SPDX-License-Identifier: MIT
 *
 * GPIO character device, uAPI v2 (Linux 5.10, <linux/gpio.h>); stamps are CLOCK_REALTIME. Opening
 * and reading are apart, so that any descriptor that gives such events can be read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"

#define GPIO_EDGES_MAX 64

enum gpio_bias { GPIO_BIAS_AS_IS, GPIO_BIAS_PULL_UP, GPIO_BIAS_PULL_DOWN, GPIO_BIAS_NONE };

struct gpio_line_config {
	char chip[64]; /* path of the device */
	uint32_t line; /* its number on the chip */
	bool is_active_low;
	enum gpio_bias bias;
	uint32_t debounce_us; /* shorter changes are dropped and stamps are late by it; 0 = off */
};

struct gpio_line {
	int fd;
	bool has_sequence;
	uint32_t sequence; /* of the last event */
};

struct gpio_edges {
	size_t count;
	struct {
		struct local_time at;
		bool is_high;
	} edges[GPIO_EDGES_MAX];
	uint32_t lost_count; /* edges that the kernel had no room for before these */
};

/* "CHIP:LINE[:active-low][:pull-up|:pull-down|:no-bias][:debounce=MICROSECONDS]"; CHIP is
 * gpiochip0, 0 or a path. 0 or -EINVAL. */
NODISCARD int gpio_line_parse(const char *text, struct gpio_line_config *config_out);
/* Asks for both edges of the line. 0 or -errno (-ENOENT no such chip, -EBUSY in use, -EACCES …). */
NODISCARD int gpio_line_open(const struct gpio_line_config *config, struct gpio_line *line_out);
/* For a descriptor that is open already; taken over. */
void gpio_line_adopt(int fd, struct gpio_line *line_out);
void gpio_line_close(struct gpio_line *line);
/* What is there to read. Number of edges; 0 at the end of a pipe or when nothing waits; -errno, and
 * -EBADMSG when it is not made of events. */
NODISCARD int gpio_line_read(struct gpio_line *line, struct gpio_edges *edges_out);
