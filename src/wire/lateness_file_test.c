/* SPDX-License-Identifier: MIT */
#include "wire/lateness_file.h"

#include <errno.h>
#include <string.h>

#include "testing/check.h"

TEST(lateness_file, finds_what_it_has_added)
{
	char text[LATENESS_FILE_SIZE_MAX] = "";
	struct lateness_file_line line;

	CHECK(lateness_file_add(text, &(struct lateness_file_line){ "GPS", -0.25, 1e-4, 2e-3 }));
	CHECK(lateness_file_add(text, &(struct lateness_file_line){ "MSF", 0.0176, 1e-6, 5e-4 }));
	CHECK_TEXT(text, "GPS -0.250000000 0.000100000 0.002000000\n"
	                 "MSF 0.017600000 0.000001000 0.000500000\n");
	CHECK_EQ(lateness_file_find(text, strlen(text), "MSF", &line), 0);
	CHECK_NEAR(line.offset_s, 0.0176, 1e-12);
	CHECK_NEAR(line.sd_s, 1e-6, 1e-12);
	CHECK_NEAR(line.error_s, 5e-4, 1e-12);
	CHECK_EQ(lateness_file_find(text, strlen(text), "PPS", &line), -ENOENT);
	CHECK_EQ(lateness_file_find("", 0, "PPS", &line), -ENOENT);
}

TEST(lateness_file, refuses_what_is_something_else)
{
	static const char *const bad[] = {
		"GPS 0.1 0.1 0.1", "GPS 0.1 0.1\n",      "GPS 0.1 0.1 0.1 0.1\n", "GPSGPS 0 0 0\n",
		"GPS x 0 0\n",     "GPS 0 -1 0\n",       "GPS 99999 0 0\n",       "\n",
		"GPS nan 0 0\n",   "GPS 0 0 0\nMSF 0\n",
	};
	struct lateness_file_line line;

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		CHECK_EQ(lateness_file_find(bad[i], strlen(bad[i]), "GPS", &line), -EBADMSG);
}

TEST(lateness_file, adds_nothing_that_does_not_fit)
{
	char text[LATENESS_FILE_SIZE_MAX] = "";
	const struct lateness_file_line line = { "GPS1", -86400, 86400, 86400 };
	unsigned count = 0;

	while (lateness_file_add(text, &line))
		count++;
	CHECK(count >= 4);
	CHECK_EQ(text[strlen(text) - 1], '\n');
}
