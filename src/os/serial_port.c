/* SPDX-License-Identifier: MIT */
#include "os/serial_port.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
	uint32_t baud;
	speed_t speed;
} speeds[] = {
	{ 300, B300 },       { 600, B600 },       { 1200, B1200 },     { 2400, B2400 },
	{ 4800, B4800 },     { 9600, B9600 },     { 19200, B19200 },   { 38400, B38400 },
	{ 57600, B57600 },   { 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
	{ 921600, B921600 },
};

static int set_up(int fd, uint32_t baud)
{
	struct termios mode;

	if (tcgetattr(fd, &mode) != 0)
		return -errno;
	cfmakeraw(&mode);
	mode.c_cflag |= CLOCAL | CREAD;
	mode.c_cflag &= (tcflag_t) ~(CSTOPB | CRTSCTS);
	mode.c_cc[VMIN] = 0;
	mode.c_cc[VTIME] = 0;
	for (size_t i = 0; baud != 0 && i < ARRAY_COUNT(speeds); i++) {
		if (speeds[i].baud != baud)
			continue;
		if (cfsetispeed(&mode, speeds[i].speed) != 0 ||
		    cfsetospeed(&mode, speeds[i].speed) != 0)
			return -errno;
		baud = 0;
	}
	if (baud != 0)
		return -ERANGE;
	if (tcsetattr(fd, TCSANOW, &mode) != 0)
		return -errno;
	(void)tcflush(fd, TCIFLUSH);
	return 0;
}

int serial_port_open(const char *path, uint32_t baud)
{
	const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	const int used = fd >= 0 ? fd : open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	int error = 0;

	if (used < 0)
		return -errno;
	(void)fcntl(used, F_SETFD, FD_CLOEXEC);
	if (isatty(used))
		error = set_up(used, baud);
	if (error != 0) {
		(void)close(used);
		return error;
	}
	return used;
}

ssize_t serial_port_read(int fd, uint8_t *bytes, size_t size_bytes)
{
	const ssize_t length = read(fd, bytes, size_bytes);

	if (length > 0)
		return length;
	if (length == 0)
		return isatty(fd) ? -EAGAIN : -ENODEV;
	return errno == EIO ? -ENODEV : -errno;
}

void serial_port_remember(const char *path, struct serial_port_settings *settings_out)
{
	settings_out->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (settings_out->fd >= 0 && tcgetattr(settings_out->fd, &settings_out->mode) == 0)
		return;
	if (settings_out->fd >= 0)
		(void)close(settings_out->fd);
	settings_out->fd = -1;
}

void serial_port_restore(struct serial_port_settings *settings)
{
	if (settings->fd < 0)
		return;
	(void)tcsetattr(settings->fd, TCSANOW, &settings->mode);
	(void)close(settings->fd);
	settings->fd = -1;
}
