/* SPDX-License-Identifier: MIT */
#include "os/ntp_shm.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "testing/check.h"

#define UNIT (50 + getpid() % 49) /* nobody else's, also of two runs side by side */

TEST(ntp_shm, writes_a_sample_that_readers_take)
{
	const struct ntp_shm_sample sample = {
		.reference = { 1763793000 * NS_PER_S },
		.received = { 1763793000 * NS_PER_S + 33369123 },
		.leap = -1,
		.precision_log2_s = -10,
	};
	const int id = shmget(SHM_TIME_KEY + UNIT, 96, IPC_CREAT | 0600); /* as the daemon does */
	const struct shm_time_layout *seen;
	struct shmid_ds about;
	struct ntp_shm shm;
	int32_t count;

	CHECK(id >= 0);
	seen = shmat(id, NULL, 0);
	CHECK(seen != (void *)-1);
	CHECK_EQ(ntp_shm_open((uint32_t)UNIT, 0600, &shm), 0);
	count = seen->count;
	ntp_shm_write(&shm, &sample);
	CHECK_EQ(seen->mode, 1);
	CHECK_EQ(seen->is_valid, 1);
	CHECK_EQ(seen->count, count + 2);
	CHECK_EQ(seen->clock_s, 1763793000);
	CHECK_EQ(seen->clock_us, 0);
	CHECK_EQ(seen->receive_us, 33369);
	CHECK_EQ(seen->receive_ns, 33369123);
	CHECK_EQ(seen->leap, 2);
	CHECK_EQ(seen->precision_log2_s, -10);
	CHECK_EQ(shmctl(id, IPC_STAT, &about), 0);
	CHECK_EQ(about.shm_perm.mode & 0777, 0600);
	ntp_shm_close(&shm);
	CHECK_EQ(shmdt(seen), 0);
	CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
}

TEST(ntp_shm, refuses_a_unit_that_cannot_be_and_a_segment_too_small)
{
	const int id = shmget(SHM_TIME_KEY + UNIT + 1, 16, IPC_CREAT | 0600);
	struct ntp_shm shm;

	CHECK(id >= 0);
	CHECK_EQ(ntp_shm_open(256, 0600, &shm), -EINVAL);
	CHECK_EQ(ntp_shm_open((uint32_t)UNIT + 1, 0600, &shm), -EINVAL);
	CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
}
