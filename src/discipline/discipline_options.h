/* discipline/discipline_options: how the clock may be moved. SPDX-License-Identifier: MIT
 *
 * Names and defaults are chrony's; the option table stands in discipline_options.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/config_directive.h"
#include "discipline/smoothing.h"

#define DRIFTFILE_INTERVAL_S 3600 /* default of driftfile_interval_s */

struct discipline_options {
	double makestep_threshold_s; /* 0 = never step */
	int32_t makestep_limit;      /* updates during which a step may happen; < 0 = always */
	double maxchange_offset_s;   /* 0 = off */
	uint32_t maxchange_start;
	int32_t maxchange_ignore; /* < 0 = never give up */
	double maxslewrate_ppm;   /* 83333.333 */
	double corrtimeratio;     /* 3: multiplies the time that a slew takes, 3 = ours as it is */
	double maxupdateskew_ppm; /* 1000 */
	double maxdrift_ppm;      /* 100000 */
	double maxclockerror_ppm; /* 1 */
	double logchange_s;       /* 1 */
	double clockprecision_s;  /* 0 = measured */
	uint32_t driftfile_interval_s;                             /* 3600; 0 = at exit only */
	double rtcautotrim_s;                                      /* 0 = never by itself */
	int8_t fallbackdrift_min_log2_s, fallbackdrift_max_log2_s; /* either 0 = off */
	bool rtcsync;
	struct smoothing_options smoothtime;
};

extern const struct config_directive discipline_directives[];
