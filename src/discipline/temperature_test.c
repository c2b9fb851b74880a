/* SPDX-License-Identifier: MIT */
#include "discipline/temperature.h"

#include <errno.h>
#include <string.h>

#include "testing/check.h"

TEST(temperature, is_a_parabola)
{
	const struct temperature_law law = { .t0 = 26000, .k0 = 0.5, .k1 = 2e-4, .k2 = 1e-8 };
	double ppm = -1;

	CHECK(temperature_ppm(&law, 26000, &ppm));
	CHECK_NEAR(ppm, 0.5, 1e-12);
	CHECK(temperature_ppm(&law, 31000, &ppm));
	CHECK_NEAR(ppm, 0.5 + 1 + 0.25, 1e-12);
	CHECK(!temperature_ppm(&law, 126000, &ppm)); /* 120 ppm */
	CHECK_NEAR(ppm, 1.75, 1e-12);
}

TEST(temperature, is_a_table_with_lines_between)
{
	static const char text[] = "# degrees, ppm\n20000 1.0\n\n 21000\t0.5\r\n30000 -4\n";
	struct temperature_law law = { .t0 = 0 };
	unsigned line;
	double ppm;

	CHECK_EQ(temperature_read_points(text, sizeof text - 1, &law, &line), 0);
	CHECK_EQ(law.points_count, 3);
	CHECK(temperature_ppm(&law, 20500, &ppm));
	CHECK_NEAR(ppm, 0.75, 1e-12);
	CHECK(temperature_ppm(&law, 30000, &ppm));
	CHECK_NEAR(ppm, -4, 1e-12);
	CHECK(temperature_ppm(&law, 18000, &ppm));
	CHECK_NEAR(ppm, 2, 1e-12);
	CHECK(temperature_ppm(&law, 32000, &ppm));
	CHECK_NEAR(ppm, -5, 1e-12);
}

static unsigned wrong_line(const char *text)
{
	struct temperature_law law = { .t0 = 0 };
	unsigned line = 0;

	CHECK_EQ(temperature_read_points(text, strlen(text), &law, &line), -EBADMSG);
	return line;
}

TEST(temperature, says_which_line_is_wrong)
{
	CHECK_EQ(wrong_line("1 2\n2 x\n"), 2);
	CHECK_EQ(wrong_line("1 2\n2\n"), 2);
	CHECK_EQ(wrong_line("1 2 3\n"), 1);
	CHECK_EQ(wrong_line("2 2\n1 2\n"), 2);
	CHECK_EQ(wrong_line("1 2\n"), 2); /* one is no table */
	CHECK_EQ(wrong_line(""), 1);
}
