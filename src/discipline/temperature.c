/* SPDX-License-Identifier: MIT */
#include "discipline/temperature.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX 128

static bool read_point(const char *line, struct temperature_point *point)
{
	const char *at = line;

	return text_next_real(&at, &point->temperature) == 0 &&
	       text_next_real(&at, &point->ppm) == 0 && at[strspn(at, " \t\r")] == '\0';
}

/* False: neither a point nor nothing. */
static bool take_line(const char *line, struct temperature_law *law)
{
	struct temperature_point *point = &law->points[law->points_count];

	line += strspn(line, " \t\r");
	if (*line == '\0' || *line == '#')
		return true;
	if (law->points_count == TEMPERATURE_POINTS_MAX || !read_point(line, point) ||
	    (law->points_count > 0 && point->temperature <= point[-1].temperature))
		return false;
	law->points_count++;
	return true;
}

int temperature_read_points(const char *text, size_t length_bytes, struct temperature_law *law,
                            unsigned *line_out)
{
	size_t at = 0;

	law->points_count = 0;
	for (*line_out = 1; at < length_bytes; ++*line_out) {
		const char *end = memchr(text + at, '\n', length_bytes - at);
		const size_t length = (end ? (size_t)(end - text) : length_bytes) - at;
		char line[LINE_MAX];

		if (length >= sizeof line || memchr(text + at, '\0', length))
			return -EBADMSG;
		memcpy(line, text + at, length);
		line[length] = '\0';
		if (!take_line(line, law))
			return -EBADMSG;
		at += length + 1;
	}
	return law->points_count >= 2 ? 0 : -EBADMSG;
}

/* On the line through the two points about it, or through the nearest two. */
static double interpolate(const struct temperature_law *law, double temperature)
{
	const struct temperature_point *right = law->points + 1;

	while (right < law->points + law->points_count - 1 && right->temperature < temperature)
		right++;
	return right[-1].ppm + (temperature - right[-1].temperature) *
	                               (right->ppm - right[-1].ppm) /
	                               (right->temperature - right[-1].temperature);
}

bool temperature_ppm(const struct temperature_law *law, double temperature, double *ppm_out)
{
	const double above = temperature - law->t0;
	const double ppm = law->points_count > 0
	                           ? interpolate(law, temperature)
	                           : law->k0 + above * law->k1 + above * above * law->k2;

	if (!(fabs(ppm) <= TEMPERATURE_PPM_MAX))
		return false;
	*ppm_out = ppm;
	return true;
}
