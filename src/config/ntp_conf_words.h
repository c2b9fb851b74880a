/* config/ntp_conf_words: one line of ntp.conf as words, and what is written instead of it.
 * SPDX-License-Identifier: MIT
 *
 * ntp.conf(5): words separated by blanks, "quoted" where they hold blanks; from # on it is a
 * comment. Private to the files ntp_conf*.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define NTP_CONF_LINE_MAX  2047 /* bytes of a line; longer ones are cut */
#define NTP_CONF_WORDS_MAX 64   /* the last one takes the rest of the line */

struct ntp_conf_words {
	char line[NTP_CONF_LINE_MAX + 1];          /* as written, printable, without the comment */
	char comment[NTP_CONF_LINE_MAX + 1];       /* with its #; "" = none */
	char bytes[NTP_CONF_LINE_MAX + 1];         /* of the words */
	const char *words[NTP_CONF_WORDS_MAX + 1]; /* NULL behind the last */
	size_t count;
};

void ntp_conf_words_split(struct ntp_conf_words *words, const char *line, size_t length_bytes);
/* The index of the word, in any case, from `from` on; count = it is not there. */
size_t ntp_conf_words_find(const struct ntp_conf_words *words, size_t from, const char *word);
/* The word behind that one; NULL = there is none. */
const char *ntp_conf_words_value(const struct ntp_conf_words *words, size_t from, const char *word);
bool ntp_conf_words_is(const char *word, const char *const *list); /* in any case; NULL ends it */

/* "# no equal: LINE (WHY)" */
void ntp_conf_words_refuse(const struct ntp_conf_words *words, const char *why, struct text *out);
/* " NAME VALUE" */
void ntp_conf_words_add(struct text *out, const char *name, const char *value);
