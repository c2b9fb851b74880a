/* SPDX-License-Identifier: MIT */
#include "node/node_rtc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "node/node_state.h"
#include "testing/check.h"

#define START_NS (INT64_C(1795340000) * NS_PER_S)
#define LATE_NS  (NS_PER_S / 2)

/* As much of a node as a real-time clock needs; its clock is right, the device is not. */
struct bench {
	struct node node;
	struct outbox out;
	int64_t passed_ns;
	int64_t rtc_base_ns; /* what the device shows is this, and what has passed by its own rate,
	                      */
	double gain;
	unsigned listened_s;
	unsigned sets;
	struct trace_event last;
};

static void remember(void *to, const struct trace_event *event)
{
	((struct bench *)to)->last = *event;
}

static struct instant now(const struct bench *bench)
{
	return (struct instant){ .mono = { bench->passed_ns },
		                 .local = { START_NS + bench->passed_ns } };
}

static double fast_s(const struct bench *bench)
{
	return (double)(bench->rtc_base_ns - START_NS) * 1e-9 +
	       bench->gain * (double)bench->passed_ns * 1e-9;
}

static struct bench *bench_with(double fast_s, double gain, double autotrim_s,
                                const struct rtc_file *file)
{
	struct bench *bench = calloc(1, sizeof *bench);
	const struct discipline_options options = { .maxslewrate_ppm = 1e5,
		                                    .corrtimeratio = 3,
		                                    .rtcautotrim_s = autotrim_s };
	const struct node_setup setup = { .has_rtc = true,
		                          .rtc_set_late_ns = LATE_NS,
		                          .rtc = file };

	CHECK(bench != NULL);
	bench->rtc_base_ns = START_NS + llrint(fast_s * 1e9);
	bench->gain = gain;
	bench->node.trace = (struct trace_sink){ .emit = remember, .to = bench };
	bench->node.config.discipline = options;
	bench->node.is_synchronised = true;
	discipline_init(&bench->node.discipline, &options, &bench->node.trace, true, 0, now(bench));
	node_rtc_init(&bench->node, &setup, now(bench));
	return bench;
}

/* As rtc_cmos does: half a second after it was set its next second begins. */
static void carry_out(struct bench *bench, int error)
{
	for (size_t i = 0; i < bench->out.count; i++) {
		const struct action *action = &bench->out.actions[i];

		if (action->kind != ACTION_SET_RTC)
			continue;
		bench->sets++;
		if (error == 0)
			bench->rtc_base_ns = action->rtc_second * NS_PER_S + LATE_NS -
			                     bench->passed_ns -
			                     llrint(bench->gain * (double)bench->passed_ns);
		node_on_rtc_set(&bench->node, error, now(bench));
	}
	bench->out.count = 0;
}

/* Edges are seen 20 us late, every second one by 3 ms more. */
static void run(struct bench *bench, double seconds, int error)
{
	const int64_t end_ns = bench->passed_ns + llrint(seconds * 1e9);

	while (bench->passed_ns < end_ns) {
		const int64_t shown_ns = bench->rtc_base_ns + bench->passed_ns +
		                         llrint(bench->gain * (double)bench->passed_ns);
		const int64_t second = shown_ns / NS_PER_S + 1;
		const int64_t edge_ns = bench->passed_ns + second * NS_PER_S - shown_ns +
		                        20 * NS_PER_US + (second & 1) * 3 * NS_PER_MS;
		const int64_t due_ns = node_rtc_deadline(&bench->node).ns;
		const bool is_listening = node_rtc_is_listening(&bench->node);

		if (is_listening && edge_ns < due_ns) {
			bench->passed_ns = edge_ns;
			bench->listened_s++;
			node_on_rtc_edge(&bench->node,
			                 &(struct node_rtc_edge){ .second = { second * NS_PER_S } },
			                 now(bench), &bench->out);
		} else {
			CHECK(due_ns != INT64_MAX);
			bench->passed_ns = due_ns + 100 * NS_PER_US;
			node_rtc_on_deadline(&bench->node, now(bench), &bench->out);
		}
		carry_out(bench, error);
	}
}

TEST(node_rtc, measures_how_far_the_device_is_ahead_and_gains)
{
	struct bench *bench = bench_with(2.25, 30e-6, 0, NULL);
	struct node_rtc_status status;

	run(bench, 3600, 0);
	status = node_rtc_status(&bench->node);
	CHECK(status.has_rtc && status.is_known);
	CHECK_NEAR(status.gain_ppm, 30, 0.5);
	CHECK_NEAR(status.fast_s + status.gain_ppm * 1e-6 *
	                                   (double)(now(bench).local.ns - status.reference.ns) *
	                                   1e-9,
	           fast_s(bench), 1e-3);
	CHECK_EQ(bench->last.kind, TRACE_RTC_MEASUREMENT);
	CHECK(bench->listened_s < 200); /* of 3600: interrupts are not for nothing */
	CHECK_EQ(bench->sets, 0);
	free(bench);
}

TEST(node_rtc, listens_only_while_the_time_is_known)
{
	struct bench *bench = bench_with(0, 0, 0, NULL);

	bench->node.is_synchronised = false;
	run(bench, 600, 0);
	CHECK_EQ(bench->listened_s, 0);
	CHECK(!node_rtc_status(&bench->node).is_known);
	CHECK_EQ(node_command_trim_rtc(&bench->node, now(bench)), NODE_CANNOT);
	CHECK_EQ(node_command_write_rtc(&bench->node, &bench->out), NODE_OUT_OF_RANGE);
	free(bench);
}

TEST(node_rtc, sets_the_device_to_the_millisecond_when_asked_to)
{
	struct bench *bench = bench_with(-7.3, 20e-6, 0, NULL);

	run(bench, 600, 0);
	CHECK_EQ(node_command_trim_rtc(&bench->node, now(bench)), NODE_DONE);
	run(bench, 5, 0);
	CHECK_EQ(bench->sets, 1);
	CHECK_NEAR(fast_s(bench), 0, 2e-3);
	run(bench, 60, 0);
	CHECK(node_rtc_status(&bench->node).is_known);
	CHECK_NEAR(node_rtc_status(&bench->node).fast_s, 0, 5e-3);
	CHECK_NEAR(node_rtc_status(&bench->node).gain_ppm, 20, 5); /* is remembered */
	CHECK_EQ(node_rtc_status(&bench->node).sets_count, 1);
	free(bench);
}

TEST(node_rtc, sets_a_device_that_is_off_by_itself_and_not_again_soon_if_it_refuses)
{
	struct bench *bench = bench_with(1, 200e-6, 1.1, NULL);

	run(bench, 3000, EACCES);
	CHECK_EQ(bench->sets, 1);
	run(bench, 3000, EACCES);
	CHECK_EQ(bench->sets, 2);
	run(bench, 7200, 0);
	CHECK_NEAR(fast_s(bench), 0, 1.2);
	free(bench);
}

TEST(node_rtc, saves_what_it_knows_and_knows_it_again)
{
	struct bench *bench = bench_with(3, 10e-6, 0, NULL);
	struct bench *again;
	struct rtc_file file;

	run(bench, 1800, 0);
	CHECK_EQ(node_command_write_rtc(&bench->node, &bench->out), NODE_DONE);
	CHECK_EQ(bench->out.actions[0].save.file, STATE_FILE_RTC);
	CHECK_EQ(rtc_file_decode(bench->out.actions[0].save.bytes,
	                         bench->out.actions[0].save.length_bytes, &file),
	         0);
	CHECK(file.is_valid);
	CHECK_NEAR(file.gain_ppm, 10, 0.5);
	again = bench_with(3, 10e-6, 0, &file);
	CHECK(node_rtc_status(&again->node).is_known);
	CHECK_NEAR(node_rtc_status(&again->node).gain_ppm, file.gain_ppm, 1e-9);
	free(bench);
	free(again);
}
