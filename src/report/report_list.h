/* report/report_list: the reports, and the words that they share. SPDX-License-Identifier: MIT */
#pragma once

#include "report/report.h"

extern const struct report report_tracking, report_sources, report_sourcestats, report_activity,
	report_why, report_config, report_server, report_gnss, report_refclocks, report_clients,
	report_radio, report_packets, report_hwtimestamps, report_smoothing, report_rtc;

const char *leap_word(enum leap leap); /* "none", "insert", "delete", "unsynchronised" */
