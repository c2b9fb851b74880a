/* SPDX-License-Identifier: MIT */
#include "cli/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"

static bool is_capable_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

int screen_init(struct screen *screen)
{
	sigset_t stopping;

	*screen = (struct screen){ .is_terminal = is_capable_terminal(), .signals = -1 };
	sigemptyset(&stopping);
	sigaddset(&stopping, SIGINT);
	sigaddset(&stopping, SIGTERM);
	sigaddset(&stopping, SIGHUP);
	sigprocmask(SIG_BLOCK, &stopping, NULL);
	screen->signals = signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK);
	return screen->signals < 0 ? -errno : 0;
}

static void put(const char *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
}

static void put_string(const char *string)
{
	put(string, strlen(string));
}

void screen_open(struct screen *screen)
{
	struct termios raw;

	if (!screen->is_terminal || tcgetattr(STDIN_FILENO, &screen->before) != 0)
		return;
	raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
	screen->is_open = true;
	put_string("\x1b[?1049h\x1b[?25l\x1b[2J"); /* alternate screen, no cursor, clear */
}

void screen_close(struct screen *screen)
{
	if (screen->is_open) {
		put_string("\x1b[0m\x1b[?25h\x1b[?1049l");
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen->before);
		screen->is_open = false;
	}
	if (screen->signals >= 0)
		close(screen->signals);
	screen->signals = -1;
}

size_t screen_cut(const char *line, size_t length, size_t columns, char *out)
{
	size_t used = 0, column = 0;

	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)line[i];

		if (c == 0x1b) { /* up to its final letter, whatever the column */
			while (i < length && line[i] != 'm')
				out[used++] = line[i++];
			if (i < length)
				out[used++] = line[i];
			continue;
		}
		column += (c & 0xc0) != 0x80;
		if (column <= columns)
			out[used++] = line[i];
	}
	return used;
}

void screen_draw(struct screen *screen, const char *frame)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	/* for each line at most: its bytes, erase to the end of the line, line break */
	char *out = malloc(strlen(frame) * 8 + 64);
	size_t used;

	if (!screen->is_open || !out) {
		free(out);
		return;
	}
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	memcpy(out, "\x1b[H", used = 3);
	for (unsigned row = 0; row < size.ws_row && *frame; row++) {
		const size_t length = strcspn(frame, "\n");

		if (row > 0) {
			memcpy(out + used, "\r\n", 2);
			used += 2;
		}
		used += screen_cut(frame, length, size.ws_col, out + used);
		memcpy(out + used, "\x1b[K", 3);
		used += 3;
		frame += length + (frame[length] == '\n');
	}
	memcpy(out + used, "\x1b[J", 3);
	put(out, used + 3);
	free(out);
}

int64_t screen_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void read_key(struct screen *screen)
{
	char key;

	while (read(STDIN_FILENO, &key, 1) == 1) {
		if (key == 'q' || key == 'Q' || key == 4) /* 4: end of transmission, Ctrl-D */
			screen->is_stopped = true;
	}
}

static void read_signal(struct screen *screen)
{
	struct signalfd_siginfo info;

	if (read(screen->signals, &info, sizeof info) == sizeof info) {
		screen->signal = (int)info.ssi_signo;
		screen->is_stopped = true;
	}
}

void screen_wait_until(struct screen *screen, int64_t mono_ns)
{
	while (!screen->is_stopped) {
		struct pollfd waited[2] = { { .fd = screen->signals, .events = POLLIN },
			                    { .fd = STDIN_FILENO, .events = POLLIN } };
		const int64_t left_ns = mono_ns - screen_now_ns();
		const struct timespec left = { .tv_sec = left_ns / NS_PER_S,
			                       .tv_nsec = left_ns % NS_PER_S };

		if (left_ns <= 0 || ppoll(waited, screen->is_open ? 2 : 1, &left, NULL) <= 0)
			return;
		if (waited[0].revents)
			read_signal(screen);
		if (screen->is_open && waited[1].revents & (POLLHUP | POLLERR))
			screen->is_stopped = true;
		else if (screen->is_open && waited[1].revents)
			read_key(screen);
	}
}
