/* wire/rtc_file_fuzz: an rtcfile of any bytes. SPDX-License-Identifier: MIT
 *
 * What is accepted is the same after it was saved and loaded. */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "wire/rtc_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char saved[RTC_FILE_SIZE_MAX], again[RTC_FILE_SIZE_MAX];
	struct rtc_file rtc;

	if (rtc_file_decode(bytes, length, &rtc) < 0)
		return 0;
	if (rtc_file_decode(saved, rtc_file_encode(&rtc, saved), &rtc) < 0)
		assert(false); /* refuses what it saved */
	rtc_file_encode(&rtc, again);
	assert(strcmp(saved, again) == 0);
	return 0;
}
