/* SPDX-License-Identifier: MIT */
#include "daemon/log_lines.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "source/datagram.h"

static const char *const headers[LOG_LINES_COUNT] = {
	[LOG_LINES_MEASUREMENTS] =
		"   Date (UTC) Time     IP Address   L St 123 567 ABCD  LP RP Score    Offset  "
		"Peer del. Peer disp.  Root del. Root disp. Refid     MTxRx",
	[LOG_LINES_STATISTICS] =
		"   Date (UTC) Time     IP Address    Std dev'n Est offset  Offset sd  Diff freq   "
		"Est skew  Stress  Ns  Bs  Nr  Asym",
	[LOG_LINES_TRACKING] =
		"   Date (UTC) Time     IP Address   St   Freq ppm   Skew ppm     Offset L Co  "
		"Offset sd Rem. corr. Root delay Root disp. Max. error",
	[LOG_LINES_SELECTION] =
		"   Date (UTC) Time     IP Address   S EOpts Reach Score Last sample  Low end   High end",
	[LOG_LINES_REFCLOCKS] =
		"   Date (UTC) Time         Refid  DP L P  Raw offset   Cooked offset      Disp.",
	[LOG_LINES_TEMPCOMP] = "   Date (UTC) Time        Temp.       Comp.",
	[LOG_LINES_RTC] =
		"   Date (UTC) Time   RTC fast (s) Val   Est fast (s)   Slope (ppm)  Ns  Nr Meas",
};

const char *log_lines_header(enum log_lines_file file)
{
	return headers[file];
}

static char leap_letter(enum leap leap)
{
	return "N+-?"[leap & 3];
}

static char stamp_letter(uint8_t stamp)
{
	switch (stamp) {
	case STAMP_HARDWARE:
		return 'H';
	case STAMP_KERNEL:
		return 'K';
	default:
		return 'D';
	}
}

static int format_measurement(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_measurement *m = &event->measurement;
	char tests[16];
	struct text out = text_into(tests, sizeof tests);

	for (int bit = 9; bit >= 0; bit--) {
		text_char(&out, m->tests >> bit & 1 ? '1' : '0');
		if (bit == 7 || bit == 4)
			text_char(&out, ' ');
	}
	return snprintf(line, LOG_LINE_SIZE,
	                "%s %-15s %c %2u %s  %2d %2d %4.2f %10.3e %10.3e %10.3e %10.3e %10.3e "
	                "%08X %1u%c %c %c",
	                when, event->name, leap_letter(m->leap), m->stratum, tests,
	                m->local_poll_log2_s, m->remote_poll_log2_s, m->poll_score, m->offset_s,
	                m->delay_s, m->dispersion_s, m->root_delay_s, m->root_dispersion_s,
	                m->reference_id, m->mode, m->is_interleaved ? 'I' : 'B',
	                stamp_letter(m->sent_stamp), stamp_letter(m->received_stamp));
}

static int format_statistics(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_statistics *s = &event->statistics;

	return snprintf(line, LOG_LINE_SIZE,
	                "%s %-15s %10.3e %10.3e %10.3e %10.3e %10.3e %7.1e %3u %3u %3u %5.2f", when,
	                event->name, s->sd_s, s->offset_s, s->offset_sd_s, s->frequency, s->skew,
	                s->stress, s->samples_count, s->first_index, s->runs_count, s->asymmetry);
}

/* chronyd's way to say that nothing is known: a root delay and a root dispersion of 1 s. */
#define ERROR_UNKNOWN_S 1.5

static int format_tracking(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_tracking *t = &event->tracking;
	const double error_max_s = isfinite(t->error_max_s) ? t->error_max_s : ERROR_UNKNOWN_S;

	return snprintf(line, LOG_LINE_SIZE,
	                "%s %-15s %2u %10.3f %10.3f %10.3e %c %2u %10.3e %10.3e %10.3e %10.3e "
	                "%10.3e",
	                when, t->is_synchronised ? event->name : "0.0.0.0", t->stratum,
	                t->frequency_ppm, t->skew_ppm, t->offset_s, leap_letter(t->leap),
	                t->combined_count, t->offset_sd_s, t->remaining_s, t->root_delay_s,
	                t->root_dispersion_s, error_max_s);
}

static int format_selection(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_selection *s = &event->selection;
	const double age_s = isfinite(s->age_s) ? s->age_s : 0;

	return snprintf(line, LOG_LINE_SIZE, "%s %-15s %c %s %4o %5.2f %10.3e %10.3e %10.3e", when,
	                event->name, s->letter, s->options, s->reach, fmax(s->score, 1), age_s,
	                s->low_s, s->high_s);
}

/* A sample, or a measurement, which has neither number nor raw offset. */
static int format_refclock(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_refclock *r = &event->refclock;
	const unsigned us = (unsigned)(event->when.ns % NS_PER_S / NS_PER_US);
	const char leap = r->leap == LEAP_UNSYNCHRONISED ? 'N' : leap_letter(r->leap);

	if (event->kind == TRACE_REFCLOCK_MEASUREMENT)
		return snprintf(line, LOG_LINE_SIZE,
		                "%s.%06u %-5s   - %c -       -       %13.6e %10.3e", when, us,
		                event->name, leap, r->offset_s, r->dispersion_s);
	return snprintf(line, LOG_LINE_SIZE, "%s.%06u %-5s %3u %c %1d %13.6e %13.6e %10.3e", when,
	                us, event->name, r->index, leap, r->is_pulse, r->raw_s, r->offset_s,
	                r->dispersion_s);
}

static int format_rtc(const char *when, const struct trace_event *event, char *line)
{
	const struct trace_rtc *r = &event->rtc;

	return snprintf(line, LOG_LINE_SIZE, "%s %14.6f %1d  %14.6f  %12.3f  %2u  %2u %4u", when,
	                r->fast_s, r->is_known, r->known_fast_s, r->gain_ppm, r->samples_count,
	                r->runs_count, r->period_s);
}

void log_lines_format(enum log_lines_file file, const struct trace_event *event,
                      char line[LOG_LINE_SIZE])
{
	struct trace_event named = *event;
	char when[32], address[ADDRESS_TEXT_SIZE];
	struct text out = text_into(when, sizeof when);
	int length = 0;

	text_date_time(&out, (struct utc_time){ event->when.ns });
	if (!named.name)
		named.name = "0.0.0.0";
	else if (named.address.family != ADDRESS_NONE) /* chrony's column is the IP address */
		named.name = address_format(&named.address, address);
	switch (file) {
	case LOG_LINES_MEASUREMENTS:
		length = format_measurement(when, &named, line);
		break;
	case LOG_LINES_STATISTICS:
		length = format_statistics(when, &named, line);
		break;
	case LOG_LINES_TRACKING:
		length = format_tracking(when, &named, line);
		break;
	case LOG_LINES_SELECTION:
		length = format_selection(when, &named, line);
		break;
	case LOG_LINES_REFCLOCKS:
		length = format_refclock(when, &named, line);
		break;
	case LOG_LINES_RTC:
		length = format_rtc(when, &named, line);
		break;
	case LOG_LINES_TEMPCOMP:
		length = snprintf(line, LOG_LINE_SIZE, "%s %11.4e %11.4e", when, event->numbers[0],
		                  event->numbers[1]);
		break;
	case LOG_LINES_COUNT:
		break;
	}
	assert(length > 0);
	(void)length;
}
