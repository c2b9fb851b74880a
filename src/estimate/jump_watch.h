/* estimate/jump_watch: is an impossible exchange an accident or a step? SPDX-License-Identifier:
 * MIT
 *
 * An exchange that the present state cannot explain is held back; two shadow tracks start from it,
 * one that keeps the frequency and one that lets it go. When the next such exchanges fit a shadow,
 * the offset (or the frequency) has really jumped. Keeps its own base, since a jump can be decades.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "estimate/path_law.h"
#include "estimate/track.h"

struct jump_watch {
	unsigned held_count;    /* 0 = not suspicious */
	struct track shadow[2]; /* frequency kept; frequency free */
	double evidence[2];
	int64_t at_ns;
	int64_t base_ns;
};

/* Log evidence for "the offset is anywhere": the rival of the present state. */
double jump_watch_rival(const struct path_law *law, const struct reading *reading,
                        struct likelihood *likelihood, struct belief *belief_out);

struct jump_suspect {
	int64_t at_ns;
	int64_t base_ns; /* of the reading and the belief */
	struct reading reading;
	struct belief belief; /* from the rival */
	double rival;         /* its log evidence */
	struct track present; /* the state that cannot explain it */
	double wander;
};

/* Returns whether the jump is believed; then shadow[1] holds a track that lets the frequency go if
 * *is_frequency_free_out, else shadow[0] one that keeps it, at the suspect's time and base. */
bool jump_watch_hold(struct jump_watch *watch, const struct path_law *law,
                     const struct jump_suspect *suspect, bool *is_frequency_free_out);
void jump_watch_dismiss(struct jump_watch *watch);
