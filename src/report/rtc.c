/* report/rtc: the machine's real-time clock, as far as it is measured. SPDX-License-Identifier: MIT
 */
#include <math.h>

#include "report/report_list.h"

struct rtc {
	const char *kept_by;
	bool is_known;
	double fast_s, gain_ppm;
	struct utc_time reference;
	double reference_fast_s;
	uint32_t samples_count, runs_count;
	double span_s, period_s;
	uint64_t sets_count;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct rtc, kept_by,
	             "daemon (rtcfile), kernel (rtcsync: set every 11 minutes) or nobody"),
	REPORT_FIELD(struct rtc, is_known, "it was measured, now or before the last start"),
	REPORT_FIELD(struct rtc, fast_s, "RTC minus true time, now; - = it is behind"),
	REPORT_FIELD(struct rtc, gain_ppm, "how much it gains; - = it loses"),
	REPORT_FIELD(struct rtc, reference, "when it was measured last, UTC"),
	REPORT_FIELD(struct rtc, reference_fast_s, "RTC minus true time, then"),
	REPORT_FIELD(struct rtc, samples_count, "measurements that this is drawn from"),
	REPORT_FIELD(struct rtc, runs_count, "of them in turn on one side of the line"),
	REPORT_FIELD(struct rtc, span_s, "between the first and the last of them"),
	REPORT_FIELD(struct rtc, period_s, "between measurements"),
	REPORT_FIELD(struct rtc, sets_count, "times that it was set since the start"),
};

static double fast_now_s(const struct node_rtc_status *rtc, struct utc_time now)
{
	return rtc->fast_s + rtc->gain_ppm * 1e-6 * ((double)(now.ns - rtc->reference.ns) * 1e-9);
}

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct node_rtc_status *rtc = &subject->rtc;
	const struct node_status *status = &subject->status;
	const struct utc_time now = { status->now.local.ns + status->offset_ns };

	report_rows_add(rows, &(struct rtc){
				      .kept_by = rtc->has_rtc                       ? "daemon"
	                                         : subject->context->is_rtc_kernels ? "kernel"
	                                                                            : "nobody",
				      .is_known = rtc->is_known,
				      .fast_s = rtc->is_known ? fast_now_s(rtc, now) : NAN,
				      .gain_ppm = rtc->is_known ? rtc->gain_ppm : NAN,
				      .reference = rtc->reference,
				      .reference_fast_s = rtc->reference.ns ? rtc->fast_s : NAN,
				      .samples_count = rtc->samples_count,
				      .runs_count = rtc->runs_count,
				      .span_s = rtc->span_s,
				      .period_s = rtc->has_rtc ? rtc->period_s : NAN,
				      .sets_count = rtc->sets_count,
			      });
}

const struct report report_rtc = {
	.name = "rtc",
	.summary = "The machine's real-time clock",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};
