/* SPDX-License-Identifier: MIT */
#include "cli/health.h"

#include <math.h>
#include <string.h>

void health_init(struct health_report *report)
{
	memset(report, 0, sizeof *report);
	report->said = text_into(report->said_bytes, sizeof report->said_bytes);
	report->data = text_into(report->data_bytes, sizeof report->data_bytes);
}

/* What is not known weighs less than what is known to be wrong. */
static unsigned weight(enum health health)
{
	static const unsigned weights[] = {
		[HEALTH_OK] = 0, [HEALTH_UNKNOWN] = 1, [HEALTH_WARNING] = 2, [HEALTH_CRITICAL] = 3
	};

	return weights[health];
}

void health_add(struct health_report *report, enum health health, const char *text)
{
	if (weight(health) > weight(report->worst))
		report->worst = health;
	if (!text)
		return;
	if (report->said.length_bytes > 0)
		text_add(&report->said, ", ");
	for (; *text; text++) /* the plugins' separator, and line ends, are theirs */
		text_char(&report->said, *text == '|' || *text == '\n' ? ' ' : *text);
}

static void add_value(struct text *out, const char *name, double value, unsigned decimals)
{
	if (out->length_bytes > 0)
		text_char(out, ' ');
	text_add(out, name);
	text_char(out, '=');
	if (isfinite(value))
		text_fixed(out, value, decimals);
	else
		text_char(out, 'U'); /* as the monitoring plugins' guidelines have it: not known */
}

/* As a range, because of what may be below zero: what is outside of it is wrong. */
static void add_limit(struct text *out, double limit_s)
{
	text_char(out, ';');
	if (!isfinite(limit_s))
		return;
	text_fixed(out, -limit_s, 9);
	text_char(out, ':');
	text_fixed(out, limit_s, 9);
}

void health_add_seconds(struct health_report *report, const char *name, double value_s,
                        double warning_s, double critical_s)
{
	char said[120];
	struct text out = text_into(said, sizeof said);
	const double size_s = fabs(value_s);
	const enum health health = !(size_s <= critical_s)  ? HEALTH_CRITICAL
	                           : !(size_s <= warning_s) ? HEALTH_WARNING
	                                                    : HEALTH_OK;

	text_add(&out, name);
	text_char(&out, ' ');
	text_duration(&out, value_s * 1e9);
	if (health != HEALTH_OK) {
		text_add(&out, " exceeds ");
		text_duration(&out, (health == HEALTH_WARNING ? warning_s : critical_s) * 1e9);
	}
	health_add(report, health, said);
	add_value(&report->data, name, value_s, 9);
	text_char(&report->data, 's');
	if (!isfinite(warning_s) && !isfinite(critical_s))
		return;
	add_limit(&report->data, warning_s);
	if (isfinite(critical_s))
		add_limit(&report->data, critical_s);
}

void health_add_number(struct health_report *report, const char *name, double value)
{
	add_value(&report->data, name, value, 0);
}

const char *health_word(enum health health)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

	return words[health];
}
