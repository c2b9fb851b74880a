/* SPDX-License-Identifier: MIT */
#include "daemon/load_config.h"

#include <stdlib.h>
#include <unistd.h>

static const char *config_path(const struct command_line *line)
{
	if (line->config_path)
		return line->config_path;
	return access(COMMAND_LINE_CONFIG_DEFAULT, F_OK) == 0 ? COMMAND_LINE_CONFIG_DEFAULT
	                                                      : COMMAND_LINE_CONFIG_CHRONY;
}

void load_config_say(const struct log *log, const struct config_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		log_say(log,
		        errors->items[i].is_warning ? LOG_SEVERITY_WARNING : LOG_SEVERITY_FATAL,
		        "%s", errors->items[i].text);
}

/* -4 and -6 are for names that say nothing themselves. */
static void set_family(const struct command_line *line, struct node_config *node)
{
	for (size_t i = 0; i < node->sources_count && line->family != ADDRESS_NONE; i++) {
		if (node->sources[i].family == ADDRESS_NONE)
			node->sources[i].family = (uint8_t)line->family;
	}
}

struct daemon_config *load_config_collect(const struct command_line *line,
                                          struct config_errors *errors)
{
	struct daemon_config *config = NULL;

	if (daemon_config_load(config_path(line), line->words, line->words_count, &config,
	                       errors) != 0)
		return NULL;
	set_family(line, &config->node);
	return config;
}

struct daemon_config *load_config(const struct command_line *line, const struct log *log)
{
	struct config_errors *errors = malloc(sizeof *errors);
	struct daemon_config *config;

	if (!errors)
		return NULL;
	config_errors_init(errors);
	config = load_config_collect(line, errors);
	load_config_say(log, errors);
	free(errors);
	return config;
}
