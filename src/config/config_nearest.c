/* SPDX-License-Identifier: MIT */
#include "config/config_nearest.h"

#include <string.h>

#define WORD_MAX 32 /* longer than any name that we know */

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	const unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* How many letters must be put in, taken out or changed (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	const size_t width = strlen(b);

	for (unsigned j = 0; j <= width; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			const unsigned change = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));

			diagonal = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1, change);
		}
	}
	return row[width];
}

struct config_nearest config_nearest_to(const char *word)
{
	const size_t length = strlen(word);

	/* up to three letters may be wrong in a long word, one in a short; found must be below this
	 */
	return (struct config_nearest){ .word = word,
		                        .distance = length >= 9   ? 4
		                                    : length >= 4 ? 3
		                                                  : 2 };
}

void config_nearest_offer(struct config_nearest *nearest, const char *candidate)
{
	unsigned found;

	if (strlen(nearest->word) > WORD_MAX || strlen(candidate) > WORD_MAX)
		return;
	found = distance(nearest->word, candidate);
	if (found < nearest->distance) {
		nearest->distance = found;
		nearest->best = candidate;
	}
}
