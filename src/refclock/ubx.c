/* refclock/ubx: UTC from a GNSS receiver on a serial port, UBX: NAV-TIMEUTC, NAV-PVT or
 * NAV-TIMEGPS. SPDX-License-Identifier: MIT
 *
 * Says what NMEA cannot: whether the leap seconds are known, when the next one comes, and by how
 * many picoseconds the next pulse will be off (TIM-TP). */
#include "refclock/gnss_receiver.h"

static void init(void *state, const struct refclock_device *device, struct local_time now,
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

const struct refclock_driver refclock_ubx = {
	.name = "UBX",
	.summary = "a GNSS receiver on a serial port, u-blox's binary protocol",
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
