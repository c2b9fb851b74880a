/* ntp/ntp_verdict: what can be said of a packet that may be a server's reply.
 * SPDX-License-Identifier: MIT
 */
#pragma once

/* The first test that a packet failed, in the order of the tests. RFC 5905 section 9.2 numbering in
 * brackets. Everything before NTP_KISS_RATE leaves the association untouched, counters aside. */
enum ntp_verdict {
	NTP_GOOD,
	NTP_TOO_SHORT,       /* fewer than 48 bytes, or not a whole NTP packet (RFC 7822 framing) */
	NTP_WRONG_SENDER,    /* another address or port than was asked */
	NTP_WRONG_VERSION,   /* not 1 to 4; it may be another than was asked in */
	NTP_WRONG_MODE,      /* not mode 4; of a peer not mode 1 or 2 */
	NTP_DUPLICATE,       /* [1] that reply was taken already */
	NTP_BOGUS_ORIGIN,    /* [2] not an answer to what we sent last, or nothing is awaited */
	NTP_UNAUTHENTICATED, /* [5] no valid MAC of the key where one is asked for; any MAC else; a
	                        crypto-NAK, which proves nothing */
	NTP_KISS_RATE,       /* from here on the packet is proven to answer our request */
	NTP_KISS_DENY,       /* DENY or RSTR */
	NTP_KISS_OTHER,
	NTP_ZERO_TIMESTAMP,  /* [3] receive or transmit time is zero */
	NTP_UNSYNCHRONISED,  /* [6] leap 3, or stratum 0 or above 15, or reference time after
	                        transmit */
	NTP_ROOT_DISTANCE,   /* [7] root delay / 2 + root dispersion of 16 s and more */
	NTP_SERVER_INTERVAL, /* [A] T3 - T2 negative or above 4 s */
	NTP_DELAY_TOO_LONG,  /* [A] above maxdelay, or negative beyond the precision */
	NTP_DELAY_RATIO,     /* [B] */
	NTP_LOOP,            /* [D] the server follows us */
	NTP_VERDICT_COUNT,
};
const char *ntp_verdict_text(enum ntp_verdict verdict); /* "the origin timestamp is not ours" */
