/* daemon/log_lines: the lines of chrony's log files, column by column. SPDX-License-Identifier: MIT
 *
 * measurements.log, statistics.log and tracking.log as chrony.conf(5) describes them under `log`.
 */
#pragma once

#include "source/trace.h"

#define LOG_LINE_SIZE 256

enum log_lines_file {
	LOG_LINES_MEASUREMENTS,
	LOG_LINES_STATISTICS,
	LOG_LINES_TRACKING,
	LOG_LINES_SELECTION,
	LOG_LINES_REFCLOCKS,
	LOG_LINES_RTC,
	LOG_LINES_TEMPCOMP,
	LOG_LINES_COUNT
};

const char *log_lines_header(enum log_lines_file file);
/* Terminated, without a newline. The event must be of the kind that the file is about. */
void log_lines_format(enum log_lines_file file, const struct trace_event *event,
                      char line[LOG_LINE_SIZE]);
