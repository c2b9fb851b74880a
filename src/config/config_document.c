/* SPDX-License-Identifier: MIT */
#include "config/config_document.h"

/* scdoc takes _ and * for markup, inside of words as well. */
static void add_plain(struct text *out, const char *string)
{
	for (; *string; string++) {
		if (*string == '_' || *string == '*' || *string == '\\')
			text_char(out, '\\');
		text_char(out, *string);
	}
}

static void add_marked(struct text *out, char mark, const char *string)
{
	text_char(out, mark);
	add_plain(out, string);
	text_char(out, mark);
}

void config_document_word(struct text *out, const char *word)
{
	add_marked(out, '*', word);
}

static void add_default(struct text *out, const struct config_option *option)
{
	if (option->normal_note) {
		text_add(out, " Default: ");
		add_plain(out, option->normal_note);
		text_char(out, '.');
	} else if (option->words) {
		text_add(out, " Default: ");
		add_plain(out, option->words[(size_t)option->normal]);
		text_char(out, '.');
	} else if (option->type == CONFIG_TEXT && option->normal_text) {
		text_add(out, " Default: ");
		add_plain(out, option->normal_text);
		text_char(out, '.');
	} else if (option->type == CONFIG_SIGNED || option->type == CONFIG_UNSIGNED ||
	           option->type == CONFIG_REAL) {
		text_add(out, " Default: ");
		config_option_number(out, option->normal);
		text_char(out, '.');
	}
}

static void add_choices(struct text *out, const struct config_option *option)
{
	text_add(out, " One of");
	for (size_t i = 0; option->words[i]; i++) {
		text_add(out, i == 0 ? " " : ", ");
		add_marked(out, '*', option->words[i]);
	}
	text_char(out, '.');
}

/* What is said of a value: text, range, default; the default of a mandatory argument means nothing.
 */
static void add_facts(struct text *out, const struct config_option *option, bool has_default)
{
	char range[96];
	struct text in = text_into(range, sizeof range);

	if (option->text)
		add_plain(out, option->text);
	if (option->words) {
		add_choices(out, option);
	} else if (config_option_range(&in, option), in.length_bytes > 0) {
		text_add(out, " Must be ");
		add_plain(out, range);
		text_char(out, '.');
	} else if (option->unit) {
		text_add(out, " Unit: ");
		add_plain(out, option->unit);
		text_char(out, '.');
	}
	if (has_default)
		add_default(out, option);
	if (option->is_not_yet)
		text_add(out, " Read, but without effect yet.");
	text_char(out, '\n');
}

static void add_heading(struct text *out, const struct config_directive *directive)
{
	add_marked(out, '*', directive->name);
	for (const struct config_option *row = directive->arguments; row && row->name; row++) {
		text_add(out, row->is_optional ? " [" : " ");
		add_marked(out, '_', row->name);
		if (row->is_optional)
			text_char(out, ']');
	}
	if (directive->options)
		text_add(out, " [_option_]...");
	if (directive->usage) {
		text_char(out, ' ');
		add_plain(out, directive->usage);
	}
	text_char(out, '\n');
}

void config_document_options(struct text *out, const struct config_option *table)
{
	for (const struct config_option *row = table; row && row->name; row++) {
		if (row->type == CONFIG_NOT_HERE || row->type == CONFIG_NOT_HERE_FLAG)
			continue;
		text_add(out, "\n\t*");
		add_plain(out, row->name);
		text_char(out, '*');
		if (row->nan_word && config_option_has_argument(row)) {
			text_char(out, ' ');
			add_marked(out, '_', row->unit);
			text_char(out, '|');
			add_marked(out, '*', row->nan_word);
		} else if (config_option_has_argument(row)) {
			text_char(out, ' ');
			add_marked(out, '_', row->words ? "word" : row->unit ? row->unit : "value");
		}
		text_add(out, "\n\t\t");
		add_facts(out, row, true);
	}
}

static void add_not_here(struct text *out, const struct config_option *row)
{
	bool has_any = false;

	for (; row && row->name; row++) {
		if (row->type != CONFIG_NOT_HERE && row->type != CONFIG_NOT_HERE_FLAG)
			continue;
		text_add(
			out,
			has_any ? ", "
				: "\n\tKnown from chrony, accepted with a warning, not there yet: ");
		add_marked(out, '*', row->name);
		has_any = true;
	}
	if (has_any)
		text_add(out, ".\n");
}

/* The directive of the table that had these options first, or NULL. */
static const struct config_directive *earlier_with_options(const struct config_directive *table,
                                                           const struct config_directive *directive)
{
	for (; table != directive; table++) {
		if (table->options && table->options == directive->options)
			return table;
	}
	return NULL;
}

void config_document(struct text *out, const struct config_directive *table,
                     const struct config_directive *directive)
{
	const struct config_directive *same = earlier_with_options(table, directive);
	const struct config_option *arguments = directive->arguments;
	/* the value of a directive with just one is what the directive says */
	const bool is_value =
		arguments && arguments[0].name && !arguments[1].name && !arguments[0].text;

	add_heading(out, directive);
	text_char(out, '\t');
	add_plain(out, directive->text);
	if (!directive->is_live)
		text_add(out, " A change takes a restart.");
	if (is_value) {
		add_facts(out, arguments, true);
	} else {
		text_char(out, '\n');
		for (const struct config_option *row = arguments; row && row->name; row++) {
			text_add(out, "\n\t");
			add_marked(out, '_', row->name);
			text_add(out, ": ");
			add_facts(out, row, row->is_optional);
		}
	}
	if (same) {
		text_add(out, "\n\tOptions: those of ");
		add_marked(out, '*', same->name);
		text_add(out, ".\n");
	} else {
		config_document_options(out, directive->options);
		add_not_here(out, directive->options);
	}
	text_char(out, '\n');
}
