/* refclock/gnss: the drivers NMEA and UBX: UTC from a GNSS receiver on a serial port.
 * SPDX-License-Identifier: MIT
 *
 * NMEA 0183 (RMC or ZDA) says which second it is; when that began it tells to some 10 ms, and late.
 * Pair it with `pps`, and let `offset auto` learn how late. UBX (NAV-TIMEUTC, NAV-PVT or
 * NAV-TIMEGPS) says more: whether the leap seconds are known, when the next one comes, and by how
 * many picoseconds the next pulse will be off (TIM-TP). */
#include "refclock/gnss_receiver.h"

static void init_nmea(void *state, const struct refclock_device *device, struct local_time now,
                      struct utc_time floor)
{
	(void)now;
	gnss_receiver_init(state, device, false, floor);
}

static void init_ubx(void *state, const struct refclock_device *device, struct local_time now,
                     struct utc_time floor)
{
	(void)now;
	gnss_receiver_init(state, device, true, floor);
}

static void on_serial(void *state, const struct refclock_event *event, struct refclock_samples *out)
{
	gnss_receiver_on_serial(state, &event->serial, out);
}

static const struct gnss_status *gnss(const void *state)
{
	return &((const struct gnss_receiver *)state)->status;
}

/* What the two have in common. */
#define GNSS_DRIVER(init_)                                                                         \
	.parameter = "/dev/tty...", .input = REFCLOCK_SERIAL, .lateness_max_s = 0.8,               \
	.precision_s = 1e-3, .options = gnss_receiver_options,                                     \
	.state_size = sizeof(struct gnss_receiver), .init = (init_), .on_serial = on_serial,       \
	.gnss = gnss

const struct refclock_driver refclock_nmea = {
	.name = "NMEA",
	.summary = "a GNSS receiver on a serial port, NMEA 0183 sentences",
	GNSS_DRIVER(init_nmea),
};

const struct refclock_driver refclock_ubx = {
	.name = "UBX",
	.summary = "a GNSS receiver on a serial port, u-blox's binary protocol",
	GNSS_DRIVER(init_ubx),
};
