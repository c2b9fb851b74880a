/* tools/bench_radio: one row of the radio benchmark: a signal, its noise, what was decoded.
 * SPDX-License-Identifier: MIT
 *
 * usage: bench-radio STATION NOISE [RUNS [MINUTES]], NOISE as in `timeball encode --noise`. Each
 * run begins anew at another date of eleven years, so that finding the time is tried as often as
 * keeping it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "radio/encode_options.h"
#include "radio/receiver_trial.h"

#define BEGIN_S         INT64_C(1767225600) /* 2026 */
#define BETWEEN_S       (100 * 86400 + 5000)
#define RUNS_DEFAULT    40
#define MINUTES_DEFAULT 251 /* one is lost at the end of each */

struct total {
	unsigned minutes, good, repaired, after_lock, decoded_after_lock, wrong, locked_runs;
	double lock_minutes, error, error_squared, weight;
};

static void add(struct total *total, const struct radio_trial *trial)
{
	const double decoded = trial->good_count + trial->repaired_count;

	total->minutes += trial->minute_count;
	total->good += trial->good_count;
	total->repaired += trial->repaired_count;
	total->after_lock += trial->after_lock_count;
	total->decoded_after_lock += trial->decoded_after_lock_count;
	total->wrong += trial->false_count;
	total->locked_runs += trial->lock_minutes > 0;
	total->lock_minutes += trial->lock_minutes;
	total->weight += decoded;
	total->error += decoded * trial->error_mean_ms;
	total->error_squared += decoded * (trial->error_sd_ms * trial->error_sd_ms +
	                                   trial->error_mean_ms * trial->error_mean_ms);
}

static void print_row(const char *station, const char *noise, unsigned runs,
                      const struct total *total)
{
	const double minutes = total->minutes, locked = fmax(total->after_lock, 1);
	const double mean = total->weight > 0 ? total->error / total->weight : 0;
	const double square = total->weight > 0 ? total->error_squared / total->weight : 0;

	printf("| %s | %s | %u | %.1f | %.1f | %.1f | %u of %u, %.1f | %u | %.2f |\n", station,
	       noise, total->minutes, 100 * total->good / minutes, 100 * total->repaired / minutes,
	       100 * total->decoded_after_lock / locked, total->locked_runs, runs,
	       total->lock_minutes / fmax(total->locked_runs, 1), total->wrong,
	       sqrt(fmax(square - mean * mean, 0)));
}

int main(int argc, char **argv)
{
	struct radio_signal signal = { .station = argc > 2 ? radio_station_find(argv[1]) : NULL };
	const unsigned runs = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : RUNS_DEFAULT;
	struct radio_config config = { .station = signal.station, .pivot_year = 2000 };
	struct total total = { 0 };

	if (!signal.station || radio_encode_parse_noise(argv[2], &signal) < 0) {
		fprintf(stderr, "usage: bench-radio msf|dcf77|wwvb|jjy NOISE [RUNS [MINUTES]]\n");
		return 2;
	}
	signal.minute_count = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : MINUTES_DEFAULT;
	for (unsigned run = 0; run < runs; run++) {
		struct radio_trial trial;

		signal.from.ns = (BEGIN_S + (int64_t)run * BETWEEN_S) * NS_PER_S;
		signal.seed = run;
		if (radio_trial_run(&signal, &config, &trial) < 0) {
			fprintf(stderr, "bench-radio: a noise value is out of range\n");
			return 2;
		}
		add(&total, &trial);
	}
	print_row(argv[1], argc > 2 && *argv[2] ? argv[2] : "none", runs, &total);
	return total.wrong > 0;
}
