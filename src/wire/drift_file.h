/* wire/drift_file: chrony's drift file: what was learned of the oscillator, in one line of text.
 * SPDX-License-Identifier: MIT
 *
 * Two numbers in ppm, as printf's "%20.6f %20.6f\n". Text <-> values; opens no file. (ntpd's drift
 * file has one number of the opposite sign: it is refused.) */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

#define DRIFT_FILE_SIZE_MAX          128      /* bytes; a longer one is no drift file */
#define DRIFT_FILE_FREQUENCY_PPM_MAX 100000.0 /* beyond, the kernel could not correct it */
#define DRIFT_FILE_SKEW_PPM_MAX      1000000.0

struct drift_file {
	double frequency_ppm; /* + = the clock gains */
	double skew_ppm;      /* error bar of it; >= 0 */
};

/* 0, or -EBADMSG: not two numbers on one line, out of range, or torn (no newline at the end). */
NODISCARD int drift_file_decode(const void *bytes, size_t length_bytes,
                                struct drift_file *drift_out);

/* Into `text` of at least DRIFT_FILE_SIZE_MAX bytes, terminated; returns the length. Values beyond
 * the limits are put at the limit; the frequency must be a number, a skew that is none is the
 * limit. */
size_t drift_file_encode(const struct drift_file *drift, char text[DRIFT_FILE_SIZE_MAX]);
