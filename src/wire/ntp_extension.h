/* wire/ntp_extension: what follows the NTP header: extension fields, and perhaps a MAC.
 * SPDX-License-Identifier: MIT
 *
 * Finds the borders only; does not know what a field means and checks no MAC. RFC 7822 section 3
 * (RFC 5905 section 7.5 as updated), RFC 5905 section 7.3 (MAC, crypto-NAK). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/reader.h"
#include "base/writer.h"

#define NTP_EXTENSION_SIZE_MIN      16
#define NTP_EXTENSION_SIZE_MIN_LAST 28 /* of the last one where no MAC follows */
#define NTP_MAC_SIZE_NAK            4  /* a key identifier of zero, and no digest */
#define NTP_MAC_SIZE_MD5            20 /* key identifier and a digest of 128 bits */
#define NTP_MAC_SIZE_SHA1           24 /* … and of 160 bits */

enum ntp_extension_verdict {
	NTP_EXTENSION_PLAIN,      /* nothing, or extension fields alone */
	NTP_EXTENSION_MAC,        /* a MAC ends the packet */
	NTP_EXTENSION_CRYPTO_NAK, /* four zero bytes end the packet */
	NTP_EXTENSION_MALFORMED,  /* can be read in no way, or in more than one */
};

struct ntp_framing {
	enum ntp_extension_verdict verdict;
	unsigned fields_count; /* 0 where malformed, as are the next two */
	size_t fields_bytes;   /* from the end of the header */
	size_t mac_bytes;      /* after the fields; 0 = none */
};

struct ntp_extension {
	uint16_t type;
	const uint8_t *body; /* borrowed; with its padding */
	size_t body_bytes;   /* 12.. */
};

/* `tail`: all bytes after the header. Below version 4 there are no extension fields: what follows
 * the header is a MAC. MACs of 20 and 24 bytes are always known; `more_mac_bytes` are the lengths
 * that the configured keys add (multiples of 4, with the key identifier). */
struct ntp_framing ntp_extension_frame(const void *tail, size_t tail_bytes, unsigned version,
                                       const size_t *more_mac_bytes, size_t more_count);

/* The next field of `in`, which begins at one: true, or false at the end or where none is whole. */
bool ntp_extension_next(struct reader *in, struct ntp_extension *field_out);
/* The body is padded with zeros to a multiple of 4 and to a whole field of at least `size_min`
 * bytes (NTP_EXTENSION_SIZE_MIN or more). */
void ntp_extension_encode(uint16_t type, const void *body, size_t body_bytes, size_t size_min,
                          struct writer *out);
