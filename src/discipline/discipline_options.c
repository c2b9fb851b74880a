/* SPDX-License-Identifier: MIT */
#include "discipline/discipline_options.h"

#include <math.h>
#include "discipline/fallback.h"

#define AT(member_) CONFIG_AT(struct discipline_options, member_)

static const struct config_option smoothtime_table[] = {
	{ .name = "leaponly",
	  AT(smoothtime.is_leap_only),
	  .text = "Smooths leap seconds alone (a smear, with leapsecmode slew), the same on every server that "
	          "is configured alike and also after a restart." },
	{ .name = NULL },
};

const struct config_directive discipline_directives[] = {
	{ .name = "makestep",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "threshold",
	            AT(makestep_threshold_s),
	            .unit = "s",
	            .text = "An offset above it is stepped, one below it is slewed. Raised, more is "
	                    "left to slewing, which takes long but never jumps." },
		  { .name = "limit",
	            AT(makestep_limit),
	            .unit = "updates",
	            .text = "Only the first so many updates since the boot may step; negative = every update. "
	                    "Raised, the clock may also jump later." }),
	  .text = "Lets the clock jump instead of being slewed. Without it the clock is never stepped." },
	{ .name = "maxchange",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "offset",
	            AT(maxchange_offset_s),
	            .unit = "s",
	            .maximum = INFINITY,
	            .text = "A larger correction is suspicious. Lowered, more is refused." },
		  { .name = "start",
	            AT(maxchange_start),
	            .unit = "updates",
	            .text = "So many updates at the beginning are not checked." },
		  { .name = "ignore",
	            AT(maxchange_ignore),
	            .unit = "times",
	            .text = "So many suspicious corrections are ignored, then the program ends with an "
	                    "error; negative = it never ends." }),
	  .text = "Refuses absurd corrections." },
	{ .name = "maxslewrate",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "rate",
	                     AT(maxslewrate_ppm),
	                     .unit = "ppm",
	                     .minimum = 1e-3,
	                     .maximum = 1e5,
	                     .normal = 83333.333,
	                     .is_clamped = true }),
	  .text = "Fastest rate at which an offset is slewed away. Raised, large offsets vanish sooner; "
	          "lowered, programs that measure intervals are disturbed less." },
	{ .name = "corrtimeratio",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "ratio",
	                     AT(corrtimeratio),
	                     .minimum = 1e-3,
	                     .maximum = 1e6,
	                     .normal = 3 }),
	  .text = "How long an average correction takes, relative to the update interval. Raised, the "
	          "frequency is smoother and offsets are corrected more slowly." },
	{ .name = "maxupdateskew",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "skew",
	                     AT(maxupdateskew_ppm),
	                     .unit = "ppm",
	                     .minimum = 0,
	                     .maximum = 1e6,
	                     .normal = 1000 }),
	  .text = "An update whose frequency is less certain than this does not change the frequency. "
	          "Lowered, only good networks may train the clock." },
	{ .name = "maxdrift",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "rate",
	                     AT(maxdrift_ppm),
	                     .unit = "ppm",
	                     .maximum = 1e5,
	                     .normal = 1e5,
	                     .is_clamped = true }),
	  .text = "Largest frequency error that is corrected. Lowered, a wild source cannot bend the "
	          "clock far; too low, a bad oscillator is never compensated." },
	{ .name = "maxclockerror",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "rate",
	                     AT(maxclockerror_ppm),
	                     .unit = "ppm",
	                     .maximum = 1e5,
	                     .normal = 1 }),
	  .text = "How fast an uncorrected clock is assumed to err at worst; the published error bound "
	          "grows at this rate, and by what is not known of the frequency, between updates. Raised, the bound "
	          "is safer and wider. An oscillator that jumps by more is not noticed before the next measurement, "
	          "since all clocks of a machine hang on it: 50 is safe for virtual machines that move." },
	{ .name = "logchange",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "offset",
	                     AT(logchange_s),
	                     .unit = "s",
	                     .maximum = INFINITY,
	                     .normal = 1 }),
	  .text = "A correction above this is reported in the message log. Lowered, there are more messages." },
	{ .name = "fallbackdrift",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "min",
	            AT(fallbackdrift_min_log2_s),
	            .unit = "log2 s",
	            .maximum = FALLBACK_LOG2_S_MAX,
	            .text = "The first mean is used after so long without an update. Raised, the last "
	                    "rate is gone on with for longer; 0 = never." },
		  { .name = "max",
	            AT(fallbackdrift_max_log2_s),
	            .unit = "log2 s",
	            .maximum = FALLBACK_LOG2_S_MAX,
	            .text = "The last and longest one. 0 = off." }),
	  .text = "When nobody has said the time for 2^min s, the clock goes on at its mean rate over as long, "
	          "after 2^(min+1) s at that over twice as long, and so on to 2^max, and says that it is not "
	          "synchronised. Without it, at the rate of the last update." },
	{ .name = "clockprecision",
	  CONFIG_ARGUMENTS({ .name = "precision",
	                     AT(clockprecision_s),
	                     .unit = "s",
	                     .maximum = 1,
	                     .normal_note = "measured at start" }),
	  .text = "Precision of reading the clock, instead of the measured one. Raised, error bars are wider." },
	{ .name = "rtcautotrim",
	  CONFIG_ARGUMENTS(
		  { .name = "threshold", AT(rtcautotrim_s), .unit = "s", .maximum = INFINITY }),
	  .text = "The real-time clock is set when it is estimated to be off by more than this, once an hour at "
	          "most; 0 = never. Raised, it is set more seldom. Only with rtcfile." },
	{ .name = "rtcsync",
	  CONFIG_PRESENCE(struct discipline_options, rtcsync),
	  .text = "The kernel copies the time to the real-time clock every 11 minutes while synchronised." },
	{ .name = "smoothtime",
	  .is_live = true,
	  CONFIG_ARGUMENTS(
		  { .name = "max-freq",
	            AT(smoothtime.max_frequency_ppm),
	            .unit = "ppm",
	            .minimum = 1e-6,
	            .maximum = 1e5,
	            .text = "Fastest rate at which served time and best time may come together. Raised, "
	                    "clients get true time sooner; lowered, slow clients can follow." },
		  { .name = "max-wander",
	            AT(smoothtime.max_wander_ppm_s),
	            .unit = "ppm/s",
	            .minimum = 1e-9,
	            .maximum = 1e5,
	            .text = "How fast that rate may change. Raised, clients get true time sooner; "
	                    "lowered, clients that ask seldom can follow." }),
	  .options = smoothtime_table,
	  CONFIG_PRESENCE(struct discipline_options, smoothtime.is_on),
	  .text = "Serves a time that never jumps: what corrects the clock reaches clients smoothly, and root "
	          "dispersion says how far that is off. Only for clients that have no other servers." },
	{ .name = NULL },
};
