/* radio/receiver_trial: sends a signal through the receiver and counts what comes out, against the
 * truth that the encoder knows. For tests and the benchmark. SPDX-License-Identifier: MIT */
#pragma once

#include "radio/encode.h"
#include "radio/receiver.h"

struct radio_trial {
	unsigned minute_count; /* that were sent and ended */
	unsigned good_count, repaired_count, refused_count;
	unsigned false_count; /* not refused, but the wrong time, or off by more than 100 ms */
	unsigned after_lock_count, decoded_after_lock_count;
	unsigned lock_minutes;             /* until the first decoded one; 0 = never */
	double error_mean_ms, error_sd_ms; /* of `at`, without the signal's delay */
	double pull_sd;                    /* the same in units of the stated uncertainty */
	unsigned dut1_right_count, dut1_wrong_count, leap_wrong_count, summer_wrong_count;
	unsigned leap_yes_count, leap_deletion_count, summer_change_count, inverted_count;
	unsigned reasons[16]; /* by enum radio_reason */
};

/* 0 or -errno of the encoder or the receiver. */
NODISCARD int radio_trial_run(const struct radio_signal *signal, const struct radio_config *config,
                              struct radio_trial *trial_out);
