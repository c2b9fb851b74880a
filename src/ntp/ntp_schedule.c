/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_schedule.h"

#include <assert.h>
#include <string.h>

#define BURST_SPACING_NS (2 * NS_PER_S)
#define RESPONSE_SHARE   16 /* of a poll that a response is later than a poll after a response */
#define NEAR_DELAY_NS    (10 * NS_PER_MS)
#define POLL_SPREAD      0.02 /* either way, so that clients do not march in step */

int64_t ntp_schedule_poll_ns(int8_t poll_log2_s)
{
	assert(poll_log2_s >= NTP_SCHEDULE_POLL_MIN && poll_log2_s <= NTP_SCHEDULE_POLL_MAX);
	return poll_log2_s >= 0 ? NS_PER_S << poll_log2_s : NS_PER_S >> -poll_log2_s;
}

int64_t ntp_schedule_interval_ns(const struct ntp_schedule *schedule)
{
	return ntp_schedule_poll_ns(
		schedule->is_near || schedule->poll_log2_s > 0 ? schedule->poll_log2_s : 0);
}

void ntp_schedule_init(struct ntp_schedule *schedule, int8_t minpoll_log2_s, int8_t maxpoll_log2_s)
{
	assert(minpoll_log2_s <= maxpoll_log2_s);
	memset(schedule, 0, sizeof *schedule);
	schedule->minpoll_log2_s = minpoll_log2_s;
	schedule->maxpoll_log2_s = maxpoll_log2_s;
	schedule->poll_log2_s = minpoll_log2_s;
	schedule->rate_log2_s = NTP_SCHEDULE_POLL_MIN;
	schedule->hurries_count = NTP_SCHEDULE_HURRIES;
	ntp_schedule_stop(schedule);
}

static int64_t random_poll_ns(const struct ntp_schedule *schedule, struct rng *rng)
{
	const double factor = 1 - POLL_SPREAD + 2 * POLL_SPREAD * rng_unit(rng);

	return (int64_t)((double)ntp_schedule_interval_ns(schedule) * factor);
}

static int64_t spacing_ns(const struct ntp_schedule *schedule)
{
	const int64_t poll_ns = ntp_schedule_interval_ns(schedule);

	return poll_ns < BURST_SPACING_NS ? poll_ns : BURST_SPACING_NS;
}

/* From one request that is of no burst to the next. */
static int64_t pause_ns(struct ntp_schedule *schedule, struct rng *rng)
{
	int64_t wait_ns;

	if (schedule->spread_count == 0)
		return random_poll_ns(schedule, rng);
	wait_ns = ntp_schedule_interval_ns(schedule) >> schedule->spread_count--;
	return wait_ns > spacing_ns(schedule) ? wait_ns : spacing_ns(schedule);
}

static struct mono_time later(struct mono_time a, struct mono_time b)
{
	return a.ns > b.ns ? a : b;
}

/* `wanted`, or later if the last request was only just made. */
static struct mono_time spaced(const struct ntp_schedule *schedule, struct mono_time wanted)
{
	return schedule->has_last
	               ? later(wanted, mono_time_after(schedule->last, spacing_ns(schedule)))
	               : wanted;
}

static void bring_forward(struct ntp_schedule *schedule, struct mono_time wanted)
{
	schedule->next = mono_time_earlier(schedule->next, spaced(schedule, wanted));
}

static void end_burst(struct ntp_schedule *schedule)
{
	schedule->burst_good_count = 0;
	schedule->burst_total_count = 0;
	schedule->is_spread_wanted = false;
}

void ntp_schedule_start(struct ntp_schedule *schedule, int64_t spread_ns, struct mono_time now,
                        struct rng *rng)
{
	schedule->is_stopped = false;
	schedule->next = spaced(schedule,
	                        mono_time_after(now, (int64_t)((double)spread_ns * rng_unit(rng))));
}

void ntp_schedule_stop(struct ntp_schedule *schedule)
{
	end_burst(schedule);
	schedule->spread_count = 0;
	schedule->is_hurried = false;
	schedule->is_stopped = true;
	schedule->next = MONO_TIME_NEVER;
}

void ntp_schedule_start_burst(struct ntp_schedule *schedule, unsigned good_count,
                              unsigned total_count, struct mono_time now)
{
	if (schedule->is_stopped || good_count == 0 || total_count == 0)
		return;
	schedule->burst_good_count = good_count;
	schedule->burst_total_count = total_count;
	bring_forward(schedule, now);
}

void ntp_schedule_spread(struct ntp_schedule *schedule)
{
	schedule->is_spread_wanted = schedule->burst_total_count > 0;
}

void ntp_schedule_on_sent(struct ntp_schedule *schedule, struct mono_time now, struct rng *rng)
{
	const bool was_hurried = schedule->is_hurried;

	assert(!schedule->is_stopped);
	schedule->last = now;
	schedule->has_last = true;
	schedule->is_hurried = false;
	if (schedule->burst_total_count > 0)
		schedule->is_response = false;
	if (schedule->burst_total_count > 0 && --schedule->burst_total_count > 0) {
		schedule->next = mono_time_after(now, spacing_ns(schedule));
		return;
	}
	end_burst(schedule);
	schedule->next = mono_time_after(now, pause_ns(schedule, rng));
	if (schedule->is_response) /* who asked first this time shall do so again */
		schedule->next.ns += ntp_schedule_interval_ns(schedule) / RESPONSE_SHARE;
	schedule->is_response = false;
	/* At minpoll there is nothing to spare: an extra request would break the average. */
	if (!was_hurried && schedule->poll_log2_s > schedule->minpoll_log2_s &&
	    schedule->hurries_count < NTP_SCHEDULE_HURRIES)
		schedule->hurries_count++;
}

void ntp_schedule_on_good(struct ntp_schedule *schedule, struct mono_time now, struct rng *rng)
{
	if (schedule->burst_good_count == 0 || --schedule->burst_good_count > 0)
		return;
	schedule->spread_count = schedule->is_spread_wanted ? schedule->burst_total_count : 0;
	end_burst(schedule);
	if (!schedule->is_stopped)
		schedule->next =
			later(now, mono_time_after(schedule->last, pause_ns(schedule, rng)));
}

void ntp_schedule_on_delay(struct ntp_schedule *schedule, int64_t delay_ns)
{
	const int64_t patience_ns = ntp_schedule_poll_ns(schedule->poll_log2_s) / 2;

	schedule->is_near = delay_ns < NEAR_DELAY_NS && delay_ns < patience_ns;
}

void ntp_schedule_on_rate(struct ntp_schedule *schedule, struct rng *rng)
{
	end_burst(schedule);
	schedule->spread_count = 0;
	schedule->hurries_count = 0;
	if (schedule->poll_log2_s < schedule->maxpoll_log2_s)
		schedule->poll_log2_s++;
	schedule->minpoll_log2_s = schedule->poll_log2_s;
	schedule->rate_log2_s = schedule->poll_log2_s;
	if (!schedule->is_stopped)
		schedule->next = mono_time_after(schedule->last, random_poll_ns(schedule, rng));
}

void ntp_schedule_on_lost(struct ntp_schedule *schedule, struct mono_time now)
{
	if (!schedule->is_stopped)
		bring_forward(schedule, now);
}

void ntp_schedule_set_poll(struct ntp_schedule *schedule, int8_t poll_log2_s, struct mono_time now,
                           struct rng *rng)
{
	const int8_t before = schedule->poll_log2_s;
	int8_t poll = poll_log2_s;

	poll = poll > schedule->maxpoll_log2_s ? schedule->maxpoll_log2_s : poll;
	poll = poll < schedule->minpoll_log2_s ? schedule->minpoll_log2_s : poll;
	schedule->poll_log2_s = poll;
	if (poll < before && !schedule->is_stopped && schedule->has_last) {
		const struct mono_time wanted =
			mono_time_after(schedule->last, random_poll_ns(schedule, rng));

		bring_forward(schedule, later(wanted, now));
	}
}

void ntp_schedule_set_limits(struct ntp_schedule *schedule, int8_t minpoll_log2_s,
                             int8_t maxpoll_log2_s, struct mono_time now, struct rng *rng)
{
	const int8_t rate_log2_s = schedule->rate_log2_s;

	assert(minpoll_log2_s <= maxpoll_log2_s);
	schedule->minpoll_log2_s = minpoll_log2_s > rate_log2_s ? minpoll_log2_s : rate_log2_s;
	schedule->maxpoll_log2_s = maxpoll_log2_s > rate_log2_s ? maxpoll_log2_s : rate_log2_s;
	ntp_schedule_set_poll(schedule, schedule->poll_log2_s, now, rng);
}

void ntp_schedule_on_sent_ahead(struct ntp_schedule *schedule, struct mono_time now)
{
	schedule->last = now;
	schedule->has_last = true;
	schedule->next = mono_time_after(now, BURST_SPACING_NS);
}

void ntp_schedule_respond(struct ntp_schedule *schedule, struct mono_time now)
{
	const int64_t half_poll_ns = ntp_schedule_interval_ns(schedule) / 2;

	if (schedule->is_stopped ||
	    (schedule->has_last && now.ns - schedule->last.ns < half_poll_ns))
		return;
	schedule->next = mono_time_earlier(schedule->next, now);
	schedule->is_response = true;
}

void ntp_schedule_hurry(struct ntp_schedule *schedule, struct mono_time now)
{
	const struct mono_time wanted = spaced(schedule, now);

	if (schedule->is_stopped || !schedule->has_last || schedule->burst_total_count > 0 ||
	    schedule->is_hurried || schedule->hurries_count == 0 || wanted.ns >= schedule->next.ns)
		return;
	schedule->hurries_count--;
	schedule->is_hurried = true;
	schedule->next = wanted;
}
