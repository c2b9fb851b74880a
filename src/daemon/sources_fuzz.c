/* daemon/sources_fuzz: a file of `sourcedir`, without the file. SPDX-License-Identifier: MIT
 *
 * Whatever stands in it, the rest of the configuration is used: a wrong line is left out with a
 * warning, so that nothing fails, and only server, pool and peer lines have an effect. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/daemon_config.h"
#include "daemon/daemon_directives.h"

#define TEXT_MAX  8192
#define LINES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct node_config config;
static struct config_errors errors;
static struct config_line lines[LINES_MAX];
static char text[TEXT_MAX + 1];

static size_t split(void)
{
	size_t count = 0;

	for (char *line = text; line && count < LINES_MAX;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		lines[count] = (struct config_line){ "f", (unsigned)count + 1, line, true };
		count++;
		line = end ? end + 1 : NULL;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length > TEXT_MAX || memchr(bytes, '\0', length))
		return 0;
	memcpy(text, bytes, length);
	text[length] = '\0';
	config_errors_init(&errors);
	if (node_config_parse(lines, split(), &config, &errors) != 0)
		abort(); /* a wrong line of an optional file is no error */
	assert(errors.errors_count == 0);
	for (size_t i = 0; i < config.sources_count; i++) {
		assert(config.sources[i].is_reloadable);
		assert(config.sources[i].minpoll_log2_s <= config.sources[i].maxpoll_log2_s);
	}
	return 0;
}
