/* config/config_option: one value that a configuration may set, as a row of data.
 * SPDX-License-Identifier: MIT
 *
 * The row stands beside the code that uses the value: name, type and place (both from CONFIG_AT),
 * range, default, unit, and a text that says what happens when it is raised and when it is lowered.
 * Tables end with a row without a name. Parsing, printing, messages and the manual are made of
 * them. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/attributes.h"
#include "config/config_cursor.h"

enum config_type {
	CONFIG_FLAG,          /* bool: the word alone sets it */
	CONFIG_SIGNED,        /* int8_t … int64_t */
	CONFIG_UNSIGNED,      /* uint8_t … uint64_t; with `words`: the word's index (an enum) */
	CONFIG_REAL,          /* double */
	CONFIG_TEXT,          /* char[size] */
	CONFIG_ADDRESS,       /* struct address */
	CONFIG_SETS,          /* the word alone stores `constant` in an unsigned member */
	CONFIG_NOT_HERE,      /* known from chrony, one argument: warned about and left out */
	CONFIG_NOT_HERE_FLAG, /* the same, no argument */
};

struct config_option {
	const char *name;
	enum config_type type;
	size_t offset, size;     /* of the member, in bytes */
	double minimum, maximum; /* inclusive; both 0 = whatever the member holds */
	double normal;           /* default of a number; index of the word; 1 = a flag that is on */
	const char *normal_text; /* default of a text; NULL = "" */
	const char
		*normal_note; /* what the manual says instead of the default; NULL = the default */
	const char *const *words; /* NULL-terminated */
	const char *nan_word;     /* CONFIG_REAL: this word stands for NaN; NULL = none */
	uint8_t constant;         /* of CONFIG_SETS */
	bool is_clamped;          /* out of range: a warning, and the nearest limit is taken */
	bool is_optional;         /* an argument that may be missing; only the last ones */
	bool is_not_yet;          /* stored, but nobody acts on it yet: a warning says so */
	const char *unit;         /* "s", "ppm", "log2 s"; NULL = none */
	const char *text;
};

#define CONFIG_TYPE_OF(lvalue_)                                                                    \
	_Generic((lvalue_), \
	        bool: CONFIG_FLAG, \
	        int8_t: CONFIG_SIGNED, \
	        int16_t: CONFIG_SIGNED, \
	        int32_t: CONFIG_SIGNED, \
	        int64_t: CONFIG_SIGNED, \
	        uint8_t: CONFIG_UNSIGNED, \
	        uint16_t: CONFIG_UNSIGNED, \
	        uint32_t: CONFIG_UNSIGNED, \
	        uint64_t: CONFIG_UNSIGNED, \
	        double: CONFIG_REAL, \
	        char *: CONFIG_TEXT, \
	        struct address: CONFIG_ADDRESS)

/* The member's type, place and size. */
#define CONFIG_AT(struct_, member_)                                                                \
	.type = CONFIG_TYPE_OF(((struct_ *)0)->member_), .offset = offsetof(struct_, member_),     \
	.size = sizeof(((struct_ *)0)->member_)

/* The word alone stores the constant in this unsigned member. */
#define CONFIG_SETS_AT(struct_, member_, constant_)                                                \
	.type = CONFIG_SETS, .offset = offsetof(struct_, member_),                                 \
	.size = sizeof(((struct_ *)0)->member_), .constant = (constant_)

/* Stores the row's default; `target` is the struct of CONFIG_AT. */
void config_option_reset(const struct config_option *option, void *target);
void config_option_reset_all(const struct config_option *table, void *target); /* NULL is fine */

/* Stores a number, or whether a flag is on, that came otherwise than as a word: 0, or -ERANGE when
 * it is none that the row takes. Numbers and flags only. */
NODISCARD int config_option_put(const struct config_option *option, double value, void *target);

/* Takes the argument, if the type has one, from the cursor and stores it. `is_positional` names the
 * directive in messages as well. What is wrong is reported and stored nowhere. */
void config_option_parse(const struct config_option *option, bool is_positional,
                         struct config_cursor *cursor, void *target);
bool config_option_has_argument(const struct config_option *option);

/* A number as people write it: "3600", "0.0001", "1e-9". */
void config_option_number(struct text *out, double value);
/* "between 0 and 16", "at least 0", "" (anything). */
void config_option_range(struct text *out, const struct config_option *option);
