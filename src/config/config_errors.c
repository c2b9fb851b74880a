/* SPDX-License-Identifier: MIT */
#include "config/config_errors.h"

void config_errors_init(struct config_errors *errors)
{
	errors->errors_count = 0;
	errors->warnings_count = 0;
	errors->count = 0;
}

struct text config_errors_add(struct config_errors *errors, bool is_warning, const char *file,
                              unsigned line, unsigned column)
{
	struct config_error *item = &errors->items[errors->count];
	struct text out = text_into(item->text, sizeof item->text);

	if (errors->count < CONFIG_ERRORS_MAX)
		errors->count++;
	if (is_warning)
		errors->warnings_count++;
	else
		errors->errors_count++;
	item->is_warning = is_warning;

	if (file && *file) {
		text_add(&out, file);
		if (line > 0) {
			text_char(&out, ':');
			text_u64(&out, line);
		}
		if (line > 0 && column > 0) {
			text_char(&out, ':');
			text_u64(&out, column);
		}
		text_add(&out, ": ");
	}
	if (is_warning)
		text_add(&out, "warning: ");
	return out;
}
