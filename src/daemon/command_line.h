/* daemon/command_line: chronyd's options, as values. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/attributes.h"
#include "daemon/log.h"

#define COMMAND_LINE_CONFIG_DEFAULT "/etc/timeball/timeball.conf"
#define COMMAND_LINE_CONFIG_CHRONY  "/etc/chrony/chrony.conf"

enum command_line_mode {
	MODE_DAEMON,
	MODE_SET_ONCE,     /* -q */
	MODE_MEASURE_ONCE, /* -Q */
	MODE_PRINT_CONFIG, /* -p */
	MODE_VERSION,      /* -v, --version */
	MODE_HELP,         /* -h, --help */
};

struct command_line {
	enum command_line_mode mode;
	const char *config_path;  /* -f; NULL = the default */
	const char *const *words; /* configuration lines instead of a file; borrowed from argv */
	size_t words_count;
	enum address_family family; /* -4, -6; ADDRESS_NONE = both */
	unsigned debug_count;       /* -d: foreground, messages to stderr; twice: debug messages */
	bool is_foreground;         /* -n, and all that imply it */
	bool is_clock_untouched;    /* -x */
	bool is_restart;            /* -R */
	bool is_dump_wanted;        /* -r */
	bool is_rtc_wanted;         /* -s */
	bool is_memory_locked;      /* -m */
	const char *log_path;       /* -l; NULL = none */
	enum log_severity least;    /* -L */
	int64_t priority;           /* -P; < 0 = not given */
	int64_t timeout_s;          /* -t; < 0 = none */
	int64_t filter_level;       /* -F, -2..2; 0 = no system call filter */
	int64_t ready_fd;           /* -N: an open descriptor; 0 = none */
	const char *user;           /* -u; NULL = as configured */
};

/* As for getopt(3). */
extern const char command_line_options[];

/* 0, or -EINVAL: what is wrong was said on stderr. */
NODISCARD int command_line_parse(int count, char *words[], struct command_line *line_out);
void command_line_print_help(void);
