/* SPDX-License-Identifier: MIT */
#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/pidfile.h"

static void leave_terminal(void)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	(void)!chdir("/");
	if (null < 0)
		return;
	for (int fd = 0; fd <= 2; fd++)
		(void)dup2(null, fd);
	(void)close(null);
}

int background_enter(const char *pidfile)
{
	const pid_t pid = fork();
	int error = 0;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		leave_terminal();
		return 0;
	}
	if (strcmp(pidfile, "/") != 0)
		error = pidfile_write(pidfile, pid);
	if (error != 0) {
		(void)kill(pid, SIGKILL);
		return error;
	}
	_exit(0);
}

static void notify(const char *state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	const size_t length = path ? strlen(path) : 0;
	socklen_t size;
	int fd;

	if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') /* an abstract one */
		address.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
	(void)close(fd);
}

void background_notify_ready(void)
{
	notify("READY=1");
}

void background_write_ready(int fd)
{
	(void)!write(fd, "\n", 1);
	(void)close(fd);
}

void background_notify_reloading(void)
{
	struct timespec now = { 0 };
	char state[80];

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld%06ld",
	               (long long)now.tv_sec, now.tv_nsec / 1000);
	notify(state);
}

void background_notify_stopping(void)
{
	notify("STOPPING=1");
}
