/* os/device_facts: what stands between us and a device: rights, other programs, the console.
 * SPDX-License-Identifier: MIT
 *
 * Looks, opens nothing. The roots of the file systems are arguments, for tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DEVICE_FACTS_HOLDERS_MAX 8
#define DEVICE_FACTS_PULSES_MAX  8

struct device_holder {
	pid_t pid;
	char name[32]; /* of the program, as the kernel has it: at most 15 letters */
};

struct device_facts {
	int error;         /* 0 = it is there; else the errno of looking */
	bool is_character; /* else a file or a pipe */
	bool can_read;
	char group[32]; /* that it belongs to; "" = unknown */
	size_t holders_count;
	struct device_holder holders[DEVICE_FACTS_HOLDERS_MAX]; /* who has it open; not ourselves */
	bool is_partly_blind; /* some processes do not let us see what they have open */
	bool is_console;      /* the kernel prints its messages there */
};

/* proc: "/proc", sys: "/sys". */
void device_facts_look(const char *path, const char *proc, const char *sys,
                       struct device_facts *facts_out);

struct device_pulses {  /* one kernel PPS device */
	char name[16];  /* "pps0" */
	char label[48]; /* where it comes from: "pps@12.-1", "serial0" */
	uint32_t assert_count, clear_count;
};

/* Counters of all PPS devices; returns how many there are, at most DEVICE_FACTS_PULSES_MAX. */
size_t device_facts_pulses(const char *sys, struct device_pulses *pulses_out);
