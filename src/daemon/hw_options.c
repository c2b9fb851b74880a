/* SPDX-License-Identifier: MIT */
#include "daemon/hw_options.h"

#include "estimate/clock_map.h"

#define AT(member_)   CONFIG_AT(struct hw_options, member_)
#define MAXPOLL_UNSET INT8_MAX

static const char *const filters[] = {
	[HW_RXFILTER_BEST] = "best", [HW_RXFILTER_NONE] = "none", [HW_RXFILTER_NTP] = "ntp",
	[HW_RXFILTER_ALL] = "all",   [HW_RXFILTER_PTP] = "ptp",   NULL
};

const struct config_option hw_options_arguments[] = {
	{ .name = "interface", AT(name), .text = "A network interface; * is all that can do it." },
	{ .name = NULL },
};

const struct config_option hw_options_table[] = {
	{ .name = "rxfilter",
	  AT(rxfilter),
	  .words = filters,
	  .text = "Which received packets the card stamps. best is the narrowest that has NTP: ntp, else all, else "
	          "none, and then only what is sent is stamped." },
	{ .name = "minpoll",
	  AT(minpoll_log2_s),
	  .unit = "log2 s",
	  .minimum = -6,
	  .maximum = 20,
	  .text = "The card's clock is read no more often. Lowered, stamps are compared more freshly, and the bus is "
	          "used more." },
	{ .name = "maxpoll",
	  AT(maxpoll_log2_s),
	  .unit = "log2 s",
	  .minimum = -6,
	  .maximum = 127,
	  .normal = MAXPOLL_UNSET,
	  .normal_note = "minpoll + 1",
	  .text = "It is read as often also while no packets come." },
	{ .name = "minsamples",
	  AT(minsamples),
	  .minimum = 2,
	  .maximum = CLOCK_MAP_READINGS_MAX,
	  .normal = 2,
	  .text = "Readings that are needed before stamps are used." },
	{ .name = "maxsamples",
	  AT(maxsamples),
	  .minimum = 2,
	  .maximum = CLOCK_MAP_READINGS_MAX,
	  .normal = 16,
	  .text = "Readings that the card's clock is known by. Raised, noise of readings matters less; lowered, changes "
	          "of its rate are followed sooner." },
	{ .name = "precision",
	  AT(precision_s),
	  .unit = "s",
	  .minimum = 1e-10,
	  .maximum = 1e-3,
	  .normal = 1e-7,
	  .text = "How well a reading is taken to be, beside the time that it took." },
	{ .name = "txcomp",
	  AT(txcomp_s),
	  .unit = "s",
	  .minimum = -1e-3,
	  .maximum = 1e-3,
	  .text = "Added to stamps of what is sent: how much later it is really on the cable." },
	{ .name = "rxcomp",
	  AT(rxcomp_s),
	  .unit = "s",
	  .minimum = -1e-3,
	  .maximum = 1e-3,
	  .text = "Subtracted from stamps of what is received: how much earlier it really came." },
	{ .name = "nocrossts",
	  AT(nocrossts),
	  .text = "Does without the hardware's own way of reading both clocks at once." },
	{ .name = NULL },
};

void hw_options_finish(struct config_cursor *cursor, void *hw_options)
{
	struct hw_options *options = hw_options;

	(void)cursor;
	if (options->maxpoll_log2_s == MAXPOLL_UNSET)
		options->maxpoll_log2_s = (int8_t)(options->minpoll_log2_s + 1);
	if (options->maxpoll_log2_s < options->minpoll_log2_s)
		options->maxpoll_log2_s = options->minpoll_log2_s;
	if (options->maxsamples < options->minsamples)
		options->maxsamples = options->minsamples;
}
