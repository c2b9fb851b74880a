/* report/report: what a node can say of itself, as tables that describe themselves.
 * SPDX-License-Identifier: MIT
 *
 * A report is one file: a row struct, a field table, a collector. Its name stands in one list, in
 * reports.c. Readers of reports (JSON, and through it every program that shows them) know none of
 * them by name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "node/node.h"
#include "node/node_rtc.h"

struct config_listing; /* config/config_listing.h */

/* A network interface whose card stamps packets. */
struct report_hwtimestamp {
	const char *interface, *rxfilter;
	uint32_t phc; /* of /dev/ptpN */
	uint32_t speed_mbps;
	uint64_t sent_count, received_count; /* packets with such a stamp */
	uint64_t readings_count, restarts_count;
	uint32_t used_count;
	double frequency_ppm;
	int64_t error_ns;
	const char *failure;
};

/* What a report may want to know and the node does not. Pointers are borrowed for the call. */
struct report_packets { /* a row of `packets` */
	const char *kind, *verdict;
	uint64_t packets_count;
};

struct report_context {
	const char *version;      /* "0.1.0" */
	const char *clock_driver; /* "kernel", "virtual", "none" */
	int64_t uptime_ns;
	bool has_true_error;                 /* the clock is virtual: its error is known exactly */
	int64_t true_error_ns;               /* clock minus true time: + = the clock is ahead */
	bool is_rtc_kernels;                 /* rtcsync: the kernel sets the real-time clock */
	const struct config_listing *config; /* NULL = not known */
	const struct report_hwtimestamp *hwtimestamps;
	size_t hwtimestamps_count;
	const struct report_packets *packets; /* those that no node sees */
	size_t packets_count;
};

/* Everything that reports are made from, read off the node at one moment: collectors are functions
 * of plain values. Some 60 KiB: not for small stacks. */
struct report_subject {
	const struct report_context *context; /* borrowed */
	struct node_status status;
	struct node_rtc_status rtc;
	size_t sources_count;
	struct node_source_status sources[NODE_SOURCES_MAX];
};

/* The names and options in it are borrowed from the node until the node's next event. */
void report_subject_take(const struct node *node, struct instant now,
                         const struct report_context *context, struct report_subject *subject_out);

enum report_type {
	REPORT_INTEGER, /* int64_t; INT64_MAX = not known */
	REPORT_COUNT,   /* uint64_t */
	REPORT_WORD,    /* uint32_t */
	REPORT_OCTAL,   /* uint8_t: a bit mask that people read in octal */
	REPORT_REAL,    /* double; not finite = not known */
	REPORT_BOOLEAN, /* bool */
	REPORT_LETTER,  /* char; 0 = none */
	REPORT_TEXT,    /* const char *; NULL = not known. Bytes from anywhere: readers escape */
	REPORT_CHARS,   /* char[]: the same, within the row */
	REPORT_TIME,    /* struct utc_time; 0 = not known */
};

struct report_field {
	const char *name; /* ends in its unit: offset_ns */
	const char *text; /* what it is, for people */
	uint16_t offset_bytes;
	uint8_t type; /* enum report_type */
};

/* The member's name names the field and its suffix the unit; its C type gives the type. */
#define REPORT_FIELD(row_, member_, text_)                                                           \
	{                                                                                            \
		.name = #member_, .text = (text_), .offset_bytes = offsetof(row_, member_),        \
		.type = _Generic(((row_ *)0)->member_,                                             \
		        int64_t: REPORT_INTEGER,                                                   \
		        uint64_t: REPORT_COUNT,                                                    \
		        uint32_t: REPORT_WORD,                                                     \
		        uint8_t: REPORT_OCTAL,                                                     \
		        double: REPORT_REAL,                                                       \
		        bool: REPORT_BOOLEAN,                                                      \
		        char: REPORT_LETTER,                                                       \
		        const char *: REPORT_TEXT,                                                 \
		        char *: REPORT_CHARS,                                                      \
		        struct utc_time: REPORT_TIME), \
	}

/* Who takes the rows, one by one. A row and what it points to live only during on_row. */
struct report_rows {
	void (*on_row)(void *to, const void *row);
	void *to;
};

void report_rows_add(struct report_rows *rows, const void *row);

struct report {
	const char *name;
	const char *summary; /* one line for people */
	const struct report_field *fields;
	size_t field_count;
	void (*collect)(const struct report_subject *subject, struct report_rows *rows);
};

/* All there are, in the order in which they are listed; index 0..reports_count() - 1. */
size_t reports_count(void);
const struct report *reports_at(size_t index);
const struct report *reports_find(const char *name); /* NULL = no such report */

/* "ns" for "offset_ns"; "" when the name ends in no unit. */
const char *report_field_unit(const struct report_field *field);
const char *
report_type_name(enum report_type type); /* "integer", "real", "octal", "boolean", "text", "time" */
