/* refclock/refclock_driver: what one kind of reference clock is, as a table of functions.
 * SPDX-License-Identifier: MIT
 *
 * A driver is one file that ends in a `const struct refclock_driver`; its name stands in one list
 * in refclock/meson.build. It declares what it feeds on and never opens a device: os/refclock_feeds
 * does, the simulator does otherwise, recordings a third way. A driver turns what it is fed into
 * samples: "when the kept clock read `at`, it was `time`". Whether that is to be believed, and how
 * many of them make a measurement, is refclock/refclock's business. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/stamp_map.h"
#include "config/config_option.h"
#include "source/outbox.h"

#define REFCLOCK_PATH_SIZE   128
#define REFCLOCK_SAMPLES_MAX 64

struct gnss_status;   /* refclock/gnss_status.h */
struct radio_clock;   /* refclock/radio_clock.h */
struct radio_station; /* radio/station.h */
struct refclock_driver;

/* What a driver feeds on; os/ opens the device accordingly. */
enum refclock_input {
	REFCLOCK_SERIAL,   /* bytes of a serial port, a pipe or a file */
	REFCLOCK_PULSE,    /* one edge a pulse: a PPS device */
	REFCLOCK_EDGES,    /* both edges of a line, with the level: GPIO, a serial port's pin */
	REFCLOCK_DATAGRAM, /* messages on a Unix socket of our own */
	REFCLOCK_SEGMENT,  /* System V shared memory in ntpd's layout, looked at each dpoll */
	REFCLOCK_PHC,      /* a PTP hardware clock: readings each dpoll, or its external stamps */
	REFCLOCK_RTC,      /* each second's beginning on a real-time clock */
};

/* What os/ needs to know of the device. Filled from `refclock DRIVER PARAMETER[:OPTION[=VALUE]]…`
 * by the driver's option rows; a driver that needs one more adds a member. */
struct refclock_device {
	char path[REFCLOCK_PATH_SIZE]; /* the parameter as written, without the options */
	uint32_t unit;                 /* SEGMENT: the parameter as a number */
	uint32_t permissions;          /* SEGMENT: mode of a segment that we make */
	bool is_clear;                 /* PULSE, PHC: the falling edge counts */
	bool is_extpps;                /* PHC: stamps of an external input instead of readings */
	bool is_crossts_off;           /* PHC: no PTP_SYS_OFFSET_PRECISE */
	uint32_t pin, channel;         /* PHC, extpps */
	bool is_utc;                   /* RTC keeps UTC instead of local time */
	uint32_t baud;                 /* SERIAL: 0 = leave as it is */
	bool is_unchecked_taken;       /* NMEA: sentences without a checksum are believed */
	bool is_active_low;            /* EDGES */
	uint8_t bias;                  /* EDGES: 0 as is, 1 pull-up, 2 pull-down, 3 off */
	uint32_t debounce_us;          /* EDGES: glitch filter of the kernel; 0 = none */
	uint8_t serial_pin; /* EDGES: of a serial port: 1 DCD, 2 CTS, 3 DSR, 4 RI; 0 none */
};

/* ---- what it is fed; times are readings of the kept clock ---- */

struct refclock_serial {
	const uint8_t *bytes; /* borrowed for the call */
	size_t length_bytes;
	/* When read() gave them: all of them had arrived, the first up to length * 10 / baud
	 * before. */
	struct local_time received;
};

struct refclock_edge {
	struct local_time at;
	struct free_time free_at; /* EDGES: the same moment; filled in by the node */
	uint32_t sequence;        /* of the device; gaps are lost edges */
	bool is_rising; /* EDGES: the line became active. PULSE: true for the assert edge */
};

struct refclock_datagram {
	const uint8_t *bytes;
	size_t length_bytes;
	struct local_time received;
};

struct refclock_segment {
	const uint8_t *bytes; /* a copy of the whole segment */
	size_t length_bytes;
	uint32_t count_after; /* the writer's count, read again after the copy: see shm.c */
	struct local_time received;
};

/* One reading of a PHC between two of the kept clock, the best of several. */
struct refclock_phc {
	struct local_time before, after; /* equal when the hardware read both at once */
	int64_t phc_ns;
	bool is_external; /* a stamp of an external edge: `before` and `after` then belong to a
	                     reading of the PHC nearby, which was reading_ns */
	int64_t reading_ns;
};

struct refclock_rtc {
	struct local_time at; /* of the edge at which it went on to this second */
	int64_t window_ns;    /* within which that was; 0 = an interrupt told */
	int64_t rtc_s;        /* UTC, since 1970 */
};

struct refclock_event {
	enum refclock_input input; /* which of the union */
	union {
		struct refclock_serial serial;
		struct refclock_edge edge; /* PULSE and EDGES */
		struct refclock_datagram datagram;
		struct refclock_segment segment;
		struct refclock_phc phc;
		struct refclock_rtc rtc;
	};
	/* For stamps of CLOCK_REALTIME inside the bytes: stamp_map_local(&map, ns). */
	struct stamp_map map;
};

/* ---- what it says ---- */

struct refclock_sample {
	struct local_time at;
	/* The driver keeps times for minutes and has them by the free clock, as steps and slews of
	   the kept one would tear them apart: this is it, `at` is left to the node. */
	bool is_free;
	struct free_time free_at;
	struct utc_time time; /* what it was at `at`; TAI if the line says `tai`. Of a pulse: only
	                         the part below the pulse's interval counts, normally 0 */
	bool is_pulse;        /* says when a second begins, not which one */
	int64_t window_ns;    /* `at` is the middle of a reading that took so long; 0 = a stamp */
	double error_s;       /* standard deviation that the driver knows of; 0 = it does not */
	enum leap leap;       /* LEAP_UNSYNCHRONISED: not known */
};

struct refclock_samples {
	size_t count;
	struct refclock_sample samples[REFCLOCK_SAMPLES_MAX];
	unsigned refused_count; /* inputs that were no good: torn, wrong magic, no fix … */
	const char *refusal;    /* why, of the last one, in a few words; static. NULL = none */
	/* The receiver foretells its next pulse's error (sawtooth): PPS clocks that are locked to
	   this one take it away. */
	bool has_pulse_error;
	struct utc_time pulse; /* the second that it begins */
	double pulse_error_s;  /* + = it comes late */
	int16_t tai_offset_s;  /* TAI - UTC as the clock says; 0 = it does not */
};

/* Zeroed but for these two; the caller may set more members. NULL when full: then it is dropped. */
struct refclock_sample *refclock_samples_add_time(struct refclock_samples *out,
                                                  struct local_time at, struct utc_time time);
struct refclock_sample *refclock_samples_add_pulse(struct refclock_samples *out,
                                                   struct local_time at);
void refclock_samples_refuse(struct refclock_samples *out, const char *why);

/* ---- the driver ---- */

struct refclock_driver {
	const char *name;      /* "SHM"; lines may write it in any case */
	const char *summary;   /* one line for the manual */
	const char *parameter; /* what follows the name, for the manual: "unit", "path" */
	enum refclock_input input;
	/* Samples: never before and up to so much after the moment that they name (a serial line).
	   0 = on time, give or take their noise. Widens the bound unless `offset` or `delay` is
	   set, and tells which second a pulse belongs to. */
	double lateness_max_s;
	double precision_s;                  /* of a sample as such; 0 = the clock's */
	const struct config_option *options; /* of struct refclock_device; NULL = none */
	bool is_unit;                        /* the parameter is a number: device.unit */
	uint32_t unit_max;

	size_t state_size; /* zeroed by the caller; 0 = none */
	/* Before the first event. `now` is the kept clock's, to guess centuries by; `floor`: no
	   time before it can be true. NULL = nothing to do. */
	void (*init)(void *state, const struct refclock_device *device, struct local_time now,
	             struct utc_time floor);

	/* Instead of `init`, for state that owns something: 0 or -errno. `destroy` is called once
	   for each `create` that succeeded; state is zeroed before. Called anew when the clock was
	   moved by others. */
	int (*create)(void *state, const struct refclock_driver *driver, struct utc_time floor);
	void (*destroy)(void *state);

	/* Those that `input` asks for; the others NULL. */
	void (*on_serial)(void *state, const struct refclock_event *event,
	                  struct refclock_samples *out);
	void (*on_edge)(void *state, const struct refclock_event *event,
	                struct refclock_samples *out);
	void (*on_datagram)(void *state, const struct refclock_event *event,
	                    struct refclock_samples *out);
	void (*on_segment)(void *state, const struct refclock_event *event,
	                   struct refclock_samples *out);
	void (*on_phc)(void *state, const struct refclock_event *event,
	               struct refclock_samples *out);
	void (*on_rtc)(void *state, const struct refclock_event *event,
	               struct refclock_samples *out);

	/* Of drivers to which silence says something, too: all that came before `now` has been
	   handed in. NULL = it says nothing. */
	void (*on_time)(void *state, struct free_time now, struct refclock_samples *out);

	/* For the report `gnss`: what the receiver says of itself. NULL = it is no receiver. */
	const struct gnss_status *(*gnss)(const void *state);

	/* Of time stations by radio; else NULL. */
	const struct radio_station *station;
	const struct radio_clock *(*radio)(const void *state); /* for the report `radio` */
};

/* All there are: made from the list in meson.build. */
size_t refclock_drivers_count(void);
const struct refclock_driver *refclock_drivers_at(size_t index);
const struct refclock_driver *refclock_drivers_find(const char *name); /* any case; NULL = none */
