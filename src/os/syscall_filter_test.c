/* SPDX-License-Identifier: MIT
 *
 * Each filter is loaded in a child of its own, which nothing can take it from again. */
#include "os/syscall_filter.h"
#include "testing/check.h"

#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_LOADED = 100, DONE = 0, FAILED = 1 };

/* The child's wait status. */
static int status_of(int64_t level, int (*act)(void))
{
	const pid_t pid = fork();
	int status = 0;

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(syscall_filter_load(level) != 0 ? NOT_LOADED : act());
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

static int start_a_program(void)
{
	char name[] = "true", *const words[] = { name, NULL };

	(void)execv("/bin/true", words);
	return FAILED;
}

static int trace(void)
{
	return syscall(SYS_ptrace, 0, 0, 0, 0) == 0 ? DONE : FAILED;
}

static int open_packets(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? FAILED : DONE;
}

static int type_on_the_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x") == 0 ? DONE : FAILED;
}

static int make_a_namespace(void)
{
	return syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0) < 0 ? FAILED : DONE;
}

/* What a daemon does all day. */
static int keep_time(void)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const int file = open("/dev/null", O_RDWR | O_CLOEXEC);
	const pid_t pid = fork();
	struct addrinfo *found = NULL;
	int status = -1;

	if (pid == 0)
		_exit(getaddrinfo("localhost", NULL, NULL, &found) == 0 ? DONE : FAILED);
	if (fd < 0 || file < 0 || write(file, "x", 1) != 1 || pid < 0 ||
	    waitpid(pid, &status, 0) != pid)
		return FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

static void check_killed(int64_t level, int (*act)(void))
{
	const int status = status_of(level, act);

	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGSYS);
}

TEST(os_syscall_filter, kills_who_makes_a_forbidden_call)
{
	for (int64_t level = 1; level <= SYSCALL_FILTER_LEVEL_MAX; level++) {
		check_killed(level, start_a_program);
		check_killed(level, trace);
	}
	check_killed(1, open_packets);
	check_killed(1, type_on_the_terminal);
	check_killed(1, make_a_namespace);
}

TEST(os_syscall_filter, lets_the_daemons_calls_pass)
{
	for (int64_t level = -SYSCALL_FILTER_LEVEL_MAX; level <= SYSCALL_FILTER_LEVEL_MAX;
	     level++) {
		const int status = status_of(level, keep_time);

		CHECK(WIFEXITED(status));
		CHECK_EQ(WEXITSTATUS(status), DONE);
	}
}

TEST(os_syscall_filter, sends_a_signal_instead_when_the_level_is_negative)
{
	int ends[2];
	char said[96] = "";
	pid_t pid;

	CHECK_EQ(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		_exit(syscall_filter_load(-1) != 0 ? NOT_LOADED : trace());
	}
	CHECK(read(ends[0], said, sizeof said - 1) > 0);
	CHECK(strncmp(said, "system call ", 12) == 0);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	(void)close(ends[0]);
	(void)close(ends[1]);
}
