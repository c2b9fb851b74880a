/* SPDX-License-Identifier: MIT */
#include "daemon/loop.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "control/mode6.h"
#include "daemon/actions.h"
#include "daemon/background.h"
#include "daemon/chronyc_service.h"
#include "daemon/control_service.h"
#include "daemon/dumps.h"
#include "daemon/once.h"
#include "daemon/open_refclocks.h"
#include "daemon/reload.h"
#include "daemon/rtc_service.h"
#include "daemon/signing.h"
#include "daemon/tempcomp.h"
#include "os/clock_watch.h"

#define CLOCK_LOOK_NS NS_PER_S /* how often it is asked whether others adjust it */
#define DATAGRAM_SIZE 2048     /* longer ones are nobody's NTP */
#define NS_PER_MS_UP  (NS_PER_MS - 1)

enum { /* where whose entries begin in the poll set */
       CONTROL_AT = 0,
       CHRONYC_AT = CONTROL_AT + CONTROL_SOCKET_FDS,
       SOCKETS_AT = CHRONYC_AT + CHRONYC_SOCKETS_MAX,
       FEEDS_AT = SOCKETS_AT + NTP_SOCKETS_MAX,
       RESOLVER_AT = FEEDS_AT + REFCLOCK_FEEDS_MAX,
       RTC_AT = RESOLVER_AT + RESOLVER_CHILDREN_MAX,
       WATCH_AT,
       SIGNING_AT,
       POLL_SET_COUNT,
};

static struct mono_time deadline(const struct daemon *daemon)
{
	struct mono_time first = mono_time_earlier(node_deadline(daemon->node), daemon->end);

	first = mono_time_earlier(first, refclock_feeds_deadline(&daemon->feeds));
	first = mono_time_earlier(first, lease_watch_deadline(&daemon->leases));
	first = mono_time_earlier(first, hw_clocks_deadline(&daemon->hw_clocks));
	first = mono_time_earlier(first, rtc_service_deadline(daemon));
	first = mono_time_earlier(first, tempcomp_deadline(daemon));
	first = mono_time_earlier(first, signing_socket_deadline(&daemon->signing));
	first = mono_time_earlier(first, daemon->leap_watch.look_at);
	first = mono_time_earlier(first, resolver_deadline(&daemon->resolver));
	return mono_time_earlier(first, control_socket_deadline(&daemon->control));
}

/* Rounded up: waking a moment late costs less than waking twice. The kernel counts it by its own
 * clock, as fast or slow as we make it run: a slew at the highest rate would end a tenth too late.
 */
static int timeout_ms(struct mono_time deadline, struct mono_time now, double slowdown)
{
	int64_t ms;

	if (deadline.ns == MONO_TIME_NEVER.ns)
		return -1;
	if (deadline.ns <= now.ns)
		return 0;
	ms = (deadline.ns - now.ns - (int64_t)(slowdown * (double)(deadline.ns - now.ns)) +
	      NS_PER_MS_UP) /
	     NS_PER_MS;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static int wait_for_events(struct daemon *daemon, struct pollfd *set)
{
	control_socket_poll_set(&daemon->control, set + CONTROL_AT);
	chronyc_sockets_poll_set(&daemon->chronyc_sockets, set + CHRONYC_AT);
	ntp_sockets_poll_set(&daemon->sockets, set + SOCKETS_AT);
	refclock_feeds_poll_set(&daemon->feeds, set + FEEDS_AT);
	resolver_poll_set(&daemon->resolver, set + RESOLVER_AT);
	set[RTC_AT] = rtc_service_poll(daemon);
	set[SIGNING_AT] = signing_socket_poll(&daemon->signing);
	set[WATCH_AT] = (struct pollfd){ .fd = daemon->clock_watch, .events = POLLIN };
	return poll(set, POLL_SET_COUNT,
	            timeout_ms(deadline(daemon), clock_mono_now(), daemon->slowdown));
}

static void tell_sent(struct daemon *daemon, const struct ntp_socket *socket, uint32_t number,
                      struct local_time sent, enum stamp_source stamp)
{
	const struct ntp_answer *answer;

	if (socket->association != ASSOCIATION_SERVER) {
		node_on_sent(daemon->node, socket->association, sent, stamp);
		return;
	}
	answer = ntp_sockets_answer(socket, number, sent);
	if (answer && answer->association != ASSOCIATION_SERVER)
		node_on_sent(daemon->node, answer->association, sent, stamp);
	else if (answer)
		node_on_answered(daemon->node, answer->receive_ntp64, sent, stamp);
}

static void on_sent_stamp(struct daemon *daemon, struct ntp_socket *socket)
{
	struct local_time local;
	struct udp_sent sent;

	if (udp_socket_sent_stamp(socket->fd, &sent) != 0)
		return;
	if (sent.has_stamp)
		tell_sent(daemon, socket, sent.number,
		          clock_from_kernel_stamp(daemon->clock, sent.stamp), STAMP_KERNEL);
	socket->has_hardware_stamp |= sent.hardware.is_known;
	if (hw_clocks_sent(&daemon->hw_clocks, &sent.hardware, daemon->clock, daemon->node, &local))
		tell_sent(daemon, socket, sent.number, local, STAMP_HARDWARE);
}

/* A reply may come before the card has told when the request left. */
static void await_hardware_stamp(struct daemon *daemon, struct ntp_socket *socket)
{
	struct pollfd wait = { .fd = socket->fd, .events = POLLPRI };
	const int wait_ms = (int)(daemon->config->hwtstimeout_s * 1e3 + 0.999);

	if (daemon->hw_clocks.count == 0 || socket->association == ASSOCIATION_SERVER)
		return;
	while (!socket->has_hardware_stamp && poll(&wait, 1, wait_ms) > 0 && wait.revents & POLLPRI)
		on_sent_stamp(daemon, socket);
}

static void on_datagram(struct daemon *daemon, const struct ntp_socket *socket)
{
	uint8_t bytes[DATAGRAM_SIZE];
	struct udp_received received;
	struct datagram datagram;
	struct instant now;

	if (udp_socket_receive(socket->fd, bytes, sizeof bytes, &received) != 0)
		return;
	now = clock_read(daemon->clock);
	datagram = (struct datagram){
		.association = socket->association,
		.remote = received.remote,
		.local = received.local,
		.received = now.local,
		.stamp = STAMP_DAEMON,
		.bytes = bytes,
		.length_bytes = received.length_bytes,
	};
	if (received.has_stamp) {
		datagram.received = clock_from_kernel_stamp(daemon->clock, received.stamp);
		datagram.stamp = STAMP_KERNEL;
	}
	if (hw_clocks_received(&daemon->hw_clocks, &received.hardware, daemon->clock, daemon->node,
	                       &datagram.received))
		datagram.stamp = STAMP_HARDWARE;
	if (daemon->config->ntpqallow && datagram.association == ASSOCIATION_SERVER &&
	    mode6_is_request(&datagram))
		daemon->ntpq_count[mode6_answer(&datagram, TIMEBALL_VERSION, daemon->node, now,
		                                actions_outbox(daemon))]++;
	else
		node_on_received(daemon->node, &datagram, now, actions_outbox(daemon));
	actions_carry_out(daemon);
}

/* The stamp of a request before the reply to it. A socket that an event before this one replaced
 * has another descriptor, or finds nothing to take. */
static void on_sockets(struct daemon *daemon, const struct pollfd *set)
{
	for (size_t i = 0; i < NTP_SOCKETS_MAX; i++) {
		struct ntp_socket *socket = &daemon->sockets.places[i];

		if (set[i].fd < 0 || set[i].fd != socket->fd)
			continue;
		if (set[i].revents & (POLLPRI | POLLERR))
			on_sent_stamp(daemon, socket);
		if (set[i].revents & POLLIN) {
			await_hardware_stamp(daemon, socket);
			on_datagram(daemon, socket);
		}
	}
}

static void on_refclocks(struct daemon *daemon, struct pollfd *set)
{
	struct refclock_feeds_taken taken;
	size_t at = 0;

	while (refclock_feeds_take(&daemon->feeds, set, &at, &taken)) {
		if (!taken.is_event) {
			open_refclocks_say(daemon, taken.refclock, taken.error);
			continue;
		}
		node_on_refclock(daemon->node, taken.refclock, &taken.event,
		                 clock_read(daemon->clock), actions_outbox(daemon));
		actions_carry_out(daemon);
	}
}

static void on_resolved(struct daemon *daemon, struct pollfd *set)
{
	struct resolver_answer answer;

	while (resolver_take(&daemon->resolver, set, clock_mono_now(), &answer)) {
		node_on_resolved(daemon->node, answer.request, answer.addresses, answer.count,
		                 clock_read(daemon->clock), actions_outbox(daemon));
		actions_carry_out(daemon);
		dumps_load(daemon);
	}
}

static void on_deadlines(struct daemon *daemon)
{
	const struct instant now = clock_read(daemon->clock);

	if (node_deadline(daemon->node).ns <= now.mono.ns) {
		node_on_deadline(daemon->node, now, actions_outbox(daemon));
		actions_carry_out(daemon);
	}
	if (tempcomp_deadline(daemon).ns <= now.mono.ns)
		tempcomp_on_deadline(daemon, now);
	hw_clocks_on_deadline(&daemon->hw_clocks, daemon->clock, daemon->node);
	control_socket_on_deadline(&daemon->control, now.mono);
	if (lease_watch_is_changed(&daemon->leases, daemon->config->lines, now.mono))
		(void)reload_configuration(daemon, NULL);
	leap_watch_on_deadline(daemon, now.mono);
	if (daemon->end.ns <= now.mono.ns && !daemon->is_over) {
		daemon->is_over = true;
		log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Timeout reached");
	}
}

static void tell_disturbance(struct daemon *daemon, enum clock_disturbance what)
{
	node_on_clock_disturbed(daemon->node, what, clock_read(daemon->clock),
	                        actions_outbox(daemon));
	actions_carry_out(daemon);
}

static void tell_stop(struct daemon *daemon, int64_t lost_ns)
{
	node_on_machine_stopped(daemon->node, lost_ns, clock_read(daemon->clock),
	                        actions_outbox(daemon));
	actions_carry_out(daemon);
}

static void look_for_stops(struct daemon *daemon)
{
	const int64_t lost_ns = vm_watch_lost_ns(&daemon->vm_watch, clock_read(daemon->clock).local,
	                                         daemon->is_rtc_local);

	if (lost_ns > 0)
		tell_stop(daemon, lost_ns);
}

static void tell_kernel(struct daemon *daemon)
{
	int64_t error_max_ns, error_estimate_ns;

	if (daemon->may_adjust && node_clock_errors(daemon->node, clock_read(daemon->clock).local,
	                                            &error_max_ns, &error_estimate_ns))
		clock_tell_errors(daemon->clock, error_max_ns, error_estimate_ns);
}

/* Before anybody is told a time: is the clock still as we left it? */
static void look_at_clock(struct daemon *daemon)
{
	const struct mono_time now = clock_mono_now();

	daemon->is_clock_set |= clock_watch_take(daemon->clock_watch);
	if (daemon->is_clock_set) {
		daemon->is_clock_set = false;
		tell_disturbance(daemon, CLOCK_DISTURBED_SET);
	}
	if (vm_watch_is_moved(&daemon->vm_watch))
		tell_stop(daemon, 0);
	if (now.ns - daemon->clock_looked.ns < CLOCK_LOOK_NS)
		return;
	daemon->clock_looked = now;
	if (daemon->may_adjust && clock_is_touched(daemon->clock))
		tell_disturbance(daemon, CLOCK_DISTURBED_RATE);
	look_for_stops(daemon);
	tell_kernel(daemon);
}

static void on_events(struct daemon *daemon, const struct pollfd *set)
{
	on_sockets(daemon, set + SOCKETS_AT);
	control_socket_on_ready(&daemon->control, set + CONTROL_AT, clock_mono_now());
	control_service_answer(daemon);
	chronyc_service_on_ready(daemon, set + CHRONYC_AT);
}

static void on_reload_wanted(struct daemon *daemon, struct loop_signals *signals)
{
	if (!signals->is_reload_wanted)
		return;
	signals->is_reload_wanted = 0;
	background_notify_reloading();
	(void)reload_logs(daemon);
	(void)reload_configuration(daemon, NULL);
	background_notify_ready();
}

void loop_run(struct daemon *daemon, struct loop_signals *signals)
{
	struct pollfd set[POLL_SET_COUNT];

	lease_watch_begin(&daemon->leases, daemon->config->lines, clock_mono_now());
	node_on_start(daemon->node, clock_read(daemon->clock), actions_outbox(daemon));
	actions_carry_out(daemon);
	dumps_load(daemon);
	on_resolved(daemon, NULL);
	while (!daemon->is_over && !signals->is_end_wanted) {
		const int ready = wait_for_events(daemon, set);

		if (ready < 0 && errno != EINTR) {
			log_say(daemon->log, LOG_SEVERITY_FATAL, "poll: %s", strerror(errno));
			daemon->exit_status = 1;
			return;
		}
		look_at_clock(daemon);
		if (ready > 0)
			on_events(daemon, set);
		signing_on_ready(daemon, &set[SIGNING_AT]);
		rtc_service_on_ready(daemon, &set[RTC_AT]);
		on_refclocks(daemon, ready > 0 ? set + FEEDS_AT : NULL);
		on_resolved(daemon, set + RESOLVER_AT);
		on_deadlines(daemon);
		on_reload_wanted(daemon, signals);
		once_check(daemon);
	}
}
