/* os/shm_segment: the shared memory that ntpd defined for samples of time. SPDX-License-Identifier:
 * MIT
 *
 * Here the reader's part: copied, judged by refclock/shm, handed back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "wire/shm_time.h"

struct shm_segment {
	volatile struct shm_time_layout *memory; /* NULL = not attached */
};

/* Attaches the segment of this unit, made with `permissions` if it is not there. 0 or -errno
 * (-EACCES: it is another user's; -EINVAL: it is too small). */
NODISCARD int shm_segment_open(uint32_t unit, uint32_t permissions, struct shm_segment *segment);
void shm_segment_close(struct shm_segment *segment); /* twice is fine */

/* Copies what is there if it is marked valid, and takes the mark away. *count_after_out: the
 * writer's count after the copy. */
bool shm_segment_take(struct shm_segment *segment, struct shm_time_layout *copy_out,
                      uint32_t *count_after_out);
