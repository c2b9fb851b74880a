/* SPDX-License-Identifier: MIT */
#include "radio/pulse_stretch.h"

#include "testing/check.h"

static int32_t after(const struct radio_station *station, const int32_t *widths_ms, size_t count,
                     int32_t stretch_ms)
{
	struct pulse_stretch stretch = { .votes = { 0 } };

	for (unsigned i = 0; i < 120; i++)
		pulse_stretch_add(&stretch, station, widths_ms[i % count] + stretch_ms);
	return pulse_stretch_ms(&stretch);
}

TEST(pulse_stretch, is_found_where_the_nearest_nominal_length_would_mislead)
{
	const int32_t dcf77[] = { 100, 200, 100, 100 }, wwvb[] = { 200, 500, 200, 800 };
	const int32_t msf[] = { 100, 200, 100, 100, 200, 300, 100, 500 };

	for (int32_t ms = -50; ms <= 80; ms += 5) {
		CHECK_NEAR(after(&radio_station_msf, msf, 8, ms), ms, 5);
		CHECK_NEAR(after(&radio_station_wwvb, wwvb, 4, ms), ms, 5);
		if (ms > -45) /* 50 ms shorter or longer is the same to pulses of 100 and 200 ms */
			CHECK_NEAR(after(&radio_station_dcf77, dcf77, 4, ms), ms, 5);
	}
	CHECK_EQ(pulse_stretch_ms(&(struct pulse_stretch){ .votes = { 0 } }), 0);
}
