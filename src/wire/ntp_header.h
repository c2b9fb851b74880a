/* wire/ntp_header: the 48 bytes that every NTP packet begins with. SPDX-License-Identifier: MIT
 *
 * Bytes <-> struct and no judgement: each value that fits its bits is decoded. RFC 5905
 * section 7.3, figure 8. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "base/reader.h"
#include "base/writer.h"

#define NTP_HEADER_SIZE        48
#define NTP_HEADER_RECEIVE_AT  32 /* byte at which the receive timestamp begins */
#define NTP_HEADER_TRANSMIT_AT 40 /* byte at which the transmit timestamp begins */

/* Association modes, RFC 5905 figure 10. */
enum ntp_mode {
	NTP_MODE_RESERVED,
	NTP_MODE_SYMMETRIC_ACTIVE,
	NTP_MODE_SYMMETRIC_PASSIVE,
	NTP_MODE_CLIENT,
	NTP_MODE_SERVER,
	NTP_MODE_BROADCAST,
	NTP_MODE_CONTROL,
	NTP_MODE_PRIVATE,
};

struct ntp_header {
	uint8_t leap;    /* 0..3 */
	uint8_t version; /* 0..7 */
	uint8_t mode;    /* enum ntp_mode */
	uint8_t stratum; /* 0 = unspecified or a kiss, 16 and more = unsynchronised */
	int8_t poll_log2_s;
	int8_t precision_log2_s;
	uint32_t root_delay_q16_s;
	uint32_t root_dispersion_q16_s;
	uint32_t reference_id; /* ASCII at strata 0 and 1 */
	uint64_t reference_ntp64;
	uint64_t origin_ntp64;
	uint64_t receive_ntp64;
	uint64_t transmit_ntp64;
};

/* 0, or -EBADMSG when fewer than 48 bytes are left: *header_out then is scratch. */
NODISCARD int ntp_header_decode(struct reader *in, struct ntp_header *header_out);
/* leap, version and mode must fit their bits. */
void ntp_header_encode(const struct ntp_header *header, struct writer *out);
