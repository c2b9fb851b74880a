/* SPDX-License-Identifier: MIT */
#include "daemon/open_files.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/leap_files.h"
#include "os/state_file.h"
#include "timescale/leap_learnt.h"
#include "wire/drift_file.h"

#define TIME_FILE_SIZE_MAX 32

void open_files_drift(const char *path, const struct log *log, struct node_setup *setup)
{
	char bytes[DRIFT_FILE_SIZE_MAX];
	struct drift_file drift;
	size_t length = 0;
	int error;

	if (path[0] == '\0')
		return;
	error = state_file_load(path, bytes, sizeof bytes, &length);
	if (error == -ENOENT) /* the first start */
		return;
	if (error != 0) {
		log_say(log, LOG_SEVERITY_WARNING, "Ignored the drift file %s: %s", path,
		        state_file_reason(error));
		return;
	}
	if (drift_file_decode(bytes, length, &drift) != 0) {
		log_say(log, LOG_SEVERITY_WARNING,
		        "Ignored the drift file %s: it does not hold two numbers, frequency and skew "
		        "in ppm, on one line",
		        path);
		return;
	}
	setup->has_drift = true;
	setup->drift_ppm = drift.frequency_ppm;
	setup->drift_skew_ppm = drift.skew_ppm;
	log_say(log, LOG_SEVERITY_INFORMATION, "Frequency %.3f +/- %.3f ppm read from %s",
	        drift.frequency_ppm, drift.skew_ppm, path);
}

const char *open_files_lateness_path(const char *driftfile, char path[DAEMON_PATH_SIZE + 16])
{
	(void)snprintf(path, DAEMON_PATH_SIZE + 16, "%s.refclocks", driftfile);
	return path;
}

void open_files_lateness(const char *driftfile, const struct log *log,
                         char text[LATENESS_FILE_SIZE_MAX])
{
	char path[DAEMON_PATH_SIZE + 16];
	struct lateness_file_line line;
	size_t length = 0;
	int error;

	text[0] = '\0';
	if (driftfile[0] == '\0')
		return;
	error = state_file_load(open_files_lateness_path(driftfile, path), text,
	                        LATENESS_FILE_SIZE_MAX - 1, &length);
	if (error == -ENOENT)
		return;
	text[length] = '\0';
	if (error != 0)
		log_say(log, LOG_SEVERITY_WARNING, "Ignored %s: %s", path,
		        state_file_reason(error));
	else if (lateness_file_find(text, length, "", &line) == -EBADMSG)
		log_say(log, LOG_SEVERITY_WARNING,
		        "Ignored %s: it does not hold a refid and three numbers on each line",
		        path);
	else
		return;
	text[0] = '\0';
}

bool open_files_rtc(const char *path, const struct log *log, struct rtc_file *rtc_out)
{
	char bytes[RTC_FILE_SIZE_MAX];
	size_t length = 0;
	int error;

	if (path[0] == '\0')
		return false;
	error = state_file_load(path, bytes, sizeof bytes, &length);
	if (error == -ENOENT) /* the first start */
		return false;
	if (error != 0)
		log_say(log, LOG_SEVERITY_WARNING, "Ignored the RTC file %s: %s", path,
		        state_file_reason(error));
	else if (rtc_file_decode(bytes, length, rtc_out) == 0)
		return true;
	else
		log_say(log, LOG_SEVERITY_WARNING,
		        "Ignored the RTC file %s: it does not hold four numbers on one line", path);
	return false;
}

const char *open_files_time_path(const char *driftfile, char path_out[OPEN_FILES_PATH_SIZE])
{
	(void)snprintf(path_out, OPEN_FILES_PATH_SIZE, "%s.time", driftfile);
	return path_out;
}

struct utc_time open_files_saved_time(const char *driftfile, const struct log *log)
{
	char path[OPEN_FILES_PATH_SIZE], bytes[TIME_FILE_SIZE_MAX + 1];
	size_t length = 0;
	int64_t second;
	int error;

	if (driftfile[0] == '\0')
		return (struct utc_time){ 0 };
	open_files_time_path(driftfile, path);
	error = state_file_load(path, bytes, TIME_FILE_SIZE_MAX, &length);
	if (error == -ENOENT) /* the first start */
		return (struct utc_time){ 0 };
	bytes[length] = '\0';
	bytes[strcspn(bytes, "\n")] = '\0';
	if (error == 0 && text_parse_s64(bytes, 0, INT64_MAX / NS_PER_S, &second) == 0)
		return (struct utc_time){ second * NS_PER_S };
	log_say(log, LOG_SEVERITY_WARNING, "Ignored the saved time %s: %s", path,
	        error != 0 ? state_file_reason(error) : "it does not hold seconds since 1970");
	return (struct utc_time){ 0 };
}

static void say_problem(const struct leap_file *file, const char *directive, const struct log *log)
{
	if (file->name && !file->is_loaded)
		log_say(log, LOG_SEVERITY_WARNING, "Could not take leap seconds from %s (%s): %s",
		        file->name, directive, file->problem);
	else if (file->is_loaded && file->problem[0] != '\0')
		log_say(log, LOG_SEVERITY_WARNING, "%s (%s): %s", file->name, directive,
		        file->problem);
	if (file->is_loaded && (file->verdict == LEAP_CANDIDATE_HISTORY ||
	                        file->verdict == LEAP_CANDIDATE_CONTRADICTS))
		log_say(log, LOG_SEVERITY_WARNING, "%s (%s): %s", file->name, directive,
		        leap_candidate_text(file->verdict));
}

const char *open_files_leap_path(const char *driftfile, char path_out[OPEN_FILES_PATH_SIZE])
{
	(void)snprintf(path_out, OPEN_FILES_PATH_SIZE, "%s.leap", driftfile);
	return path_out;
}

/* Those that came before the tables knew: believed until one speaks for that day. */
static void add_learnt_leaps(const char *driftfile, const struct log *log, struct leap_table *table)
{
	char path[OPEN_FILES_PATH_SIZE], bytes[LEAP_LEARNT_TEXT_MAX];
	size_t length = 0;
	int error;

	if (driftfile[0] == '\0')
		return;
	open_files_leap_path(driftfile, path);
	error = state_file_load(path, bytes, sizeof bytes - 1, &length);
	if (error == -ENOENT)
		return;
	bytes[length] = '\0';
	if (error == 0)
		error = leap_learnt_read(bytes, table);
	if (error != 0) {
		log_say(log, LOG_SEVERITY_WARNING, "Ignored the leap seconds in %s: %s", path,
		        error == -EBADMSG
		                ? "it does not hold lines of seconds since 1970 and TAI - "
		                  "UTC, each a second from the one before"
		                : state_file_reason(error));
		return;
	}
	if (table->learnt_count > 0)
		log_say(log, LOG_SEVERITY_INFORMATION,
		        "TAI - UTC is %d s since a leap second that sources told of (%s): no table "
		        "here knows of it; update tzdata or leap-seconds.list",
		        table->changes[table->count - 1].tai_offset_s, path);
}

int open_files_leap_table(const struct daemon_config *config, const struct log *log,
                          struct leap_table **table_out)
{
	struct leap_files *files = malloc(sizeof *files);
	struct leap_table *table = malloc(sizeof *table);

	if (!files || !table) {
		free(files);
		free(table);
		return -ENOMEM;
	}
	leap_files_load(config->leapsectz, config->leapseclist, files);
	say_problem(&files->zone, "leapsectz", log);
	say_problem(&files->list, "leapseclist", log);
	if (files->zone.is_loaded)
		log_say(log, LOG_SEVERITY_INFORMATION,
		        "Using %s timezone to obtain leap second data", config->leapsectz);
	if (files->list.is_loaded)
		log_say(log, LOG_SEVERITY_INFORMATION, "Using leap second list %s",
		        config->leapseclist);
	*table = files->table;
	add_learnt_leaps(config->driftfile, log, table);
	free(files);
	*table_out = table;
	return 0;
}
