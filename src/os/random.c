/* SPDX-License-Identifier: MIT */
#include "os/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int random_key_rng(struct rng *rng)
{
	uint8_t key[RNG_KEY_SIZE];
	size_t have = 0;

	while (have < sizeof key) {
		const ssize_t got = getrandom(key + have, sizeof key - have, 0);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			have += (size_t)got;
	}
	rng_init(rng, key);
	explicit_bzero(key, sizeof key);
	return 0;
}
