/* SPDX-License-Identifier: MIT */
#include "wire/rtc_file.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

#define REFERENCE_S_MAX 7258118400.0 /* 2200-01-01 */
#define FAST_S_MAX      REFERENCE_S_MAX

static bool is_within(double value, double low, double high)
{
	return value >= low && value <= high; /* NaN is not */
}

static double put_within(double value, double low, double high)
{
	return isnan(value) ? 0 : fmax(low, fmin(value, high));
}

int rtc_file_decode(const void *bytes, size_t length_bytes, struct rtc_file *rtc_out)
{
	char text[RTC_FILE_SIZE_MAX + 1];
	double numbers[4];
	const char *at = text;

	if (length_bytes > RTC_FILE_SIZE_MAX)
		return -EBADMSG;
	if (length_bytes > 0)
		memcpy(text, bytes, length_bytes);
	text[length_bytes] = '\0';
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		if (text_next_real(&at, &numbers[i]) < 0)
			return -EBADMSG;
	}
	at += strspn(at, " \t\r");
	/* the newline is written last: without it the last number may be cut short */
	if (at + 1 != text + length_bytes || *at != '\n')
		return -EBADMSG;
	if ((numbers[0] != 0 && numbers[0] != 1) || !is_within(numbers[1], 0, REFERENCE_S_MAX) ||
	    !is_within(numbers[2], -FAST_S_MAX, FAST_S_MAX) ||
	    !is_within(numbers[3], -RTC_FILE_GAIN_PPM_MAX, RTC_FILE_GAIN_PPM_MAX))
		return -EBADMSG;
	*rtc_out = (struct rtc_file){
		.is_valid = numbers[0] == 1,
		.reference = { llrint(numbers[1]) * NS_PER_S },
		.fast_s = numbers[2],
		.gain_ppm = numbers[3],
	};
	return 0;
}

size_t rtc_file_encode(const struct rtc_file *rtc, char text[RTC_FILE_SIZE_MAX])
{
	struct text out = text_into(text, RTC_FILE_SIZE_MAX);

	text_char(&out, rtc->is_valid ? '1' : '0');
	text_char(&out, ' ');
	text_fixed(&out, put_within((double)(rtc->reference.ns / NS_PER_S), 0, REFERENCE_S_MAX), 0);
	text_char(&out, ' ');
	text_fixed(&out, put_within(rtc->fast_s, -FAST_S_MAX, FAST_S_MAX), 6);
	text_char(&out, ' ');
	text_fixed(&out, put_within(rtc->gain_ppm, -RTC_FILE_GAIN_PPM_MAX, RTC_FILE_GAIN_PPM_MAX),
	           3);
	text_char(&out, '\n');
	assert(!out.is_cut);
	return out.length_bytes;
}
