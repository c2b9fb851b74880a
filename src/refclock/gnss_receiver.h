/* refclock/gnss_receiver: what a GNSS receiver sends, NMEA and UBX, put together into epochs.
 * SPDX-License-Identifier: MIT
 *
 * Bytes in, samples out, for the drivers `nmea` and `ubx`. A receiver names each epoch (mostly a
 * second) in several messages, in a burst some time after it: the first byte of the first of them
 * is what the sample is stamped with, whichever of them then has the date. Nothing is taken while
 * the receiver itself says that it has no fix or does not know the leap seconds. */
#pragma once

#include "refclock/gnss_status.h"
#include "refclock/refclock_driver.h"
#include "wire/gnss_stream.h"
#include "wire/nmea_sentence.h"
#include "wire/ubx_frame.h"

struct gnss_receiver_epoch {
	bool is_there, is_sampled;
	int64_t key; /* what the messages of one epoch have in common: ns of the day, or ms of the
	                week */
	struct local_time began;
};

struct gnss_receiver {
	bool is_ubx;             /* the time comes from UBX, else from NMEA; the rest from both */
	bool is_unchecked_taken; /* sentences without a checksum are believed */
	struct utc_time floor;   /* 0 = not known */
	struct gnss_stream stream;
	struct gnss_status status;
	struct gnss_receiver_epoch epoch;

	struct local_time fix_at; /* when `status.fix` was last said; INT64_MIN = never */
	struct utc_time previous; /* the last epoch's time and arrival; 0 = none */
	struct local_time previous_at;
	int64_t interval_ns;        /* between the last two epochs; 0 = not known */
	struct utc_time jumped_to;  /* by its last jump; INT64_MIN = it never did */
	struct local_time other_at; /* when a time of the kind that is not taken was last seen */
	struct {
		char talker[3];
		uint8_t count;
	} seen[8]; /* GSV: each talker counts its own systems */
};

/* `receiver` zeroed or not. */
void gnss_receiver_init(struct gnss_receiver *receiver, const struct refclock_device *device,
                        bool is_ubx, struct utc_time floor);
void gnss_receiver_on_serial(struct gnss_receiver *receiver, const struct refclock_serial *serial,
                             struct refclock_samples *out);

/* Options of both drivers: baud, nochecksum. */
extern const struct config_option gnss_receiver_options[];
