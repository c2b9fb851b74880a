/* os/hw_interface: a network interface whose card stamps packets by a clock of its own.
 * SPDX-License-Identifier: MIT
 *
 * ETHTOOL_GET_TS_INFO and SIOCSHWTSTAMP, see the kernel's Documentation/networking/timestamping. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

#define HW_INTERFACE_NAME_SIZE 16 /* IFNAMSIZ */

/* What received packets are stamped. */
enum hw_rxfilter {
	HW_RXFILTER_BEST, /* the most specific that has NTP: ntp, else all, else none */
	HW_RXFILTER_NONE,
	HW_RXFILTER_NTP,
	HW_RXFILTER_ALL,
	HW_RXFILTER_PTP,
	HW_RXFILTER_COUNT,
};

struct hw_interface {
	char name[HW_INTERFACE_NAME_SIZE];
	unsigned index;
	int phc_index;             /* of /dev/ptpN */
	enum hw_rxfilter rxfilter; /* in force */
};

/* Turns stamping on. 0; -ENODEV: there is no such interface; -EOPNOTSUPP: it has no such stamps (or
 * not this filter); -EPERM: not permitted; or another -errno. */
NODISCARD int hw_interface_enable(const char *name, enum hw_rxfilter rxfilter,
                                  struct hw_interface *interface_out);
/* Mbit/s; 0 = not known. */
unsigned hw_interface_speed_mbps(const char *name);
/* The names of all interfaces that are there; how many of them fit. */
size_t hw_interface_list(char (*names)[HW_INTERFACE_NAME_SIZE], size_t names_max);
