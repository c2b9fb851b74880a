/* daemon/open_files: the files that are read at start. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon_config.h"
#include "daemon/log.h"
#include "node/node.h"
#include "wire/lateness_file.h"
#include "wire/rtc_file.h"

/* Fills in what was learned of the oscillator; whatever is wrong with the file is said, and the
 * file then ignored. "" = no file. */
void open_files_drift(const char *path, const struct log *log, struct node_setup *setup);

/* What was learned of the reference clocks (`offset auto`), into `text`, which stays "" without a
 * file; beside the drift file, its name with .refclocks behind. */
void open_files_lateness(const char *driftfile, const struct log *log,
                         char text[LATENESS_FILE_SIZE_MAX]);
const char *open_files_lateness_path(const char *driftfile, char path[DAEMON_PATH_SIZE + 16]);

/* What was learned of the real-time clock. False: there is no such file, or what is wrong with it
 * was said. "" = no file. */
bool open_files_rtc(const char *path, const struct log *log, struct rtc_file *rtc_out);

#define OPEN_FILES_PATH_SIZE (DAEMON_PATH_SIZE + 16)

/* Beside the drift file: its name with ".time". */
const char *open_files_time_path(const char *driftfile, char path_out[OPEN_FILES_PATH_SIZE]);
/* The same with ".leap". */
const char *open_files_leap_path(const char *driftfile, char path_out[OPEN_FILES_PATH_SIZE]);
/* The time that was trusted and saved last; 0 = none. What is wrong with the file is said. */
struct utc_time open_files_saved_time(const char *driftfile, const struct log *log);

/* Of leapsectz, leapseclist and the program's own copy the table that is to be believed; whatever
 * is wrong with one is said. The caller owns *table_out (free). 0 or -ENOMEM. */
NODISCARD int open_files_leap_table(const struct daemon_config *config, const struct log *log,
                                    struct leap_table **table_out);
