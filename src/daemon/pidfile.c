/* SPDX-License-Identifier: MIT */
#include "daemon/pidfile.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "os/state_file.h"

#define PIDFILE_SIZE 32

/* 0 when there is nothing that can be read as a process. */
static pid_t read_pid(const char *path)
{
	char bytes[PIDFILE_SIZE + 1];
	size_t length = 0;
	int64_t pid = 0;

	if (state_file_load(path, bytes, PIDFILE_SIZE, &length) != 0)
		return 0;
	bytes[length] = '\0';
	bytes[strcspn(bytes, "\n")] = '\0';
	if (text_parse_s64(bytes, 1, INT32_MAX, &pid) != 0)
		return 0;
	return (pid_t)pid;
}

pid_t pidfile_alive(const char *path)
{
	const pid_t pid = read_pid(path);

	/* After a restart of the machine or container our own number may stand there. */
	if (pid == 0 || pid == getpid())
		return 0;
	return kill(pid, 0) == 0 || errno == EPERM ? pid : 0;
}

int pidfile_write(const char *path, pid_t pid)
{
	char bytes[PIDFILE_SIZE];
	struct text out = text_into(bytes, sizeof bytes);

	text_s64(&out, pid);
	text_char(&out, '\n');
	return state_file_save(path, bytes, out.length_bytes, 0644);
}

void pidfile_remove(const char *path, pid_t pid)
{
	if (read_pid(path) == pid)
		(void)unlink(path);
}
