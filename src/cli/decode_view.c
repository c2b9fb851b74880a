/* SPDX-License-Identifier: MIT */
#include "cli/decode_view.h"

#include "radio/verdict.h"

#define TEXT_SIZE 512

void decode_view_begin(const struct decode_view *view)
{
	const bool has_b = view->station->symbol_mask >> RADIO_SYMBOL_B & 1;

	if (view->is_json || view->is_quiet)
		return;
	fprintf(view->out,
	        "%s\n%s: %s, # marker, ? unclear, _ no pulse that looks like the station's\n",
	        view->station->title,
	        view->has_pulses
	                ? "A line is a second, its pulse, the likeliest symbol by its shape"
	                : "A line is a minute, a letter a second",
	        has_b ? "0 1 2 3 = bit A + 2 x bit B" : "0 1 the bit");
	fflush(view->out);
}

static void show_pulse(const struct decode_view *view, const struct radio_second *second)
{
	char line[TEXT_SIZE];
	struct text out = text_into(line, sizeof line);

	if (second->second < 0)
		text_add(&out, "second ?");
	else {
		text_add(&out, "second ");
		text_s64(&out, second->second);
	}
	text_pad(&out, 0, 12);
	if (second->width_ms > 0) {
		text_s64(&out, second->width_ms);
		text_add(&out, " ms");
	} else {
		text_add(&out, "no pulse");
	}
	text_pad(&out, 0, 24);
	text_char(&out, radio_symbol_letter(second->symbol, second->chance, second->presence));
	text_pad(&out, 0, 28);
	text_fixed(&out, 100 * (double)second->chance, 1);
	text_add(&out, " %");
	fprintf(view->out, "%s\n", line);
	fflush(view->out);
}

static void show_second(struct decode_view *view, const struct radio_second *second)
{
	if (second->second == 0 && view->column > 0) {
		fputc('\n', view->out);
		view->column = 0;
	}
	fputc(radio_symbol_letter(second->symbol, second->chance, second->presence), view->out);
	view->column++;
	fflush(view->out);
}

static void add_flags(const struct radio_minute *minute, struct text *out)
{
	if (minute->has_dut1) {
		text_add(out, minute->dut1_tenths < 0 ? ", DUT1 -0." : ", DUT1 +0.");
		text_u64(out, (uint64_t)(minute->dut1_tenths < 0 ? -minute->dut1_tenths
		                                                 : minute->dut1_tenths));
		text_add(out, " s");
	}
	if (minute->summer_time == RADIO_YES)
		text_add(out, ", summer time");
	if (minute->summer_change == RADIO_YES)
		text_add(out, ", summer time is about to change");
	if (minute->leap_pending == RADIO_YES)
		text_add(out, minute->leap < 0 ? ", a second will be left out"
		                               : ", a leap second will be put in");
	if (minute->length_s != RADIO_FRAME_SECONDS) {
		text_add(out, ", this minute had ");
		text_u64(out, minute->length_s);
		text_add(out, " seconds");
	}
}

static void add_clock(const struct radio_minute *minute, struct text *out)
{
	const int64_t ahead_ns = minute->at.ns - minute->utc.ns;

	text_add(out, ", clock ");
	text_duration(out, (double)(ahead_ns < 0 ? -ahead_ns : ahead_ns));
	text_add(out, ahead_ns < 0 ? " behind it" : " ahead of it");
	text_add(out, " +- ");
	text_duration(out, minute->uncertainty_ns);
	text_add(out, " (edges +- ");
	text_fixed(out, (double)minute->edge_sd_ms, 1);
	text_add(out, " ms)");
}

static void show_minute(struct decode_view *view, const struct radio_minute *minute)
{
	const bool is_bad = minute->verdict == RADIO_REFUSED;
	char line[TEXT_SIZE];
	struct text out = text_into(line, sizeof line);

	if (!is_bad) {
		text_date_time(&out, minute->utc);
		text_add(&out, " UTC  ");
	}
	radio_verdict_text(view->station, minute, &out);
	if (!is_bad) {
		add_clock(minute, &out);
		add_flags(minute, &out);
	}
	if (view->column > 0)
		fputc('\n', view->out);
	view->column = 0;
	fprintf(view->out, "%s%s%s\n", style_begin(view->look, is_bad ? STYLE_WARN : STYLE_GOOD),
	        line, style_end(view->look));
	fflush(view->out);
}

static const char *answer_json(enum radio_answer answer)
{
	return answer == RADIO_YES ? "true" : answer == RADIO_NO ? "false" : "null";
}

static void print_bits(const struct radio_minute *minute, FILE *out)
{
	for (unsigned i = 0; i < minute->length_s; i++)
		fputc(radio_symbol_letter(minute->symbols[i], 1, 1), out);
}

static void show_json(const struct decode_view *view, const struct radio_minute *minute)
{
	static const char *const verdicts[] = { "refused", "repaired", "good" };
	char words[TEXT_SIZE], when[40];
	struct text out = text_into(words, sizeof words), date = text_into(when, sizeof when);
	FILE *to = view->out;

	radio_verdict_text(view->station, minute, &out);
	fprintf(to, "{\"station\":\"%s\",\"verdict\":\"%s\",\"reason\":\"%s\",\"text\":\"%s\"",
	        view->station->name, verdicts[minute->verdict], radio_reason_name(minute->reason),
	        words);
	fputs(",\"symbols\":\"", to);
	print_bits(minute, to);
	fprintf(to, "\",\"length_s\":%u,\"wrong\":%u,\"odds_nats\":%.1f,\"presence\":%.3f",
	        minute->length_s, minute->wrong_count, (double)minute->odds_nats,
	        (double)minute->presence);
	if (minute->verdict != RADIO_REFUSED) {
		text_date_time(&date, minute->utc);
		fprintf(to, ",\"utc\":\"%.10sT%sZ\",\"utc_s\":%lld,\"at_s\":%lld.%09lld", when,
		        when + 11, (long long)(minute->utc.ns / NS_PER_S),
		        (long long)(minute->at.ns / NS_PER_S),
		        (long long)(minute->at.ns % NS_PER_S));
		fprintf(to, ",\"uncertainty_s\":%.9f,\"summer_time\":%s,\"summer_change\":%s",
		        minute->uncertainty_ns * 1e-9, answer_json(minute->summer_time),
		        answer_json(minute->summer_change));
		fprintf(to, ",\"leap_pending\":%s,\"leap\":%d", answer_json(minute->leap_pending),
		        minute->leap);
		if (minute->has_dut1)
			fprintf(to, ",\"dut1_s\":%.1f", minute->dut1_tenths / 10.0);
	}
	fputs("}\n", to);
	fflush(to);
}

void decode_view_event(struct decode_view *view, const struct radio_event *event)
{
	if (event->kind == RADIO_EVENT_SECOND) {
		if (view->has_pulses)
			show_pulse(view, &event->second);
		else if (!view->is_json && !view->is_quiet)
			show_second(view, &event->second);
	} else if (view->is_json) {
		show_json(view, &event->minute);
	} else {
		show_minute(view, &event->minute);
	}
}

void decode_view_end(struct decode_view *view, const struct radio_status *status)
{
	if (view->is_json)
		return;
	if (view->column > 0)
		fputc('\n', view->out);
	view->column = 0;
	fprintf(view->out, "%llu minutes good, %llu repaired, %llu refused\n",
	        (unsigned long long)status->good_count, (unsigned long long)status->repaired_count,
	        (unsigned long long)status->refused_count);
}
