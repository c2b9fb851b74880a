/* tools/bench_radio: one row of the radio benchmark: a signal, its noise, what was decoded.
 * SPDX-License-Identifier: MIT
 *
 * usage: bench-radio STATION MINUTES SEED [NAME=VALUE ...], names as in `timeball encode --noise`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radio/receiver_trial.h"

static double *noise_value(struct radio_signal *signal, const char *name, size_t length)
{
	struct radio_noise *noise = &signal->noise;
	const struct {
		const char *name;
		double *value;
	} names[] = {
		{ "jitter", &noise->jitter_ms },      { "stretch", &noise->stretch_ms },
		{ "width", &noise->width_jitter_ms }, { "missing", &noise->missing },
		{ "wrong", &noise->wrong },           { "spikes", &noise->spikes_per_s },
		{ "spike-ms", &noise->spike_ms },     { "dropouts", &noise->dropouts_per_hour },
		{ "dropout-s", &noise->dropout_s },   { "static", &noise->dropout_toggles_per_s },
		{ "ppm", &signal->clock_ppm },        { "delay", &signal->delay_ms },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0)
			return names[i].value;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct radio_signal signal = { .from = { INT64_C(1767225600) * NS_PER_S } };
	struct radio_config config = { .pivot_year = 2000 };
	struct radio_trial trial;
	int result;

	if (argc < 4)
		return 2;
	signal.station = radio_station_find(argv[1]);
	config.station = signal.station;
	signal.minute_count = (uint32_t)strtoul(argv[2], NULL, 10);
	signal.seed = strtoull(argv[3], NULL, 10);
	/* Each seed is another time of these years. */
	signal.from.ns += (int64_t)(signal.seed % 4000) * 86400 * NS_PER_S * 7 / 5;
	for (int i = 4; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');
		double *value =
			equals ? noise_value(&signal, argv[i], (size_t)(equals - argv[i])) : NULL;

		if (strncmp(argv[i], "decoder=", 8) == 0)
			config.station = radio_station_find(argv[i] + 8);
		else if (strcmp(argv[i], "inverted=1") == 0)
			signal.is_inverted = true;
		else if (value)
			*value = strtod(equals + 1, NULL);
		else
			return 2;
	}
	if (!signal.station || !config.station)
		return 2;
	result = radio_trial_run(&signal, &config, &trial);
	if (result < 0) {
		fprintf(stderr, "bench-radio: %s\n", strerror(-result));
		return 1;
	}
	printf("%-5s %6u minutes: good %5.1f %% repaired %5.1f %% decoded %6.2f %% after lock %6.2f %% "
	       "(lock %u min) FALSE %u; jitter %.3f ms bias %+.3f ms pull %.2f\n",
	       config.station->name, trial.minute_count,
	       100.0 * trial.good_count / trial.minute_count,
	       100.0 * trial.repaired_count / trial.minute_count,
	       100.0 * (trial.good_count + trial.repaired_count) / trial.minute_count,
	       trial.after_lock_count
	               ? 100.0 * trial.decoded_after_lock_count / trial.after_lock_count
	               : 0,
	       trial.lock_minutes, trial.false_count, trial.error_sd_ms, trial.error_mean_ms,
	       trial.pull_sd);
	if (getenv("BENCH_REASONS")) {
		for (unsigned i = 0; i < 16; i++)
			printf(" %u", trial.reasons[i]);
		printf(" dut1 wrong %u leap wrong %u yes %u summer wrong %u\n",
		       trial.dut1_wrong_count, trial.leap_wrong_count, trial.leap_yes_count,
		       trial.summer_wrong_count);
	}
	return 0;
}
