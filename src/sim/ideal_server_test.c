/* SPDX-License-Identifier: MIT */
#include "sim/ideal_server.h"

#include "testing/check.h"
#include "timescale/ntp_time.h"

static const struct utc_time start = { INT64_C(1795305600) * NS_PER_S };
static const uint8_t request[48] = { 0x23, [40] = 1, 2, 3, 4, 5, 6, 7, 8 };

static int64_t error_ns(const struct ideal_server *server, uint32_t client, int64_t true_ns)
{
	uint8_t reply[IDEAL_SERVER_REPLY_SIZE];
	uint64_t transmit = 0;

	CHECK_EQ(
		ideal_server_answer(server, client, start, true_ns, request, sizeof request, reply),
		48);
	for (int i = 40; i < 48; i++)
		transmit = transmit << 8 | reply[i];
	return ntp_time_decode(transmit, start).ns - start.ns - true_ns;
}

TEST(ideal_server, tells_the_time_with_its_error)
{
	struct ideal_server server = { .options = { .stratum = 1, .offset_s = 0.3, .ramp = 1e-6 } };

	CHECK_NEAR((double)error_ns(&server, 0, 0), 300e6, 1);
	CHECK_NEAR((double)error_ns(&server, 0, 1000 * NS_PER_S), 301e6, 1);
	ideal_server_fold(&server, 1000 * NS_PER_S);
	server.options.ramp = 0;
	CHECK_NEAR((double)error_ns(&server, 0, 2000 * NS_PER_S), 301e6, 1);
}

TEST(ideal_server, has_two_faces)
{
	const struct ideal_server server = { .options = { .stratum = 1 },
		                             .faces = { { .client = 7, .offset_s = -2 } },
		                             .faces_count = 1 };

	CHECK_NEAR((double)error_ns(&server, 6, 0), 0, 1);
	CHECK_NEAR((double)error_ns(&server, 7, 0), -2e9, 1);
}

TEST(ideal_server, echoes_the_origin_and_its_header)
{
	const struct ideal_server server = { .options = { .stratum = 3, .leap = 3 } };
	uint8_t reply[IDEAL_SERVER_REPLY_SIZE];

	CHECK_EQ(ideal_server_answer(&server, 0, start, 0, request, sizeof request, reply), 48);
	CHECK_EQ(reply[0], 0xe4); /* leap 3, version 4, mode 4 */
	CHECK_EQ(reply[1], 3);
	CHECK_EQ(memcmp(reply + 24, request + 40, 8), 0);
}

TEST(ideal_server, is_silent_to_what_is_no_request)
{
	const struct ideal_server down = { .options = { .is_down = 1 } };
	const struct ideal_server up = { .options = { .stratum = 1 } };
	const uint8_t reply_itself[48] = { 0x24 };
	uint8_t reply[IDEAL_SERVER_REPLY_SIZE];

	CHECK_EQ(ideal_server_answer(&down, 0, start, 0, request, sizeof request, reply), 0);
	CHECK_EQ(ideal_server_answer(&up, 0, start, 0, reply_itself, 48, reply), 0);
	CHECK_EQ(ideal_server_answer(&up, 0, start, 0, request, 47, reply), 0);
}
