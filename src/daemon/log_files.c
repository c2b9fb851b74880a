/* SPDX-License-Identifier: MIT */
#include "daemon/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BANNER_SIZE (3 * LOG_LINE_SIZE)

static const char *const names[LOG_LINES_COUNT] = {
	[LOG_LINES_MEASUREMENTS] = "measurements", [LOG_LINES_STATISTICS] = "statistics",
	[LOG_LINES_TRACKING] = "tracking",         [LOG_LINES_SELECTION] = "selection",
	[LOG_LINES_REFCLOCKS] = "refclocks",       [LOG_LINES_RTC] = "rtc",
	[LOG_LINES_TEMPCOMP] = "tempcomp",
};

void log_files_init(struct log_files *files, const struct daemon_config *config,
                    const struct log *log)
{
	const struct log_options *wanted = &config->log;

	*files = (struct log_files){
		.folder = config->logdir,
		.banner_lines = config->logbanner_lines,
		.has_failed_measurements = wanted->rawmeasurements,
		.files = { [LOG_LINES_MEASUREMENTS] = { .is_on = wanted->measurements ||
		                                                 wanted->rawmeasurements },
		           [LOG_LINES_STATISTICS] = { .is_on = wanted->statistics },
		           [LOG_LINES_TRACKING] = { .is_on = wanted->tracking },
		           [LOG_LINES_SELECTION] = { .is_on = wanted->selection },
		           [LOG_LINES_REFCLOCKS] = { .is_on = wanted->refclocks },
		           [LOG_LINES_RTC] = { .is_on = wanted->rtc },
		           [LOG_LINES_TEMPCOMP] = { .is_on = wanted->tempcomp } },
		.log = log,
	};
	for (unsigned i = 0; i < LOG_LINES_COUNT; i++) {
		files->files[i].fd = -1;
		if (files->folder[0] == '\0')
			files->files[i].is_on = false;
	}
}

void log_files_close(struct log_files *files)
{
	for (unsigned i = 0; i < LOG_LINES_COUNT; i++) {
		if (files->files[i].fd >= 0)
			(void)close(files->files[i].fd);
		files->files[i].fd = -1;
	}
}

static void complain(const struct log_files *files, struct log_file *file, const char *path)
{
	if (!file->has_failed)
		log_say(files->log, LOG_SEVERITY_WARNING, "Could not write %s: %s", path,
		        strerror(errno));
	file->has_failed = true;
}

static void write_text(struct log_files *files, enum log_lines_file which, const char *text)
{
	struct log_file *file = &files->files[which];
	char path[DAEMON_PATH_SIZE + 32];

	(void)snprintf(path, sizeof path, "%s/%s.log", files->folder, names[which]);
	if (file->fd < 0)
		file->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (file->fd < 0 || write(file->fd, text, strlen(text)) < 0)
		complain(files, file, path);
}

static void write_banner(struct log_files *files, enum log_lines_file which)
{
	const char *header = log_lines_header(which);
	char rule[LOG_LINE_SIZE] = { 0 };
	char banner[BANNER_SIZE];

	memset(rule, '=', strlen(header));
	(void)snprintf(banner, sizeof banner, "%s\n%s\n%s\n", rule, header, rule);
	write_text(files, which, banner);
}

/* Of fewer samples chronyd makes no line, and none in its log. */
#define REGRESSION_MIN 3

static void write_entry(struct log_files *files, enum log_lines_file which,
                        const struct trace_event *event)
{
	struct log_file *file = &files->files[which];
	char line[LOG_LINE_SIZE + 1];

	if (!file->is_on)
		return;
	if (files->banner_lines > 0 && file->entries_count % files->banner_lines == 0)
		write_banner(files, which);
	file->entries_count++;
	log_lines_format(which, event, line);
	strcat(line, "\n");
	write_text(files, which, line);
}

void log_files_on_event(struct log_files *files, const struct trace_event *event)
{
	switch (event->kind) {
	case TRACE_MEASUREMENT:
		if (event->measurement.is_good || files->has_failed_measurements)
			write_entry(files, LOG_LINES_MEASUREMENTS, event);
		break;
	case TRACE_STATISTICS:
		if (event->statistics.samples_count >= REGRESSION_MIN)
			write_entry(files, LOG_LINES_STATISTICS, event);
		break;
	case TRACE_REFCLOCK_SAMPLE:
	case TRACE_REFCLOCK_MEASUREMENT:
		write_entry(files, LOG_LINES_REFCLOCKS, event);
		break;
	case TRACE_TEMPERATURE:
		write_entry(files, LOG_LINES_TEMPCOMP, event);
		break;
	case TRACE_RTC_MEASUREMENT:
		write_entry(files, LOG_LINES_RTC, event);
		break;
	case TRACE_SELECTION:
		write_entry(files, LOG_LINES_SELECTION, event);
		break;
	case TRACE_TRACKING:
		write_entry(files, LOG_LINES_TRACKING, event);
		break;
	default:
		break;
	}
}
