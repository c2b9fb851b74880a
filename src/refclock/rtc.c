/* refclock/rtc: the real-time clock that counts while the machine is off, as a source of its own.
 * SPDX-License-Identifier: MIT
 *
 * Tells when its seconds begin, and steadily so; but who set it, how well and how long ago is not
 * known, and it drifts by some seconds a week. So it is taken to be up to a second off unless
 * `delay` says better. For machines without any network, beside `local`; all others are served
 * better by rtcfile. */
#include "refclock/refclock_driver.h"

#define AT(member_) CONFIG_AT(struct refclock_device, member_)

/* Set by hand it is a second late or early. */
#define LATENESS_MAX_S 1.0
/* What an interrupt waits for, at worst on a busy machine. */
#define PRECISION_S 1e-4

static const struct config_option options[] = {
	{ .name = "utc", AT(is_utc), .text = "It keeps UTC instead of local time." },
	{ .name = NULL },
};

static void on_rtc(void *state, const struct refclock_event *event, struct refclock_samples *out)
{
	const struct refclock_rtc *rtc = &event->rtc;
	struct refclock_sample *sample =
		refclock_samples_add_time(out, rtc->at, (struct utc_time){ rtc->rtc_s * NS_PER_S });

	(void)state;
	if (sample)
		sample->window_ns = rtc->window_ns;
}

const struct refclock_driver refclock_rtc = {
	.name = "RTC",
	.summary = "the machine's real-time clock",
	.parameter = "/dev/rtcN",
	.input = REFCLOCK_RTC,
	.lateness_max_s = LATENESS_MAX_S,
	.precision_s = PRECISION_S,
	.options = options,
	.on_rtc = on_rtc,
};
