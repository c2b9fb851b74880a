/* SPDX-License-Identifier: MIT */
#include "os/shm_segment.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int shm_segment_open(uint32_t unit, uint32_t permissions, struct shm_segment *segment)
{
	const key_t key = (key_t)(SHM_TIME_KEY + unit);
	const int id =
		shmget(key, sizeof(struct shm_time_layout), IPC_CREAT | (int)(permissions & 0777));
	void *memory;

	if (id < 0)
		return -errno;
	memory = shmat(id, NULL, 0);
	if (memory == (void *)-1)
		return -errno;
	segment->memory = memory;
	return 0;
}

void shm_segment_close(struct shm_segment *segment)
{
	if (segment->memory)
		(void)shmdt((const void *)segment->memory);
	segment->memory = NULL;
}

bool shm_segment_take(struct shm_segment *segment, struct shm_time_layout *copy_out,
                      uint32_t *count_after_out)
{
	volatile struct shm_time_layout *memory = segment->memory;

	if (!memory || !memory->is_valid)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*copy_out = *memory;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*count_after_out = (uint32_t)memory->count;
	memory->is_valid = 0;
	return true;
}
