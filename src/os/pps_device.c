/* SPDX-License-Identifier: MIT */
#include "os/pps_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pps.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int set_up(int fd, bool is_clear)
{
	const int edge = is_clear ? PPS_CAPTURECLEAR : PPS_CAPTUREASSERT;
	struct pps_kparams parameters = { 0 };
	int can = 0;

	if (ioctl(fd, PPS_GETCAP, &can) != 0 || ioctl(fd, PPS_GETPARAMS, &parameters) != 0)
		return -errno;
	if (!(can & edge))
		return -EOPNOTSUPP;
	if (parameters.mode & edge && parameters.mode & PPS_TSFMT_TSPEC)
		return 0;
	parameters.mode = edge | PPS_TSFMT_TSPEC;
	return ioctl(fd, PPS_SETPARAMS, &parameters) == 0 ? 0 : -errno;
}

int pps_device_open(const char *path, bool is_clear)
{
	int fd = open(path, O_RDWR);
	int error;

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	error = set_up(fd, is_clear);
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	return fd;
}

int pps_device_fetch(int fd, bool is_clear, struct pps_device_edge *edge_out)
{
	struct pps_fdata data = { 0 }; /* a timeout of zero: does not wait */
	const struct pps_ktime *stamp = is_clear ? &data.info.clear_tu : &data.info.assert_tu;

	if (ioctl(fd, PPS_FETCH, &data) != 0)
		return errno == ETIMEDOUT || errno == EINTR ? -EAGAIN : -errno;
	edge_out->sequence = is_clear ? data.info.clear_sequence : data.info.assert_sequence;
	edge_out->real = (struct timespec){ .tv_sec = (time_t)stamp->sec, .tv_nsec = stamp->nsec };
	return stamp->sec == 0 ? -EAGAIN : 0;
}
