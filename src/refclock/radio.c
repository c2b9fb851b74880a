/* refclock/radio: the drivers MSF, DCF77, WWVB and JJY. SPDX-License-Identifier: MIT
 *
 * A station's minute gives one sample: which minute it is, and when it began to a fraction of a
 * millisecond, with the uncertainty that its pulses show. Receiver and path make it late, the same
 * each time: `offset`, or `offset auto`. */
#include "refclock/radio_clock.h"

#include "radio/station.h"
#include "radio/verdict.h"
#include "timescale/civil.h"

/* Receiver modules delay by 20 to 100 ms, two thousand kilometres by 7. */
#define LATENESS_MAX_S 0.2
/* The slow wander of module and path that no minute shows by its own pulses. */
#define PRECISION_S 1e-4
#define PIVOT_YEAR  2000 /* when the floor says nothing */
#define DAY_NS      (86400 * NS_PER_S)

enum { BIAS_PULL_UP = 1, BIAS_PULL_DOWN, BIAS_NONE };
enum { PIN_DCD = 1, PIN_CTS, PIN_DSR, PIN_RI };

const struct config_option radio_clock_options[] = {
	{ .name = "active-low",
	  CONFIG_AT(struct refclock_device, is_active_low),
	  .text = "The line's levels are exchanged. The polarity of the signal is found without it." },
	{ .name = "pull-up",
	  CONFIG_SETS_AT(struct refclock_device, bias, BIAS_PULL_UP),
	  .text = "The line's pull-up resistor is switched on: for outputs that only pull down." },
	{ .name = "pull-down",
	  CONFIG_SETS_AT(struct refclock_device, bias, BIAS_PULL_DOWN),
	  .text = "The line's pull-down resistor is switched on." },
	{ .name = "no-bias",
	  CONFIG_SETS_AT(struct refclock_device, bias, BIAS_NONE),
	  .text = "Both resistors are switched off." },
	{ .name = "debounce",
	  CONFIG_AT(struct refclock_device, debounce_us),
	  .unit = "us",
	  .maximum = 100000,
	  .text = "Shorter changes are dropped by the kernel. Raised, less noise, and edges that come late "
	          "by it, and by one or two of the kernel's ticks, of 1 to 10 ms." },
	{ .name = "dcd",
	  CONFIG_SETS_AT(struct refclock_device, serial_pin, PIN_DCD),
	  .text = "The parameter is a serial port, and its carrier detect line is the input." },
	{ .name = "cts",
	  CONFIG_SETS_AT(struct refclock_device, serial_pin, PIN_CTS),
	  .text = "The same with its line clear to send." },
	{ .name = "dsr",
	  CONFIG_SETS_AT(struct refclock_device, serial_pin, PIN_DSR),
	  .text = "The same with its line data set ready." },
	{ .name = "ri",
	  CONFIG_SETS_AT(struct refclock_device, serial_pin, PIN_RI),
	  .text = "The same with its line ring indicator." },
	{ .name = NULL },
};

/* Stations send two digits of the year. */
static int32_t pivot_year(struct utc_time floor)
{
	const int32_t year = civil_date_of(floor.ns / DAY_NS).year;

	return year > PIVOT_YEAR ? year : PIVOT_YEAR;
}

int radio_clock_create(void *state, const struct refclock_driver *driver, struct utc_time floor)
{
	const struct radio_config config = { .station = driver->station,
		                             .pivot_year = pivot_year(floor) };
	struct radio_clock *clock = state;

	return radio_receiver_create(&config, &clock->receiver);
}

void radio_clock_destroy(void *state)
{
	radio_receiver_destroy(((struct radio_clock *)state)->receiver);
}

static enum leap leap_of(const struct radio_minute *minute)
{
	if (minute->leap_pending == RADIO_UNKNOWN)
		return LEAP_UNSYNCHRONISED;
	if (minute->leap_pending == RADIO_NO || minute->leap == 0)
		return LEAP_NONE;
	return minute->leap > 0 ? LEAP_INSERT : LEAP_DELETE;
}

static void take_minute(struct radio_clock *clock, const struct radio_minute *minute,
                        struct refclock_samples *out)
{
	struct refclock_sample *sample;

	clock->minutes_count++;
	if (minute->verdict == RADIO_REFUSED) {
		refclock_samples_refuse(out, radio_reason_name(minute->reason));
		return;
	}
	sample = refclock_samples_add_time(out, (struct local_time){ 0 }, minute->utc);
	if (!sample)
		return;
	sample->is_free = true;
	sample->free_at.ns = minute->at.ns; /* what the receiver calls local is the free clock */
	sample->error_s = minute->uncertainty_ns * 1e-9;
	sample->leap = leap_of(minute);
}

static void take_minutes(struct radio_clock *clock, struct refclock_samples *out)
{
	struct radio_event heard;

	while (radio_receiver_take(clock->receiver, &heard)) {
		if (heard.kind == RADIO_EVENT_MINUTE)
			take_minute(clock, &heard.minute, out);
	}
}

/* A signal that is gone has no edges that could say so. */
void radio_clock_on_time(void *state, struct free_time now, struct refclock_samples *out)
{
	struct radio_clock *clock = state;

	radio_receiver_on_deadline(clock->receiver, (struct local_time){ now.ns });
	take_minutes(clock, out);
}

void radio_clock_on_edge(void *state, const struct refclock_event *event,
                         struct refclock_samples *out)
{
	const struct refclock_edge *edge = &event->edge;
	struct radio_clock *clock = state;

	if (clock->has_edge)
		clock->lost_count += (uint32_t)(edge->sequence - clock->sequence - 1);
	clock->has_edge = true;
	clock->sequence = edge->sequence;
	clock->last_edge = edge->at;
	clock->edges_count++;
	radio_receiver_on_edge(clock->receiver, (struct local_time){ edge->free_at.ns },
	                       edge->is_rising);
	take_minutes(clock, out);
}

static const struct radio_clock *radio(const void *state)
{
	return state;
}

/* What the four have in common. */
#define RADIO_DRIVER(station_)                                                                     \
	.parameter = "CHIP:LINE, serial port or file of edges", .input = REFCLOCK_EDGES,           \
	.lateness_max_s = LATENESS_MAX_S, .precision_s = PRECISION_S,                              \
	.options = radio_clock_options, .state_size = sizeof(struct radio_clock),                  \
	.station = &(station_), .create = radio_clock_create, .destroy = radio_clock_destroy,      \
	.on_edge = radio_clock_on_edge, .on_time = radio_clock_on_time, .radio = radio

const struct refclock_driver refclock_msf = {
	.name = "MSF",
	.summary = "time by radio from Anthorn, 60 kHz",
	RADIO_DRIVER(radio_station_msf),
};

const struct refclock_driver refclock_dcf77 = {
	.name = "DCF77",
	.summary = "time by radio from Mainflingen, 77.5 kHz",
	RADIO_DRIVER(radio_station_dcf77),
};

const struct refclock_driver refclock_wwvb = {
	.name = "WWVB",
	.summary = "time by radio from Fort Collins, 60 kHz",
	RADIO_DRIVER(radio_station_wwvb),
};

const struct refclock_driver refclock_jjy = {
	.name = "JJY",
	.summary = "time by radio from Japan, 40 and 60 kHz",
	RADIO_DRIVER(radio_station_jjy),
};
