/* SPDX-License-Identifier: MIT */
#include "radio/receiver_trial.h"

#include <math.h>
#include <string.h>

#include "radio/summer_time.h"

#define FALSE_NS (100 * NS_PER_MS)

struct sums {
	double error, error_squared, pull_squared;
	unsigned count;
};

/* What the edge clock reads at a marker: the encoder's clock counts through leap seconds. */
static int64_t clock_at(const struct radio_signal *signal, struct utc_time utc)
{
	const int64_t from_ns = signal->from.ns - signal->from.ns % (60 * NS_PER_S);
	int64_t since_ns = utc.ns - from_ns;

	if (signal->leap_sign != 0 && utc.ns >= signal->leap.ns && from_ns < signal->leap.ns)
		since_ns += signal->leap_sign * NS_PER_S;
	return from_ns + since_ns + llrint((double)since_ns * signal->clock_ppm * 1e-6) +
	       llrint(signal->delay_ms * 1e6);
}

static void count_flags(const struct radio_signal *signal, const struct radio_minute *minute,
                        struct radio_trial *trial)
{
	const bool is_leap_due = signal->leap_sign != 0 && minute->utc.ns <= signal->leap.ns;
	const struct radio_station *station = signal->station;

	trial->dut1_wrong_count += minute->has_dut1 && minute->dut1_tenths != signal->dut1_tenths;
	trial->dut1_right_count += minute->has_dut1 && minute->dut1_tenths == signal->dut1_tenths;
	trial->leap_wrong_count += minute->leap_pending == RADIO_YES && !is_leap_due;
	trial->leap_yes_count += minute->leap_pending == RADIO_YES;
	trial->leap_deletion_count += minute->leap < 0;
	trial->summer_change_count += minute->summer_change == RADIO_YES;
	trial->inverted_count += minute->is_inverted;
	if (station->summer_rule == RADIO_SUMMER_EUROPE)
		trial->summer_wrong_count += (minute->summer_time == RADIO_YES) !=
		                             radio_is_summer_time(RADIO_SUMMER_EUROPE, minute->utc);
}

static void count_minute(const struct radio_signal *signal, const struct radio_minute *minute,
                         struct radio_trial *trial, struct sums *sums)
{
	double error_ns;

	trial->minute_count++;
	trial->after_lock_count += trial->lock_minutes > 0;
	if (minute->verdict == RADIO_REFUSED) {
		trial->refused_count++;
		trial->reasons[minute->reason & 15]++;
		return;
	}
	trial->decoded_after_lock_count += trial->lock_minutes > 0;
	if (trial->lock_minutes == 0)
		trial->lock_minutes = trial->minute_count;
	trial->good_count += minute->verdict == RADIO_GOOD;
	trial->repaired_count += minute->verdict == RADIO_REPAIRED;
	error_ns = (double)(minute->at.ns - clock_at(signal, minute->utc));
	if (fabs(error_ns) > (double)FALSE_NS) {
		trial->false_count++;
		return;
	}
	count_flags(signal, minute, trial);
	sums->error += error_ns;
	sums->error_squared += error_ns * error_ns;
	sums->pull_squared += error_ns * error_ns / minute->uncertainty_ns / minute->uncertainty_ns;
	sums->count++;
}

static void drain(struct radio_receiver *receiver, const struct radio_signal *signal,
                  struct radio_trial *trial, struct sums *sums)
{
	struct radio_event event;

	while (radio_receiver_take(receiver, &event)) {
		if (event.kind == RADIO_EVENT_MINUTE)
			count_minute(signal, &event.minute, trial, sums);
	}
}

int radio_trial_run(const struct radio_signal *signal, const struct radio_config *config,
                    struct radio_trial *trial_out)
{
	struct radio_trial trial = { 0 };
	struct sums sums = { 0 };
	struct radio_encoder encoder;
	struct radio_receiver *receiver;
	struct radio_edge edge;
	int error = radio_encoder_init(&encoder, signal);

	if (error == 0)
		error = radio_receiver_create(config, &receiver);
	if (error < 0)
		return error;
	while (radio_encoder_next(&encoder, &edge)) {
		radio_receiver_on_edge(receiver, (struct local_time){ edge.at.ns }, edge.is_high);
		drain(receiver, signal, &trial, &sums);
	}
	if (sums.count > 0) {
		trial.error_mean_ms = sums.error / sums.count / 1e6;
		trial.error_sd_ms =
			sqrt(fmax(0, sums.error_squared / sums.count / 1e12 -
		                             trial.error_mean_ms * trial.error_mean_ms));
		trial.pull_sd = sqrt(sums.pull_squared / sums.count);
	}
	radio_receiver_destroy(receiver);
	*trial_out = trial;
	return 0;
}
