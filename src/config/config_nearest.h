/* config/config_nearest: which known word a mistyped one was meant to be. SPDX-License-Identifier:
 * MIT */
#pragma once

#include <stdint.h>

struct config_nearest {
	const char *word; /* as typed; borrowed */
	const char *best; /* the nearest offered so far, NULL = none is near */
	unsigned distance;
	uint32_t letters; /* of `word` */
};

struct config_nearest config_nearest_to(const char *word);
/* Keeps `candidate` (borrowed) if it is nearer than all before and near enough to be meant. */
void config_nearest_offer(struct config_nearest *nearest, const char *candidate);
