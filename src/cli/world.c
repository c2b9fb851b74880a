/* SPDX-License-Identifier: MIT */
#include "cli/world.h"

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/text.h"
#include "cli/control_client.h"

#define FIRST_PORT    20123
#define LAST_PORT     60000
#define PORT_STRIDE   97
#define START_WAIT_MS 5000 /* until a daemon answers */
#define STOP_WAIT_MS  2000 /* between SIGTERM and SIGKILL */
#define ASK_AGAIN_MS  10

void world_lines_add(struct world_lines *lines, const char *format, ...)
{
	va_list arguments;
	int length;

	assert(lines->count < WORLD_LINES_MAX);
	va_start(arguments, format);
	length = vsnprintf(lines->lines[lines->count++], WORLD_LINE_SIZE, format, arguments);
	va_end(arguments);
	assert(length >= 0 && length < WORLD_LINE_SIZE);
	(void)length;
}

static double clock_s(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / NS_PER_S;
}

static void sleep_ms(int duration_ms)
{
	const struct timespec duration = { .tv_sec = duration_ms / 1000,
		                           .tv_nsec = duration_ms % 1000 * NS_PER_MS };

	nanosleep(&duration, NULL);
}

double world_true_time_s(const struct world *world)
{
	return world->epoch_s + clock_s(CLOCK_MONOTONIC_RAW);
}

/* Beside us, or where `make install` puts it as seen from here; else the PATH is left to search. */
static void find_program(char program[1024])
{
	static const char *const places[] = { "timeballd", "../sbin/timeballd" };
	char here[512];
	const ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
	char *slash;

	here[length > 0 ? length : 0] = '\0';
	slash = strrchr(here, '/');
	for (size_t i = 0; slash && i < ARRAY_COUNT(places); i++) {
		snprintf(program, 1024, "%.*s/%s", (int)(slash - here), here, places[i]);
		if (access(program, X_OK) == 0)
			return;
	}
	strcpy(program, "timeballd");
}

static bool is_port_free(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		                             .sin_port = htons(port),
		                             .sin_addr.s_addr = htonl(INADDR_ANY) };
	const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const bool is_free = descriptor >= 0 && bind(descriptor, (const struct sockaddr *)&address,
	                                             sizeof address) == 0;

	if (descriptor >= 0)
		close(descriptor);
	return is_free;
}

/* 0 when there is no such run of ports. Two of us started at once begin at different places. */
static uint16_t find_ports(unsigned count)
{
	unsigned start = FIRST_PORT + (unsigned)getpid() % 128 * PORT_STRIDE;

	for (; start + count < LAST_PORT; start += PORT_STRIDE) {
		unsigned free_count = 0;

		while (free_count < count && is_port_free((uint16_t)(start + free_count)))
			free_count++;
		if (free_count == count)
			return (uint16_t)start;
	}
	return 0;
}

int world_create(struct world *world, unsigned ports_count)
{
	const char *temporary = getenv("TMPDIR");

	*world =
		(struct world){ .epoch_s = clock_s(CLOCK_REALTIME) - clock_s(CLOCK_MONOTONIC_RAW) };
	find_program(world->program);
	world->first_port = find_ports(ports_count);
	if (world->first_port == 0) {
		fputs("timeball: no free UDP ports on loopback\n", stderr);
		return -1;
	}
	/* a socket's path must be short */
	snprintf(world->directory, sizeof world->directory, "%s/timeball-XXXXXX",
	         temporary && *temporary && strlen(temporary) < 40 ? temporary : "/tmp");
	if (!mkdtemp(world->directory)) {
		fprintf(stderr,
		        "timeball: cannot make a directory in %s: %s; set TMPDIR to one that works\n",
		        world->directory, strerror(errno));
		world->directory[0] = '\0';
		return -1;
	}
	return 0;
}

static void path_in(const struct world *world, const char *name, const char *ending, char path[108])
{
	struct text out = text_into(path, 108);

	text_add(&out, world->directory);
	text_char(&out, '/');
	text_add(&out, name);
	text_add(&out, ending);
	assert(!out.is_cut);
}

/* In the child: never returns. */
static _Noreturn void become(const struct world *world, char *const *words, const char *log,
                             pid_t parent)
{
	sigset_t none;
	const int descriptor = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	dup2(nothing, STDIN_FILENO);
	dup2(descriptor, STDOUT_FILENO);
	dup2(descriptor, STDERR_FILENO);
	setpgid(0, 0); /* Ctrl-C is for us alone; we end them in order */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent)
		execvp(world->program, words);
	fprintf(stderr, "cannot start %s: %s\n", world->program, strerror(errno));
	_exit(127);
}

void world_explain_ended(const struct world *world, const struct world_daemon *daemon)
{
	char path[108], line[512];
	FILE *log;

	path_in(world, daemon->name, ".log", path);
	log = fopen(path, "r");
	fprintf(stderr, "timeball: the daemon '%s' (%s) ended; it said:\n", daemon->name,
	        world->program);
	while (log && fgets(line, sizeof line, log))
		fprintf(stderr, "  %s%s", line, strchr(line, '\n') ? "" : "\n");
	if (log)
		fclose(log);
}

static bool has_ended(struct world_daemon *daemon)
{
	if (daemon->pid > 0 && waitpid(daemon->pid, NULL, WNOHANG) == daemon->pid)
		daemon->pid = 0;
	return daemon->pid == 0;
}

const struct world_daemon *world_find_ended(struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		if (has_ended(&world->daemons[i]))
			return &world->daemons[i];
	}
	return NULL;
}

static int wait_for_answer(struct world *world, struct world_daemon *daemon)
{
	for (int waited_ms = 0; waited_ms < START_WAIT_MS; waited_ms += ASK_AGAIN_MS) {
		char *answer = NULL;

		if (control_client_ask(daemon->socket, "ping", START_WAIT_MS, &answer) ==
		    CONTROL_ANSWERED) {
			free(answer);
			return 0;
		}
		if (has_ended(daemon)) {
			world_explain_ended(world, daemon);
			return -1;
		}
		sleep_ms(ASK_AGAIN_MS);
	}
	fprintf(stderr, "timeball: the daemon '%s' does not answer at %s\n", daemon->name,
	        daemon->socket);
	return -1;
}

int world_start(struct world *world, const char *name, const struct world_oscillator *oscillator,
                const struct world_lines *given)
{
	struct world_daemon *daemon = &world->daemons[world->count];
	struct world_lines lines = *given;
	char *words[WORLD_LINES_MAX + 3] = { world->program, (char[]){ "-d" } };
	const pid_t parent = getpid();
	char log[108];

	assert(world->count < WORLD_DAEMONS_MAX);
	snprintf(daemon->name, sizeof daemon->name, "%s", name);
	path_in(world, name, ".sock", daemon->socket);
	path_in(world, name, ".log", log);
	world_lines_add(&lines, "controlsocket %s", daemon->socket);
	world_lines_add(&lines, "virtualclock offset %.6f freq %.3f wander %g seed %u epoch %.9f",
	                oscillator->offset_s, oscillator->frequency_ppm, oscillator->wander,
	                oscillator->seed, world->epoch_s);
	world_lines_add(&lines, "cmdport 0");
	world_lines_add(&lines, "bindcmdaddress /");
	world_lines_add(&lines, "pidfile /");
	for (size_t i = 0; i < lines.count; i++)
		words[2 + i] = lines.lines[i];
	daemon->pid = fork();
	if (daemon->pid == 0)
		become(world, words, log, parent);
	if (daemon->pid < 0) {
		perror("timeball: cannot start a process");
		return -1;
	}
	world->count++;
	return wait_for_answer(world, daemon);
}

static void end_daemons(struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		if (!has_ended(&world->daemons[i]))
			kill(world->daemons[i].pid, SIGTERM);
	}
	for (size_t i = 0; i < world->count; i++) {
		struct world_daemon *daemon = &world->daemons[i];

		for (int waited_ms = 0; waited_ms < STOP_WAIT_MS && !has_ended(daemon);
		     waited_ms += ASK_AGAIN_MS)
			sleep_ms(ASK_AGAIN_MS);
		if (daemon->pid > 0) {
			kill(daemon->pid, SIGKILL);
			waitpid(daemon->pid, NULL, 0);
			daemon->pid = 0;
		}
	}
}

/* Only files, and only in the directory that we made. */
static void remove_directory(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
	rmdir(path);
}

void world_destroy(struct world *world)
{
	end_daemons(world);
	if (world->directory[0])
		remove_directory(world->directory);
	world->directory[0] = '\0';
	world->count = 0;
}
