/* SPDX-License-Identifier: MIT */
#include "os/hw_interface.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TX_NEEDED (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE)

static int ask(const char *name, unsigned long what, void *data)
{
	struct ifreq request = { .ifr_data = data };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return -errno;
	memcpy(request.ifr_name, name, strnlen(name, sizeof request.ifr_name - 1));
	if (ioctl(fd, what, &request) != 0)
		error = -errno;
	(void)close(fd);
	return error;
}

static bool has_filter(const struct ethtool_ts_info *info, int filter)
{
	return info->rx_filters & 1U << filter;
}

/* Which filter of the driver it is to be; -EOPNOTSUPP: the card has none like it. */
static int choose(const struct ethtool_ts_info *info, enum hw_rxfilter wanted,
                  enum hw_rxfilter *chosen_out)
{
	static const struct {
		enum hw_rxfilter filter;
		int drivers;
	} rows[] = {
		{ HW_RXFILTER_NTP, HWTSTAMP_FILTER_NTP_ALL },
		{ HW_RXFILTER_ALL, HWTSTAMP_FILTER_ALL },
		{ HW_RXFILTER_NONE, HWTSTAMP_FILTER_NONE },
		{ HW_RXFILTER_PTP, HWTSTAMP_FILTER_PTP_V2_L4_EVENT },
		{ HW_RXFILTER_PTP, HWTSTAMP_FILTER_PTP_V2_EVENT },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const bool is_wanted =
			wanted == rows[i].filter ||
			(wanted == HW_RXFILTER_BEST && rows[i].filter != HW_RXFILTER_PTP);

		/* none is always possible, whether the driver says so or not */
		if (!is_wanted ||
		    !(rows[i].filter == HW_RXFILTER_NONE || has_filter(info, rows[i].drivers)))
			continue;
		*chosen_out = rows[i].filter;
		return rows[i].drivers;
	}
	return -EOPNOTSUPP;
}

/* Another program may have turned it on already, where we may not. */
static int set_stamping(const char *name, int filter)
{
	struct hwtstamp_config config = { .tx_type = HWTSTAMP_TX_ON, .rx_filter = filter };
	int error = ask(name, SIOCSHWTSTAMP, &config);

	if (error == -EPERM || error == -EACCES) {
		config = (struct hwtstamp_config){ 0 };
		if (ask(name, SIOCGHWTSTAMP, &config) == 0 && config.tx_type == HWTSTAMP_TX_ON)
			error = 0;
	}
	return error;
}

int hw_interface_enable(const char *name, enum hw_rxfilter rxfilter,
                        struct hw_interface *interface_out)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	struct hw_interface interface = { .index = if_nametoindex(name) };
	int error, filter;

	if (interface.index == 0)
		return -ENODEV;
	error = ask(name, SIOCETHTOOL, &info);
	if (error != 0)
		return error;
	if ((info.so_timestamping & TX_NEEDED) != TX_NEEDED || info.phc_index < 0 ||
	    !(info.tx_types & 1U << HWTSTAMP_TX_ON))
		return -EOPNOTSUPP;
	filter = choose(&info, rxfilter, &interface.rxfilter);
	if (filter < 0)
		return filter;
	error = set_stamping(name, filter);
	if (error != 0)
		return error;
	interface.phc_index = info.phc_index;
	memcpy(interface.name, name, strnlen(name, sizeof interface.name - 1));
	*interface_out = interface;
	return 0;
}

unsigned hw_interface_speed_mbps(const char *name)
{
	char path[64], text[16] = "";
	ssize_t length;
	long speed;
	int fd;

	(void)snprintf(path, sizeof path, "/sys/class/net/%s/speed", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, text, sizeof text - 1);
	(void)close(fd);
	speed = length > 0 ? strtol(text, NULL, 10) : 0;
	return speed > 0 && speed < 10000000 ? (unsigned)speed : 0;
}

size_t hw_interface_list(char (*names)[HW_INTERFACE_NAME_SIZE], size_t names_max)
{
	struct if_nameindex *list = if_nameindex();
	size_t count = 0;

	for (const struct if_nameindex *i = list; i && i->if_index != 0 && count < names_max; i++) {
		memset(names[count], 0, HW_INTERFACE_NAME_SIZE);
		memcpy(names[count++], i->if_name, strnlen(i->if_name, HW_INTERFACE_NAME_SIZE - 1));
	}
	if_freenameindex(list);
	return count;
}
