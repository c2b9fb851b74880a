/* SPDX-License-Identifier: MIT */
#include "control/control_reply.h"

#include "report/report_json.h"

#include <string.h>

static const struct {
	const char *word;
	enum control_command command;
} commands[] = {
	{ "online", CONTROL_ONLINE },    { "offline", CONTROL_OFFLINE },
	{ "burst", CONTROL_BURST },      { "makestep", CONTROL_MAKESTEP },
	{ "trimrtc", CONTROL_TRIM_RTC }, { "writertc", CONTROL_WRITE_RTC },
	{ "reload", CONTROL_RELOAD },
};

const char *control_reply_word(size_t index)
{
	return index < ARRAY_COUNT(commands) ? commands[index].word : NULL;
}

static void list_names(struct text *reply)
{
	text_add(reply, "\"reports\":[");
	for (size_t i = 0; i < reports_count(); i++) {
		text_add(reply, i == 0 ? "{\"name\":" : ",{\"name\":");
		report_json_string(reply, reports_at(i)->name);
		text_add(reply, ",\"summary\":");
		report_json_string(reply, reports_at(i)->summary);
		text_char(reply, '}');
	}
	text_add(reply, "],\"commands\":[");
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (i > 0)
			text_char(reply, ',');
		report_json_string(reply, commands[i].word);
	}
	text_char(reply, ']');
}

static void refuse(struct text *reply, const char *error)
{
	text_add(reply, "{\"error\":");
	report_json_string(reply, error);
	text_add(reply, "}\n");
}

static void unknown(struct text *reply, const char *word)
{
	text_add(reply, "{\"error\":\"unknown request\",\"request\":");
	report_json_string(reply, word);
	text_char(reply, ',');
	list_names(reply);
	text_add(reply, "}\n");
}

/* The request without the white space about it. False: too long, or it holds a zero. */
static bool request_word(const struct control_request *request, char word[CONTROL_REQUEST_MAX])
{
	const char *line = request->line;
	size_t length = request->length_bytes;

	while (length > 0 && memchr(" \t\r\n", line[length - 1], 4))
		length--;
	while (length > 0 && memchr(" \t", line[0], 2)) {
		line++;
		length--;
	}
	if (length >= CONTROL_REQUEST_MAX || (length > 0 && memchr(line, '\0', length)))
		return false;
	if (length > 0)
		memcpy(word, line, length);
	word[length] = '\0';
	return true;
}

static void answer_report(struct text *reply, const struct report *report,
                          const struct report_subject *subject)
{
	const struct text start = *reply;

	report_json_write(reply, report, subject);
	text_char(reply, '\n');
	if (reply->is_cut) { /* half an object would be worse than none */
		*reply = start;
		refuse(reply, "the report is too long for an answer");
	}
}

static enum control_command answer_command(const struct control_request *request, size_t index,
                                           const struct report_subject *subject, struct text *reply)
{
	const enum control_command command = commands[index].command;

	if (!request->may_command) {
		refuse(reply, "only root and the daemon's own user may command; reports are free");
		return CONTROL_NOTHING;
	}
	if (command == CONTROL_RELOAD)
		return CONTROL_RELOAD;
	if ((command == CONTROL_TRIM_RTC || command == CONTROL_WRITE_RTC) &&
	    !subject->rtc.has_rtc) {
		refuse(reply,
		       "the real-time clock is not tracked: rtcfile is not set, or the device is not there");
		return CONTROL_NOTHING;
	}
	if (command == CONTROL_TRIM_RTC && !subject->status.is_synchronised) {
		refuse(reply, "the time is not known: not synchronised");
		return CONTROL_NOTHING;
	}
	text_add(reply, "{\"done\":");
	report_json_string(reply, commands[index].word);
	text_add(reply, "}\n");
	return command;
}

enum control_command control_reply(const struct control_request *request,
                                   const struct report_subject *subject, struct text *reply)
{
	char word[CONTROL_REQUEST_MAX];
	const struct report *report;

	if (!request_word(request, word)) {
		refuse(reply, "a request is one short word; 'reports' lists them");
		return CONTROL_NOTHING;
	}
	report = reports_find(word);
	if (report) {
		answer_report(reply, report, subject);
		return CONTROL_NOTHING;
	}
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (strcmp(word, commands[i].word) == 0)
			return answer_command(request, i, subject, reply);
	}
	if (strcmp(word, "reports") == 0) {
		text_char(reply, '{');
		list_names(reply);
		text_add(reply, "}\n");
	} else if (strcmp(word, "ping") == 0) {
		text_add(reply, "{\"pong\":\"timeballd\",\"version\":");
		report_json_string(reply, subject->context->version);
		text_add(reply, "}\n");
	} else {
		unknown(reply, word);
	}
	return CONTROL_NOTHING;
}
