/* wire/signing_message: asking Samba to sign an answer, and its reply. SPDX-License-Identifier: MIT
 *
 * MS-SNTP clients want their answer authenticated with a key that only the domain controller has.
 * Samba signs on a stream socket: a length of four bytes, then the message. Layout: interface
 * ntp_signd of Samba's IDL; [MS-SNTP] section 2.2.1 for the key's number, which keeps the client's
 * byte order throughout. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "wire/ntp_header.h"

#define SIGNING_KEY_SIZE      4
#define SIGNING_CHECKSUM_SIZE 16 /* MD5 */
#define SIGNING_REQUEST_SIZE  (4 + 16 + NTP_HEADER_SIZE)
#define SIGNING_PACKET_SIZE   (NTP_HEADER_SIZE + SIGNING_KEY_SIZE + SIGNING_CHECKSUM_SIZE)
#define SIGNING_REPLY_SIZE    (4 + 12 + SIGNING_PACKET_SIZE) /* the longest that is understood */

struct signing_reply {
	bool is_signed;
	uint16_t number;                     /* of the request */
	uint8_t packet[SIGNING_PACKET_SIZE]; /* if it is signed: to be sent as it is */
};

void signing_message_ask(uint16_t number, const uint8_t key[SIGNING_KEY_SIZE],
                         const uint8_t packet[NTP_HEADER_SIZE],
                         uint8_t bytes_out[SIGNING_REQUEST_SIZE]);

/* How many bytes the reply that `bytes` begin with took; 0: there must come more; -EBADMSG: that is
 * no reply, and what follows cannot be read either. */
NODISCARD int signing_message_read(const uint8_t *bytes, size_t length_bytes,
                                   struct signing_reply *reply_out);
