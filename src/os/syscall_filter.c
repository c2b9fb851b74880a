/* SPDX-License-Identifier: MIT */
#include "os/syscall_filter.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

/* By name, because each machine has others; those that it lacks are left out. */
static const char *const needed[] = {
	/* time */
	"adjtimex",
	"clock_adjtime",
	"clock_adjtime64",
	"clock_getres",
	"clock_getres_time64",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"clock_settime",
	"clock_settime64",
	"gettimeofday",
	"nanosleep",
	"settimeofday",
	"time",
	"times",
	"alarm",
	"setitimer",
	"getitimer",
	/* memory */
	"brk",
	"madvise",
	"mmap",
	"mmap2",
	"mprotect",
	"mremap",
	"munmap",
	"mlock",
	"munlock",
	"shmat",
	"shmctl",
	"shmdt",
	"shmget",
	"ipc",
	/* files */
	"access",
	"faccessat",
	"faccessat2",
	"chdir",
	"chmod",
	"fchmod",
	"fchmodat",
	"chown",
	"chown32",
	"fchown",
	"fchown32",
	"fchownat",
	"lchown",
	"close",
	"close_range",
	"dup",
	"dup2",
	"dup3",
	"fcntl",
	"fcntl64",
	"flock",
	"fstat",
	"fstat64",
	"fstatat64",
	"newfstatat",
	"lstat",
	"lstat64",
	"stat",
	"stat64",
	"statx",
	"statfs",
	"statfs64",
	"fstatfs",
	"fstatfs64",
	"fsync",
	"fdatasync",
	"ftruncate",
	"ftruncate64",
	"getcwd",
	"getdents",
	"getdents64",
	"link",
	"linkat",
	"lseek",
	"_llseek",
	"mkdir",
	"mkdirat",
	"open",
	"openat",
	"openat2",
	"pipe",
	"pipe2",
	"pread64",
	"pwrite64",
	"read",
	"readlink",
	"readlinkat",
	"readv",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"umask",
	"unlink",
	"unlinkat",
	"utimensat",
	"utimensat_time64",
	"write",
	"writev",
	/* sockets; `socket` itself has rules of its own */
	"accept",
	"accept4",
	"bind",
	"connect",
	"getpeername",
	"getsockname",
	"getsockopt",
	"listen",
	"recv",
	"recvfrom",
	"recvmmsg",
	"recvmmsg_time64",
	"recvmsg",
	"send",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"setsockopt",
	"shutdown",
	"socketcall",
	"socketpair",
	/* waiting */
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_wait",
	"_newselect",
	"poll",
	"ppoll",
	"ppoll_time64",
	"pselect6",
	"pselect6_time64",
	"restart_syscall",
	"select",
	"timerfd_create",
	"timerfd_settime",
	"timerfd_settime64",
	"inotify_init1",
	"inotify_add_watch",
	"inotify_rm_watch",
	/* the process and its children that look up names; `clone` has a rule of its own */
	"arch_prctl",
	"exit",
	"exit_group",
	"fork",
	"futex",
	"futex_time64",
	"getegid",
	"getegid32",
	"geteuid",
	"geteuid32",
	"getgid",
	"getgid32",
	"getgroups",
	"getgroups32",
	"getpgrp",
	"getpid",
	"getppid",
	"getrandom",
	"getresgid",
	"getresuid",
	"getrlimit",
	"getrusage",
	"gettid",
	"getuid",
	"getuid32",
	"kill",
	"membarrier",
	"prctl",
	"prlimit64",
	"rseq",
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigtimedwait",
	"sched_get_priority_max",
	"sched_getaffinity",
	"sched_getparam",
	"sched_getscheduler",
	"sched_yield",
	"set_robust_list",
	"set_tid_address",
	"set_thread_area",
	"set_tls",
	"sigaction",
	"sigaltstack",
	"sigprocmask",
	"sigreturn",
	"sysinfo",
	"tgkill",
	"ugetrlimit",
	"uname",
	"wait4",
	"waitid",
	"waitpid",
};

/* What neither the daemon nor a library below it has a use for, and an intruder has. */
static const char *const never_needed[] = {
	"execve",
	"execveat",
	"vfork",
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"kcmp",
	"mount",
	"umount",
	"umount2",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsmount",
	"fspick",
	"pivot_root",
	"chroot",
	"setns",
	"unshare",
	"init_module",
	"finit_module",
	"delete_module",
	"kexec_load",
	"kexec_file_load",
	"reboot",
	"swapon",
	"swapoff",
	"acct",
	"quotactl",
	"bpf",
	"perf_event_open",
	"userfaultfd",
	"add_key",
	"keyctl",
	"request_key",
	"open_by_handle_at",
	"name_to_handle_at",
	"iopl",
	"ioperm",
	"personality",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"setuid",
	"setgid",
	"setreuid",
	"setregid",
	"setresuid",
	"setresgid",
	"setgroups",
	"setfsuid",
	"setfsgid",
	"sethostname",
	"setdomainname",
	"syslog",
	"lookup_dcookie",
	"modify_ldt",
	"vhangup",
	"nfsservctl",
	"memfd_secret",
	"pidfd_getfd",
};

static const int socket_families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

/* The letter in the middle of a request says whose it is: real-time clocks and pulses, PTP clocks,
 * GPIO lines, sockets. */
static const unsigned request_letters[] = { 'p', '=', 0xb4, 0x89 };
/* Of terminals only these: others type on somebody's screen. */
static const unsigned long terminal_requests[] = { TCGETS,   TCSETS,   TCSETSW,    TCSETSF,
	                                           TCFLSH,   TIOCMGET, TIOCMIWAIT, TIOCEXCL,
	                                           FIONREAD, TIOCSETD, TIOCGETD,   TIOCNXCL };

#define LETTER_MASK    0xff00u
#define LETTER_SHIFT   8
#define NEW_NAMESPACES 0x7e020000u /* CLONE_NEWNS, CLONE_NEWUSER and all the others */

static int add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names,
                     size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		const int number = seccomp_syscall_resolve_name(names[i]);

		if (number >= 0)
			error = seccomp_rule_add(filter, action, number, 0);
	}
	return error;
}

static int add_masked(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t mask,
                      uint64_t value)
{
	const struct scmp_arg_cmp compare = {
		.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value
	};
	const int number = seccomp_syscall_resolve_name(name);

	return number >= 0 ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, compare) : 0;
}

static int add_arguments(scmp_filter_ctx filter)
{
	int error = add_masked(filter, "clone", 0, NEW_NAMESPACES, 0);

	for (size_t i = 0; i < ARRAY_COUNT(socket_families) && error == 0; i++)
		error = add_masked(filter, "socket", 0, UINT32_MAX, (uint64_t)socket_families[i]);
	for (size_t i = 0; i < ARRAY_COUNT(request_letters) && error == 0; i++)
		error = add_masked(filter, "ioctl", 1, LETTER_MASK,
		                   (uint64_t)request_letters[i] << LETTER_SHIFT);
	for (size_t i = 0; i < ARRAY_COUNT(terminal_requests) && error == 0; i++)
		error = add_masked(filter, "ioctl", 1, UINT32_MAX, terminal_requests[i]);
	/* its flags stand in memory, where no filter sees them: libc then takes clone */
	if (error == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		                         seccomp_syscall_resolve_name("clone3"), 0);
	return error;
}

static void on_refused(int number, siginfo_t *info, void *context)
{
	char bytes[96];
	struct text out = text_into(bytes, sizeof bytes);

	(void)number;
	(void)context;
	text_add(&out, "system call ");
	text_s64(&out, info->si_syscall);
	text_add(&out, " is refused by the filter (-F)\n");
	(void)!write(STDERR_FILENO, bytes, out.length_bytes);
	(void)signal(SIGSYS, SIG_DFL);
	(void)raise(SIGSYS);
}

static int catch_refusals(void)
{
	const struct sigaction action = { .sa_sigaction = on_refused, .sa_flags = SA_SIGINFO };

	return sigaction(SIGSYS, &action, NULL) != 0 ? -errno : 0;
}

int syscall_filter_load(int64_t level)
{
	const uint32_t refusal = level < 0 ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS;
	const bool is_strict = level == 1 || level == -1;
	scmp_filter_ctx filter;
	int error;

	if (level == 0)
		return 0;
	error = level < 0 ? catch_refusals() : 0;
	if (error != 0)
		return error;
	filter = seccomp_init(is_strict ? refusal : SCMP_ACT_ALLOW);
	if (!filter)
		return -ENOMEM;
	if (is_strict) {
		error = add_names(filter, SCMP_ACT_ALLOW, needed, ARRAY_COUNT(needed));
		if (error == 0)
			error = add_arguments(filter);
	} else {
		error = add_names(filter, refusal, never_needed, ARRAY_COUNT(never_needed));
	}
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
