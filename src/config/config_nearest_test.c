/* SPDX-License-Identifier: MIT */
#include "config/config_nearest.h"
#include "testing/check.h"

#include <stddef.h>

static const char *nearest(const char *word)
{
	static const char *const names[] = {
		"pool", "port", "server", "maxdistance", "log", "nts"
	};
	struct config_nearest found = config_nearest_to(word);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		config_nearest_offer(&found, names[i]);
	return found.best ? found.best : "-";
}

TEST(config_nearest, finds_the_word_that_was_meant)
{
	CHECK_TEXT(nearest("prot"), "port");    /* swapped */
	CHECK_TEXT(nearest("SERVR"), "server"); /* left out */
	CHECK_TEXT(nearest("serveer"), "server");
	CHECK_TEXT(nearest("maxdistans"), "maxdistance");
	CHECK_TEXT(nearest("maxbistlhce"), "maxdistance"); /* three others, each a new letter */
	CHECK_TEXT(nearest("lag"), "log");
}

TEST(config_nearest, finds_nothing_when_nothing_is_near)
{
	CHECK_TEXT(nearest("driftfile"), "-");
	CHECK_TEXT(nearest("x"), "-");
	CHECK_TEXT(nearest(""), "-");
	CHECK_TEXT(nearest("a_word_that_is_far_longer_than_any_name_there_is"), "-");
}
