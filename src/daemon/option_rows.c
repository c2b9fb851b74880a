/* SPDX-License-Identifier: MIT */
#include "daemon/option_rows.h"

#include "daemon/daemon_directives.h"
#include "node/node_config.h"
#include "source/source_options.h"

static void print_row(FILE *out, const char *name, const char *of, const char *state)
{
	fprintf(out, "%s\t%s\t%s\n", name, of, state);
}

static bool is_there(const struct config_option *option)
{
	return !option->is_not_yet && option->type != CONFIG_NOT_HERE &&
	       option->type != CONFIG_NOT_HERE_FLAG;
}

static void print_options(FILE *out, const struct config_option *table, const char *of)
{
	for (; table && table->name; table++)
		print_row(out, table->name, of, is_there(table) ? "there" : "not-yet");
}

static void print_directives(FILE *out, const struct config_directive *table)
{
	for (; table->name; table++) {
		bool has_effect = true;

		for (const struct config_option *row = table->arguments; row && row->name; row++)
			has_effect &= is_there(row);
		print_row(out, table->name, "-", has_effect ? "there" : "not-yet");
		print_options(out, table->options, table->name);
	}
}

void option_rows_print(FILE *out)
{
	print_directives(out, node_config_directives);
	print_directives(out, discipline_directives);
	print_directives(out, daemon_directives);
	for (const struct config_known *row = daemon_directives_known; row->name; row++)
		print_row(out, row->name, "-", row->is_obsolete ? "obsolete" : "not-yet");
	for (size_t i = 0; i < refclock_drivers_count(); i++) {
		const struct refclock_driver *driver = refclock_drivers_at(i);

		print_row(out, driver->name, "drivers", "there");
		print_options(out, driver->options, driver->name);
	}
}
