/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_judgement.h"

#include "timescale/ntp_time.h"

#define STRATUM_MAX          15
#define ROOT_DISTANCE_NS_MAX (16 * NS_PER_S) /* RFC 5905 section 7.2, MAXDISP */

/* A delay is the small difference of readings of two clocks, so it can come out below zero by their
 * grain, and by what their rates differ by while the server thinks: up to a tenth when slewing. */
#define LOCAL_GRAIN_NS     NS_PER_US
#define PRECISION_LOG2_MIN -30
#define PRECISION_LOG2_MAX                                                                         \
	-6 /* 16 ms, the coarsest tick there is: a claim of more is not believed */

enum { /* trace_measurement's ten bits */
       TEST_DUPLICATE = 1 << 9,
       TEST_ORIGIN = 1 << 8,
       TEST_ZERO = 1 << 7,
       TEST_AUTHENTICATED = 1 << 6,
       TEST_SYNCHRONISED = 1 << 5,
       TEST_ROOT_DISTANCE = 1 << 4,
       TEST_A_DELAY = 1 << 3,
       TEST_B_RATIO = 1 << 2,
       TEST_C_DEVIATION = 1 << 1, /* there is no such test here: the estimator weighs delays */
       TEST_D_LOOP = 1 << 0,
};

#define KISS_CODE(a, b, c, d)                                                                      \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static int64_t server_precision_ns(const struct ntp_measurement *m)
{
	int precision = m->precision_log2_s;

	precision = precision < PRECISION_LOG2_MIN ? PRECISION_LOG2_MIN : precision;
	precision = precision > PRECISION_LOG2_MAX ? PRECISION_LOG2_MAX : precision;
	return NS_PER_S >> -precision;
}

/* Letters and digits, from the left, zeros behind. */
static bool is_kiss_code(uint32_t reference_id)
{
	bool has_ended = false;

	for (unsigned shift = 32; shift > 0; shift -= 8) {
		const uint8_t byte = (uint8_t)(reference_id >> (shift - 8));

		if (byte != 0 && (has_ended || byte <= ' ' || byte > '~'))
			return false;
		has_ended = byte == 0;
	}
	return reference_id != 0;
}

enum ntp_verdict ntp_judgement_kiss(const struct ntp_header *header)
{
	if (header->stratum != 0)
		return NTP_GOOD;
	switch (header->reference_id) {
	case KISS_CODE('R', 'A', 'T', 'E'):
		return NTP_KISS_RATE;
	case KISS_CODE('D', 'E', 'N', 'Y'):
	case KISS_CODE('R', 'S', 'T', 'R'):
		return NTP_KISS_DENY;
	default:
		return is_kiss_code(header->reference_id) ? NTP_KISS_OTHER : NTP_GOOD;
	}
}

static int64_t difference_ns(int64_t a, int64_t b)
{
	int64_t difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return a < b ? INT64_MIN : INT64_MAX;
	return difference;
}

static int64_t server_interval_ns(const struct ntp_measurement *m)
{
	return difference_ns(m->server_sent.ns, m->server_received.ns);
}

int64_t ntp_judgement_delay_ns(const struct ntp_measurement *measurement)
{
	return difference_ns(difference_ns(measurement->received.ns, measurement->sent.ns),
	                     server_interval_ns(measurement));
}

static int64_t negative_delay_ns_max(const struct ntp_measurement *m)
{
	return LOCAL_GRAIN_NS + server_precision_ns(m) + server_interval_ns(m) / 10;
}

/* A reference time of zero means that it is not known. The transmit time of an interleaved packet
 * is that of the one before: a server's receive time is its latest then, and a peer has said none.
 */
static bool is_synchronised(const struct ntp_header *header, const struct ntp_measurement *m)
{
	const uint64_t latest_ntp64 =
		m->is_interleaved ? header->receive_ntp64 : header->transmit_ntp64;
	const bool is_latest_known = !m->is_interleaved || header->mode == NTP_MODE_SERVER;
	const bool is_reference_later = header->reference_ntp64 != 0 && is_latest_known &&
	                                (int64_t)(latest_ntp64 - header->reference_ntp64) < 0;

	return header->leap != LEAP_UNSYNCHRONISED && header->stratum >= 1 &&
	       header->stratum <= STRATUM_MAX && !is_reference_later;
}

static bool is_delay_ratio_kept(const struct ntp_judgement_limits *limits, int64_t delay_ns)
{
	const int64_t floor_ns =
		limits->delay_floor_ns > LOCAL_GRAIN_NS ? limits->delay_floor_ns : LOCAL_GRAIN_NS;

	return limits->maxdelayratio <= 0 || floor_ns == INT64_MAX ||
	       (double)delay_ns <= limits->maxdelayratio * (double)floor_ns;
}

/* Who stands at stratum 1 has ASCII there, which may look like an address. */
static bool is_loop(const struct ntp_header *header, const struct ntp_judgement_limits *limits)
{
	for (size_t i = 0; header->stratum > 1 && i < limits->our_count; i++) {
		if (header->reference_id == limits->our_reference_ids[i])
			return true;
	}
	return false;
}

/* Sets the bit of a passed test, else remembers the first that failed. */
static void note(struct ntp_measurement *m, enum ntp_verdict *first, bool is_passed, int bits,
                 enum ntp_verdict verdict)
{
	if (is_passed)
		m->tests |= (uint16_t)bits;
	else if (*first == NTP_GOOD)
		*first = verdict;
}

enum ntp_verdict ntp_judgement_measurement(const struct ntp_header *header,
                                           const struct ntp_judgement_limits *limits,
                                           struct ntp_measurement *measurement)
{
	const bool has_times = header->receive_ntp64 != 0 && header->transmit_ntp64 != 0;
	const int64_t interval_ns = server_interval_ns(measurement);
	const int64_t delay_ns = ntp_judgement_delay_ns(measurement);
	/* servers fill the bits below their precision at random: T3 may come out before T2 by that
	 */
	const bool is_interval_sane = interval_ns >= -server_precision_ns(measurement) &&
	                              interval_ns <= limits->server_interval_ns_max;
	const bool is_delay_sane = is_interval_sane &&
	                           delay_ns >= -negative_delay_ns_max(measurement) &&
	                           (double)delay_ns <= limits->maxdelay_s * 1e9;
	const int64_t root_distance_ns =
		measurement->root_delay_ns / 2 + measurement->root_dispersion_ns;
	enum ntp_verdict first = NTP_GOOD;

	measurement->tests = TEST_DUPLICATE | TEST_ORIGIN | TEST_AUTHENTICATED | TEST_C_DEVIATION;
	note(measurement, &first, has_times, TEST_ZERO, NTP_ZERO_TIMESTAMP);
	note(measurement, &first, is_synchronised(header, measurement), TEST_SYNCHRONISED,
	     NTP_UNSYNCHRONISED);
	note(measurement, &first, root_distance_ns < ROOT_DISTANCE_NS_MAX, TEST_ROOT_DISTANCE,
	     NTP_ROOT_DISTANCE);
	note(measurement, &first, is_interval_sane, 0, NTP_SERVER_INTERVAL);
	note(measurement, &first, is_delay_sane, TEST_A_DELAY, NTP_DELAY_TOO_LONG);
	note(measurement, &first, is_delay_ratio_kept(limits, delay_ns), TEST_B_RATIO,
	     NTP_DELAY_RATIO);
	note(measurement, &first, !is_loop(header, limits), TEST_D_LOOP, NTP_LOOP);
	return first;
}
