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

/* The letters of a word as a set: small ones and capitals are the same. Other signs may stand for a
 * letter, so that two sets differ by no more than the words do. */
static uint32_t letters(const char *word)
{
	uint32_t set = 0;

	for (; *word; word++)
		set |= UINT32_C(1) << (*word & 0x1f);
	return set;
}

static unsigned members(uint32_t set)
{
	unsigned count = 0;

	for (; set; set &= set - 1)
		count++;
	return count;
}

/* How many letters must be put in, taken out, changed, or swapped with their neighbours (the
 * optimal string alignment distance). Neither word is longer than WORD_MAX. */
static unsigned distance(const char *a, const char *b)
{
	unsigned cost[WORD_MAX + 1][WORD_MAX + 1];
	const size_t height = strlen(a), width = strlen(b);

	for (unsigned j = 0; j <= width; j++)
		cost[0][j] = j;
	for (unsigned i = 1; i <= height; i++) {
		cost[i][0] = i;
		for (unsigned j = 1; j <= width; j++) {
			const char x = lower(a[i - 1]), y = lower(b[j - 1]);

			cost[i][j] = least(cost[i - 1][j] + 1, cost[i][j - 1] + 1,
			                   cost[i - 1][j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
				cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1, cost[i][j]);
		}
	}
	return cost[height][width];
}

struct config_nearest config_nearest_to(const char *word)
{
	const size_t length = strlen(word);

	/* up to three letters may be wrong in a long word, one in a short; found must be below this
	 */
	return (struct config_nearest){ .word = word,
		                        .letters = letters(word),
		                        .distance = length >= 9   ? 4
		                                    : length >= 4 ? 3
		                                                  : 2 };
}

void config_nearest_offer(struct config_nearest *nearest, const char *candidate)
{
	const size_t typed = strlen(nearest->word), length = strlen(candidate);
	const size_t difference = typed > length ? typed - length : length - typed;
	uint32_t offered;
	unsigned found;

	/* each letter that one has more is one to take out */
	if (typed > WORD_MAX || length > WORD_MAX || difference >= nearest->distance)
		return;
	/* and each that only one of them has, one to change: most words need no closer look */
	offered = letters(candidate);
	if (members(offered & ~nearest->letters) >= nearest->distance ||
	    members(nearest->letters & ~offered) >= nearest->distance)
		return;
	found = distance(nearest->word, candidate);
	if (found < nearest->distance) {
		nearest->distance = found;
		nearest->best = candidate;
	}
}
