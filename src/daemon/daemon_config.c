/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_document.h"
#include "config/config_parse.h"
#include "daemon/daemon_directives.h"
#include "daemon/daemon_keys.h"
#include "daemon/daemon_lines.h"

#define DOCUMENT_SIZE 16384 /* the longest entry, `server`, has a quarter of it */

static const struct config_listing_row *last_row_of(const struct daemon_config *config,
                                                    const char *directive)
{
	const struct config_listing_row *last = NULL;

	for (size_t i = 0; i < config->listing.count; i++) {
		if (strcmp(config->listing.rows[i].directive, directive) == 0)
			last = &config->listing.rows[i];
	}
	return last;
}

static bool has_rtc_refclock(const struct node_config *config)
{
	for (size_t i = 0; i < config->refclocks_count; i++) {
		if (config->refclocks[i].driver->input == REFCLOCK_RTC)
			return true;
	}
	return false;
}

/* Two that set or follow the same clock: one of them is too much. */
static int check_rtc(const struct daemon_config *config, struct config_errors *errors)
{
	const bool is_set = config->rtcfile[0] != '\0', is_synced = config->node.discipline.rtcsync;
	const bool is_source = has_rtc_refclock(&config->node);
	const struct config_listing_row *row;
	struct text out;

	if (is_set + is_synced + is_source < 2)
		return 0;
	row = last_row_of(config, is_synced ? "rtcsync" : "rtcfile");
	out = config_errors_add(errors, false, row ? row->file : NULL, row ? row->line : 0, 0);
	if (is_source)
		text_add(&out,
		         "a real-time clock that is followed ('refclock RTC') cannot be set as "
		         "well ('rtcfile', 'rtcsync'); take one of them out");
	else
		text_add(&out, "rtcfile cannot be used with rtcsync, which has the kernel set the "
		               "real-time clock; take one of them out");
	return -EINVAL;
}

static bool is_source_row(const struct config_listing_row *row)
{
	return row->use == CONFIG_IN_USE &&
	       (strcmp(row->directive, "server") == 0 || strcmp(row->directive, "pool") == 0 ||
	        strcmp(row->directive, "peer") == 0);
}

/* Whoever answers DHCP names servers of its own: they may help, and not outvote those that the
 * operator named. The rows of such lines stand in the order of the sources. */
static void trust_others_than_dhcp(struct daemon_config *config)
{
	bool is_dhcp[NODE_LINES_MAX] = { false };
	size_t count = 0, dhcp_count = 0;

	for (size_t i = 0; i < config->listing.count; i++) {
		const struct config_listing_row *row = &config->listing.rows[i];

		if (!is_source_row(row) || count == NODE_LINES_MAX)
			continue;
		is_dhcp[count] = daemon_lines_is_dhcp(config->lines, row->file);
		dhcp_count += is_dhcp[count++];
	}
	if (count != config->node.sources_count || dhcp_count == 0 || dhcp_count == count)
		return;
	for (size_t i = 0; i < count; i++)
		config->node.sources[i].trust |= !is_dhcp[i];
}

static int load(struct daemon_config *config, const char *path, const char *const *words,
                size_t words_count, struct config_errors *errors)
{
	struct config_grammar grammar = { .known = daemon_directives_known };
	int error;

	config->lines = daemon_lines_create();
	if (!config->lines)
		return -ENOMEM;
	error = words_count > 0 ? daemon_lines_add_words(config->lines, words, words_count, errors)
	                        : daemon_lines_add_file(config->lines, path, errors);
	if (error == 0)
		error = daemon_lines_add_sources(config->lines, errors);
	if (error < 0)
		return error;

	node_config_defaults(&config->node);
	config_directive_defaults(daemon_directives, config);
	node_config_add_grammar(&config->node, &grammar);
	config_grammar_add(&grammar, daemon_directives, config);
	error = config_parse(&grammar, config->lines->lines, config->lines->count, errors,
	                     &config->listing);
	if (error < 0)
		return error;
	node_config_finish(&config->node);
	trust_others_than_dhcp(config);
	error = check_rtc(config, errors);
	if (error < 0)
		return error;
	return daemon_keys_read(config, errors);
}

int daemon_config_load(const char *path, const char *const *words, size_t words_count,
                       struct daemon_config **config_out, struct config_errors *errors)
{
	struct daemon_config *config = calloc(1, sizeof *config);
	int error;

	if (!config)
		return -ENOMEM;
	config_listing_init(&config->listing);
	error = load(config, path, words, words_count, errors);
	if (error < 0) {
		daemon_config_destroy(config);
		return error;
	}
	*config_out = config;
	return 0;
}

const struct config_directive *daemon_config_directive(const char *name)
{
	struct config_grammar grammar = { .sections_count = 0 };

	config_grammar_add(&grammar, node_config_directives, NULL);
	config_grammar_add(&grammar, discipline_directives, NULL);
	config_grammar_add(&grammar, daemon_directives, NULL);
	return config_grammar_find(&grammar, name);
}

void daemon_config_destroy(struct daemon_config *config)
{
	if (!config)
		return;
	config_listing_free(&config->listing);
	daemon_lines_destroy(config->lines);
	if (config->keys)
		ntp_keys_wipe(config->keys);
	free(config->keys);
	free(config);
}

void daemon_config_print(const struct daemon_config *config, FILE *out)
{
	for (size_t i = 0; i < config->listing.count; i++) {
		const struct config_listing_row *row = &config->listing.rows[i];

		/* those of sourcedir come again with the sourcedir line */
		if (!row->is_optional)
			fprintf(out, "%s%s%s\n", row->directive, *row->value ? " " : "",
			        row->value);
	}
}

static void document_section(FILE *out, const char *title, const struct config_directive *table,
                             char *bytes)
{
	fprintf(out, "## %s\n\n", title);
	for (const struct config_directive *row = table; row->name; row++) {
		struct text entry = text_into(bytes, DOCUMENT_SIZE);

		config_document(&entry, table, row);
		assert(!entry.is_cut);
		fputs(bytes, out);
	}
}

/* What follows `refclock`, driver by driver. */
static void document_refclocks(FILE *out, char *bytes)
{
	fputs("## Reference clocks\n\nThe drivers of *refclock*. Options of a driver follow the "
	      "parameter, with a colon before each and an equals sign before a value: *SHM* "
	      "2:perm=0666.\n\n",
	      out);
	for (size_t i = 0; i < refclock_drivers_count(); i++) {
		const struct refclock_driver *driver = refclock_drivers_at(i);
		struct text entry = text_into(bytes, DOCUMENT_SIZE);

		config_document_options(&entry, driver->options);
		fprintf(out, "*%s* _%s_\n\t%s\n%s\n", driver->name, driver->parameter,
		        driver->summary, bytes);
	}
}

void daemon_config_document(FILE *out)
{
	char bytes[DOCUMENT_SIZE];

	document_section(out, "Sources, selection and serving", node_config_directives, bytes);
	document_refclocks(out, bytes);
	document_section(out, "Keeping the clock", discipline_directives, bytes);
	document_section(out, "The daemon", daemon_directives, bytes);
	fputs("## Known from chrony\n\nAccepted with a warning and ignored, because they are not there "
	      "yet or obsolete:",
	      out);
	for (const struct config_known *row = daemon_directives_known; row->name; row++) {
		struct text name = text_into(bytes, DOCUMENT_SIZE);

		config_document_word(&name, row->name);
		fprintf(out, "%s %s", row == daemon_directives_known ? "" : ",", bytes);
	}
	fputs(".\n", out);
}
