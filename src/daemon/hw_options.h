/* daemon/hw_options: one hwtimestamp line. SPDX-License-Identifier: MIT */
#pragma once

#include "config/config_option.h"
#include "os/hw_interface.h"

#define HW_OPTIONS_MAX 16

struct hw_options {
	char name[HW_INTERFACE_NAME_SIZE]; /* or * */
	uint8_t rxfilter;                  /* enum hw_rxfilter */
	int8_t minpoll_log2_s;             /* -6..20; 0 */
	int8_t maxpoll_log2_s;             /* minpoll + 1 */
	uint8_t minsamples, maxsamples;    /* 2, 16 */
	double precision_s;                /* 100e-9 */
	double txcomp_s, rxcomp_s;         /* 0 */
	bool nocrossts;
};

extern const struct config_option hw_options_arguments[], hw_options_table[];
void hw_options_finish(struct config_cursor *cursor, void *hw_options);
