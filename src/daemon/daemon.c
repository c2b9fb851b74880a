/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/actions.h"
#include "daemon/background.h"
#include "daemon/daemon.h"
#include "daemon/dumps.h"
#include "daemon/messages.h"
#include "daemon/once.h"
#include "daemon/open_clock.h"
#include "daemon/open_files.h"
#include "daemon/open_network.h"
#include "daemon/open_refclocks.h"
#include "daemon/pidfile.h"
#include "daemon/plausible.h"
#include "daemon/rtc_service.h"
#include "daemon/signing.h"
#include "daemon/tempcomp.h"
#include "os/clock_watch.h"
#include "os/simulated.h"
#include "os/mail.h"
#include "os/own_addresses.h"
#include "os/privilege.h"
#include "os/random.h"
#include "os/simulated.h"
#include "os/state_file.h"
#include "os/syscall_filter.h"

#define OWN_ADDRESSES_MAX 64
#define PIDFILE_DEFAULT   "/run/timeball/timeballd.pid"

/* Never waits: the daemon has a clock to keep. */
static void write_mail(const struct daemon *daemon, double offset_s)
{
	char host[65] = "", message[MAIL_SIZE_MAX];
	int length, error;

	(void)gethostname(host, sizeof host - 1);
	length = snprintf(
		message, sizeof message,
		"To: %s\nSubject: %s changes the clock of %s\n\n"
		"The clock of %s was found to be %s by %.6f seconds, and is being corrected.\n",
		daemon->config->mailonchange_address, daemon->log->program, host, host,
		offset_s > 0 ? "fast" : "slow", fabs(offset_s));
	error = daemon->mail_helper >= 0
	                ? mail_helper_send(daemon->mail_helper, message, (size_t)length)
	                : mail_send(MAIL_PROGRAM, message, (size_t)length);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not send mail to %s with %s: %s",
		        daemon->config->mailonchange_address, MAIL_PROGRAM, strerror(-error));
}

/* What a source sent is the operator's concern; strangers are not given the log to write in. */
static void tell_refusal(struct daemon *daemon, const struct trace_event *event)
{
	const enum log_severity severity =
		event->name ? LOG_SEVERITY_INFORMATION : LOG_SEVERITY_DEBUG;
	char from[ADDRESS_TEXT_SIZE], more[64] = "";
	uint64_t unsaid_count;

	if (severity < daemon->log->least ||
	    !refusals_is_news(&daemon->refusals, (unsigned)event->numbers[0], clock_mono_now(),
	                      &unsaid_count))
		return;
	if (unsaid_count > 0)
		(void)snprintf(more, sizeof more, " (and %" PRIu64 " more since the last one)",
		               unsaid_count);
	log_say(daemon->log, severity, "Refused a packet from %s: %s%s",
	        address_format(&event->address, from), event->text, more);
}

static void on_trace(void *to, const struct trace_event *event)
{
	struct daemon *daemon = to;
	enum log_severity severity;
	char text[MESSAGE_SIZE];

	if (event->kind == TRACE_PACKET_REFUSED) {
		tell_refusal(daemon, event);
		return;
	}
	if (messages_format(event, text, &severity))
		log_tell(daemon->log, severity, event->name, text);
	log_files_on_event(&daemon->log_files, event);
	if (event->kind != TRACE_TRACKING || !event->tracking.is_synchronised)
		return;
	synchronised_flag_raise(&daemon->flag);
	if (daemon->config->mailonchange_address[0] != '\0' &&
	    fabs(event->tracking.offset_s) > daemon->config->mailonchange_s)
		write_mail(daemon, event->tracking.offset_s);
}

static int fail(const struct daemon *daemon, const char *what, int error)
{
	log_say(daemon->log, LOG_SEVERITY_FATAL, "%s: %s", what, strerror(-error));
	return error;
}

/* A private clock is another one at each start, as is a simulated one; who sets the clock once
 * means it. */
static void find_boot(struct daemon *daemon)
{
	if (daemon->may_adjust && !daemon->config->virtualclock.is_on &&
	    !once_is_on(daemon->line) && !simulated_is())
		step_budget_boot(daemon->boot);
}

static void say_spent(const struct daemon *daemon, const struct node_spent *spent)
{
	const int32_t limit = daemon->config->node.discipline.makestep_limit;

	if (limit > 0 && spent->updates_count >= (uint32_t)limit)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "makestep: its %d updates since the boot were before this start; to step now: "
		        "timeball makestep",
		        limit);
}

/* What the clock was found to be sped up by: better than nothing, and not known how well. */
static void take_found_rate(const struct daemon *daemon, struct node_setup *setup)
{
	const double rate = daemon->may_adjust ? clock_found_rate(daemon->clock) : 0;

	if (setup->has_drift || !(fabs(rate) > 0))
		return;
	setup->has_drift = true;
	setup->drift_ppm = -rate * 1e6;
	setup->drift_skew_ppm = INFINITY;
	log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Initial frequency %.3f ppm",
	        setup->drift_ppm);
}

/* chronyd's first line of tracking.log, with its figures for what is not known. */
static void log_beginning(struct daemon *daemon, const struct node_setup *setup)
{
	const bool is_skew_known = setup->has_drift && isfinite(setup->drift_skew_ppm);
	const struct trace_event event = {
		.kind = TRACE_TRACKING,
		.when = clock_read(daemon->clock).local,
		.tracking = { .frequency_ppm = setup->drift_ppm,
		              .skew_ppm = is_skew_known ? setup->drift_skew_ppm : 1e6,
		              .leap = LEAP_UNSYNCHRONISED,
		              .root_delay_s = 1,
		              .root_dispersion_s = 1,
		              .error_max_s = INFINITY },
	};

	log_files_on_event(&daemon->log_files, &event);
}

static int make_node(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;
	const double configured_s = config->node.discipline.clockprecision_s;
	struct node_setup setup = {
		.config = &config->node,
		.rng = &daemon->rng,
		.trace = { .emit = on_trace, .to = daemon },
		.traces_selections = true,
		.plausible = plausible_now(daemon),
		.precision_s = configured_s > 0 ? configured_s : clock_precision_s(daemon->clock),
		.leap_table = daemon->leap_table,
		.keys = config->keys,
		.has_rtc = daemon->rtc.fd >= 0,
		.rtc_set_late_ns = daemon->rtc.fd >= 0 ? rtc_device_set_late_ns(&daemon->rtc) : 0,
		.rtc = daemon->has_rtc_file ? &daemon->rtc_file : NULL,
		.is_driftless = !daemon->may_adjust,
		.has_leap_clock = daemon->clock->driver->has_leaps,
		.is_makestep_spent = daemon->line->is_restart,
		.spent = step_budget_load(config->driftfile, daemon->boot, daemon->log),
	};
	struct address addresses[OWN_ADDRESSES_MAX];
	char lateness[LATENESS_FILE_SIZE_MAX];
	int error;

	open_files_drift(config->driftfile, daemon->log, &setup);
	take_found_rate(daemon, &setup);
	daemon->drift_ppm = setup.drift_ppm;
	open_files_lateness(config->driftfile, daemon->log, lateness);
	setup.lateness_text = lateness;
	say_spent(daemon, &setup.spent);
	if (!once_is_on(daemon->line))
		log_beginning(daemon, &setup);
	error = node_create(&setup, clock_read(daemon->clock), &daemon->node);
	if (error == 0)
		node_on_addresses(daemon->node, addresses,
		                  own_addresses_list(addresses, OWN_ADDRESSES_MAX));
	return error;
}

static const char *pidfile_path(const struct daemon *daemon)
{
	return daemon->config->pidfile[0] != '\0' ? daemon->config->pidfile : PIDFILE_DEFAULT;
}

static bool has_pidfile(const struct daemon *daemon)
{
	return strcmp(pidfile_path(daemon), "/") != 0 && daemon->line->mode != MODE_MEASURE_ONCE;
}

static int refuse_second(const struct daemon *daemon)
{
	const pid_t other = has_pidfile(daemon) ? pidfile_alive(pidfile_path(daemon)) : 0;

	if (other == 0)
		return 0;
	log_say(daemon->log, LOG_SEVERITY_FATAL,
	        "another timeballd runs as process %d (%s): stop it, or set another 'pidfile'",
	        (int)other, pidfile_path(daemon));
	return -EADDRINUSE;
}

/* The folders that packages make, for when there was no package. */
static void make_folders(const struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;

	if (config->logdir[0] != '\0')
		(void)mkdir(config->logdir, 0755);
	if (has_pidfile(daemon) && config->pidfile[0] == '\0')
		(void)mkdir("/run/timeball", 0755);
}

static int go_background(struct daemon *daemon)
{
	const char *pidfile = has_pidfile(daemon) ? pidfile_path(daemon) : "/";
	int error;

	if (!daemon->line->is_foreground) {
		error = background_enter(pidfile);
		if (error != 0)
			return fail(daemon, pidfile, error);
		return 0;
	}
	error = strcmp(pidfile, "/") != 0 ? pidfile_write(pidfile, getpid()) : 0;
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not write the pidfile %s: %s",
		        pidfile, state_file_reason(error));
	return 0;
}

static void set_priority(const struct daemon *daemon)
{
	const struct sched_param how = { .sched_priority = daemon->config->sched_priority };

	if (how.sched_priority > 0 && sched_setscheduler(0, SCHED_FIFO, &how) != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not set the priority %d: %s",
		        how.sched_priority, strerror(errno));
	if (daemon->config->lock_all && mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not lock memory: %s",
		        strerror(errno));
}

/* Only for who sets the machine's own clock. */
static void prepare_flag(struct daemon *daemon, uid_t uid, gid_t gid)
{
	if (daemon->may_adjust && !daemon->config->virtualclock.is_on)
		synchronised_flag_prepare(&daemon->flag, SYNCHRONISED_FLAG_DIRECTORY, uid, gid);
}

static int drop_privileges(struct daemon *daemon)
{
	const char *name = daemon->config->user;
	struct privilege_user user;
	int error;

	if (name[0] == '\0' || geteuid() != 0) {
		prepare_flag(daemon, geteuid(), getegid());
		return 0;
	}
	error = privilege_find_user(name, &user);
	if (error == -ENOENT) {
		log_say(daemon->log, LOG_SEVERITY_FATAL, "there is no user '%s' (user, -u)", name);
		return error;
	}
	if (error == 0)
		prepare_flag(daemon, user.uid, user.gid);
	if (error == 0 && user.uid == 0)
		return 0;
	control_socket_give(&daemon->control, user.uid, user.gid);
	chronyc_sockets_give(&daemon->chronyc_sockets, user.uid, user.gid);
	if (error == 0)
		error = privilege_drop(name, &user, daemon->clock->driver->is_adjustable);
	return error != 0 ? fail(daemon, name, error) : 0;
}

/* Who sets or stops the machine's clock does not move a private one. */
static void watch_clock(struct daemon *daemon)
{
	if (daemon->config->virtualclock.is_on || simulated_is())
		return;
	daemon->clock_watch = clock_watch_open();
	vm_watch_open(&daemon->vm_watch, vm_watch_is_virtual("/sys"), "/sys", "/dev");
}

/* Asked for and not to be had is an end: whoever asked relies on it. */
static int filter_syscalls(struct daemon *daemon)
{
	const int64_t level = daemon->line->filter_level;
	int error;

	if (level != 0 && daemon->config->mailonchange_address[0] != '\0') {
		daemon->mail_helper = mail_helper_start(MAIL_PROGRAM);
		if (daemon->mail_helper < 0)
			return fail(daemon, "cannot have mail sent (mailonchange)",
			            daemon->mail_helper);
	}
	error = syscall_filter_load(level);
	if (error != 0)
		return fail(daemon, "cannot filter system calls (-F)", error);
	if (level != 0)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Loaded seccomp filter (level %d)",
		        (int)level);
	return 0;
}

/* Each step says itself what is wrong. In this order: what only root can do, then the terminal is
 * left, then root. */
static int open_all(struct daemon *daemon)
{
	const bool is_once = once_is_on(daemon->line);
	int error = refuse_second(daemon);

	if (error != 0)
		return error;
	error = random_key_rng(&daemon->rng);
	if (error != 0)
		return fail(daemon, "no random numbers", error);
	make_folders(daemon);
	error = config_listing_copy(&daemon->config->listing, &daemon->started_with);
	if (error == 0)
		error = open_clock(daemon);
	if (error == 0)
		rtc_service_open(daemon);
	if (error == 0)
		find_boot(daemon);
	if (error == 0)
		watch_clock(daemon);
	if (error == 0)
		error = open_network_hardware(daemon);
	if (error == 0 && !is_once)
		open_network_chronyc(daemon);
	if (error == 0 && !is_once)
		error = open_network_serve(daemon, node_config_wants_port(&daemon->config->node));
	if (error == 0 && !is_once)
		open_network_ntpq(daemon);
	if (error == 0 && !is_once)
		error = open_network_control(daemon);
	if (error == 0)
		error = tempcomp_open(daemon);
	if (error == 0)
		error = open_files_leap_table(daemon->config, daemon->log, &daemon->leap_table);
	leap_watch_begin(daemon);
	signing_begin(daemon);
	if (error == 0)
		open_refclocks(daemon);
	if (error == 0)
		error = go_background(daemon);
	if (error == 0) {
		set_priority(daemon);
		error = drop_privileges(daemon);
	}
	if (error != 0)
		return error;
	error = make_node(daemon);
	if (error != 0)
		return fail(daemon, "cannot start", error);
	return filter_syscalls(daemon);
}

static void close_all(struct daemon *daemon)
{
	node_destroy(daemon->node);
	resolver_stop(&daemon->resolver);
	control_socket_close(&daemon->control);
	chronyc_sockets_close(&daemon->chronyc_sockets);
	signing_socket_close(&daemon->signing);
	ntp_sockets_close_all(&daemon->sockets);
	(void)inherited_sockets_close(&daemon->inherited);
	hw_clocks_close(&daemon->hw_clocks);
	refclock_feeds_close(&daemon->feeds);
	rtc_device_close(&daemon->rtc);
	clock_close(daemon->clock);
	if (daemon->clock_watch >= 0)
		close(daemon->clock_watch);
	if (daemon->mail_helper >= 0)
		close(daemon->mail_helper);
	vm_watch_close(&daemon->vm_watch);
	log_files_close(&daemon->log_files);
	free(daemon->leap_table);
	config_listing_free(&daemon->started_with);
	daemon_config_destroy(daemon->config);
	free(daemon);
}

static void init_sockets(struct daemon *daemon)
{
	const struct daemon_config *config = daemon->config;
	struct ntp_sockets_options options = { .acquisition_port = config->acquisitionport,
		                               .acquisition_device = config->bindacqdevice,
		                               .server_device = config->binddevice,
		                               .dscp = config->dscp,
		                               .inherited = &daemon->inherited };

	for (size_t i = 0; i < config->bindacqaddresses_count; i++)
		options.acquisition_addresses[config->bindacqaddresses[i].family == ADDRESS_IPV6] =
			config->bindacqaddresses[i];
	inherited_sockets_find(&daemon->inherited);
	ntp_sockets_init(&daemon->sockets, &options);
}

int daemon_start(const struct command_line *line, struct log *log, struct daemon_config *config,
                 struct daemon **daemon_out)
{
	struct daemon *daemon = calloc(1, sizeof *daemon);

	if (!daemon) {
		daemon_config_destroy(config);
		return -ENOMEM;
	}
	daemon->line = line;
	daemon->log = log;
	daemon->config = config;
	daemon->exit_status = once_is_on(line) ? 1 : 0;
	daemon->started = clock_mono_now();
	daemon->end = MONO_TIME_NEVER;
	daemon->clock_watch = -1;
	daemon->mail_helper = -1;
	vm_watch_init(&daemon->vm_watch);
	if (line->timeout_s >= 0)
		daemon->end = mono_time_after(daemon->started, line->timeout_s * NS_PER_S);
	else if (once_is_on(line))
		daemon->end = mono_time_after(daemon->started, ONCE_PATIENCE_S * NS_PER_S);
	log_files_init(&daemon->log_files, config, log);
	init_sockets(daemon);
	refclock_feeds_init(&daemon->feeds);
	resolver_init(&daemon->resolver);
	daemon->rtc.fd = -1;
	signing_socket_init(&daemon->signing, "");
	control_socket_init(&daemon->control);
	chronyc_sockets_init(&daemon->chronyc_sockets);
	daemon->chronyc_sockets.inherited = &daemon->inherited;

	log_say(log, LOG_SEVERITY_INFORMATION, "%s version %s starting (%s)", log->program,
	        TIMEBALL_VERSION, DAEMON_FEATURES);
	if (open_all(daemon) != 0) {
		close_all(daemon);
		return -EINVAL;
	}
	*daemon_out = daemon;
	return 0;
}

void daemon_stop(struct daemon *daemon)
{
	const struct log *log = daemon->log;

	if (!once_is_on(daemon->line)) {
		(void)dumps_save(daemon);
		node_on_exit(daemon->node, clock_read(daemon->clock), actions_outbox(daemon));
		actions_carry_out(daemon);
	}
	if (has_pidfile(daemon))
		pidfile_remove(pidfile_path(daemon), getpid());
	close_all(daemon);
	log_say(log, LOG_SEVERITY_INFORMATION, "%s exiting", log->program);
}
