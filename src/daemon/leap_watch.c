/* SPDX-License-Identifier: MIT */
#include "daemon/leap_watch.h"

#include <stdlib.h>

#include "daemon/daemon.h"
#include "daemon/open_files.h"

/* Raised: a new table is known later. Bulletin C comes half a year ahead. */
#define LOOK_INTERVAL_NS (3600 * NS_PER_S)

void leap_watch_begin(struct daemon *daemon)
{
	leap_files_look(daemon->config->leapsectz, daemon->config->leapseclist,
	                &daemon->leap_watch.seen);
	daemon->leap_watch.look_at = mono_time_after(clock_mono_now(), LOOK_INTERVAL_NS);
}

/* A file that is just being replaced, or is gone, does not take away what is known. */
static bool is_worse(const struct leap_table *table, const struct leap_table *before)
{
	return table->count - table->learnt_count < before->count - before->learnt_count ||
	       (table->origin == LEAP_ORIGIN_BUILTIN && before->origin != LEAP_ORIGIN_BUILTIN);
}

/* Once, however long it goes on. */
static void tell_expiry(struct daemon *daemon)
{
	const struct node_status status = node_status(daemon->node, clock_read(daemon->clock));

	if (status.is_leap_expired && !daemon->leap_watch.is_expiry_told)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "The leap second table (%s) has expired: update tzdata or leap-seconds.list",
		        leap_origin_name(status.leap_origin));
	daemon->leap_watch.is_expiry_told = status.is_leap_expired;
}

void leap_watch_on_deadline(struct daemon *daemon, struct mono_time now)
{
	struct leap_watch *watch = &daemon->leap_watch;
	struct leap_table *table = NULL;
	struct leap_files_stamp stamp;

	if (now.ns < watch->look_at.ns)
		return;
	watch->look_at = mono_time_after(now, LOOK_INTERVAL_NS);
	tell_expiry(daemon);
	leap_files_look(daemon->config->leapsectz, daemon->config->leapseclist, &stamp);
	if (leap_files_is_same(&stamp, &watch->seen) ||
	    open_files_leap_table(daemon->config, daemon->log, &table) < 0)
		return;
	watch->seen = stamp;
	if (is_worse(table, daemon->leap_table)) {
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "The leap second files have changed and say less: the table of before stays");
	} else {
		*daemon->leap_table = *table;
		node_on_leap_table(daemon->node, daemon->leap_table);
	}
	free(table);
}
