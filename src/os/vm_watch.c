/* SPDX-License-Identifier: MIT */
#include "os/vm_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "os/clock.h"
#include "os/rtc_device.h"

#define PATH_SIZE       128
#define PTP_DEVICES_MAX 16
/* The zeroth page of a VMClock device, UAPI.13. */
#define PAGE_BYTES     4096
#define PAGE_MAGIC     0x4b4c4356u
#define PAGE_MARKER_AT 0x10
/* Of clock_gettime(2) with a device's descriptor. */
#define CLOCK_OF(fd) ((~(clockid_t)(fd) << 3) | 3)
/* From the middle of the second that it shows: half a second, and as much for devices that keep
 * their fraction when they are set. Raised: a stop of that length passes for a setting. */
#define RIGHT_NS (11 * NS_PER_S / 10)

/* As the kernel's drivers call the clock of a host. */
static const char *const hosts[] = { "KVM virtual PTP", "hyperv", "ptp_vmw" };

static bool begins(const char *path, const char *words)
{
	char bytes[64] = { 0 };
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, bytes, sizeof bytes - 1);
	(void)close(fd);
	return length > 0 && strncmp(bytes, words, strlen(words)) == 0;
}

bool vm_watch_is_virtual(const char *sys)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax, ebx, ecx = 0, edx;

	(void)sys;
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx >> 31; /* kept free for hypervisors */
#else
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof path, "%s/class/rtc/rtc0/name", sys);
	return begins(path, "rtc-pl031"); /* that emulators have */
#endif
}

void vm_watch_init(struct vm_watch *watch)
{
	*watch = (struct vm_watch){ .host = -1, .rtc = -1 };
}

/* The kernel names the clock behind each of its PTP devices. */
static int open_host(const char *sys, const char *dev)
{
	for (unsigned i = 0; i < PTP_DEVICES_MAX; i++) {
		char path[PATH_SIZE];

		(void)snprintf(path, sizeof path, "%s/class/ptp/ptp%u/clock_name", sys, i);
		for (size_t j = 0; j < sizeof hosts / sizeof *hosts; j++) {
			if (!begins(path, hosts[j]))
				continue;
			(void)snprintf(path, sizeof path, "%s/ptp%u", dev, i);
			return open(path, O_RDONLY | O_CLOEXEC);
		}
	}
	return -1;
}

static uint32_t little_u32(const volatile uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* Not under the page's lock: a marker seen half written is another one in any case. */
static uint64_t marker(const struct vm_watch *watch)
{
	const volatile uint8_t *bytes = watch->page + PAGE_MARKER_AT;

	return little_u32(bytes) | (uint64_t)little_u32(bytes + 4) << 32;
}

static void open_page(struct vm_watch *watch, const char *dev)
{
	char path[PATH_SIZE];
	void *page;
	int fd;

	(void)snprintf(path, sizeof path, "%s/vmclock0", dev);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	page = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (page == MAP_FAILED)
		return;
	watch->page = page;
	if (little_u32(watch->page) == PAGE_MAGIC) {
		watch->marker = marker(watch);
	} else {
		(void)munmap(page, PAGE_BYTES);
		watch->page = NULL;
	}
}

void vm_watch_open(struct vm_watch *watch, bool is_virtual, const char *sys, const char *dev)
{
	char path[PATH_SIZE];

	vm_watch_init(watch);
	outside_clock_init(&watch->by_host, 0);
	outside_clock_init(&watch->by_rtc, NS_PER_S);
	open_page(watch, dev);
	watch->host = open_host(sys, dev);
	if (!is_virtual)
		return;
	(void)snprintf(path, sizeof path, "%s/class/rtc/rtc0/since_epoch", sys);
	watch->rtc = open(path, O_RDONLY | O_CLOEXEC);
}

void vm_watch_close(struct vm_watch *watch)
{
	if (watch->page)
		(void)munmap((void *)watch->page, PAGE_BYTES);
	if (watch->host >= 0)
		(void)close(watch->host);
	if (watch->rtc >= 0)
		(void)close(watch->rtc);
	vm_watch_init(watch);
}

bool vm_watch_is_moved(struct vm_watch *watch)
{
	uint64_t now;

	if (!watch->page)
		return false;
	now = marker(watch);
	if (now == watch->marker)
		return false;
	watch->marker = now;
	outside_clock_forget(&watch->by_host); /* what it was ahead was another host's */
	return true;
}

static int64_t look_at_host(struct vm_watch *watch)
{
	const struct mono_time before = clock_mono_now();
	struct timespec shown;

	if (watch->host < 0)
		return 0;
	if (clock_gettime(CLOCK_OF(watch->host), &shown) != 0) {
		outside_clock_forget(&watch->by_host);
		return 0;
	}
	return outside_clock_on_reading(&watch->by_host, before, clock_mono_now(),
	                                shown.tv_sec * NS_PER_S + shown.tv_nsec);
}

static bool is_right(int64_t shown_s, struct local_time local, bool is_local)
{
	const int64_t right_s = rtc_device_shown(local.ns / NS_PER_S, is_local);

	return llabs(shown_s * NS_PER_S + NS_PER_S / 2 -
	             (right_s * NS_PER_S + local.ns % NS_PER_S)) < RIGHT_NS;
}

/* A file of sysfs shows anew what is when it is read from its beginning. */
static int64_t look_at_rtc(struct vm_watch *watch, struct local_time local, bool is_local)
{
	const struct mono_time before = clock_mono_now();
	char digits[24] = { 0 };
	int64_t shown_s, lost_ns;

	if (watch->rtc < 0)
		return 0;
	if (pread(watch->rtc, digits, sizeof digits - 1, 0) <= 0) {
		outside_clock_forget(&watch->by_rtc);
		return 0;
	}
	shown_s = strtoll(digits, NULL, 10);
	if (shown_s < 0 || shown_s > INT64_MAX / NS_PER_S - 1)
		return 0;
	lost_ns = outside_clock_on_reading(&watch->by_rtc, before, clock_mono_now(),
	                                   shown_s * NS_PER_S);
	return is_right(shown_s, local, is_local) ? 0 : lost_ns;
}

int64_t vm_watch_lost_ns(struct vm_watch *watch, struct local_time local, bool is_rtc_local)
{
	const int64_t by_rtc_ns = look_at_rtc(watch, local, is_rtc_local);
	const int64_t by_host_ns = look_at_host(watch);

	return by_host_ns > 0 ? by_host_ns : by_rtc_ns;
}

void vm_watch_on_rtc_set(struct vm_watch *watch)
{
	outside_clock_forget(&watch->by_rtc);
}
