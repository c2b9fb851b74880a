/* SPDX-License-Identifier: MIT */
#include "os/ntp_shm.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int ntp_shm_open(unsigned unit, mode_t permissions, struct ntp_shm *shm_out)
{
	void *segment;
	int id;

	if (unit > NTP_SHM_UNIT_MAX)
		return -EINVAL;
	id = shmget(NTP_SHM_KEY + (int)unit, sizeof(struct ntp_shm_segment),
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

/* The reader may look at any moment: valid goes first and comes last, count moves on both sides. */
void ntp_shm_write(struct ntp_shm *shm, const struct ntp_shm_sample *sample)
{
	struct ntp_shm_segment *segment = shm->segment;

	segment->valid = 0;
	atomic_thread_fence(memory_order_seq_cst);
	segment->mode = 1;
	segment->count = (int32_t)((uint32_t)segment->count + 1);
	atomic_thread_fence(memory_order_seq_cst);
	segment->clock_s = sample->reference.ns / NS_PER_S;
	segment->clock_ns = (uint32_t)(sample->reference.ns % NS_PER_S);
	segment->clock_us = (int32_t)(segment->clock_ns / 1000);
	segment->receive_s = sample->received.ns / NS_PER_S;
	segment->receive_ns = (uint32_t)(sample->received.ns % NS_PER_S);
	segment->receive_us = (int32_t)(segment->receive_ns / 1000);
	segment->leap = sample->leap > 0 ? 1 : sample->leap < 0 ? 2 : 0;
	segment->precision_log2_s = sample->precision_log2_s;
	segment->samples_count = 0;
	atomic_thread_fence(memory_order_seq_cst);
	segment->count = (int32_t)((uint32_t)segment->count + 1);
	atomic_thread_fence(memory_order_seq_cst);
	segment->valid = 1;
}
