/* A port whose driver shows its control lines but cannot wait for them (TIOCMIWAIT), as some
 * adapters' are: a pseudo-terminal, with ioctl(2) between it and the program.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "os/serial_pin.h"
#include "testing/check.h"

#define PATIENCE_MS 20000

static volatile int *shown_lines; /* shared with the process that looks; NULL = the real ioctl */

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	void *argument;

	va_start(rest, request);
	argument = va_arg(rest, void *);
	va_end(rest);
	if (shown_lines && request == TIOCMGET && isatty(fd)) {
		*(int *)argument = *shown_lines;
		return 0;
	}
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

static bool next_level(struct gpio_line *line, bool *is_high_out)
{
	struct pollfd pipe_end = { .fd = line->fd, .events = POLLIN };
	struct gpio_edges edges;

	if (poll(&pipe_end, 1, PATIENCE_MS) != 1 || gpio_line_read(line, &edges) != 1)
		return false;
	*is_high_out = edges.edges[0].is_high;
	return edges.lost_count == 0;
}

TEST(serial_pin, looks_again_and_again_where_the_driver_cannot_wait)
{
	struct gpio_line line;
	int ours, theirs;
	bool is_high = true;

	CHECK_EQ(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
	shown_lines = mmap(NULL, sizeof *shown_lines, PROT_READ | PROT_WRITE,
	                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shown_lines != MAP_FAILED);
	*shown_lines = TIOCM_DSR;
	CHECK_EQ(serial_pin_open(ptsname(ours), SERIAL_PIN_CTS, false, &line), 0);
	CHECK(next_level(&line, &is_high) && !is_high); /* as it is */
	for (unsigned i = 0; i < 5; i++) {
		const bool is_set = i % 2 == 0;

		*shown_lines = is_set ? TIOCM_CTS : TIOCM_CAR;
		CHECK(next_level(&line, &is_high));
		CHECK_EQ(is_high, is_set);
	}
	gpio_line_close(&line);
	(void)munmap((void *)shown_lines, sizeof *shown_lines);
	shown_lines = NULL;
	(void)close(ours);
	(void)close(theirs);
}
