/* estimate/law_fit: learns the law of the path from the exchanges of the past.
 * SPDX-License-Identifier: MIT
 *
 * A candidate law is judged by replay: one filter runs over the history again with it, and the law
 * under which the readings come least surprising wins. (Judging by the predictions of the time does
 * not work: they were made under the old law and keep it alive.) Candidates are found by pattern
 * search from the present law and, at times, from fresh starts of quite different shapes. */
#pragma once

#include "estimate/history.h"
#include "estimate/path_law.h"

enum law_parameter { LAW_LOG_NOISE, LAW_LOG_LATENESS, LAW_SKEW, LAW_FLOOR, LAW_PARAMETERS };

struct law_guess {
	double at[LAW_PARAMETERS]; /* log s; log tau; the ways' tau are tau e^+-skew; floor in s */
	double share[2][LATENESS_CLASSES];
};

struct law_fit {
	struct law_guess guess;
	double step[LAW_PARAMETERS]; /* of the search: relative, the floor's in units of the noise
	                              */
	unsigned turn;               /* the parameter to move next */
	unsigned exchanges_count;    /* since the start, or a little less since the path changed */
	double precision_s;          /* s and tau hardly go below this */
};

/* What a replay runs over and with. */
struct law_past {
	const struct history *history;
	double wander;      /* of the bank now; long-gone restlessness does not excuse a bad law */
	double asymmetry_s; /* booked */
};

/* From the first exchange alone. */
void law_fit_start(struct law_fit *fit, double delay_s, double precision_s);

struct path_law law_fit_law(const struct law_fit *fit, double asymmetry_s);
double law_fit_noise_s(const struct law_fit *fit);
double
law_fit_lateness_s(const struct law_fit *fit); /* mean of the later direction's fastest class */

/* After an exchange was added to the history: does as much as is due, mostly nothing. May shorten
 * the history. Returns whether the law is another one. */
bool law_fit_learn(struct law_fit *fit, struct history *history, double wander, double asymmetry_s);

/* The old law is wrong: a fresh start from the whole (short) history. */
void law_fit_restart(struct law_fit *fit, const struct law_past *past);

/* The floor is elsewhere now; the rest of the law may be, too. */
void law_fit_move_floor(struct law_fit *fit, double floor_s);
