/* daemon/daemon: everything that one running timeballd holds. SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/rng.h"
#include "control/chronyc.h"
#include "daemon/chronyc_sockets.h"
#include "daemon/command_line.h"
#include "daemon/control_socket.h"
#include "daemon/daemon_config.h"
#include "daemon/hw_clocks.h"
#include "daemon/leap_watch.h"
#include "daemon/lease_watch.h"
#include "daemon/log.h"
#include "daemon/log_files.h"
#include "daemon/refusals.h"
#include "daemon/step_budget.h"
#include "daemon/synchronised_flag.h"
#include "node/node.h"
#include "os/clock.h"
#include "os/inherited_sockets.h"
#include "os/ntp_sockets.h"
#include "os/refclock_feeds.h"
#include "os/resolver.h"
#include "os/rtc_device.h"
#include "os/signing_socket.h"
#include "os/vm_watch.h"
#include "timescale/leap_table.h"
#include "wire/rtc_file.h"

/* In chronyd's words, for those who look for them in what -v prints and in the log. */
#define DAEMON_FEATURES                                                                            \
	"+CMDMON +NTP +REFCLOCK +RTC +PRIVDROP +SCFILTER +SIGND +ASYNCDNS -NTS +SECHASH +IPV6 -DEBUG"

/* A command to the clock may, by its answer, lead to another one; no deeper than this. */
#define DAEMON_DEPTH_MAX 4

struct daemon {
	const struct command_line *line;    /* borrowed */
	struct daemon_config *config;       /* owned */
	struct config_listing started_with; /* its lines when the program began */
	struct log *log;                    /* borrowed */
	struct log_files log_files;
	struct synchronised_flag flag;
	struct rng rng;
	struct leap_watch leap_watch;
	char boot[STEP_BUDGET_BOOT_SIZE]; /* "": no budgets are remembered */
	struct clock *clock;              /* owned */
	int clock_watch;                  /* os/clock_watch; -1 = none, or not needed */
	struct vm_watch vm_watch;         /* empty with a clock of our own */
	int mail_helper;                  /* os/mail; -1 = not needed */
	bool is_clock_set;                /* it told, and the node was not told yet */
	struct mono_time clock_looked;
	struct mono_time tempcomp_at; /* the sensor is read next; MONO_TIME_NEVER = never */
	bool has_tempcomp_failed;     /* and that was said */
	double slowdown;              /* s/s by which we make the kernel's clock run slow; >= 0 */
	bool may_adjust;   /* false: the node only watches it (-x, -q, -Q, no right to) */
	double drift_ppm;  /* from the drift file; 0 = none */
	struct node *node; /* owned */
	struct leap_table *leap_table;      /* owned; NULL = none */
	struct inherited_sockets inherited; /* that nobody needed yet */
	struct ntp_sockets sockets;
	struct signing_socket signing;
	bool is_signing_lost; /* an answer was not signed, which was said */
	int16_t tai_offset_said_s;
	bool is_serving; /* the NTP server's sockets are open; without it ntpq's may be */
	struct hw_clocks hw_clocks;
	struct refclock_feeds feeds;
	struct resolver resolver;
	struct rtc_device rtc; /* closed unless it is tracked */
	bool is_rtc_local;     /* it keeps local time */
	bool has_rtc_file;
	struct rtc_file rtc_file; /* what was known of it at the start */
	struct utc_time rtc_time; /* by which the clock was set at the start; 0 = it was not, or by
	                             a device of which nothing is known */
	struct control_socket control;
	struct chronyc chronyc;
	uint64_t ntpq_count[2]; /* questions that were not answered, and that were */
	struct refusals refusals;
	struct chronyc_sockets chronyc_sockets;
	struct lease_watch leases;
	struct mono_time started;
	struct mono_time end; /* -t */
	bool is_over;
	int exit_status;
	struct outbox outboxes[DAEMON_DEPTH_MAX]; /* empty between events */
};

/* Opens clock, sockets and files, leaves the terminal and root behind as asked. Takes over `config`
 * also when it fails. 0, or -errno after what is wrong was said; then nothing is left open. */
NODISCARD int daemon_start(const struct command_line *line, struct log *log,
                           struct daemon_config *config, struct daemon **daemon_out);
/* Saves what must be saved, closes everything, frees it. */
void daemon_stop(struct daemon *daemon);
