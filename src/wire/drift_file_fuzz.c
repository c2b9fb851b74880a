/* wire/drift_file_fuzz: a drift file of any bytes. SPDX-License-Identifier: MIT
 *
 * What is accepted is within the limits, and is the same after it was saved and loaded. */
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "wire/drift_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char saved[DRIFT_FILE_SIZE_MAX], again[DRIFT_FILE_SIZE_MAX];
	struct drift_file drift, loaded;

	if (drift_file_decode(bytes, length, &drift) < 0)
		return 0;
	assert(fabs(drift.frequency_ppm) <= DRIFT_FILE_FREQUENCY_PPM_MAX);
	assert(drift.skew_ppm >= 0 && drift.skew_ppm <= DRIFT_FILE_SKEW_PPM_MAX);
	if (drift_file_decode(saved, drift_file_encode(&drift, saved), &loaded) < 0)
		assert(false); /* refuses what it saved */
	assert(fabs(loaded.frequency_ppm - drift.frequency_ppm) < 1e-6);
	assert(fabs(loaded.skew_ppm - drift.skew_ppm) < 1e-6);
	drift_file_encode(&loaded, again);
	assert(strcmp(saved, again) == 0);
	return 0;
}
