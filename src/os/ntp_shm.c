/* SPDX-License-Identifier: MIT */
#include "os/ntp_shm.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int ntp_shm_open(unsigned unit, mode_t permissions, struct ntp_shm *shm_out)
{
	void *segment;
	int id;

	if (unit > NTP_SHM_UNIT_MAX)
		return -EINVAL;
	id = shmget(SHM_TIME_KEY + (int)unit, sizeof(struct shm_time_layout),
	            (int)(IPC_CREAT | (permissions & 0777)));
	if (id < 0)
		return -errno;
	segment = shmat(id, NULL, 0);
	if (segment == (void *)-1)
		return -errno;
	shm_out->segment = segment;
	return 0;
}

void ntp_shm_close(struct ntp_shm *shm)
{
	(void)shmdt(shm->segment);
	shm->segment = NULL;
}

static void set(int32_t *at, int32_t value)
{
	atomic_thread_fence(memory_order_seq_cst);
	*(volatile int32_t *)at = value;
	atomic_thread_fence(memory_order_seq_cst);
}

/* The reader may look at any moment: is_valid goes first and comes last, count moves on both sides.
 */
void ntp_shm_write(struct ntp_shm *shm, const struct ntp_shm_sample *sample)
{
	const int32_t count = (int32_t)((uint32_t)shm->segment->count + 1);
	const struct shm_time time = {
		.mode = 1,
		.count = count,
		.clock_ns = sample->reference.ns,
		.receive_ns = sample->received.ns,
		.leap = sample->leap > 0   ? 1
		        : sample->leap < 0 ? 2
		                           : 0,
		.precision_log2_s = sample->precision_log2_s,
		.is_valid = false,
	};
	struct shm_time_layout layout;

	shm_time_encode(&time, &layout);
	set(&shm->segment->is_valid, 0);
	set(&shm->segment->count, count);
	memcpy(shm->segment, &layout, sizeof layout);
	set(&shm->segment->count, (int32_t)((uint32_t)count + 1));
	set(&shm->segment->is_valid, 1);
}
