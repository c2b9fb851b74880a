/* SPDX-License-Identifier: MIT */
#include "os/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define PATH_SIZE 4096

static int write_all(int fd, const char *bytes, size_t length_bytes)
{
	while (length_bytes > 0) {
		const ssize_t written = write(fd, bytes, length_bytes);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			bytes += written;
			length_bytes -= (size_t)written;
		}
	}
	return 0;
}

static int fill(int fd, const void *bytes, size_t length_bytes, mode_t mode)
{
	const int error = write_all(fd, bytes, length_bytes);

	if (error != 0)
		return error;
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
		return -errno;
	return 0;
}

/* The rename is only sure to outlive a power cut once the folder is flushed too. */
static void flush_folder(const char *path)
{
	char folder[PATH_SIZE];
	struct text out = text_into(folder, sizeof folder);
	const char *slash = strrchr(path, '/');
	int fd;

	if (!slash)
		text_add(&out, ".");
	else
		text_add_bytes(&out, path, slash == path ? 1 : (size_t)(slash - path));
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

int state_file_save(const char *path, const void *bytes, size_t length_bytes, mode_t mode)
{
	char temporary[PATH_SIZE];
	struct text name = text_into(temporary, sizeof temporary);
	int error, fd;

	text_add(&name, path);
	text_add(&name, ".tmp");
	if (name.is_cut)
		return -ENAMETOOLONG;

	/* One is left behind when the machine dies while writing it. */
	(void)unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	error = fill(fd, bytes, length_bytes, mode);
	if (close(fd) != 0 && error == 0)
		error = -errno;
	if (error == 0 && rename(temporary, path) != 0)
		error = -errno;
	if (error != 0) {
		(void)unlink(temporary);
		return error;
	}
	flush_folder(path);
	return 0;
}

static int read_all(int fd, char *buffer, size_t size_bytes, size_t *length_out)
{
	size_t length = 0;

	while (length < size_bytes) {
		const ssize_t got = read(fd, buffer + length, size_bytes - length);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0) {
			*length_out = length;
			return 0;
		}
		if (got > 0)
			length += (size_t)got;
	}
	return -EFBIG;
}

int state_file_load(const char *path, void *buffer, size_t size_bytes, size_t *length_out)
{
	/* O_NONBLOCK: opening a pipe that nobody writes to must not hang. */
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	size_t length = 0;
	char beyond;
	int error;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) != 0)
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	else
		error = read_all(fd, buffer, size_bytes, &length);
	/* Exactly full: is there more? */
	if (error == -EFBIG && read(fd, &beyond, 1) == 0) {
		length = size_bytes;
		error = 0;
	}
	(void)close(fd);
	if (error == 0)
		*length_out = length;
	return error;
}

const char *state_file_reason(int error)
{
	switch (-error) {
	case ELOOP:
		return "it is a symbolic link, and links are not followed";
	case EINVAL:
		return "it is no ordinary file";
	case EFBIG:
		return "it is far too long for what it should hold";
	default:
		return strerror(-error);
	}
}
