/* refclock/pps: pulses with kernel stamps (RFC 2783). SPDX-License-Identifier: MIT
 *
 * Says to the microsecond when a second begins and not which: see `lock`. */
#include "refclock/refclock_driver.h"

#define AT(member_) CONFIG_AT(struct refclock_device, member_)

static const struct config_option options[] = {
	{ .name = "clear",
	  AT(is_clear),
	  .text = "The falling edge begins the second instead of the rising one." },
	{ .name = NULL },
};

struct pps {
	bool has_sequence;
	uint32_t sequence;
};

/* The device is looked at more often than it beats: the number tells whether it has. */
static void on_edge(void *state, const struct refclock_event *event, struct refclock_samples *out)
{
	struct pps *pps = state;

	if (pps->has_sequence && event->edge.sequence == pps->sequence)
		return;
	if (pps->has_sequence && event->edge.sequence != pps->sequence + 1)
		refclock_samples_refuse(out, "pulses were missed");
	pps->has_sequence = true;
	pps->sequence = event->edge.sequence;
	(void)refclock_samples_add_pulse(out, event->edge.at);
}

const struct refclock_driver refclock_pps = {
	.name = "PPS",
	.summary = "a pulse each second, from a kernel PPS device",
	.parameter = "/dev/ppsN",
	.input = REFCLOCK_PULSE,
	.options = options,
	.state_size = sizeof(struct pps),
	.on_edge = on_edge,
};
