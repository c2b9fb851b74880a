/* SPDX-License-Identifier: MIT */
#include "sim/ideal_server.h"

#include <math.h>

#include "base/reader.h"
#include "base/writer.h"
#include "timescale/ntp_time.h"

#define MODE_CLIENT   3
#define MODE_SERVER   4
#define PRECISION     (-24) /* log2 s; of the stamps, 60 ns */
#define REFERENCE_AGE (16 * NS_PER_S)

void ideal_server_fold(struct ideal_server *server, int64_t true_ns)
{
	server->options.offset_s +=
		server->options.ramp * (double)(true_ns - server->ramp_since_ns) * 1e-9;
	server->ramp_since_ns = true_ns;
}

static double offset_for(const struct ideal_server *server, uint32_t client, int64_t true_ns)
{
	for (size_t i = 0; i < server->faces_count; i++) {
		if (server->faces[i].client == client)
			return server->faces[i].offset_s;
	}
	return server->options.offset_s +
	       server->options.ramp * (double)(true_ns - server->ramp_since_ns) * 1e-9;
}

static uint32_t reference_id(double stratum)
{
	return stratum == 1 ? 0x47505300 /* "GPS" */ : 0xc0000201 /* 192.0.2.1 */;
}

size_t ideal_server_answer(const struct ideal_server *server, uint32_t client,
                           struct utc_time start, int64_t true_ns, const uint8_t *request,
                           size_t length_bytes, uint8_t reply_out[IDEAL_SERVER_REPLY_SIZE])
{
	const struct ideal_server_options *options = &server->options;
	struct reader in = reader_over(request, length_bytes);
	struct writer out = writer_into(reply_out, IDEAL_SERVER_REPLY_SIZE);
	const uint8_t first = reader_u8(&in);
	const uint8_t version = first >> 3 & 7;
	const uint8_t poll = (reader_u8(&in), reader_u8(&in));
	const int64_t offset_ns = llrint(offset_for(server, client, true_ns) * 1e9);
	const struct utc_time now = { start.ns + true_ns + offset_ns };
	size_t length = 0;

	if (length_bytes < IDEAL_SERVER_REPLY_SIZE || (first & 7) != MODE_CLIENT || version < 1 ||
	    version > 4 || options->is_down != 0)
		return 0;
	writer_u8(&out,
	          (uint8_t)((unsigned)options->leap << 6 | (unsigned)version << 3 | MODE_SERVER));
	writer_u8(&out, (uint8_t)options->stratum);
	writer_u8(&out, poll);
	writer_u8(&out, (uint8_t)PRECISION);
	writer_u32(&out, ntp_time_short_encode(llrint(options->root_delay_s * 1e9)));
	writer_u32(&out, ntp_time_short_encode(llrint(options->root_dispersion_s * 1e9)));
	writer_u32(&out, reference_id(options->stratum));
	writer_u64(&out, ntp_time_encode((struct utc_time){ now.ns - REFERENCE_AGE }));
	writer_bytes(&out, request + 40, 8);
	writer_u64(&out, ntp_time_encode(now));
	writer_u64(&out, ntp_time_encode(now));
	return writer_finish(&out, &length) == 0 ? length : 0;
}
