/* SPDX-License-Identifier: MIT */
#include "report/stub_node_test.h"

#include <string.h>

static const struct report_context context = {
	.version = "0.1.0",
	.clock_driver = "virtual",
	.uptime_ns = 90 * NS_PER_S,
	.has_true_error = true,
	.true_error_ns = -1500,
};

static const struct refclock_options clock = { .refid = "GPS" };
static const struct source_options server = { .kind = SOURCE_SERVER, .key_id = 7 };

static struct node_source_status source(const char *name, enum source_state state,
                                        int64_t offset_ns)
{
	return (struct node_source_status){
		.name = name,
		.options = &server,
		.state = state,
		.refclock = { .options = &clock }, /* for the states that only such a one has */
		.has_client = true,
		.client = { .reach = 0377,
		            .poll_log2_s = 6,
		            .is_online = true,
		            .unanswered_count = 9,
		            .sent_count = 12,
		            .received_count = 11,
		            .last_verdict = NTP_GOOD },
		.has_measurement = true,
		.measurement = { .stratum = 1, .leap = LEAP_NONE },
		.last_offset_ns = offset_ns,
		.last_measured_ns = offset_ns,
		.last_delay_ns = 80000,
		.last_good = { 95 * NS_PER_S },
		.has_estimate = true,
		.offset_ns = offset_ns,
		.offset_sd_s = 1e-6,
		.residual_frequency = 2e-9,
		.skew = 1e-8,
		.root_distance_ns = 140000,
		.low_ns = offset_ns - 140000,
		.high_ns = offset_ns + 140000,
		.weight = 0.5,
	};
}

void stub_subject(struct report_subject *subject)
{
	*subject = (struct report_subject){ .context = &context, .sources_count = STUB_SOURCES };
	subject->sources[0] = source("ntp1", SOURCE_STATE_SELECTED, 1200);
	subject->sources[1] = source("ntp2", SOURCE_STATE_COMBINED, -800);
	subject->sources[2] = source("liar", SOURCE_STATE_FALSETICKER, 300200000);
	subject->sources[2].weight = 0;
	subject->sources[3] = (struct node_source_status){ .name = "lost\"\n\x1b[2J\xff",
		                                           .options = &server,
		                                           .state = SOURCE_STATE_NOT_RESOLVED };
	for (int i = 0; i < STUB_SOURCES; i++) {
		const double reason[4] = { 300.2e6, -200e3, 200e3, 2 };

		memcpy(subject->sources[i].reason, reason, sizeof reason);
	}
	subject->status = (struct node_status){
		.is_synchronised = true,
		.stratum = 2,
		.selected_name = "ntp1",
		.offset_ns = 250,
		.bound_ns = 141000,
		.frequency_ppm = 40.25,
		.sources_count = 4,
		.online_count = 3,
		.unresolved_count = 1,
		.agreeing_count = 2,
		.voters_count = 3,
		.combined_count = 2,
		.now = { .mono = { 100 * NS_PER_S } },
	};
	subject->status.server_verdict_count[0] = 17;
}
