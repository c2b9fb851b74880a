/* SPDX-License-Identifier: MIT */
#include "daemon/messages.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "node/node_config.h"
#include "source/plausibility.h"

#define LABEL_SIZE (ADDRESS_TEXT_SIZE + OUTBOX_NAME_MAX + 4)

struct message {
	char *text;
	enum log_severity severity;
};

__attribute__((format(printf, 3, 4))) static bool
say(struct message *message, enum log_severity severity, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message->text, MESSAGE_SIZE, format, arguments);
	va_end(arguments);
	message->severity = severity;
	return true;
}

static bool say_no_majority(struct message *message, const double numbers[2])
{
	if (numbers[0] < 2)
		return say(message, LOG_SEVERITY_WARNING,
		           "Can't synchronise: no majority (no agreement among %.0f sources)",
		           numbers[1]);
	return say(message, LOG_SEVERITY_WARNING,
	           "Can't synchronise: no majority (only %.0f of %.0f sources agree)", numbers[0],
	           numbers[1]);
}

static bool say_implausible(struct message *message, const char *name,
                            const struct trace_event *event)
{
	const int verdict = (int)event->numbers[2];
	char claimed[32], limit[32];
	struct text out = text_into(claimed, sizeof claimed);

	text_date_time(&out, (struct utc_time){ (int64_t)event->numbers[0] });
	out = text_into(limit, sizeof limit);
	text_date_time(&out, (struct utc_time){ (int64_t)event->numbers[1] });
	if (verdict == PLAUSIBILITY_OTHER_DAY || verdict == PLAUSIBILITY_OTHER_SECOND)
		return say(message, LOG_SEVERITY_WARNING,
		           "Source %s says that it is %s UTC, whole %s off %s, which was to be "
		           "expected; not believed",
		           name, claimed, verdict == PLAUSIBILITY_OTHER_DAY ? "days" : "seconds",
		           limit);
	return say(
		message, LOG_SEVERITY_WARNING,
		"Source %s says that it is %s UTC, which cannot be: it is certainly %s than %s%s%s%s; "
		"not believed",
		name, claimed, event->text ? "later" : "earlier", limit, event->text ? " (" : "",
		event->text ? event->text : "", event->text ? ")" : "");
}

static bool say_numbers(struct message *message, const struct trace_event *event)
{
	char off[32];
	struct text out = text_into(off, sizeof off);

	if (event->kind == TRACE_NUMBERS_DOUBTED)
		return say(message, LOG_SEVERITY_WARNING,
		           "%s numbers the pulses of %s by another second than before", event->text,
		           event->name);
	text_duration(&out, fabs(event->numbers[0]) * 1e9);
	return say(
		message, LOG_SEVERITY_WARNING,
		"%s is %s off the pulses of %s, about half a second: which second a pulse begins "
		"cannot be told from it; set its offset to how late it is, or to auto beside another "
		"source",
		event->text, off, event->name);
}

static bool say_leap(struct message *message, const double numbers[2])
{
	const bool is_inserted = numbers[0] == LEAP_INSERT;

	if (numbers[0] != LEAP_INSERT && numbers[0] != LEAP_DELETE)
		return false;
	if (numbers[1] == LEAPSECMODE_SYSTEM)
		return say(message, LOG_SEVERITY_INFORMATION,
		           "System clock status set to %s leap second",
		           is_inserted ? "insert" : "delete");
	return say(message, LOG_SEVERITY_INFORMATION,
	           "A leap second will be %s at the end of the UTC day",
	           is_inserted ? "inserted" : "deleted");
}

static bool say_leap_passed(struct message *message, double mode)
{
	static const char *const texts[] = {
		[LEAPSECMODE_SYSTEM] = "System clock status set to not insert/delete leap second",
		[LEAPSECMODE_STEP] = "System clock was stepped for leap second",
		[LEAPSECMODE_SLEW] = "Adjusting system clock for leap second",
		[LEAPSECMODE_IGNORE] = "Ignoring leap second",
	};

	return say(message, LOG_SEVERITY_INFORMATION, "%s", texts[(size_t)mode]);
}

static bool say_tai_learnt(struct message *message, const struct trace_event *event)
{
	if (event->name)
		return say(
			message, LOG_SEVERITY_WARNING,
			"TAI - UTC is %.0f s, says %s: no table here knows of it; update tzdata or "
			"leap-seconds.list",
			event->numbers[0], event->name);
	return say(message, LOG_SEVERITY_WARNING, "TAI - UTC is %.0f s: %s", event->numbers[0],
	           event->text ? event->text : "");
}

/* As chronyd says it: "192.0.2.1 (ntp.example)", or whatever is known of the two. */
static const char *full_name(const struct trace_event *event, char label[LABEL_SIZE])
{
	const char *name = event->name ? event->name : "?";
	struct text out = text_into(label, LABEL_SIZE);
	char address[ADDRESS_TEXT_SIZE];

	if (event->address.family == ADDRESS_NONE ||
	    strcmp(address_format(&event->address, address), name) == 0)
		return name;
	text_add(&out, address);
	text_add(&out, " (");
	text_add(&out, name);
	text_char(&out, ')');
	return label;
}

static bool say_replaced(struct message *message, const struct trace_event *event)
{
	char old[ADDRESS_TEXT_SIZE];

	return say(message, LOG_SEVERITY_INFORMATION, "Source %s replaced with %s (%s)",
	           address_format(&event->address, old), event->text, event->name);
}

static bool format_source(const struct trace_event *event, struct message *message)
{
	char label[LABEL_SIZE];
	const char *name = full_name(event, label);
	const char *text = event->text ? event->text : "?";

	switch (event->kind) {
	case TRACE_SOURCE_SELECTED:
		return say(message, LOG_SEVERITY_INFORMATION, "Selected source %s", name);
	case TRACE_FALSETICKER:
		return say(message, LOG_SEVERITY_WARNING, "Detected falseticker %s", name);
	case TRACE_SOURCE_ONLINE:
		return say(message, LOG_SEVERITY_INFORMATION, "Source %s online", name);
	case TRACE_SOURCE_OFFLINE:
		return say(message, LOG_SEVERITY_INFORMATION, "Source %s offline", name);
	case TRACE_SOURCE_REPLACED:
		return say_replaced(message, event);
	case TRACE_SOURCE_RESOLVED:
		return say(message, LOG_SEVERITY_DEBUG, "Source %s has the address %s", event->name,
		           text);
	case TRACE_RESOLVE_FAILED:
		return say(message, LOG_SEVERITY_WARNING, "Could not resolve address of %s", name);
	case TRACE_KISS:
		return say(message, LOG_SEVERITY_WARNING, "Received KoD %s from %s", text, name);
	case TRACE_NUMBERS_AMBIGUOUS:
	case TRACE_NUMBERS_DOUBTED:
		return say_numbers(message, event);
	case TRACE_IMPLAUSIBLE:
		return say_implausible(message, name, event);
	case TRACE_BOUND_CONTRADICTION:
		return say(message, LOG_SEVERITY_WARNING,
		           "A measurement of %s contradicts the error bound", name);
	default:
		return false;
	}
}

/* Chrony's words and figures: + = to be added to the clock. */
static bool say_initial(struct message *message, double seconds, const char *how)
{
	if (!how)
		return say(message, LOG_SEVERITY_WARNING,
		           "No suitable source for initstepslew: the clock was not set");
	return say(message, LOG_SEVERITY_INFORMATION,
	           "System's initial offset : %.6f seconds %s of true (%s)",
	           seconds < 0 ? -seconds : seconds, seconds < 0 ? "fast" : "slow", how);
}

static bool say_stopped(struct message *message, double seconds)
{
	if (seconds > 0)
		return say(message, LOG_SEVERITY_WARNING,
		           "This machine was stopped for at least %.1f seconds that its clock does "
		           "not know of: measuring anew",
		           seconds);
	return say(message, LOG_SEVERITY_WARNING,
	           "This machine was moved to another host, or restored: measuring anew");
}

static bool format_clock(const struct trace_event *event, struct message *message)
{
	const double seconds = event->numbers[0] * 1e-9;

	switch (event->kind) {
	case TRACE_NO_MAJORITY:
		return say_no_majority(message, event->numbers);
	case TRACE_NO_SELECTABLE:
		return say(message, LOG_SEVERITY_WARNING,
		           "Can't synchronise: no selectable sources (%s)",
		           event->text ? event->text : "?");
	case TRACE_CLOCK_WRONG:
		return say(message, LOG_SEVERITY_WARNING, "System clock wrong by %.6f seconds",
		           seconds);
	case TRACE_CLOCK_STEPPED:
		return say(message, LOG_SEVERITY_WARNING,
		           "System clock was stepped by %.6f seconds", seconds);
	case TRACE_CLOCK_TOUCHED:
		return say(message, LOG_SEVERITY_WARNING,
		           "Another program adjusts the system clock: measuring anew");
	case TRACE_MACHINE_STOPPED:
		return say_stopped(message, seconds);
	case TRACE_CLOCK_JUMPED:
		return say(message, LOG_SEVERITY_WARNING, "%s time jump detected!",
		           seconds < 0 ? "Backward" : "Forward");
	case TRACE_INITIAL_OFFSET:
		return say_initial(message, seconds, event->text);
	case TRACE_CLOCK_REFUSED:
		return say(message, LOG_SEVERITY_ERROR,
		           "The system clock could not be adjusted: %s",
		           strerror((int)event->numbers[0]));
	case TRACE_CHANGE_TOO_BIG:
		return say(message, LOG_SEVERITY_WARNING,
		           "Adjustment of %.3f seconds exceeds the allowed maximum of %.3f "
		           "seconds (%s)",
		           seconds, event->numbers[1] * 1e-9, event->text ? event->text : "?");
	case TRACE_RTC_SET:
		return say(message, LOG_SEVERITY_INFORMATION,
		           "RTC set to the time; it was %.6f seconds %s", fabs(event->numbers[0]),
		           event->numbers[0] < 0 ? "behind" : "ahead");
	case TRACE_RTC_REFUSED:
		return say(message, LOG_SEVERITY_WARNING, "Could not set the RTC: %s",
		           strerror((int)event->numbers[0]));
	case TRACE_LEAP:
		return say_leap(message, event->numbers);
	case TRACE_TAI_LEARNT:
		return say_tai_learnt(message, event);
	case TRACE_LEAP_PASSED:
		return say_leap_passed(message, event->numbers[1]);
	default:
		return false;
	}
}

/* chronyd tells values that are counts without a point. */
static bool say_set(struct message *message, const char *name, const char *option, double value)
{
	static const char *const counts[] = { "minpoll", "maxpoll", "minstratum", "polltarget" };
	int digits = 6;

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		if (strcmp(option, counts[i]) == 0)
			digits = 0;
	}
	return say(message, LOG_SEVERITY_INFORMATION, "Source %s new %s %.*f", name, option, digits,
	           value);
}

static bool format_command(const struct trace_event *event, struct message *message)
{
	const double number = event->numbers[0];
	char label[LABEL_SIZE];

	switch (event->kind) {
	case TRACE_SOURCE_SET:
		return say_set(message, full_name(event, label), event->text, number);
	case TRACE_DISTANCE_SET:
		return say(message, LOG_SEVERITY_INFORMATION, "New reselect distance %f", number);
	case TRACE_RATE_SHIFTED:
		return say(message, LOG_SEVERITY_INFORMATION, "Accumulated delta freq of %.3fppm",
		           number);
	case TRACE_OFFSET_SHIFTED:
		return say(message, LOG_SEVERITY_INFORMATION,
		           "Accumulated delta offset of %.6f seconds", number);
	case TRACE_TIME_ENTERED:
		return say(message, LOG_SEVERITY_INFORMATION, "Making a slew of %.6f",
		           -number * 1e-9);
	case TRACE_SMOOTHING_STARTED:
		return say(message, LOG_SEVERITY_INFORMATION, "Time smoothing activated%s",
		           number != 0 ? " (leap seconds only)" : "");
	default:
		return false;
	}
}

bool messages_format(const struct trace_event *event, char text[MESSAGE_SIZE],
                     enum log_severity *severity_out)
{
	struct message message = { .text = text };

	text[0] = '\0';
	if (!format_source(event, &message) && !format_clock(event, &message) &&
	    !format_command(event, &message))
		return false;
	*severity_out = message.severity;
	return true;
}
