/* daemon/log: the message log: one line for people, to the terminal, a file or syslog.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/attributes.h"

#define LOG_JOURNAL_PATH "/run/systemd/journal/socket"

enum log_severity { /* chronyd's numbers (-L) */
	            LOG_SEVERITY_DEBUG = -1,
	            LOG_SEVERITY_INFORMATION,
	            LOG_SEVERITY_WARNING,
	            LOG_SEVERITY_ERROR,
	            LOG_SEVERITY_FATAL,
};

struct log {
	FILE *file;  /* NULL: syslog */
	int journal; /* > 0: connected to systemd's journal, which is used instead of both */
	enum log_severity least;
	int is_bare;         /* no time in front: before the daemon proper runs */
	const char *program; /* the name it was started by, chronyd perhaps; borrowed */
};

/* Lines are "2026-11-22T06:30:00Z text". */
void log_to_stderr(struct log *log);
/* Appends; the file is made with mode 0640. 0 or -errno; then the log stays what it was. */
NODISCARD int log_to_file(struct log *log, const char *path);
/* Goes on in a new file of that name, after the old one was renamed; if that cannot be had, in the
 * old one. */
NODISCARD int log_reopen(struct log *log, const char *path);
void log_to_syslog(struct log *log); /* ident: program; facility: daemon */
/* If messages would come to systemd's journal anyway, by syslog or by a standard error that it
 * reads: directly, so that each has its priority, and its source in the field SOURCE. `path`:
 * LOG_JOURNAL_PATH; for tests another. False: nothing is changed. */
bool log_to_journal(struct log *log, const char *path);
void log_close(struct log *log);

/* `source`: the time source that it is about, or NULL. */
void log_tell(const struct log *log, enum log_severity severity, const char *source,
              const char *line);
void log_say(const struct log *log, enum log_severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
