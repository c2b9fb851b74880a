/* SPDX-License-Identifier: MIT */
#include "os/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its standard input is the message in memory; nothing of the daemon stays open in it. The child in
 * between ends at once, so that nobody has to wait for the grandchild. */
static _Noreturn void run(const char *program, int message)
{
	if (fork() != 0)
		_exit(0);
	(void)setsid();
	(void)signal(SIGPIPE, SIG_DFL);
	if (dup2(message, STDIN_FILENO) != STDIN_FILENO)
		_exit(1);
	(void)close_range(3, ~0U, 0);
	(void)execl(program, program, "-t", (char *)NULL);
	_exit(1);
}

int mail_send(const char *program, const char *message, size_t length_bytes)
{
	int error = 0, fd;
	pid_t pid;

	if (access(program, X_OK) != 0)
		return -errno;
	fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, message, length_bytes) != (ssize_t)length_bytes ||
	    lseek(fd, 0, SEEK_SET) != 0)
		error = -EIO;
	pid = error == 0 ? fork() : -1;
	if (pid == 0)
		run(program, fd);
	if (error == 0 && pid < 0)
		error = -errno;
	(void)close(fd);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}

/* Nothing of the daemon stays open in it but this. */
static _Noreturn void help(const char *program, int asked)
{
	char message[MAIL_SIZE_MAX];
	ssize_t length;

	(void)setsid();
	if (asked != 3 && dup2(asked, 3) != 3)
		_exit(1);
	(void)close_range(4, ~0U, 0);
	while ((length = recv(3, message, sizeof message, 0)) != 0) {
		if (length < 0 && errno != EINTR)
			break;
		if (length > 0 && mail_send(program, message, (size_t)length) != 0)
			continue; /* there is nobody to tell */
	}
	_exit(0);
}

int mail_helper_start(const char *program)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		help(program, ends[1]);
	}
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return -EAGAIN;
	}
	return ends[0];
}

int mail_helper_send(int helper, const char *message, size_t length_bytes)
{
	return send(helper, message, length_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}
