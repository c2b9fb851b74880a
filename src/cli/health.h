/* cli/health: findings about a clock, and what a monitoring plugin makes of them.
 * SPDX-License-Identifier: MIT
 *
 * Monitoring Plugins Development Guidelines, section 2: one line, "|" and performance data
 * (NAME=VALUE[UNIT];WARNING;CRITICAL, limits as ranges of what is right); exit 0 OK, 1 WARNING,
 * 2 CRITICAL, 3 UNKNOWN. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN };

struct health_report {
	enum health worst;
	char said_bytes[2048], data_bytes[1024];
	struct text said, data;
};

void health_init(struct health_report *report);
/* The worst counts: CRITICAL, WARNING, UNKNOWN, OK. The text is for people, NULL = nothing. */
void health_add(struct health_report *report, enum health health, const char *text);
/* A measured value, in seconds, against two limits of its size; INFINITY = none. */
void health_add_seconds(struct health_report *report, const char *name, double value_s,
                        double warning_s, double critical_s);
/* Performance data without a judgement. */
void health_add_number(struct health_report *report, const char *name, double value);
const char *health_word(enum health health);
