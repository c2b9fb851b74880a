/* SPDX-License-Identifier: MIT */
#include "daemon/open_refclocks.h"

#include <errno.h>
#include <string.h>

/* What to do about it, as far as that can be told from here. */
static const char *advice(const struct refclock_options *options, int error)
{
	const enum refclock_input input = options->driver->input;

	if (error == -EACCES && input == REFCLOCK_SEGMENT)
		return ": another user made the segment; let both run as the same user, or set perm=0666";
	if (options->device.serial_pin != 0 && (error == -EACCES || error == -EPERM))
		return ": not permitted; put the user into the port's group, often 'dialout', or start as "
		       "root";
	if (options->device.serial_pin != 0 && error == -ENOTTY)
		return ": no serial port with control lines (dcd, cts, dsr, ri)";
	if (options->device.serial_pin != 0)
		return "";
	if (input == REFCLOCK_EDGES && (error == -EACCES || error == -EPERM))
		return ": not permitted; put the user into the device's group, often 'gpio', or start as root";
	if (input == REFCLOCK_EDGES && error == -EBUSY)
		return ": another program or driver has the line; 'gpioinfo' shows which";
	if (input == REFCLOCK_EDGES && (error == -ENOENT || error == -EINVAL))
		return ": neither a line (CHIP:LINE, as gpiochip0:17; 'gpiodetect' lists chips, 'gpioinfo' "
		       "lines) nor a file of edges";
	if (input == REFCLOCK_EDGES && error == -EBADMSG)
		return ": lines of a file of edges are 'SECONDS.NANOSECONDS 0|1'";
	if (input == REFCLOCK_RTC && error == -EBUSY)
		return ": another program has it open";
	if (input == REFCLOCK_RTC && error == -EINVAL)
		return ": it shows a date that does not exist, as after its battery failed; set it "
		       "('timeball rtc', hwclock)";
	if (error == -EACCES || error == -EPERM)
		return ": not permitted; start as root, or give the user a group that may (udev rule)";
	if (error == -EADDRINUSE)
		return ": another program listens there (chronyd?); stop it";
	if (error == -EEXIST)
		return ": there is something that is no socket; remove it";
	if (error == -ENOENT && input == REFCLOCK_PULSE)
		return ": no such device; is the kernel's PPS driver loaded (pps-gpio, pps_ldisc)?";
	if (error == -ENOENT && input == REFCLOCK_DATAGRAM)
		return ": there is no such folder; make it";
	if (error == -ENODEV && input == REFCLOCK_PHC)
		return ": this interface has no PTP hardware clock";
	return "";
}

void open_refclocks_say(const struct daemon *daemon, uint32_t refclock, int error)
{
	const struct refclock_options *options = &daemon->config->node.refclocks[refclock];

	if (error == 0)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "Reference clock %s (%s %s) is there", options->refid,
		        options->driver->name, options->device.path);
	else
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "Reference clock %s cannot be used: %s %s: %s%s; trying again",
		        options->refid, options->driver->name, options->device.path,
		        strerror(-error), advice(options, error));
}

static bool has_refid(const struct node_config *config, const char *refid, size_t but)
{
	for (size_t i = 0; i < config->refclocks_count; i++) {
		if (i != but && strcmp(config->refclocks[i].refid, refid) == 0)
			return true;
	}
	return false;
}

static void check_names(const struct daemon *daemon)
{
	const struct node_config *config = &daemon->config->node;

	for (size_t i = 0; i < config->refclocks_count; i++) {
		const struct refclock_options *options = &config->refclocks[i];

		if (options->lock[0] != '\0' && !has_refid(config, options->lock, i))
			log_say(daemon->log, LOG_SEVERITY_WARNING,
			        "Reference clock %s is locked to %s, which is the refid of no "
			        "other refclock line: its pulses are numbered by the clock alone",
			        options->refid, options->lock);
		if (has_refid(config, options->refid, i))
			log_say(daemon->log, LOG_SEVERITY_WARNING,
			        "Two reference clocks have the refid %s; give one another name",
			        options->refid);
	}
}

void open_refclocks(struct daemon *daemon)
{
	const struct node_config *config = &daemon->config->node;

	check_names(daemon);
	refclock_feeds_open(&daemon->feeds, config->refclocks, config->refclocks_count,
	                    daemon->clock);
	for (size_t i = 0; i < daemon->feeds.count; i++) {
		const int error = refclock_feeds_error(&daemon->feeds, i);

		if (error != 0)
			open_refclocks_say(daemon, (uint32_t)i, error);
	}
}
