/* SPDX-License-Identifier: MIT */
#include "radio/verdict.h"

#include <assert.h>

#define SURE_CHANCE  0.9F
#define PRESENCE_MIN 0.5F

const char *radio_reason_name(enum radio_reason reason)
{
	static const char *const names[] = {
		[RADIO_REASON_NONE] = "none",
		[RADIO_REASON_NO_SIGNAL] = "no-signal",
		[RADIO_REASON_NO_BEAT] = "no-beat",
		[RADIO_REASON_NO_MARKER] = "no-marker",
		[RADIO_REASON_MARKERS] = "markers",
		[RADIO_REASON_PARITY] = "parity",
		[RADIO_REASON_CALENDAR] = "calendar",
		[RADIO_REASON_AMBIGUOUS] = "ambiguous",
		[RADIO_REASON_NOISE] = "noise",
		[RADIO_REASON_CONTRADICTION] = "contradiction",
		[RADIO_REASON_FEW_EDGES] = "few-edges",
	};

	assert(reason <= RADIO_REASON_FEW_EDGES);
	return names[reason];
}

static const char *calendar_text(enum radio_calendar_fault fault)
{
	static const char *const texts[] = {
		[RADIO_CALENDAR_GOOD] = "",
		[RADIO_CALENDAR_DIGIT] = "a digit is above 9",
		[RADIO_CALENDAR_TIME] = "there is no such time of day",
		[RADIO_CALENDAR_DATE] = "there is no such date",
		[RADIO_CALENDAR_WEEKDAY] = "the weekday is not the date's",
		[RADIO_CALENDAR_FLAGS] = "summer and winter time contradict each other",
	};

	return texts[fault];
}

static void seconds_text(uint64_t seconds, struct text *out)
{
	unsigned shown = 0;

	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		if (!(seconds >> second & 1))
			continue;
		if (++shown > 6) {
			text_add(out, " ...");
			return;
		}
		text_char(out, ' ');
		text_u64(out, second);
	}
}

static void parities_text(const struct radio_station *station, unsigned parities, struct text *out)
{
	const char *between = "parity of ";

	for (unsigned i = 0; i < station->parity_count; i++) {
		if (!(parities >> i & 1))
			continue;
		text_add(out, between);
		text_add(out, station->parities[i].name);
		between = ", ";
	}
	text_add(out, " fails");
}

static void odds_text(const struct radio_minute *minute, struct text *out)
{
	text_add(out, " (best time e^");
	text_fixed(out, (double)minute->odds_nats, 1);
	text_add(out, " to 1 after ");
	text_u64(out, minute->minute_count);
	text_add(out, minute->minute_count == 1 ? " minute)" : " minutes)");
}

static void refusal_text(const struct radio_station *station, const struct radio_minute *minute,
                         struct text *out)
{
	switch (minute->reason) {
	case RADIO_REASON_NO_SIGNAL:
		text_add(out, "no signal: only ");
		text_fixed(out, (double)minute->presence * 100, 0);
		text_add(out, " % of the seconds look like this station");
		break;
	case RADIO_REASON_NO_BEAT:
		text_add(out, "pulses do not begin once a second");
		break;
	case RADIO_REASON_NO_MARKER:
		text_add(out, "no minute marker stands out yet");
		break;
	case RADIO_REASON_MARKERS:
		text_add(out, "markers missing or too many, at second");
		seconds_text(minute->faults.markers, out);
		odds_text(minute, out);
		break;
	case RADIO_REASON_PARITY:
		parities_text(station, minute->faults.parities, out);
		odds_text(minute, out);
		break;
	case RADIO_REASON_CALENDAR:
		text_add(out, calendar_text(minute->faults.calendar));
		odds_text(minute, out);
		break;
	case RADIO_REASON_AMBIGUOUS:
		text_add(out, "not yet sure");
		odds_text(minute, out);
		break;
	case RADIO_REASON_NOISE:
		text_add(out, "explained about as well by noise");
		break;
	case RADIO_REASON_CONTRADICTION:
		text_add(out, "another time than the minutes before: beginning anew");
		break;
	case RADIO_REASON_FEW_EDGES:
		text_add(out, "time known, but too few clean pulses to say when it began");
		break;
	case RADIO_REASON_NONE:
		break;
	}
}

void radio_verdict_text(const struct radio_station *station, const struct radio_minute *minute,
                        struct text *out)
{
	if (minute->verdict == RADIO_GOOD) {
		text_add(out, "good");
	} else if (minute->verdict == RADIO_REPAIRED) {
		text_add(out, "repaired: ");
		text_u64(out, minute->wrong_count);
		text_add(out, " of ");
		text_u64(out, minute->length_s);
		text_add(out, " symbols");
	} else {
		text_add(out, "refused: ");
		refusal_text(station, minute, out);
	}
}

char radio_symbol_letter(unsigned symbol, float chance, float presence)
{
	assert(symbol < RADIO_SYMBOL_COUNT);
	if (presence < PRESENCE_MIN)
		return '_';
	return chance < SURE_CHANCE ? '?' : "0123#"[symbol];
}
