/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_interleave.h"

uint64_t ntp_interleave_ask(struct ntp_interleave *earlier)
{
	if (!earlier->is_known || earlier->requests_count >= NTP_INTERLEAVE_REQUESTS_MAX) {
		ntp_interleave_forget(earlier);
		return 0;
	}
	earlier->requests_count++;
	return earlier->server_receive_ntp64;
}

void ntp_interleave_forget(struct ntp_interleave *earlier)
{
	*earlier = (struct ntp_interleave){ .is_known = false };
}
