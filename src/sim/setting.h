/* sim/setting: "word value" pairs of a scenario line, driven by tables; all values are numbers.
 * SPDX-License-Identifier: MIT
 *
 * The same table serves the line that makes a thing and the events that change it later. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "base/text.h"

enum unit {
	UNIT_DURATION,    /* 50ns 20us 3ms 15s 10m 2h 1d; a bare number is seconds */
	UNIT_RATE,        /* 20ppm 5ppb 1e-6 */
	UNIT_PROBABILITY, /* 50% or 0.5 */
	UNIT_COUNT,
	UNIT_DATE, /* 1970-01-01 or 2036-02-07T06:28:00: in seconds since 1970 */
	UNIT_LAW,  /* [exponential|normal|lognormal|pareto] DURATION: sets the law, too */
	UNIT_ON,
	UNIT_OFF, /* takes no value: sets 1, 0 */
};

struct setting_kind {
	const char *word;
	enum unit unit;
	size_t place;     /* of a double in the options */
	size_t law_place; /* UNIT_LAW only */
	double low, high; /* allowed */
	bool is_added;    /* to what stands there */
};

/* A row for this member of the options. */
#define SETTING_AT(struct_, word_, unit_, member_, low_, high_)                                    \
	{                                                                                          \
		.word = word_, .unit = unit_, .place = offsetof(struct_, member_), .low = low_,    \
		.high = high_                                                                      \
	}

struct setting {
	const struct setting_kind *kind;
	double value, law;
};

#define SETTINGS_MAX 16

struct settings {
	size_t count;
	struct setting list[SETTINGS_MAX];
};

/* Words of one line; borrowed. */
struct words {
	char **list;
	size_t count, next;
};

const char *words_take(struct words *words);               /* NULL at the end */
bool words_take_if(struct words *words, const char *word); /* is it the next one? */

/* 0 or -EINVAL (what is wrong stands in `why`), -ERANGE. */
NODISCARD int unit_parse(enum unit unit, const char *word, double *value_out);
const char *unit_example(enum unit unit);

/* Reads all the words that are left. 0, or -EINVAL and a sentence in `why`. */
NODISCARD int settings_parse(struct words *words, const struct setting_kind *kinds,
                             size_t kinds_count, struct settings *settings_out, struct text *why);
void settings_apply(const struct settings *settings, void *options);
