/* wire/ntp_control: the header of NTP control messages (mode 6). RFC 9327 section 2.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/writer.h"

#define NTP_CONTROL_HEADER   12
#define NTP_CONTROL_DATA_MAX 468 /* in one message; more go into several */
#define NTP_CONTROL_MODE     6

enum ntp_control_opcode { NTP_CONTROL_READ_STATUS = 1, NTP_CONTROL_READ_VARIABLES = 2 };

enum ntp_control_error { /* in the upper half of the status of an error */
	                 NTP_CONTROL_BAD_FORMAT = 2,
	                 NTP_CONTROL_BAD_OPCODE = 3,
	                 NTP_CONTROL_BAD_ASSOCIATION = 4,
	                 NTP_CONTROL_BAD_VARIABLE = 5,
};

struct ntp_control {
	uint8_t version, mode;
	bool is_response, is_error, has_more;
	uint8_t opcode; /* 0..31 */
	uint16_t sequence, status, association;
	uint16_t offset, count; /* bytes of data: before this message's, in it */
};

void ntp_control_decode(struct reader *in, struct ntp_control *header_out);
void ntp_control_encode(const struct ntp_control *header, struct writer *out);
