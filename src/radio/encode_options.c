/* SPDX-License-Identifier: MIT */
#include "radio/encode_options.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
	const char *what;
} options[] = {
	{ "jitter", offsetof(struct radio_signal, noise.jitter_ms),
	  "ms, standard deviation of each edge's time" },
	{ "stretch", offsetof(struct radio_signal, noise.stretch_ms),
	  "ms by which all pulses end late" },
	{ "width", offsetof(struct radio_signal, noise.width_jitter_ms),
	  "ms, standard deviation of that" },
	{ "missing", offsetof(struct radio_signal, noise.missing),
	  "chance that a second's pulse is lost" },
	{ "wrong", offsetof(struct radio_signal, noise.wrong),
	  "chance that a second carries a wrong symbol" },
	{ "spikes", offsetof(struct radio_signal, noise.spikes_per_s), "extra pulses a second" },
	{ "spike-ms", offsetof(struct radio_signal, noise.spike_ms),
	  "their mean length in ms (default 20)" },
	{ "dropouts", offsetof(struct radio_signal, noise.dropouts_per_hour), "fades an hour" },
	{ "dropout-s", offsetof(struct radio_signal, noise.dropout_s),
	  "their mean length in s (default 60)" },
	{ "static", offsetof(struct radio_signal, noise.dropout_toggles_per_s),
	  "edges a second of noise in fades (default 0: silence)" },
	{ "ppm", offsetof(struct radio_signal, clock_ppm),
	  "by which the clock that times the edges gains" },
	{ "delay", offsetof(struct radio_signal, delay_ms), "ms of the receiver and the path" },
};

static int set(struct radio_signal *signal, const char *name, const char *number)
{
	double value;

	if (text_parse_real(number, &value) < 0)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		if (strcmp(options[i].name, name) != 0)
			continue;
		memcpy((char *)signal + options[i].offset, &value, sizeof value);
		return 0;
	}
	return -EINVAL;
}

int radio_encode_parse_noise(const char *text, struct radio_signal *signal)
{
	char words[500], *word = words;
	const size_t length = strlen(text);

	if (length >= sizeof words)
		return -EINVAL;
	memcpy(words, text, length + 1);
	while (*word) {
		char *end = strchr(word, ','), *equals = strchr(word, '=');

		if (end)
			*end = '\0';
		if (!equals || (end && equals > end))
			return -EINVAL;
		*equals = '\0';
		if (set(signal, word, equals + 1) < 0)
			return -EINVAL;
		if (!end)
			break;
		word = end + 1;
	}
	return 0;
}

void radio_encode_describe_noise(struct text *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		const size_t start = out->length_bytes;

		text_add(out, "  ");
		text_add(out, options[i].name);
		text_pad(out, start, 14);
		text_add(out, options[i].what);
		text_char(out, '\n');
	}
}
