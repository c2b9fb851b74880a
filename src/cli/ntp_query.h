/* cli/ntp_query: asks one NTP server what time it is, without the daemon. SPDX-License-Identifier:
 * MIT
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct ntp_query {
	int64_t offset_ns; /* the server minus CLOCK_REALTIME, of the fastest of a few exchanges */
	int64_t delay_ns;  /* its round trip: true to half of it */
	uint8_t stratum, leap;
};

/* host: a name or an address; port: "123". 0; or -errno, -EAGAIN = no valid answer, -ENOENT = no
 * such host. Takes some seconds at most. */
NODISCARD int ntp_query_ask(const char *host, const char *port, struct ntp_query *query_out);
