/* daemon/daemon_config: the whole configuration of timeballd, from chrony.conf or the command line.
 * SPDX-License-Identifier: MIT
 *
 * Reads files (the main one, include, confdir, sourcedir, the key file) and nothing else: no socket
 * is opened, no path is created, nobody is looked up. What node/ needs stands in `node`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attributes.h"
#include "config/config_directive.h"
#include "config/config_errors.h"
#include "config/config_line.h"
#include "config/config_listing.h"
#include "discipline/temperature.h"
#include "daemon/hw_options.h"
#include "node/node_config.h"
#include "ntp/client_table.h"
#include "ntp/ntp_keys.h"

#define DAEMON_PATH_SIZE        1024
#define DAEMON_SOCKET_PATH_SIZE 108 /* sun_path of unix(7) */
#define DAEMON_SIGND_PATH_SIZE  (DAEMON_SOCKET_PATH_SIZE - sizeof "/socket" + 1)
#define DAEMON_ADDRESSES_MAX    16
#define MAIL_ADDRESS_SIZE       256
#define DAEMON_USER_SIZE        64
#define DAEMON_DEVICE_SIZE      16 /* IFNAMSIZ */

#define DAEMON_CONTROL_SOCKET_DEFAULT "/run/timeball/timeballd.sock"

/* `virtualclock`: keep a private clock over CLOCK_MONOTONIC_RAW instead of the system's. */
struct virtualclock_options {
	bool is_on;
	double offset_s;      /* at start, reading minus truth: + = ahead; 0 */
	double frequency_ppm; /* + = the oscillator gains; 0 */
	double wander;        /* random walk of the frequency, s/s per sqrt(s); 0 */
	uint64_t seed;        /* of the wander; 0 */
	double epoch_s; /* UTC, seconds since 1970, when CLOCK_MONOTONIC_RAW read zero, so that
	                   several daemons share one truth; < 0 = take CLOCK_REALTIME at start */
};

struct tempcomp_options {            /* `tempcomp` */
	char file[DAEMON_PATH_SIZE]; /* of the sensor; "" = none */
	double interval_s;           /* > 0 */
	struct temperature_law law;
	char points[DAEMON_PATH_SIZE]; /* of the table, which is read at the start; "" = none */
};

struct log_options { /* which files are written in logdir */
	bool measurements, rawmeasurements, statistics, tracking, selection, refclocks, rtc,
		tempcomp;
};

struct daemon_config {
	struct node_config node;

	/* The NTP server and client sockets. */
	uint16_t port;                                      /* 123; 0 = never serve */
	struct address bindaddresses[DAEMON_ADDRESSES_MAX]; /* none = any */
	size_t bindaddresses_count;
	int32_t acquisitionport; /* fixed local port of requests, 0 = the system chooses one once;
	                            < 0 = a fresh random port for each request (RFC 9109) */
	struct address bindacqaddresses[DAEMON_ADDRESSES_MAX]; /* the last of a family counts */
	size_t bindacqaddresses_count;
	char bindacqdevice[DAEMON_DEVICE_SIZE], binddevice[DAEMON_DEVICE_SIZE]; /* "" = any */
	struct hw_options hwtimestamps[HW_OPTIONS_MAX];
	size_t hwtimestamps_count;
	double hwtstimeout_s;  /* 0.001 */
	uint32_t maxtxbuffers; /* without effect */
	uint8_t dscp;          /* 0..63 */
	bool ntpqallow;        /* ntpq is answered on this host */

	/* Requests for reports and commands. */
	char controlsocket[DAEMON_SOCKET_PATH_SIZE];           /* ours; never empty */
	uint16_t cmdport;                                      /* chronyc's, 323; 0 = off */
	struct address bindcmdaddresses[DAEMON_ADDRESSES_MAX]; /* none = 127.0.0.1 and ::1 */
	size_t bindcmdaddresses_count;
	char bindcmddevice[DAEMON_DEVICE_SIZE];
	char bindcmdpath[DAEMON_SOCKET_PATH_SIZE]; /* chronyc's socket; "" = default, "/" = none */
	struct access cmdaccess;
	struct client_limit cmdratelimit;
	bool has_opencommands;
	char opencommands[512]; /* names, one blank between them; may be empty */

	/* Files. "" = none. */
	char driftfile[DAEMON_PATH_SIZE]; /* how often: node.discipline.driftfile_interval_s */
	char keyfile[DAEMON_PATH_SIZE];
	char ntpsigndsocket[DAEMON_SIGND_PATH_SIZE]; /* the directory of Samba's; "" = none */
	char rtcfile[DAEMON_PATH_SIZE];              /* not "": the real-time clock is tracked */
	char rtcdevice[DAEMON_PATH_SIZE];            /* "" = /dev/rtc, or /dev/rtc0 */
	char hwclockfile[DAEMON_PATH_SIZE]; /* says whether it keeps UTC; else rtconutc does */
	bool rtconutc;
	char logdir[DAEMON_PATH_SIZE];
	char dumpdir[DAEMON_PATH_SIZE];
	char pidfile[DAEMON_PATH_SIZE]; /* "" = the program's default, "/" = none */
	char leapsectz[64];             /* a zone's name such as right/UTC */
	char leapseclist[DAEMON_PATH_SIZE];
	struct log_options log;
	struct tempcomp_options tempcomp;
	char mailonchange_address[MAIL_ADDRESS_SIZE]; /* "" = nobody is written to */
	double mailonchange_s;                        /* about corrections above this */
	uint32_t logbanner_lines; /* 32; a header each so many lines, 0 = never */

	/* The process and its clock. */
	char user[DAEMON_USER_SIZE]; /* "" = as started */
	bool lock_all;
	uint8_t sched_priority; /* 0..99; 0 = ordinary */
	struct virtualclock_options virtualclock;

	struct ntp_keys *keys; /* owned, wiped at the end; from the key file */

	struct config_listing listing; /* what -p prints and the `config` report shows */
	struct daemon_lines *lines;    /* owned; what listing and messages borrow from */
};

/* Reads `path`, or, when words_count > 0, takes each word as a line and reads no main file. The
 * caller owns *config_out. 0; -EINVAL: `errors` says why, all of it, and nothing is handed out;
 * -ENOMEM. There may be warnings in `errors` also after 0. */
NODISCARD int daemon_config_load(const char *path, const char *const *words, size_t words_count,
                                 struct daemon_config **config_out, struct config_errors *errors);
void daemon_config_destroy(struct daemon_config *config); /* NULL is fine */

/* The directive of this name, of any part of the program; NULL = there is none. */
const struct config_directive *daemon_config_directive(const char *name);

/* The lines in use, includes expanded, names in lower case, comments gone: what -p prints. */
void daemon_config_print(const struct daemon_config *config, FILE *out);

/* All directives and options with range, default and text, as scdoc(5) source for the manual. */
void daemon_config_document(FILE *out);
