/* SPDX-License-Identifier: MIT */
#include "os/hw_interface.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
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

#include "os/simulated.h"

#define TX_NEEDED (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE)

/* Flags in the type, if_nametoindex and if_nameindex are what simulators do not know. */
static int request(const char *name, unsigned long what, struct ifreq *about)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int error = 0;

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	memcpy(about->ifr_name, name, strnlen(name, sizeof about->ifr_name - 1));
	if (ioctl(fd, what, about) != 0)
		error = -errno;
	(void)close(fd);
	return error;
}

static int ask(const char *name, unsigned long what, void *data)
{
	return request(name, what, &(struct ifreq){ .ifr_data = data });
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
	struct hw_interface interface = { 0 };
	struct ifreq index = { 0 };
	int error, filter;

	error = request(name, SIOCGIFINDEX, &index);
	if (error != 0)
		return error;
	interface.index = (unsigned)index.ifr_ifindex;
	error = ask(name, SIOCETHTOOL, &info);
	if (error != 0)
		return error;
	if ((info.so_timestamping & TX_NEEDED) != TX_NEEDED || info.phc_index < 0)
		return -EOPNOTSUPP; /* what else it lacks, turning it on will tell */
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

static unsigned simulated_speed_mbps(const char *name)
{
	struct ethtool_cmd settings = { .cmd = ETHTOOL_GSET };

	return ask(name, SIOCETHTOOL, &settings) == 0 ? ethtool_cmd_speed(&settings) : 0;
}

unsigned hw_interface_speed_mbps(const char *name)
{
	char path[64], text[16] = "";
	ssize_t length;
	long speed;
	int fd;

	if (simulated_is()) /* the files are not of that world */
		return simulated_speed_mbps(name);
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
	struct ifaddrs *list = NULL;
	size_t count = 0, known;

	if (getifaddrs(&list) != 0)
		return 0;
	for (const struct ifaddrs *i = list; i && count < names_max; i = i->ifa_next) {
		for (known = 0; known < count && strcmp(names[known], i->ifa_name) != 0;)
			known++;
		if (known < count)
			continue; /* another address of it */
		memset(names[count], 0, HW_INTERFACE_NAME_SIZE);
		memcpy(names[count++], i->ifa_name,
		       strnlen(i->ifa_name, HW_INTERFACE_NAME_SIZE - 1));
	}
	freeifaddrs(list);
	return count;
}
