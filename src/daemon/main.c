/* timeballd: keeps a clock right, and serves its time. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/background.h"
#include "daemon/command_line.h"
#include "daemon/daemon.h"
#include "daemon/daemon_config.h"
#include "daemon/load_config.h"
#include "daemon/loop.h"
#include "daemon/once.h"
#include "os/simulated.h"

#define TABLE_SIZE 32768 /* bytes; from here on memory is mapped */

static struct loop_signals signals;

/* Should the signal come in the moment between the loop's look at the flag and its poll, poll would
 * sleep on: the alarm wakes it a second later, and again. */
static void on_alarm(int number)
{
	(void)number;
	if (signals.is_end_wanted || signals.is_reload_wanted)
		(void)alarm(1);
}

static void on_end(int number)
{
	(void)number;
	signals.is_end_wanted = 1;
	(void)alarm(1);
}

static void on_hangup(int number)
{
	(void)number;
	signals.is_reload_wanted = 1;
	(void)alarm(1);
}

static void handle(int number, void (*handler)(int))
{
	const struct sigaction action = { .sa_handler =
		                                  handler }; /* no SA_RESTART: poll must end */

	(void)sigaction(number, &action, NULL);
}

/* A program that somebody watches on a terminal ends with the terminal. */
static bool is_on_terminal(const struct command_line *line)
{
	return line->debug_count > 0 && isatty(STDIN_FILENO);
}

static void handle_signals(const struct command_line *line)
{
	handle(SIGTERM, on_end);
	handle(SIGINT, on_end);
	handle(SIGQUIT, on_end);
	handle(SIGALRM, on_alarm);
	handle(SIGHUP, once_is_on(line) || is_on_terminal(line) ? on_end : on_hangup);
	handle(SIGPIPE, SIG_IGN);
}

/* What the command line says overrides the file. */
static void apply(const struct command_line *line, struct daemon_config *config)
{
	if (line->user) {
		strncpy(config->user, line->user, sizeof config->user - 1);
		config->user[sizeof config->user - 1] = '\0';
	}
	if (line->is_memory_locked)
		config->lock_all = true;
	if (line->priority >= 0)
		config->sched_priority = (uint8_t)line->priority;
	if (once_is_on(line))
		once_prepare(config);
}

/* Where messages go once the configuration has been read. */
static int open_log(const struct command_line *line, struct log *log)
{
	int error = 0;

	log->is_bare = false;
	if (line->log_path)
		error = log_to_file(log, line->log_path);
	else if (line->debug_count == 0 && !once_is_on(line))
		log_to_syslog(log);
	if (error == 0 && !once_is_on(line) && !simulated_is())
		(void)log_to_journal(log, LOG_JOURNAL_PATH);
	if (error != 0)
		log_say(log, LOG_SEVERITY_FATAL, "cannot write the log file %s (-l): %s",
		        line->log_path, strerror(-error));
	return error;
}

static int run(const struct command_line *line, struct log *log, struct daemon_config *config)
{
	struct daemon *daemon;
	int status;

	if (daemon_start(line, log, config, &daemon) != 0)
		return EXIT_FAILURE;
	handle_signals(line);
	background_notify_ready();
	if (line->ready_fd > 0)
		background_write_ready((int)line->ready_fd);
	loop_run(daemon, &signals);
	background_notify_stopping();
	once_conclude(daemon);
	status = daemon->exit_status;
	daemon_stop(daemon);
	return status;
}

static int main_with(const struct command_line *line, struct log *log)
{
	struct daemon_config *config = load_config(line, log);
	int status;

	if (!config)
		return EXIT_FAILURE;
	apply(line, config);
	if (line->mode == MODE_PRINT_CONFIG) {
		daemon_config_print(config, stdout);
		daemon_config_destroy(config);
		return EXIT_SUCCESS;
	}
	if (line->ready_fd > 0 && fcntl((int)line->ready_fd, F_SETFD, FD_CLOEXEC) != 0) {
		log_say(log, LOG_SEVERITY_FATAL, "descriptor %d (-N) is not open: %s",
		        (int)line->ready_fd, strerror(errno));
		daemon_config_destroy(config);
		return EXIT_FAILURE;
	}
	if (open_log(line, log) != 0) {
		daemon_config_destroy(config);
		return EXIT_FAILURE;
	}
	status = run(line, log, config);
	log_close(log);
	return status;
}

/* A daemon leaves its directory, and reads its configuration again later. */
static void make_absolute(const char **path)
{
	char directory[PATH_MAX];
	char *absolute;

	if (*path && **path != '/' && getcwd(directory, sizeof directory) &&
	    asprintf(&absolute, "%s/%s", directory, *path) > 0)
		*path = absolute; /* until the end */
}

int main(int count, char *words[])
{
	struct command_line line;
	const char *slash = count > 0 ? strrchr(words[0], '/') : NULL;
	struct log log = { .file = stderr, .is_bare = true, .program = "timeballd" };

	/* Tables have room for the most that may come, and most of it is never touched: mapped, it
	 * costs nothing. (Left to itself, malloc maps less and less.) */
	(void)mallopt(M_MMAP_THRESHOLD, TABLE_SIZE);
	if (count > 0)
		log.program = slash ? slash + 1 : words[0];
	if (command_line_parse(count, words, &line) != 0)
		return EXIT_FAILURE;
	log.least = line.least;
	make_absolute(&line.config_path);
	make_absolute(&line.log_path);
	if (line.mode == MODE_HELP) {
		command_line_print_help();
		return EXIT_SUCCESS;
	}
	if (line.mode == MODE_VERSION) {
		(void)printf("timeballd (timeball) version %s (%s)\n", TIMEBALL_VERSION,
		             DAEMON_FEATURES);
		return EXIT_SUCCESS;
	}
	return main_with(&line, &log);
}
