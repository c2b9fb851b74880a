/* refclock/nmea: UTC from a GNSS receiver on a serial port, NMEA 0183: RMC or ZDA.
 * SPDX-License-Identifier: MIT
 *
 * The sentence says which second it is; when that began it tells to some 10 ms, and late. Pair it
 * with `pps`, and let `offset auto` learn how late. */
#include "refclock/gnss_receiver.h"

static void init(void *state, const struct refclock_device *device, struct local_time now,
                 struct utc_time floor)
{
	(void)now;
	gnss_receiver_init(state, device, false, floor);
}

static void on_serial(void *state, const struct refclock_event *event, struct refclock_samples *out)
{
	gnss_receiver_on_serial(state, &event->serial, out);
}

static const struct gnss_status *gnss(const void *state)
{
	return &((const struct gnss_receiver *)state)->status;
}

const struct refclock_driver refclock_nmea = {
	.name = "NMEA",
	.summary = "a GNSS receiver on a serial port, NMEA 0183 sentences",
	.parameter = "/dev/tty...",
	.input = REFCLOCK_SERIAL,
	.lateness_max_s = 0.8,
	.precision_s = 1e-3,
	.options = gnss_receiver_options,
	.state_size = sizeof(struct gnss_receiver),
	.init = init,
	.on_serial = on_serial,
	.gnss = gnss,
};
