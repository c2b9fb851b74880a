/* cli/world: several real timeballd on this machine, each with a clock of its own.
 * SPDX-License-Identifier: MIT
 *
 * Needs no privilege and leaves no trace: virtual clocks, loopback addresses, high ports, sockets
 * and logs in a directory of its own that goes away. Its daemons end when we end, however we do. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"

#define WORLD_DAEMONS_MAX 16
#define WORLD_LINES_MAX   24
#define WORLD_LINE_SIZE   192

struct world_daemon {
	char name[16];
	char socket[108]; /* of its reports */
	pid_t pid;        /* 0 = ended */
};

struct world {
	char directory[64]; /* "" = none */
	char program[1024]; /* timeballd */
	uint16_t first_port;
	double epoch_s; /* true time when CLOCK_MONOTONIC_RAW read zero */
	size_t count;
	struct world_daemon daemons[WORLD_DAEMONS_MAX];
};

/* Lines of configuration that are being put together; what does not fit is our own bug. */
struct world_lines {
	size_t count;
	char lines[WORLD_LINES_MAX][WORLD_LINE_SIZE];
};

void world_lines_add(struct world_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct world_oscillator { /* how a clock is wrong */
	double offset_s, frequency_ppm, wander;
	unsigned seed;
};

/* Finds timeballd beside this program, in ../sbin or in the PATH, and ports that are free. 0 or -1
 * after a sentence on standard error. */
NODISCARD int world_create(struct world *world, unsigned ports_count);
/* Starts a daemon with these lines and its clock, and waits until it answers. 0 or -1 likewise. */
NODISCARD int world_start(struct world *world, const char *name,
                          const struct world_oscillator *oscillator,
                          const struct world_lines *lines);
/* A daemon that ended though it should not have; NULL while all live. */
const struct world_daemon *world_find_ended(struct world *world);
void world_explain_ended(const struct world *world, const struct world_daemon *daemon);
void world_destroy(struct world *world); /* ends the daemons, removes the directory */

/* True time as the daemons' clocks have it. */
double world_true_time_s(const struct world *world);
