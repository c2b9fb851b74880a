/* SPDX-License-Identifier: MIT */
#include "os/udp_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>
#include <unistd.h>

#include "os/socket_address.h"

#ifndef SCM_TIMESTAMPING_PKTINFO
#define SCM_TIMESTAMPING_PKTINFO SO_TIMESTAMPING_PKTINFO
#endif
#ifndef SCM_TIMESTAMPING
#define SCM_TIMESTAMPING SO_TIMESTAMPING
#endif

/* Room for the packet information, three time stamps and the extended error. */
union control_buffer {
	char bytes[512];
	struct cmsghdr align;
};

/* What is refused here is done without: each option only makes things better. */
static void set_option(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof value);
}

static int make_plain_socket(int domain)
{
	const int fd = socket(domain, SOCK_DGRAM, 0);

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		const int error = -errno;

		(void)close(fd);
		return error;
	}
	return fd;
}

int udp_socket_open_plain(enum address_family family)
{
	const int domain = family == ADDRESS_IPV6 ? AF_INET6 : AF_INET;
	int fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		fd = make_plain_socket(domain); /* simulators know no flags in the type */
	if (fd >= 0)
		udp_socket_adopt_plain(fd, family);
	return fd;
}

void udp_socket_adopt_plain(int fd, enum address_family family)
{
	if (family == ADDRESS_IPV6) {
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	} else {
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
}

int udp_socket_open(enum address_family family)
{
	const int fd = udp_socket_open_plain(family);

	if (fd >= 0)
		udp_socket_adopt(fd, family);
	return fd;
}

void udp_socket_adopt(int fd, enum address_family family)
{
	udp_socket_adopt_plain(fd, family);
	set_option(fd, SOL_SOCKET, SO_TIMESTAMPING,
	           SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
	                   SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
	                   SOF_TIMESTAMPING_OPT_TSONLY);
	set_option(fd, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1); /* stamps raise POLLPRI too */
}

int udp_socket_stamp_by_hardware(int fd)
{
	/* the whole packet comes back with a transmit stamp: only so is its interface told */
	const int flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
	                  SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RAW_HARDWARE |
	                  SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_TX_HARDWARE |
	                  SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_PKTINFO |
	                  SOF_TIMESTAMPING_OPT_TX_SWHW | SOF_TIMESTAMPING_OPT_CMSG;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) != 0 ? -errno : 0;
}

int udp_socket_bind(int fd, enum address_family family, const struct address *address,
                    uint16_t port, bool is_shared)
{
	struct address where = { .family = (uint8_t)family };
	union socket_address raw;
	socklen_t length;

	if (address->family != ADDRESS_NONE)
		where = *address;
	where.port = port;
	length = socket_address_from(&where, &raw);
	if (is_shared)
		udp_socket_share(fd);
	/* An address that is still to come (DHCP, a bridge) may be bound already. */
	set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
	return bind(fd, &raw.any, length) != 0 ? -errno : 0;
}

int udp_socket_bind_device(int fd, const char *name)
{
	const socklen_t length = (socklen_t)strlen(name) + 1;

	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, length) != 0 ? -errno : 0;
}

void udp_socket_set_dscp(int fd, enum address_family family, uint8_t dscp)
{
	if (family == ADDRESS_IPV6)
		set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, dscp << 2);
	else
		set_option(fd, IPPROTO_IP, IP_TOS, dscp << 2);
}

void udp_socket_allow_broadcast(int fd, bool is_allowed)
{
	set_option(fd, SOL_SOCKET, SO_BROADCAST, is_allowed);
}

void udp_socket_share(int fd)
{
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

uint16_t udp_socket_port(int fd)
{
	union socket_address raw = { 0 };
	socklen_t length = sizeof raw;

	if (getsockname(fd, &raw.any, &length) != 0)
		return 0;
	return socket_address_to(&raw).port;
}

int udp_socket_connect(int fd, const struct address *remote)
{
	union socket_address raw;
	const socklen_t length = socket_address_from(remote, &raw);

	return connect(fd, &raw.any, length) != 0 ? -errno : 0;
}

int udp_socket_send(int fd, const void *bytes, size_t length_bytes)
{
	return send(fd, bytes, length_bytes, 0) < 0 ? -errno : 0;
}

/* Says in the control message from which of our addresses a datagram shall leave. */
static void put_local(struct msghdr *message, const struct address *local)
{
	struct cmsghdr *part = message->msg_control;

	if (local->family == ADDRESS_IPV4) {
		struct in_pktinfo info = { 0 };

		memcpy(&info.ipi_spec_dst, local->bytes, sizeof info.ipi_spec_dst);
		part->cmsg_level = IPPROTO_IP;
		part->cmsg_type = IP_PKTINFO;
		part->cmsg_len = CMSG_LEN(sizeof info);
		memcpy(CMSG_DATA(part), &info, sizeof info);
		message->msg_controllen = CMSG_SPACE(sizeof info);
	} else {
		struct in6_pktinfo info = { .ipi6_ifindex = local->scope };

		memcpy(&info.ipi6_addr, local->bytes, sizeof info.ipi6_addr);
		part->cmsg_level = IPPROTO_IPV6;
		part->cmsg_type = IPV6_PKTINFO;
		part->cmsg_len = CMSG_LEN(sizeof info);
		memcpy(CMSG_DATA(part), &info, sizeof info);
		message->msg_controllen = CMSG_SPACE(sizeof info);
	}
}

int udp_socket_send_from(int fd, const void *bytes, size_t length_bytes,
                         const struct address *remote, const struct address *local)
{
	union socket_address raw;
	union control_buffer control = { { 0 } };
	struct iovec piece = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length_bytes };
	struct msghdr message = {
		.msg_name = &raw,
		.msg_namelen = socket_address_from(remote, &raw),
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
	};

	if (local->family == remote->family)
		put_local(&message, local);
	else
		message.msg_control = NULL;
	return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}

static bool is_time(const struct timespec *time)
{
	return time->tv_sec != 0 || time->tv_nsec != 0;
}

/* The software's stamp is the first of three, the card's own the last. */
static void take_stamps(const struct cmsghdr *part, bool *has_stamp, struct timespec *stamp,
                        struct udp_hardware_stamp *hardware)
{
	struct timespec stamps[3];

	if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPING ||
	    part->cmsg_len < CMSG_LEN(sizeof stamps))
		return;
	memcpy(stamps, CMSG_DATA(part), sizeof stamps);
	if (is_time(&stamps[0])) {
		*has_stamp = true;
		*stamp = stamps[0];
	}
	if (is_time(&stamps[2])) {
		hardware->is_known = true;
		hardware->raw = stamps[2];
	}
}

/* A received packet's real interface, below bonds and bridges; of one that was sent the one that it
 * left by. */
static void take_interface(const struct cmsghdr *part, struct udp_hardware_stamp *hardware)
{
	if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING_PKTINFO) {
		struct scm_ts_pktinfo info;

		memcpy(&info, CMSG_DATA(part), sizeof info);
		hardware->interface = info.if_index;
		hardware->frame_bytes = info.pkt_length;
	} else if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO &&
	           hardware->interface == 0) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(part), sizeof info);
		hardware->interface = (uint32_t)info.ipi_ifindex;
	} else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO &&
	           hardware->interface == 0) {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(part), sizeof info);
		hardware->interface = (uint32_t)info.ipi6_ifindex;
	}
}

static void take_local(const struct cmsghdr *part, struct address *local_out)
{
	if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(part), sizeof info);
		*local_out = socket_address_from_ipv4(info.ipi_addr);
	} else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(part), sizeof info);
		*local_out = socket_address_from_ipv6(&info.ipi6_addr, info.ipi6_ifindex);
	}
}

int udp_socket_receive(int fd, void *buffer, size_t size_bytes, struct udp_received *received_out)
{
	union socket_address raw = { 0 };
	union control_buffer control;
	struct iovec piece = { .iov_base = buffer, .iov_len = size_bytes };
	struct msghdr message = {
		.msg_name = &raw,
		.msg_namelen = sizeof raw,
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct udp_received received = { 0 };
	const ssize_t length = recvmsg(fd, &message, 0);

	if (length < 0)
		return -errno;
	if (message.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part;
	     part = CMSG_NXTHDR(&message, part)) {
		take_local(part, &received.local);
		take_stamps(part, &received.has_stamp, &received.stamp, &received.hardware);
		take_interface(part, &received.hardware);
	}
	received.remote = socket_address_to(&raw);
	received.length_bytes = (size_t)length;
	*received_out = received;
	return 0;
}

/* A pending socket error would make poll(2) return for ever. */
static void clear_error(int fd)
{
	int error;
	socklen_t length = sizeof error;

	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
}

/* SOF_TIMESTAMPING_OPT_ID: the kernel counts what is sent. */
static void take_number(const struct cmsghdr *part, uint32_t *number_out)
{
	struct sock_extended_err error;

	if (!((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
	      (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR)) ||
	    part->cmsg_len < CMSG_LEN(sizeof error))
		return;
	memcpy(&error, CMSG_DATA(part), sizeof error);
	if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
		*number_out = error.ee_data;
}

int udp_socket_sent_stamp(int fd, struct udp_sent *sent_out)
{
	char packet[256]; /* some give back the packet with all its headers; nobody reads it */
	union control_buffer control;
	struct iovec piece = { .iov_base = packet, .iov_len = sizeof packet };
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct udp_sent sent = { .number = UINT32_MAX };

	if (recvmsg(fd, &message, MSG_ERRQUEUE) < 0) {
		clear_error(fd);
		return -EAGAIN;
	}
	for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part;
	     part = CMSG_NXTHDR(&message, part)) {
		take_stamps(part, &sent.has_stamp, &sent.stamp, &sent.hardware);
		take_interface(part, &sent.hardware);
		take_number(part, &sent.number);
	}
	if (!sent.has_stamp && !sent.hardware.is_known)
		return -EAGAIN;
	*sent_out = sent;
	return 0;
}
