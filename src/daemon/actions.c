/* SPDX-License-Identifier: MIT */
#include "daemon/actions.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "node/node_rtc.h"
#include "daemon/open_files.h"
#include "daemon/signing.h"
#include "os/clock_watch.h"
#include "os/state_file.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

static void put_transmit_time(struct send_action *action, struct local_time now)
{
	struct writer out = writer_into(action->bytes + action->transmit_at_byte, 8);

	assert(action->transmit_at_byte + 8 <= action->length_bytes);
	writer_u64(&out, ntp_time_encode((struct utc_time){ now.ns + action->transmit_add_ns }));
}

/* It has left, and perhaps the kernel will say more exactly when. */
static void tell_sent(struct daemon *daemon, int fd, const struct send_action *action,
                      struct local_time sent)
{
	struct reader in = reader_over(action->bytes + NTP_HEADER_RECEIVE_AT, 8);
	const struct ntp_answer answer = { .association = action->association,
		                           .receive_ntp64 = reader_u64(&in),
		                           .sent = sent };

	if (action->association != ASSOCIATION_SERVER)
		node_on_sent(daemon->node, action->association, sent, STAMP_DAEMON);
	else if (action->keeps_stamp)
		node_on_answered(daemon->node, answer.receive_ntp64, sent, STAMP_DAEMON);
	if (action->keeps_stamp || action->is_from_server_port)
		ntp_sockets_on_left(&daemon->sockets, fd, &answer);
}

/* The clock is read last of all before the datagram is handed over. It leaves a little later than
 * that, never earlier: the error of this reading only widens what can be concluded from it. */
static void send_datagram(struct daemon *daemon, struct send_action *action)
{
	struct local_time sent = { 0 };
	int fd, error;

	if (action->is_to_be_signed) { /* when it leaves nobody knows: Samba signs the time, too */
		put_transmit_time(action, clock_read(daemon->clock).local);
		signing_ask(daemon, action);
		return;
	}
	error = fd = ntp_sockets_prepare(&daemon->sockets, action);
	if (fd >= 0) {
		sent = clock_read(daemon->clock).local;
		if (action->transmit_at_byte != 0)
			put_transmit_time(action, sent);
		if (action->seal_key_id != 0)
			node_seal(daemon->node, action);
		error = ntp_sockets_send(&daemon->sockets, fd, action);
	}
	if (error < 0) {
		char to[ADDRESS_TEXT_SIZE];

		log_say(daemon->log, LOG_SEVERITY_DEBUG, "Could not send to %s: %s",
		        address_format(&action->remote, to), strerror(-error));
		if (action->association != ASSOCIATION_SERVER)
			node_on_not_sent(daemon->node, action->association,
			                 clock_read(daemon->clock));
	} else {
		tell_sent(daemon, fd, action, sent);
	}
}

static void save(struct daemon *daemon, const struct action *action)
{
	static const char *const names[] = {
		[STATE_FILE_DRIFT] = "drift", [STATE_FILE_LATENESS] = "lateness",
		[STATE_FILE_RTC] = "RTC",     [STATE_FILE_LEAP] = "leap second",
		[STATE_FILE_SPENT] = "steps", [STATE_FILE_TIME] = "time"
	};
	char beside[OPEN_FILES_PATH_SIZE];
	const bool is_rtc = action->save.file == STATE_FILE_RTC;
	const char *path = is_rtc ? daemon->config->rtcfile : daemon->config->driftfile;
	int error;

	if (path[0] == '\0')
		return;
	if (action->save.file == STATE_FILE_LATENESS)
		path = open_files_lateness_path(daemon->config->driftfile, beside);
	else if (action->save.file == STATE_FILE_LEAP)
		path = open_files_leap_path(daemon->config->driftfile, beside);
	else if (action->save.file == STATE_FILE_TIME)
		path = open_files_time_path(daemon->config->driftfile, beside);
	if (action->save.file == STATE_FILE_SPENT)
		error = step_budget_save(path, daemon->boot, action->save.bytes,
		                         action->save.length_bytes);
	else
		error = state_file_save(path, action->save.bytes, action->save.length_bytes, 0644);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not write the %s file %s: %s",
		        names[action->save.file], path, state_file_reason(error));
}

static void carry_out(struct daemon *daemon, unsigned depth);

static void say_tai_offset(struct daemon *daemon, int16_t offset_s)
{
	if (offset_s != 0 && offset_s != daemon->tai_offset_said_s)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "System clock TAI offset set to %d seconds", offset_s);
	daemon->tai_offset_said_s = offset_s;
}

static void adjust_clock(struct daemon *daemon, const struct clock_command *command, unsigned depth)
{
	struct outbox *answer = &daemon->outboxes[depth + 1];
	struct clock_adjusted adjusted;

	if (daemon->may_adjust) {
		daemon->is_clock_set |= clock_watch_take(daemon->clock_watch);
		clock_adjust(daemon->clock, command, &adjusted);
		(void)clock_watch_take(daemon->clock_watch); /* that were we */
		say_tai_offset(daemon, command->tai_offset_s);
		if (adjusted.error == 0 && !daemon->config->virtualclock.is_on)
			daemon->slowdown = fmax(-adjusted.frequency, 0);
	} else {
		adjusted = (struct clock_adjusted){ .at = clock_read(daemon->clock).local };
	}
	node_on_clock_adjusted(daemon->node, &adjusted, clock_read(daemon->clock), answer);
	carry_out(daemon, depth + 1);
}

/* 0 or the errno. */
static int set_rtc(struct daemon *daemon, int64_t utc_s)
{
	if (daemon->rtc.fd < 0)
		return ENODEV;
	vm_watch_on_rtc_set(&daemon->vm_watch);
	return -rtc_device_set(&daemon->rtc, rtc_device_shown(utc_s, daemon->is_rtc_local));
}

static void carry_out_one(struct daemon *daemon, struct action *action, unsigned depth)
{
	switch (action->kind) {
	case ACTION_SEND:
		send_datagram(daemon, &action->send);
		break;
	case ACTION_CLOSE:
		ntp_sockets_close(&daemon->sockets, action->close_association);
		break;
	case ACTION_RESOLVE:
		resolver_ask(&daemon->resolver, action->resolve.request, action->resolve.name,
		             action->resolve.family);
		break;
	case ACTION_ADJUST_CLOCK:
		adjust_clock(daemon, &action->clock, depth);
		break;
	case ACTION_SAVE:
		save(daemon, action);
		break;
	case ACTION_SET_RTC:
		node_on_rtc_set(daemon->node, set_rtc(daemon, action->rtc_second),
		                clock_read(daemon->clock));
		break;
	case ACTION_GIVE_UP:
		daemon->is_over = true;
		daemon->exit_status = 1;
		break;
	}
}

static void carry_out(struct daemon *daemon, unsigned depth)
{
	struct outbox *out = &daemon->outboxes[depth];

	assert(out->count == 0 || depth + 1 < DAEMON_DEPTH_MAX);
	for (size_t i = 0; i < out->count; i++)
		carry_out_one(daemon, &out->actions[i], depth);
	out->count = 0;
}

struct outbox *actions_outbox(struct daemon *daemon)
{
	assert(daemon->outboxes[0].count == 0);
	return &daemon->outboxes[0];
}

void actions_carry_out(struct daemon *daemon)
{
	carry_out(daemon, 0);
}
