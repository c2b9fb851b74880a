/* report/reports: the one list of all reports. SPDX-License-Identifier: MIT */
#include "report/report_list.h"

#include <string.h>

static const struct report *const all[] = {
	&report_tracking, &report_sources,      &report_sourcestats, &report_activity,
	&report_why,      &report_config,       &report_server,      &report_refclocks,
	&report_gnss,     &report_radio,        &report_clients,     &report_smoothing,
	&report_rtc,      &report_hwtimestamps, &report_packets,
};

size_t reports_count(void)
{
	return ARRAY_COUNT(all);
}

const struct report *reports_at(size_t index)
{
	return all[index];
}

const struct report *reports_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	}
	return NULL;
}

const char *leap_word(enum leap leap)
{
	static const char *const words[] = { "none", "insert", "delete", "unsynchronised" };

	return words[leap];
}
