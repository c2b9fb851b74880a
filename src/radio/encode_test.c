/* SPDX-License-Identifier: MIT */
#include "radio/encode.h"

#include <errno.h>

#include "radio/encode_options.h"
#include "testing/check.h"

static unsigned encode(const struct radio_signal *signal, struct radio_edge *edges, unsigned limit)
{
	struct radio_encoder encoder;
	unsigned count = 0;

	CHECK_EQ(radio_encoder_init(&encoder, signal), 0);
	while (count < limit && radio_encoder_next(&encoder, &edges[count]))
		count++;
	return count;
}

TEST(radio_encode, shapes_pulses_to_the_nanosecond)
{
	const struct radio_signal signal = { .station = &radio_station_msf,
		                             .minute_count = 1,
		                             .from = { 1483228740 * NS_PER_S },
		                             .dut1_tenths = 1 };
	struct radio_edge edges[8];

	CHECK_EQ(encode(&signal, edges, 8), 8);
	CHECK_EQ(edges[0].at.ns, signal.from.ns); /* marker: 500 ms off */
	CHECK_EQ(edges[0].is_high, false);
	CHECK_EQ(edges[1].at.ns, signal.from.ns + 500 * NS_PER_MS);
	CHECK_EQ(edges[1].is_high, true);
	CHECK_EQ(edges[3].at.ns, signal.from.ns + 1100 * NS_PER_MS); /* B alone: a gap */
	CHECK_EQ(edges[4].at.ns, signal.from.ns + 1200 * NS_PER_MS);
	CHECK_EQ(edges[5].at.ns, signal.from.ns + 1300 * NS_PER_MS);
}

TEST(radio_encode, gives_edges_in_order_with_levels_that_alternate_under_all_noise)
{
	const struct radio_signal signal = {
		.station = &radio_station_wwvb,
		.minute_count = 30,
		.from = { 1483228740 * NS_PER_S },
		.noise = { .jitter_ms = 30,
		           .missing = 0.1,
		           .wrong = 0.1,
		           .spikes_per_s = 5,
		           .dropouts_per_hour = 60,
		           .dropout_s = 20,
		           .dropout_toggles_per_s = 40 },
		.seed = 9,
	};
	struct radio_encoder encoder, again;
	struct radio_edge edge, before = { .at = { 0 }, .is_high = true }, same;

	CHECK_EQ(radio_encoder_init(&encoder, &signal), 0);
	CHECK_EQ(radio_encoder_init(&again, &signal), 0);
	while (radio_encoder_next(&encoder, &edge)) {
		CHECK(edge.at.ns >= before.at.ns);
		CHECK_EQ(edge.is_high, !before.is_high);
		CHECK(radio_encoder_next(&again, &same)); /* repeatable */
		CHECK_EQ(same.at.ns, edge.at.ns);
		before = edge;
	}
}

TEST(radio_encode, refuses_what_cannot_be_sent)
{
	struct radio_signal signal = { .station = &radio_station_msf, .dut1_tenths = 9 };
	struct radio_encoder encoder;

	CHECK_EQ(radio_encoder_init(&encoder, &signal), -EINVAL);
	signal.dut1_tenths = 0;
	signal.noise.wrong = 1.5;
	CHECK_EQ(radio_encoder_init(&encoder, &signal), -EINVAL);
	signal.noise.wrong = NAN;
	CHECK_EQ(radio_encoder_init(&encoder, &signal), -EINVAL);
}

TEST(radio_encode, reads_noise_as_users_write_it)
{
	struct radio_signal signal = { .station = &radio_station_msf };

	CHECK_EQ(radio_encode_parse_noise("jitter=5,wrong=0.05,ppm=-20", &signal), 0);
	CHECK_NEAR(signal.noise.jitter_ms, 5, 0);
	CHECK_NEAR(signal.noise.wrong, 0.05, 1e-12);
	CHECK_NEAR(signal.clock_ppm, -20, 0);
	CHECK_EQ(radio_encode_parse_noise("", &signal), 0);
	CHECK_EQ(radio_encode_parse_noise("jitter", &signal), -EINVAL);
	CHECK_EQ(radio_encode_parse_noise("jitter=x", &signal), -EINVAL);
	CHECK_EQ(radio_encode_parse_noise("hiss=1", &signal), -EINVAL);
	CHECK_EQ(radio_encode_parse_noise("jitter,wrong=1", &signal), -EINVAL);
}
