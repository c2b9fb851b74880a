/* SPDX-License-Identifier: MIT */
#include "daemon/rtc_service.h"

#include <errno.h>
#include <string.h>

#include "daemon/actions.h"
#include "daemon/daemon.h"
#include "daemon/once.h"
#include "daemon/open_files.h"
#include "daemon/rtc_start.h"
#include "node/node_rtc.h"
#include "os/hwclock_file.h"

static bool is_local(const struct daemon_config *config, const struct log *log)
{
	switch (hwclock_file_zone(config->hwclockfile)) {
	case HWCLOCK_UTC:
		return false;
	case HWCLOCK_LOCAL:
		return true;
	case HWCLOCK_NONSENSE:
		log_say(log, LOG_SEVERITY_WARNING,
		        "The third line of %s (hwclockfile) says neither UTC nor LOCAL: ignored",
		        config->hwclockfile);
		break;
	case HWCLOCK_NOT_SAID:
		break;
	}
	return !config->rtconutc;
}

void rtc_service_open(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;
	const bool is_tracked = config->rtcfile[0] != '\0' && !once_is_on(daemon->line);
	const bool is_wanted = daemon->line->is_rtc_wanted && !once_is_on(daemon->line);
	const char *path = config->rtcdevice[0] != '\0' ? config->rtcdevice : NULL;
	int error = 0;

	daemon->is_rtc_local = is_local(config, daemon->log);
	if (is_tracked || (is_wanted && daemon->may_adjust))
		error = rtc_device_open(&daemon->rtc, path);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not open RTC device %s : %s",
		        path ? path : RTC_DEVICE_DEFAULT,
		        error == -EBUSY ? "another program has it; stop that, or take out rtcfile"
		                        : strerror(-error));
	daemon->has_rtc_file = open_files_rtc(config->rtcfile, daemon->log, &daemon->rtc_file);
	if (is_wanted && daemon->may_adjust)
		rtc_start_set_clock(daemon, daemon->has_rtc_file ? &daemon->rtc_file : NULL);
	else if (is_wanted)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "-s has no effect: the clock is only watched");
	if (!is_tracked)
		rtc_device_close(&daemon->rtc);
}

struct pollfd rtc_service_poll(struct daemon *daemon)
{
	if (daemon->rtc.fd < 0)
		return (struct pollfd){ .fd = -1 };
	if (node_rtc_is_listening(daemon->node))
		rtc_device_listen(&daemon->rtc, clock_mono_now());
	else
		rtc_device_rest(&daemon->rtc);
	return rtc_device_poll(&daemon->rtc);
}

struct mono_time rtc_service_deadline(const struct daemon *daemon)
{
	return daemon->rtc.fd < 0 ? MONO_TIME_NEVER : rtc_device_deadline(&daemon->rtc);
}

/* A device that fails now may answer the next time: the node goes on asking. */
void rtc_service_on_ready(struct daemon *daemon, const struct pollfd *polled)
{
	const bool is_ready = polled->fd >= 0 && polled->revents != 0;
	struct instant now;
	struct rtc_edge edge;
	struct node_rtc_edge heard;

	if (daemon->rtc.fd < 0)
		return;
	now = clock_read(daemon->clock);
	if (rtc_device_take(&daemon->rtc, is_ready, now.mono, &edge) != 0)
		return;
	heard = (struct node_rtc_edge){
		.second = { rtc_device_utc(edge.second, daemon->is_rtc_local) * NS_PER_S },
		.early_ns_max = edge.early_ns_max,
	};
	node_on_rtc_edge(daemon->node, &heard, now, actions_outbox(daemon));
	actions_carry_out(daemon);
}
