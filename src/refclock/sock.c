/* refclock/sock: samples that another program sends to a Unix socket of ours, in chrony's message.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>

#include "refclock/refclock_driver.h"
#include "wire/sock_sample.h"

static void on_datagram(void *state, const struct refclock_event *event,
                        struct refclock_samples *out)
{
	const struct refclock_datagram *datagram = &event->datagram;
	struct refclock_sample *sample;
	struct sock_sample message;
	const int error = sock_sample_decode(datagram->bytes, datagram->length_bytes, &message);

	(void)state;
	if (error != 0) {
		refclock_samples_refuse(out, error == -EMSGSIZE ? "a message of the wrong length"
		                                                : "a message that is none");
		return;
	}
	if (message.leap == LEAP_UNSYNCHRONISED) {
		refclock_samples_refuse(out, "the sender says that it is not synchronised");
		return;
	}
	sample = refclock_samples_add_time(
		out, stamp_map_local(&event->map, message.system_ns),
		(struct utc_time){ message.system_ns + llrint(message.offset_s * 1e9) });
	if (!sample)
		return;
	sample->is_pulse = message.is_pulse;
	if (message.leap >= 0 && message.leap < LEAP_UNSYNCHRONISED)
		sample->leap = (enum leap)message.leap;
}

const struct refclock_driver refclock_sock = {
	.name = "SOCK",
	.summary = "samples sent to a Unix socket, as chronyd takes them, from gpsd and others",
	.parameter = "path",
	.input = REFCLOCK_DATAGRAM,
	.on_datagram = on_datagram,
};
