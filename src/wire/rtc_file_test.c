/* SPDX-License-Identifier: MIT */
#include "wire/rtc_file.h"

#include <errno.h>
#include <string.h>

#include "testing/check.h"

static int decode(const char *text, struct rtc_file *rtc_out)
{
	return rtc_file_decode(text, strlen(text), rtc_out);
}

TEST(rtc_file, reads_what_chrony_wrote)
{
	struct rtc_file rtc;

	CHECK_EQ(decode("1 1795340000 -1.234567 12.345\n", &rtc), 0);
	CHECK(rtc.is_valid);
	CHECK_EQ(rtc.reference.ns, INT64_C(1795340000) * NS_PER_S);
	CHECK_NEAR(rtc.fast_s, -1.234567, 1e-12);
	CHECK_NEAR(rtc.gain_ppm, 12.345, 1e-12);
}

TEST(rtc_file, writes_as_chrony_does)
{
	const struct rtc_file rtc = {
		.is_valid = true,
		.reference = { INT64_C(1795340000) * NS_PER_S + 999999999 },
		.fast_s = 0.5,
		.gain_ppm = -3,
	};
	char text[RTC_FILE_SIZE_MAX];

	CHECK_EQ(rtc_file_encode(&rtc, text), strlen(text));
	CHECK_TEXT(text, "1 1795340000 0.500000 -3.000\n");
}

TEST(rtc_file, refuses_every_truncation_and_nonsense)
{
	static const char whole[] = "1 1795340000 -1.234567 12.345\n";
	static const char *const wrong[] = {
		"",
		"2 1795340000 0 0\n",
		"1 -5 0 0\n",
		"1 1795340000 0 6000\n",
		"1 1795340000 nan 0\n",
		"1 1795340000 0 0 0\n",
		"1 1795340000 0\n0\n",
		"# no rtcfile\n",
	};
	struct rtc_file rtc = { .gain_ppm = 7 };

	for (size_t length = 0; length < sizeof whole - 1; length++)
		CHECK_EQ(rtc_file_decode(whole, length, &rtc), -EBADMSG);
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
		CHECK_EQ(decode(wrong[i], &rtc), -EBADMSG);
	CHECK_NEAR(rtc.gain_ppm, 7, 0);
}
