/* SPDX-License-Identifier: MIT */
#include "daemon/lease_watch.h"

#include <sys/stat.h>

#include "daemon/daemon_lines.h"

/* 0: there are none now. */
static struct timespec changed_at(const struct daemon_lines *lines)
{
	char path[1024];
	struct stat status;

	if (!daemon_lines_leases(lines, path) || stat(path, &status) != 0)
		return (struct timespec){ 0 };
	return status.st_mtim;
}

void lease_watch_begin(struct lease_watch *watch, const struct daemon_lines *lines,
                       struct mono_time now)
{
	char path[1024];

	watch->is_begun = daemon_lines_leases(lines, path) != NULL;
	watch->seen = changed_at(lines);
	watch->next = mono_time_after(now, LEASE_WATCH_INTERVAL_NS);
}

struct mono_time lease_watch_deadline(const struct lease_watch *watch)
{
	return watch->is_begun ? watch->next : MONO_TIME_NEVER;
}

bool lease_watch_is_changed(struct lease_watch *watch, const struct daemon_lines *lines,
                            struct mono_time now)
{
	struct timespec seen;

	if (!watch->is_begun || watch->next.ns > now.ns)
		return false;
	watch->next = mono_time_after(now, LEASE_WATCH_INTERVAL_NS);
	seen = changed_at(lines);
	if (seen.tv_sec == watch->seen.tv_sec && seen.tv_nsec == watch->seen.tv_nsec)
		return false;
	watch->seen = seen;
	return true;
}
