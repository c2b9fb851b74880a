/* ntp/ntp_server: answers NTP requests, one reply at most for one request and never longer.
 * SPDX-License-Identifier: MIT
 *
 * Modes 3 (answered with 4) and 1 (answered with 2), versions 1 to 4; everything else is dropped in
 * silence and counted. What is authenticated with a key that we know is answered with the same key,
 * RFC 5905 section 7.3; what Samba is to sign goes there first ([MS-SNTP] section 3.2.5.1: version
 * 3, 68 bytes, a checksum of zeros). RFC 5905 section 9.2, figure 31 (fast answer);
 * RFC 9769 section 2 (interleaved client and server). */
#pragma once

#include "ntp/access.h"
#include "ntp/client_table.h"
#include "ntp/ntp_keys.h"
#include "ntp/stamp_store.h"
#include "source/datagram.h"
#include "source/outbox.h"
#include "wire/ntp_header.h"

enum ntp_server_verdict {
	NTP_SERVER_ANSWERED,
	NTP_SERVER_NOT_ALLOWED,
	NTP_SERVER_TOO_SHORT,
	NTP_SERVER_MALFORMED, /* extension fields or MAC do not add up (RFC 7822) */
	NTP_SERVER_WRONG_VERSION,
	NTP_SERVER_WRONG_MODE,
	NTP_SERVER_NO_PORT,         /* from port 0, or sent to a broadcast address */
	NTP_SERVER_UNAUTHENTICATED, /* carries no valid MAC of a key that we know */
	NTP_SERVER_RATE_LIMITED,    /* asks more often than ratelimit permits: no answer */
	NTP_SERVER_KISSED,          /* the same, and it was told so (KoD RATE) */
	NTP_SERVER_SIGNED,          /* answered when Samba has signed it (MS-SNTP) */
	NTP_SERVER_UNSIGNED,        /* which it did not do: no answer */
	NTP_SERVER_VERDICT_COUNT,
};
const char *ntp_server_verdict_text(enum ntp_server_verdict verdict);

/* What this node says of its own time. While leap is LEAP_UNSYNCHRONISED, stratum and reference id
 * are sent as 0. */
struct ntp_server_time {
	enum leap leap;
	uint8_t stratum;
	int8_t precision_log2_s;
	int64_t root_delay_ns, root_dispersion_ns; /* >= 0 */
	uint32_t reference_id;
	struct utc_time reference;
	int64_t shift_ns; /* added to the kept clock's readings before they are told */
};

/* Into the fields of a header that are about the sender itself: mode and timestamps are not. */
void ntp_server_time_say(const struct ntp_server_time *time, struct ntp_header *header);

struct ntp_server {
	struct access access;
	const struct ntp_keys *keys;  /* borrowed, may be NULL */
	bool has_signer;              /* there may be a Samba that signs answers */
	struct client_table *clients; /* borrowed; NULL: nobody is counted nor limited */
	struct client_limit limit;
	struct stamp_store *stamps; /* borrowed; NULL: no interleaved mode */
	uint64_t interleaved_count; /* of those answered */
	/* what stamps the answers had */
	uint64_t received_stamp_count[STAMP_SOURCE_COUNT], sent_stamp_count[STAMP_SOURCE_COUNT];
	uint64_t authenticated_count; /* of those answered */
	uint64_t verdict_count[NTP_SERVER_VERDICT_COUNT];
};

/* So many answers with is_to_be_signed were not signed. */
void ntp_server_on_unsigned(struct ntp_server *server, uint64_t count);

/* May add one SEND (with transmit_at_byte set, and seal_key_id where the request has a MAC) to
 * `out`. */
enum ntp_server_verdict ntp_server_on_received(struct ntp_server *server,
                                               const struct datagram *datagram,
                                               const struct ntp_server_time *time,
                                               struct mono_time now, struct outbox *out);
/* A SEND with keeps_stamp left at `sent`: by the executor's own reading first, perhaps later once
 * more by a better one. `receive_ntp64` stands in it at NTP_HEADER_RECEIVE_AT. */
void ntp_server_on_sent(struct ntp_server *server, uint64_t receive_ntp64, struct local_time sent,
                        enum stamp_source stamp);
/* What was read of the clock before says nothing now. */
void ntp_server_on_clock_stepped(struct ntp_server *server);
/* What is left to do when the transmit time of such a SEND stands in it: see seal_key_id. */
void ntp_server_seal(const struct ntp_server *server, struct send_action *send);
