/* SPDX-License-Identifier: MIT */
#include "control/control_reload.h"

#include "report/report_json.h"

#define ENDING 256 /* bytes kept free for what closes the object */

struct list {
	struct text *reply;
	size_t count, left_out_count;
};

static void begin(struct list *list, const char *name)
{
	text_add(list->reply, name);
	list->count = 0;
}

/* A line that would not fit is taken back. */
static void add(struct list *list, const char *word, const char *rest)
{
	const struct text before = *list->reply;
	char bytes[2 * 2048];
	struct text line = text_into(bytes, sizeof bytes);

	text_add(&line, word);
	if (*rest) {
		text_char(&line, ' ');
		text_add(&line, rest);
	}
	if (list->count > 0)
		text_char(list->reply, ',');
	report_json_string(list->reply, bytes);
	if (list->reply->length_bytes + ENDING < list->reply->size_bytes) {
		list->count++;
		return;
	}
	*list->reply = before;
	list->reply->bytes[before.length_bytes] = '\0';
	list->left_out_count++;
}

static void add_lines(struct list *list, const struct config_diff *diff, bool is_added)
{
	for (size_t i = 0; i < diff->count; i++) {
		const struct config_listing_row *row = diff->rows[i].row;

		if (diff->rows[i].is_added == is_added)
			add(list, row->directive, row->value);
	}
}

static void add_messages(struct list *list, const struct config_errors *errors, bool is_warning)
{
	for (size_t i = 0; errors && i < errors->count; i++) {
		if (errors->items[i].is_warning == is_warning)
			add(list, errors->items[i].text, "");
	}
}

static void end(struct list *list)
{
	text_char(list->reply, ']');
	if (list->left_out_count > 0) {
		text_add(list->reply, ",\"left_out\":");
		text_u64(list->reply, list->left_out_count);
	}
	text_add(list->reply, "}\n");
}

void control_reload_answer(const struct control_reload *reload, struct text *reply)
{
	struct list list = { .reply = reply };

	if (reload->error) {
		text_add(reply, "{\"error\":");
		report_json_string(reply, reload->error);
		begin(&list, ",\"mistakes\":[");
		add_messages(&list, reload->errors, false);
		end(&list);
		return;
	}
	begin(&list, "{\"done\":\"reload\",\"removed\":[");
	add_lines(&list, reload->diff, false);
	begin(&list, "],\"added\":[");
	add_lines(&list, reload->diff, true);
	begin(&list, "],\"restart\":[");
	for (size_t i = 0; i < reload->restart_count; i++)
		add(&list, reload->restart[i], "");
	begin(&list, "],\"warnings\":[");
	add_messages(&list, reload->errors, true);
	end(&list);
}
