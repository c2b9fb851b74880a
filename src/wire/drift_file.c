/* SPDX-License-Identifier: MIT */
#include "wire/drift_file.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define COLUMN_WIDTH 20
#define DECIMALS     6

static bool is_plausible(const struct drift_file *drift)
{
	return fabs(drift->frequency_ppm) <= DRIFT_FILE_FREQUENCY_PPM_MAX && drift->skew_ppm >= 0 &&
	       drift->skew_ppm <= DRIFT_FILE_SKEW_PPM_MAX;
}

int drift_file_decode(const void *bytes, size_t length_bytes, struct drift_file *drift_out)
{
	char text[DRIFT_FILE_SIZE_MAX + 1];
	struct drift_file drift;
	const char *at = text;

	if (length_bytes > DRIFT_FILE_SIZE_MAX)
		return -EBADMSG;
	if (length_bytes > 0)
		memcpy(text, bytes, length_bytes);
	text[length_bytes] = '\0';

	if (text_next_real(&at, &drift.frequency_ppm) < 0 ||
	    text_next_real(&at, &drift.skew_ppm) < 0)
		return -EBADMSG;
	at += strspn(at, " \t\r");
	/* the newline is written last: without it the second number may be cut short */
	if (at + 1 != text + length_bytes || *at != '\n' || !is_plausible(&drift))
		return -EBADMSG;
	*drift_out = drift;
	return 0;
}

static void add_column(struct text *out, double value)
{
	char digits[COLUMN_WIDTH * 2];
	struct text number = text_into(digits, sizeof digits);

	text_fixed(&number, value, DECIMALS);
	for (size_t i = number.length_bytes; i < COLUMN_WIDTH; i++)
		text_char(out, ' ');
	text_add(out, digits);
}

size_t drift_file_encode(const struct drift_file *drift, char text[DRIFT_FILE_SIZE_MAX])
{
	struct text out = text_into(text, DRIFT_FILE_SIZE_MAX);
	const double limit = DRIFT_FILE_FREQUENCY_PPM_MAX;

	assert(!isnan(drift->frequency_ppm));
	add_column(&out, fmax(-limit, fmin(drift->frequency_ppm, limit)));
	text_char(&out, ' ');
	add_column(&out, fmax(0, fmin(drift->skew_ppm, DRIFT_FILE_SKEW_PPM_MAX)));
	text_char(&out, '\n');
	assert(!out.is_cut);
	return out.length_bytes;
}
