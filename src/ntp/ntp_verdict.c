/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_verdict.h"

#include <assert.h>
#include <stddef.h>

const char *ntp_verdict_text(enum ntp_verdict verdict)
{
	static const char *const texts[NTP_VERDICT_COUNT] = {
		[NTP_GOOD] = "good",
		[NTP_TOO_SHORT] = "not a whole NTP packet",
		[NTP_WRONG_SENDER] = "not from the server that was asked",
		[NTP_WRONG_VERSION] = "not NTP version 1 to 4",
		[NTP_WRONG_MODE] = "not a server's reply",
		[NTP_DUPLICATE] = "that reply was taken already",
		[NTP_BOGUS_ORIGIN] = "the origin timestamp is not ours",
		[NTP_UNAUTHENTICATED] = "not authenticated with the key that was agreed",
		[NTP_KISS_RATE] = "the server asks for fewer requests (RATE)",
		[NTP_KISS_DENY] = "the server denies access (DENY or RSTR)",
		[NTP_KISS_OTHER] = "the server sent a kiss code and no time",
		[NTP_ZERO_TIMESTAMP] = "the receive or transmit timestamp is zero",
		[NTP_UNSYNCHRONISED] = "the server is not synchronised",
		[NTP_ROOT_DISTANCE] = "the server is 16 s or more from its reference",
		[NTP_SERVER_INTERVAL] = "the server took negative or too much time to answer",
		[NTP_DELAY_TOO_LONG] = "the round trip took too long, or less than no time",
		[NTP_DELAY_RATIO] = "the round trip took much longer than others of late",
		[NTP_LOOP] = "the server follows this machine",
	};

	assert(verdict < NTP_VERDICT_COUNT);
	return texts[verdict];
}
