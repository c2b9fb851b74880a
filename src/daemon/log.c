/* SPDX-License-Identifier: MIT */
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

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
	if (log->journal > 0)
		(void)close(log->journal);
	log->journal = 0;
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

/* The journal's own form, for values that may hold anything: name, length, bytes.
 * https://systemd.io/JOURNAL_NATIVE_PROTOCOL */
static void add_field(struct text *out, const char *name, const char *value)
{
	const uint64_t length = strlen(value);
	char count[8];

	for (unsigned i = 0; i < sizeof count; i++)
		count[i] = (char)(length >> 8 * i);
	text_add(out, name);
	text_char(out, '\n');
	text_add_bytes(out, count, sizeof count);
	text_add(out, value);
	text_char(out, '\n');
}

static bool tell_journal(const struct log *log, enum log_severity severity, const char *source,
                         const char *line)
{
	char bytes[LINE_SIZE + 512];
	struct text out = text_into(bytes, sizeof bytes);

	add_field(&out, "MESSAGE", line);
	text_add(&out, "PRIORITY=");
	text_u64(&out, (uint64_t)syslog_priority(severity));
	text_add(&out, "\nSYSLOG_FACILITY=");
	text_u64(&out, LOG_DAEMON >> 3);
	text_add(&out, "\nSYSLOG_PID=");
	text_u64(&out, (uint64_t)getpid());
	text_char(&out, '\n');
	add_field(&out, "SYSLOG_IDENTIFIER", log->program);
	if (source)
		add_field(&out, "SOURCE", source);
	return !out.is_cut && send(log->journal, bytes, out.length_bytes,
	                           MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)out.length_bytes;
}

/* $JOURNAL_STREAM is "device:inode" of what systemd connected us to. */
static bool is_read_by_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[48];
	struct text out = text_into(own, sizeof own);
	struct stat there;

	if (!stream || fstat(fd, &there) != 0)
		return false;
	text_u64(&out, there.st_dev);
	text_char(&out, ':');
	text_u64(&out, there.st_ino);
	return strcmp(own, stream) == 0;
}

bool log_to_journal(struct log *log, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path ||
	    (log->file && (log->file != stderr || !is_read_by_journal(STDERR_FILENO))))
		return false;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
		(void)close(fd);
		return false;
	}
	log->journal = fd;
	return true;
}

void log_tell(const struct log *log, enum log_severity severity, const char *source,
              const char *line)
{
	if (severity < log->least ||
	    (log->journal > 0 && tell_journal(log, severity, source, line)))
		return;
	if (log->file)
		write_line(log, line);
	else
		syslog(syslog_priority(severity), "%s", line);
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
	log_tell(log, severity, NULL, line);
}
