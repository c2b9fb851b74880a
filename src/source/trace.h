/* source/trace: what happened, as typed events; logs, reports and tests are its readers.
 * SPDX-License-Identifier: MIT
 *
 * No module formats text. A sink is handed over at create; emitting into a sink without a function
 * does nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "source/outbox.h"

enum trace_kind {
	TRACE_MEASUREMENT, /* measurement: an exchange with a source passed or failed its tests */
	TRACE_STATISTICS,  /* statistics: a source's estimate was updated */
	TRACE_TRACKING,    /* tracking: the clock was updated, or synchronisation was lost */
	TRACE_REFCLOCK_SAMPLE,      /* refclock: a reference clock's sample was taken */
	TRACE_REFCLOCK_MEASUREMENT, /* refclock: and many of them made a measurement */
	TRACE_SELECTION,            /* selection: how one source was judged, if traces_selections */
	TRACE_SOURCE_SELECTED,      /* name: the source that leads now */
	TRACE_NO_MAJORITY,          /* numbers[0] of numbers[1] agree */
	TRACE_NO_SELECTABLE,        /* text: why in a few words */
	TRACE_FALSETICKER,          /* name; numbers[0] ns off the agreed interval */
	TRACE_SOURCE_ONLINE,        /* name */
	TRACE_SOURCE_OFFLINE,       /* name */
	TRACE_SOURCE_REPLACED,      /* name, address: the old one, text: the new one */
	TRACE_SOURCE_RESOLVED,      /* name, text: the address */
	TRACE_RESOLVE_FAILED,       /* name; once until it succeeds */
	TRACE_KISS,                 /* name, text: the kiss code */
	TRACE_PACKET_REFUSED,  /* address: the sender's; name: the source that was to have sent it,
	                          or  NULL; text: why; numbers[0]: one for each reason, below
	                          TRACE_REFUSALS_MAX */
	TRACE_IMPLAUSIBLE,     /* name; numbers[0] = the utc_time in ns that it claims, [1] the
	                          limit, [2] enum plausibility_verdict */
	TRACE_CLOCK_WRONG,     /* numbers[0] ns by which the clock is wrong (logchange) */
	TRACE_CLOCK_STEPPED,   /* numbers[0] ns */
	TRACE_CLOCK_TOUCHED,   /* another program changes its rate */
	TRACE_MACHINE_STOPPED, /* numbers[0] ns that it missed at the least; 0 = unknown */
	TRACE_CLOCK_JUMPED,    /* numbers[0] ns by which somebody else moved the clock */
	TRACE_CLOCK_REFUSED,   /* numbers[0] = errno of the clock driver */
	TRACE_CHANGE_TOO_BIG,  /* numbers[0] ns, numbers[1] ns allowed (maxchange); text: "ignored"
	                          or "exiting" */
	TRACE_BOUND_CONTRADICTION, /* name: a measurement proved the bound wrong */
	TRACE_INITIAL_OFFSET,  /* numbers[0] ns found at first (initstepslew); text: "step", "slew"
	                          or NULL: none could be found */
	TRACE_RTC_MEASUREMENT, /* rtc: the real-time clock was compared with the time */
	TRACE_RTC_SET,         /* numbers[0] s by which it had been ahead */
	TRACE_RTC_REFUSED,     /* numbers[0] = errno of setting it */
	TRACE_TEMPERATURE,     /* numbers[0] of the sensor, numbers[1] ppm compensated */
	TRACE_LEAP_PASSED, /* numbers[0] = 1 inserted, -1 deleted; numbers[1]: enum leapsecmode, how
	                    */
	TRACE_TAI_LEARNT,  /* name: the receiver that says so, or NULL; text: why else; numbers[0] =
	                      TAI - UTC from now on, s */
	TRACE_NUMBERS_AMBIGUOUS, /* name: pulses, text: who numbers them; numbers[0] s that it is
	                            off them, about half an interval */
	TRACE_NUMBERS_DOUBTED,   /* name, text: the same; it says another second for some time */
	/* by an operator's command, or told by one */
	TRACE_SOURCE_SET,        /* name, text: the option, numbers[0]: its value */
	TRACE_DISTANCE_SET,      /* numbers[0] s: reselectdist */
	TRACE_RATE_SHIFTED,      /* numbers[0] ppm by which the clock shall gain (dfreq) */
	TRACE_OFFSET_SHIFTED,    /* numbers[0] s by which it is ahead (doffset) */
	TRACE_TIME_ENTERED,      /* numbers[0] ns by which it is behind (settime) */
	TRACE_SMOOTHING_STARTED, /* numbers[0] = 1: of leap seconds only */
	TRACE_LEAP, /* numbers[0] = enum leap that is now announced; numbers[1] as above */
};

#define TRACE_REFUSALS_MAX 64

struct trace_measurement { /* columns of chrony's measurements.log */
	enum leap leap;
	uint8_t stratum;
	uint16_t tests; /* bits, most significant of ten first: 1 2 3 5 6 7 A B C D; 1 = passed */
	int8_t local_poll_log2_s, remote_poll_log2_s;
	double poll_score; /* 0..1: how near the next longer interval is */
	double offset_s;   /* + = local clock slow */
	double delay_s, dispersion_s, root_delay_s, root_dispersion_s;
	uint32_t reference_id;
	uint8_t mode;
	bool is_interleaved;
	uint8_t sent_stamp, received_stamp; /* enum stamp_source */
	bool is_good;
};

struct trace_statistics { /* columns of chrony's statistics.log */
	double sd_s;
	double offset_s; /* + = local clock fast */
	double offset_sd_s;
	double frequency; /* s/s, + = local clock fast */
	double skew;
	double stress;
	unsigned samples_count, first_index, runs_count;
	double asymmetry;
};

struct trace_selection { /* columns of chrony's selection.log */
	char letter;     /* chrony's (selectdata) */
	char options[6]; /* effective ones: "-" or A, N, P, T, R */
	uint8_t reach;
	double score;
	double age_s;         /* of the last sample; not finite = there is none */
	double low_s, high_s; /* + = local clock fast */
};

struct trace_tracking { /* columns of chrony's tracking.log */
	uint8_t stratum;
	double frequency_ppm; /* + = clock fast */
	double skew_ppm;
	double offset_s; /* + = clock fast */
	enum leap leap;
	unsigned combined_count;
	double offset_sd_s, remaining_s, root_delay_s, root_dispersion_s, error_max_s;
	bool is_synchronised;
};

struct trace_refclock { /* columns of chrony's refclocks.log */
	unsigned index; /* of the sample in its poll, from 0 */
	enum leap leap;
	bool is_pulse;
	double raw_s;    /* + = local clock slow; as the driver gave it, not numbered */
	double offset_s; /* the same, corrected, and of a pulse numbered */
	double dispersion_s;
};

struct trace_rtc {     /* columns of chrony's rtc.log */
	double fast_s; /* RTC minus true time, as measured */
	bool is_known;
	double known_fast_s, gain_ppm; /* by the line through the samples */
	unsigned samples_count, runs_count, period_s;
};

struct trace_event {
	enum trace_kind kind;
	struct local_time when;
	const char *name; /* of the source, or NULL; borrowed for the call, as is text */
	const char *text;
	struct address
		address; /* of the source, for what has columns; ADDRESS_NONE = only a name */
	double numbers[3];
	union {
		struct trace_measurement measurement;
		struct trace_statistics statistics;
		struct trace_selection selection;
		struct trace_tracking tracking;
		struct trace_refclock refclock;
		struct trace_rtc rtc;
	};
};

struct trace_sink {
	void (*emit)(void *to, const struct trace_event *event); /* NULL = nobody listens */
	void *to;
};

void trace_emit(const struct trace_sink *sink, const struct trace_event *event);
