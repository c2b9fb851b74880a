/* SPDX-License-Identifier: MIT */
#include "os/serial_pin.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/gpio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define NOBODY  65534
#define LOOK_NS (2 * NS_PER_MS) /* of drivers that cannot wait */

enum { PORT_FD = 3, PIPE_FD = 4 };

static const struct {
	const char *word;
	int bit;
} pins[] = {
	[SERIAL_PIN_DCD] = { "dcd", TIOCM_CAR },
	[SERIAL_PIN_CTS] = { "cts", TIOCM_CTS },
	[SERIAL_PIN_DSR] = { "dsr", TIOCM_DSR },
	[SERIAL_PIN_RI] = { "ri", TIOCM_RI },
};

enum serial_pin serial_pin_parse(const char *word)
{
	for (unsigned i = SERIAL_PIN_DCD; i <= SERIAL_PIN_RI; i++) {
		if (strcmp(word, pins[i].word) == 0)
			return (enum serial_pin)i;
	}
	return SERIAL_PIN_NONE;
}

/* ---- the process that waits ---- */

static void on_alarm(int number)
{
	(void)number; /* has come to interrupt the waiting */
}

/* Rights, files and signals of the daemon are none of its business. */
static bool is_alone(int port, int pipe_end)
{
	const struct sigaction alarm = { .sa_handler = on_alarm }; /* no SA_RESTART */
	const struct itimerval each_second = { { 1, 0 }, { 1, 0 } };
	/* out of the way of the numbers that they are to have */
	const int port_away = fcntl(port, F_DUPFD, PIPE_FD + 1),
		  pipe_away = fcntl(pipe_end, F_DUPFD, PIPE_FD + 1);

	if (dup2(port_away, PORT_FD) < 0 || dup2(pipe_away, PIPE_FD) < 0 ||
	    close_range(PIPE_FD + 1, ~0U, 0) != 0)
		return false;
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
	                       setresuid(NOBODY, NOBODY, NOBODY) != 0))
		return false;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_NAME, "timeball-pin");
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_IGN); /* of a terminal: the reader of the pipe decides */
	(void)signal(SIGPIPE, SIG_DFL);
	return sigaction(SIGALRM, &alarm, NULL) == 0 &&
	       setitimer(ITIMER_REAL, &each_second, NULL) == 0;
}

static bool is_wanted(void)
{
	struct pollfd reader = { .fd = PIPE_FD };

	return poll(&reader, 1, 0) == 0 || !(reader.revents & POLLERR);
}

/* Until something may have changed. False: the port is gone. */
static bool wait_for_change(int bit)
{
	const struct timespec rest = { .tv_nsec = LOOK_NS };

	if (ioctl(PORT_FD, TIOCMIWAIT, bit) == 0 || errno == EINTR)
		return true;
	if (errno == EIO || errno == ENODEV)
		return false;
	(void)nanosleep(&rest, NULL);
	return true;
}

static bool tell(bool is_high, uint32_t sequence)
{
	struct timespec now = { 0 };
	struct gpio_v2_line_event event;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	event = (struct gpio_v2_line_event){
		.timestamp_ns = (uint64_t)(now.tv_sec * NS_PER_S + now.tv_nsec),
		.id = is_high ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE,
		.seqno = sequence,
		.line_seqno = sequence,
	};
	/* a full pipe: the number tells the reader that events were lost */
	return write(PIPE_FD, &event, sizeof event) == (ssize_t)sizeof event || errno == EAGAIN;
}

static _Noreturn void watch(int bit, bool is_active_low)
{
	uint32_t sequence = 0;
	int level = -1, lines;

	while (is_wanted() && ioctl(PORT_FD, TIOCMGET, &lines) == 0) {
		const int now = !!(lines & bit) != is_active_low;

		if (now != level && !tell(now, ++sequence))
			break;
		level = now;
		if (!wait_for_change(bit))
			break;
	}
	_exit(0);
}

/* Twice removed, so that it is nobody's child to be waited for. */
static int start(int port, int pipe_end, enum serial_pin pin, bool is_active_low)
{
	const pid_t child = fork();

	if (child == 0) {
		const pid_t watcher = fork();

		if (watcher == 0 && is_alone(port, pipe_end))
			watch(pins[pin].bit, is_active_low);
		_exit(watcher < 0);
	}
	if (child < 0)
		return -errno;
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* ---- opening ---- */

/* Changes of the carrier must not hang up. */
static int open_port(const char *path)
{
	const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios mode;
	int lines;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, TIOCMGET, &lines) == 0 && tcgetattr(fd, &mode) == 0) {
		mode.c_cflag |= CLOCAL;
		if (tcsetattr(fd, TCSANOW, &mode) == 0)
			return fd;
	}
	(void)close(fd);
	return -ENOTTY;
}

int serial_pin_open(const char *path, enum serial_pin pin, bool is_active_low,
                    struct gpio_line *line_out)
{
	const int port = open_port(path);
	int ends[2], error;

	if (port < 0)
		return port;
	error = pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : -errno;
	if (error == 0) {
		error = start(port, ends[1], pin, is_active_low);
		(void)close(ends[1]);
		if (error == 0)
			gpio_line_adopt(ends[0], line_out);
		else
			(void)close(ends[0]);
	}
	(void)close(port);
	return error;
}
