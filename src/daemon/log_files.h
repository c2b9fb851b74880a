/* daemon/log_files: chrony's log files in `logdir`, each opened when first written to.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "daemon/daemon_config.h"
#include "daemon/log.h"
#include "daemon/log_lines.h"

struct log_file {
	bool is_on;
	bool has_failed; /* said once */
	int fd;          /* < 0: not open yet */
	uint64_t entries_count;
};

struct log_files {
	const char *folder; /* borrowed from the configuration */
	uint32_t banner_lines;
	bool has_failed_measurements; /* rawmeasurements: those that fail their tests too */
	struct log_file files[LOG_LINES_COUNT];
	const struct log *log; /* for complaints; borrowed */
};

void log_files_init(struct log_files *files, const struct daemon_config *config,
                    const struct log *log);
void log_files_close(struct log_files *files);
/* Writes the event's line if its file was asked for. */
void log_files_on_event(struct log_files *files, const struct trace_event *event);
