/* daemon/config_fuzz: lines of configuration through the whole grammar, without any file.
 * SPDX-License-Identifier: MIT
 *
 * What is accepted, printed and read again must be accepted, print the same and mean the same; what
 * is refused must be refused with a printable reason. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "daemon/daemon_config.h"
#include "daemon/daemon_directives.h"

#define TEXT_MAX  8192
#define LINES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct attempt {
	struct daemon_config config;
	struct config_errors errors;
	struct config_listing listing;
	char text[2 * TEXT_MAX];
	struct config_line lines[LINES_MAX];
	size_t count;
	int result;
};

static void split(struct attempt *attempt)
{
	char *line = attempt->text;

	for (attempt->count = 0; line && attempt->count < LINES_MAX; attempt->count++) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		attempt->lines[attempt->count] =
			(struct config_line){ "f", (unsigned)attempt->count + 1, line, false };
		line = end ? end + 1 : NULL;
	}
}

static void parse(struct attempt *attempt)
{
	struct config_grammar grammar = { .known = daemon_directives_known };

	split(attempt);
	config_errors_init(&attempt->errors);
	config_listing_init(&attempt->listing);
	memset(&attempt->config, 0, sizeof attempt->config);
	node_config_defaults(&attempt->config.node);
	config_directive_defaults(daemon_directives, &attempt->config);
	node_config_add_grammar(&attempt->config.node, &grammar);
	config_grammar_add(&grammar, daemon_directives, &attempt->config);
	attempt->result = config_parse(&grammar, attempt->lines, attempt->count, &attempt->errors,
	                               &attempt->listing);
	if (attempt->result == 0)
		node_config_finish(&attempt->config.node);
}

static void print(const struct config_listing *listing, char *text, size_t size)
{
	struct text out = text_into(text, size);

	for (size_t i = 0; i < listing->count; i++) {
		text_add(&out, listing->rows[i].directive);
		if (*listing->rows[i].value)
			text_char(&out, ' ');
		text_add(&out, listing->rows[i].value);
		text_char(&out, '\n');
	}
}

static void check_errors(const struct config_errors *errors)
{
	assert(errors->count <= CONFIG_ERRORS_MAX);
	assert(errors->count <= errors->errors_count + errors->warnings_count);
	for (size_t i = 0; i < errors->count; i++) {
		const char *text = errors->items[i].text;

		assert(strlen(text) > strlen("f:1: "));
		for (; *text; text++)
			assert(*text >= ' ' && *text < 0x7f);
	}
}

static void check_same(const struct daemon_config *a, const struct daemon_config *b)
{
	assert(memcmp(a->node.sources, b->node.sources, sizeof a->node.sources) == 0);
	assert(memcmp(&a->node.selection, &b->node.selection, sizeof a->node.selection) == 0);
	assert(memcmp(&a->node.discipline, &b->node.discipline, sizeof a->node.discipline) == 0);
	assert(memcmp(&a->node.local, &b->node.local, sizeof a->node.local) == 0);
	assert(memcmp(&a->virtualclock, &b->virtualclock, sizeof a->virtualclock) == 0);
	assert(a->node.access.count == b->node.access.count);
	assert(strcmp(a->driftfile, b->driftfile) == 0 && a->port == b->port);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct attempt first, second; /* large: not allocated anew for each input */
	static char printed[sizeof second.text];

	if (length >= TEXT_MAX)
		return 0;
	memcpy(first.text, bytes, length);
	first.text[length] = '\0';
	parse(&first);
	check_errors(&first.errors);
	assert((first.result == 0) == (first.errors.errors_count == 0));
	if (first.result == 0) {
		print(&first.listing, second.text, sizeof second.text);
		memcpy(printed, second.text, sizeof printed);
		parse(&second);
		assert(second.result == 0);
		check_same(&first.config, &second.config);
		print(&second.listing, second.text, sizeof second.text);
		assert(strcmp(printed, second.text) == 0);
		config_listing_free(&second.listing);
	}
	config_listing_free(&first.listing);
	return 0;
}
