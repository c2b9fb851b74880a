/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"
#include "base/rng.h"
#include "testing/check.h"
#include "wire/drift_file.h"

#include <errno.h>

static int decoded(const char *text, struct drift_file *drift_out)
{
	return drift_file_decode(text, strlen(text), drift_out);
}

TEST(wire_drift_file, reads_what_chronyd_writes)
{
	struct drift_file drift;

	CHECK_EQ(decoded("            1.500000             0.250000\n", &drift), 0);
	CHECK_NEAR(drift.frequency_ppm, 1.5, 0);
	CHECK_NEAR(drift.skew_ppm, 0.25, 0);
	CHECK_EQ(decoded("-23.5\t1e-3\r\n", &drift), 0);
	CHECK_NEAR(drift.frequency_ppm, -23.5, 0);
	CHECK_NEAR(drift.skew_ppm, 1e-3, 1e-18);
	CHECK_EQ(decoded("0 0\n", &drift), 0);
	CHECK_NEAR(drift.skew_ppm, 0, 0);
}

TEST(wire_drift_file, writes_the_same_columns)
{
	char text[DRIFT_FILE_SIZE_MAX];
	const struct drift_file drift = { .frequency_ppm = -12.3456789, .skew_ppm = 0.05 };

	CHECK_EQ(drift_file_encode(&drift, text), 42);
	CHECK_TEXT(text, "          -12.345679             0.050000\n");
}

TEST(wire_drift_file, refuses_nonsense_and_says_nothing)
{
	static const char *const texts[] = {
		"", /* created, never written */
		"\n",
		"12.5\n", /* ntpd's: one number, the other sign */
		"1.0 2.0 3.0\n",
		"1.0 0.5\n1.0 0.5\n",
		"1.0 0.5", /* torn: may have been 0.5000 or 0.57 */
		"1.0 0.5\nx",
		"nan 1.0\n",
		"1.0 nan\n",
		"inf 1.0\n",
		"1.0 inf\n",
		"1.0 -0.5\n", /* no error bar is negative */
		"100000.1 1\n",
		"-100000.1 1\n",
		"1e300 1\n",
		"1e999 1\n",
		"1 1000001\n",
		"0x10 1\n",
		"1,5 0,25\n",
		"frequency 1.0\n",
		"1.0 0.5 # good\n",
	};
	struct drift_file drift = { .frequency_ppm = 77, .skew_ppm = 88 };

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		CHECK_EQ(decoded(texts[i], &drift), -EBADMSG);
		CHECK_NEAR(drift.frequency_ppm, 77, 0);
		CHECK_NEAR(drift.skew_ppm, 88, 0);
	}
}

TEST(wire_drift_file, refuses_bytes_that_are_no_text)
{
	static const char zero[] = "1.0\0 0.5\n", huge_line[4096] = { 0 };
	char blanks[DRIFT_FILE_SIZE_MAX + 1];
	struct drift_file drift;

	CHECK_EQ(drift_file_decode(zero, sizeof zero - 1, &drift), -EBADMSG);
	CHECK_EQ(drift_file_decode(huge_line, sizeof huge_line, &drift), -EBADMSG);
	memset(blanks, ' ', sizeof blanks);
	memcpy(blanks, "1.0 0.5", 7);
	blanks[DRIFT_FILE_SIZE_MAX] = '\n';
	CHECK_EQ(drift_file_decode(blanks, sizeof blanks, &drift), -EBADMSG);
	blanks[DRIFT_FILE_SIZE_MAX - 1] = '\n';
	CHECK_EQ(drift_file_decode(blanks, sizeof blanks - 1, &drift), 0);
}

TEST(wire_drift_file, refuses_every_truncation)
{
	char text[DRIFT_FILE_SIZE_MAX];
	const struct drift_file drift = { .frequency_ppm = 1.25, .skew_ppm = 0.5 };
	const size_t length = drift_file_encode(&drift, text);

	for (size_t left = 0; left < length; left++)
		CHECK_EQ(drift_file_decode(text, left, &(struct drift_file){ 0 }), -EBADMSG);
}

TEST(wire_drift_file, holds_values_to_their_limits)
{
	char text[DRIFT_FILE_SIZE_MAX];
	struct drift_file drift = { .frequency_ppm = -INFINITY, .skew_ppm = NAN };

	CHECK(drift_file_encode(&drift, text) < DRIFT_FILE_SIZE_MAX);
	CHECK_EQ(decoded(text, &drift), 0);
	CHECK_NEAR(drift.frequency_ppm, -DRIFT_FILE_FREQUENCY_PPM_MAX, 0);
	CHECK_NEAR(drift.skew_ppm, DRIFT_FILE_SKEW_PPM_MAX, 0);
}

TEST(wire_drift_file, comes_back_as_it_was_saved)
{
	struct rng rng;

	rng_init_seed(&rng, 3);
	for (int round = 0; round < 1000; round++) {
		const struct drift_file saved = { .frequency_ppm = 1e5 * (2 * rng_unit(&rng) - 1),
			                          .skew_ppm = 1e6 * rng_unit(&rng) };
		struct drift_file loaded;
		char text[DRIFT_FILE_SIZE_MAX], again[DRIFT_FILE_SIZE_MAX];

		drift_file_encode(&saved, text);
		CHECK_EQ(decoded(text, &loaded), 0);
		CHECK_NEAR(loaded.frequency_ppm, saved.frequency_ppm, 0.51e-6);
		CHECK_NEAR(loaded.skew_ppm, saved.skew_ppm, 0.51e-6);
		drift_file_encode(&loaded, again);
		CHECK_TEXT(again, text);
	}
}
