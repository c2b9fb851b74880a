/* SPDX-License-Identifier: MIT */
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define LINE_SIZE 1024

void log_to_stderr(struct log *log)
{
	log->file = stderr;
}

int log_to_file(struct log *log, const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	log->file = fdopen(fd, "a");
	if (!log->file) {
		const int error = -errno;

		(void)close(fd);
		log->file = stderr;
		return error;
	}
	return 0;
}

int log_reopen(struct log *log, const char *path)
{
	struct log fresh = *log;
	const int error = log_to_file(&fresh, path);

	if (error != 0)
		return error;
	log_close(log);
	*log = fresh;
	return 0;
}

void log_to_syslog(struct log *log)
{
	openlog(log->program, LOG_PID, LOG_DAEMON);
	log->file = NULL;
}

void log_close(struct log *log)
{
	if (!log->file)
		closelog();
	else if (log->file != stderr)
		(void)fclose(log->file);
	log->file = stderr;
}

static int syslog_priority(enum log_severity severity)
{
	switch (severity) {
	case LOG_SEVERITY_DEBUG:
		return LOG_DEBUG;
	case LOG_SEVERITY_INFORMATION:
		return LOG_INFO;
	case LOG_SEVERITY_WARNING:
		return LOG_WARNING;
	case LOG_SEVERITY_ERROR:
		return LOG_ERR;
	case LOG_SEVERITY_FATAL:
		break;
	}
	return LOG_CRIT;
}

static void write_line(const struct log *log, const char *line)
{
	const time_t now = time(NULL);
	struct tm utc;

	if (!log->is_bare && gmtime_r(&now, &utc))
		(void)fprintf(log->file, "%04d-%02d-%02dT%02d:%02d:%02dZ ", utc.tm_year + 1900,
		              utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
	(void)fprintf(log->file, "%s\n", line);
	(void)fflush(log->file);
}

void log_say(const struct log *log, enum log_severity severity, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;

	if (severity < log->least)
		return;
	va_start(arguments, format);
	(void)vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	if (log->file)
		write_line(log, line);
	else
		syslog(syslog_priority(severity), "%s", line);
}
