/* refclock/refclock_options: what one `refclock` line of the configuration says.
 * SPDX-License-Identifier: MIT
 *
 * Names and defaults are chrony's. The table stands in refclock_options.c; what only one driver
 * knows stands beside the driver. */
#pragma once

#include "refclock/refclock_driver.h"

#define REFCLOCK_REFID_SIZE 5    /* up to four characters */
#define REFCLOCK_FILTER_MAX 1024 /* samples */

struct refclock_options {
	char driver_name[16];
	const struct refclock_driver *driver; /* static */
	struct refclock_device device;

	char refid[REFCLOCK_REFID_SIZE]; /* "" until node_config_finish has numbered them */
	char lock[REFCLOCK_REFID_SIZE]; /* which clock numbers the pulses; "" = the combined time */
	int8_t poll_log2_s;             /* 4 */
	int8_t dpoll_log2_s;            /* 0; only for what must be looked at */
	uint32_t filter_count;          /* 64; samples of one poll that are kept */
	bool is_pulse;                  /* `pps` */
	double rate_hz;                 /* 1; pulses a second */
	double width_s;                 /* 0 = not known */
	uint32_t maxlockage_pulses;     /* 2 */
	double offset_s;                /* added to what the clock says; NaN = `auto`: learnt */
	double delay_s;                 /* 1e-9; half of it is an error that the clock may have */
	double precision_s;             /* 0 = the driver's */
	uint8_t stratum;                /* 0 */
	double maxdispersion_s;         /* 0 = off */
	uint32_t minsamples, maxsamples, maxunreach_polls;
	bool is_tai, is_local;
	bool prefer, noselect, trust, require;
};

/* For the directive `refclock`: driver and parameter, options, the rest of the parameter. */
extern const struct config_option refclock_options_arguments[];
extern const struct config_option refclock_options_table[];
void refclock_options_finish(struct config_cursor *cursor, void *refclock_options);

bool refclock_options_is_auto(const struct refclock_options *options); /* `offset auto` */
/* The clock only says when a second begins. */
bool refclock_options_is_pulse(const struct refclock_options *options);
uint32_t refclock_options_reference_id(const struct refclock_options *options);
