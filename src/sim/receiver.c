/* SPDX-License-Identifier: MIT */
#include "sim/receiver.h"

#include <math.h>
#include <string.h>

#include "sim/gnss_words.h"
#include "wire/shm_time.h"
#include "wire/sock_sample.h"

void receiver_init(struct receiver *receiver, const struct receiver_options *options, uint64_t seed)
{
	*receiver = (struct receiver){ .options = *options };
	rng_init_seed(&receiver->rng, seed);
}

static int64_t error_ns(const struct receiver *receiver, int64_t true_ns)
{
	const struct receiver_options *options = &receiver->options;

	return llrint((options->offset_s +
	               options->ramp * (double)(true_ns - receiver->ramp_since_ns) * 1e-9) *
	              1e9);
}

void receiver_fold(struct receiver *receiver, int64_t true_ns)
{
	receiver->options.offset_s = (double)error_ns(receiver, true_ns) * 1e-9;
	receiver->ramp_since_ns = true_ns;
}

void receiver_add_signal(struct receiver *receiver, struct receiver_plan *plan, int64_t arrives_ns,
                         int64_t named_ns)
{
	const uint32_t slot = receiver->next++ % RECEIVER_UNDER_WAY;

	receiver->named_ns[slot] = named_ns;
	plan->slot[plan->count] = slot;
	plan->arrives_ns[plan->count++] = arrives_ns;
}

static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
	return dividend / divisor - (dividend % divisor < 0);
}

struct receiver_plan receiver_plan(struct receiver *receiver, int64_t true_ns)
{
	const struct receiver_options *options = &receiver->options;
	const int64_t interval_ns = llrint(options->interval_s * 1e9);
	const int64_t off_ns = error_ns(receiver, true_ns);
	const int64_t named_ns = (floor_divide(true_ns + off_ns, interval_ns) + 1) * interval_ns;
	struct receiver_plan plan = { .begins_ns = named_ns - off_ns };
	/* always drawn, so that one fault more leaves the weather as it was */
	const double early = rng_normal(&receiver->rng), late = rng_normal(&receiver->rng);
	const double missing = rng_unit(&receiver->rng), doubled = rng_unit(&receiver->rng);
	const double where = rng_unit(&receiver->rng), wrong = rng_unit(&receiver->rng);
	const int64_t said_ns = named_ns + (wrong < options->wrong / 2 ? NS_PER_S
	                                    : wrong < options->wrong   ? -NS_PER_S
	                                                               : 0);
	const int64_t arrives_ns =
		plan.begins_ns + llrint((options->jitter_s * early +
	                                 fmax(options->late_s + options->late_jitter_s * late, 0)) *
	                                1e9);

	if (options->is_down != 0)
		return plan;
	if (!(missing < options->missing))
		receiver_add_signal(receiver, &plan,
		                    arrives_ns > true_ns ? arrives_ns : true_ns + 1, said_ns);
	if (doubled < options->doubled)
		receiver_add_signal(receiver, &plan,
		                    plan.begins_ns + llrint(where * (double)interval_ns), said_ns);
	return plan;
}

/* Torn: the new seconds stand there already, the rest is of the sample before. */
static void make_segment(struct receiver *receiver, struct utc_time named, struct local_time now,
                         uint8_t bytes[RECEIVER_BYTES])
{
	const bool is_torn = rng_unit(&receiver->rng) < receiver->options.torn;
	const struct shm_time time = { .mode = is_torn,
		                       .count = is_torn,
		                       .clock_ns = named.ns,
		                       .receive_ns = now.ns,
		                       .leap = (int32_t)receiver->options.leap,
		                       .precision_log2_s = -20,
		                       .is_valid = true };
	struct shm_time_layout layout;

	shm_time_encode(&time, &layout);
	if (is_torn)
		layout.receive_s--;
	memcpy(bytes, &layout, sizeof layout);
}

/* What a GNSS receiver writes on its serial line. */
static size_t say(const struct receiver *receiver, struct utc_time named, int tai_offset_s,
                  const struct refclock_options *line, uint8_t bytes[RECEIVER_BYTES])
{
	const enum leap leap = (enum leap)receiver->options.leap;

	return strcmp(line->driver->name, "UBX") == 0
	               ? gnss_words_ubx(named, tai_offset_s, leap, bytes)
	               : gnss_words_zda(named, bytes);
}

bool receiver_event(struct receiver *receiver, uint32_t slot, const struct receiver_moment *moment,
                    const struct refclock_options *line, uint8_t bytes[RECEIVER_BYTES],
                    struct refclock_event *event_out)
{
	const struct local_time now = moment->now;
	const int64_t tai_ns = line->is_tai ? moment->tai_offset_s * NS_PER_S : 0;
	const struct utc_time named = { moment->start.ns + receiver->named_ns[slot] + tai_ns };
	const int64_t window_ns = llrint(receiver->options.window_s * 1e9);
	/* microseconds are all that the message has for the clock's reading */
	const struct sock_sample message = {
		.system_ns = now.ns / 1000 * 1000,
		.offset_s = (double)(named.ns - now.ns) * 1e-9 + (double)(now.ns % 1000) * 1e-9,
		.leap = (int32_t)receiver->options.leap,
	};

	*event_out =
		(struct refclock_event){ .input = line->driver->input, .map = stamp_map_same(now) };
	switch (line->driver->input) {
	case REFCLOCK_PULSE:
	case REFCLOCK_EDGES:
		event_out->edge = (struct refclock_edge){
			.at = now,
			.sequence = ++receiver->sequence,
			.is_rising = line->driver->input == REFCLOCK_PULSE ||
			             receiver->named_ns[slot] != 0,
		};
		return true;
	case REFCLOCK_DATAGRAM:
		sock_sample_encode(&message, bytes);
		event_out->datagram = (struct refclock_datagram){ bytes, SOCK_SAMPLE_SIZE, now };
		return true;
	case REFCLOCK_SEGMENT:
		make_segment(receiver, named, now, bytes);
		event_out->segment =
			(struct refclock_segment){ bytes, sizeof(struct shm_time_layout), 0, now };
		return true;
	case REFCLOCK_SERIAL:
		event_out->serial = (struct refclock_serial){
			bytes, say(receiver, named, moment->tai_offset_s, line, bytes), now
		};
		return true;
	case REFCLOCK_PHC:
		event_out->phc = (struct refclock_phc){
			.before = { now.ns - window_ns },
			.after = now,
			.phc_ns = moment->start.ns + moment->true_ns +
			          error_ns(receiver, moment->true_ns) + tai_ns -
			          llrint(rng_unit(&receiver->rng) * (double)window_ns),
		};
		return true;
	case REFCLOCK_RTC:
		break;
	}
	return false;
}
