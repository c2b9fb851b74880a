/* report/config: the configuration as it was understood, line by line. SPDX-License-Identifier: MIT
 */
#include "config/config_listing.h"
#include "report/report_list.h"

struct config_row {
	const char *directive, *value, *use, *file;
	uint32_t line;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct config_row, directive, "its first word"),
	REPORT_FIELD(struct config_row, value, "the rest of the line"),
	REPORT_FIELD(
		struct config_row, use,
		"in use, overridden by a later line, only after a restart, or without effect here"),
	REPORT_FIELD(struct config_row, file, "where it stands"),
	REPORT_FIELD(struct config_row, line, "counted from 1"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	static const char *const uses[] = { [CONFIG_IN_USE] = "in use",
		                            [CONFIG_OVERRIDDEN] = "overridden",
		                            [CONFIG_NOT_YET] = "no effect",
		                            [CONFIG_AFTER_RESTART] = "after a restart" };
	const struct config_listing *listing = subject->context->config;

	for (size_t i = 0; listing && i < listing->count; i++) {
		const struct config_listing_row *row = &listing->rows[i];

		report_rows_add(rows, &(struct config_row){ .directive = row->directive,
		                                            .value = row->value,
		                                            .use = uses[row->use],
		                                            .file = row->file,
		                                            .line = row->line });
	}
}

const struct report report_config = {
	.name = "config",
	.summary = "The configuration as it was understood, line by line",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};
