/* SPDX-License-Identifier: MIT */
#include "cli/ntp_query.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

#define EXCHANGES  4
#define TIMEOUT_MS 1500

static int64_t real_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool is_answer(const uint8_t *bytes, ssize_t length, uint64_t cookie,
                      struct ntp_header *header_out)
{
	struct reader in = reader_over(bytes, length > 0 ? (size_t)length : 0);

	return ntp_header_decode(&in, header_out) == 0 && header_out->mode == NTP_MODE_SERVER &&
	       header_out->origin_ntp64 == cookie && header_out->stratum >= 1 &&
	       header_out->stratum <= 15 && header_out->leap != 3 &&
	       header_out->transmit_ntp64 != 0;
}

/* The transmit timestamp is a random number, which must come back: it tells an answer from a
 * forgery. */
static int ask_once(int fd, struct ntp_query *query_out)
{
	uint8_t bytes[512] = { 0 };
	struct writer out = writer_into(bytes, NTP_HEADER_SIZE);
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct ntp_header header = { .version = 4, .mode = NTP_MODE_CLIENT };
	uint64_t cookie;
	int64_t sent_ns, received_ns, there_ns, back_ns;

	if (getrandom(&cookie, sizeof cookie, 0) != sizeof cookie)
		return -EIO;
	header.transmit_ntp64 = cookie;
	ntp_header_encode(&header, &out);
	sent_ns = real_ns();
	if (send(fd, bytes, NTP_HEADER_SIZE, 0) < 0)
		return -errno;
	for (;;) {
		ssize_t length;

		if (poll(&ready, 1, TIMEOUT_MS) <= 0)
			return -EAGAIN;
		received_ns = real_ns();
		length = recv(fd, bytes, sizeof bytes, 0);
		if (length < 0)
			return -errno;
		if (is_answer(bytes, length, cookie, &header))
			break;
	}
	there_ns = ntp_time_decode(header.receive_ntp64, (struct utc_time){ sent_ns }).ns - sent_ns;
	back_ns = ntp_time_decode(header.transmit_ntp64, (struct utc_time){ received_ns }).ns -
	          received_ns;
	query_out->offset_ns = back_ns + (there_ns - back_ns) / 2;
	query_out->delay_ns = there_ns - back_ns;
	query_out->stratum = header.stratum;
	query_out->leap = header.leap;
	return 0;
}

static int ask(int fd, struct ntp_query *query_out)
{
	struct ntp_query query;
	int outcome = -EAGAIN, error = 0;

	for (unsigned i = 0; i < EXCHANGES && error == 0; i++) {
		error = ask_once(fd, &query);
		if (error != 0 && outcome != 0)
			outcome = error;
		if (error == 0 && (outcome != 0 || query.delay_ns < query_out->delay_ns))
			*query_out = query;
		if (error == 0)
			outcome = 0;
	}
	return outcome;
}

int ntp_query_ask(const char *host, const char *port, struct ntp_query *query_out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list;
	int error = -EAGAIN;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -ENOENT;
	for (const struct addrinfo *at = list; at && error != 0; at = at->ai_next) {
		const int fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) < 0)
			error = -errno;
		else
			error = ask(fd, query_out);
		if (fd >= 0)
			(void)close(fd);
	}
	freeaddrinfo(list);
	return error;
}
