/* SPDX-License-Identifier: MIT */
#include "daemon/reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_diff.h"
#include "control/control_reload.h"
#include "daemon/actions.h"
#include "daemon/daemon_directives.h"
#include "daemon/daemon_keys.h"
#include "daemon/load_config.h"
#include "daemon/open_files.h"
#include "daemon/open_network.h"
#include "node/node_reload.h"

#define LOGGED_LINES_MAX 100 /* of one reload */
#define RESTARTS_MAX     64

bool reload_logs(struct daemon *daemon)
{
	const char *path = daemon->line->log_path;
	int error;

	log_files_close(&daemon->log_files);
	if (!path)
		return true;
	error = log_reopen(daemon->log, path);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not reopen the log file %s: %s",
		        path, strerror(-error));
	return error == 0;
}

bool reload_keys(struct daemon *daemon)
{
	const char *path = daemon->config->keyfile;
	struct config_errors *errors;
	int error = 0;

	if (path[0] == '\0')
		return true; /* nothing to read */
	errors = malloc(sizeof *errors);
	if (!errors || access(path, R_OK) != 0)
		error = -1;
	if (error == 0) {
		config_errors_init(errors);
		error = daemon_keys_read(daemon->config, errors);
		load_config_say(daemon->log, errors);
		node_command_keys_changed(daemon->node, clock_read(daemon->clock));
	}
	free(errors);
	return error == 0;
}

bool reload_sources(struct daemon *daemon)
{
	struct daemon_config *config = load_config(daemon->line, daemon->log);
	enum node_outcome outcome;

	if (!config)
		return false;
	outcome =
		node_reload_sources(daemon->node, config->node.sources, config->node.sources_count,
	                            clock_read(daemon->clock), actions_outbox(daemon));
	actions_carry_out(daemon);
	daemon_config_destroy(config);
	return outcome == NODE_DONE;
}

/* ---- the whole configuration ---- */

struct reload {
	struct daemon *daemon;
	struct daemon_config *next;    /* owned */
	struct config_errors *errors;  /* owned */
	struct leap_table *leap_table; /* owned */
	struct config_diff diff;
	const char *restart[RESTARTS_MAX]; /* directives that wait for the next start */
	size_t restart_count;
};

static void name_restart(struct reload *reload, const char *directive)
{
	for (size_t i = 0; i < reload->restart_count; i++) {
		if (strcmp(reload->restart[i], directive) == 0)
			return;
	}
	if (reload->restart_count < RESTARTS_MAX)
		reload->restart[reload->restart_count++] = directive;
}

/* Against what the program was started with: it still waits if it waited before. */
static int find_restarts(struct reload *reload)
{
	struct config_diff diff;
	const int error =
		config_diff_make(&reload->daemon->started_with, &reload->next->listing, &diff);

	for (size_t i = 0; error == 0 && i < diff.count; i++) {
		const char *name = diff.rows[i].row->directive;
		const struct config_directive *directive = daemon_config_directive(name);

		if (directive && !directive->is_live && diff.rows[i].row->use == CONFIG_IN_USE)
			name_restart(reload, directive->name);
	}
	if (error == 0)
		config_diff_free(&diff);
	return error;
}

/* What can fail, and changes nothing by itself. NULL, or why it cannot be done. */
static const char *prepare(struct reload *reload)
{
	struct daemon *daemon = reload->daemon;

	reload->errors = malloc(sizeof *reload->errors);
	if (!reload->errors)
		return "out of memory";
	config_errors_init(reload->errors);
	reload->next = load_config_collect(daemon->line, reload->errors);
	if (!reload->next)
		return "the configuration has mistakes: nothing was changed";
	if (config_diff_make(&daemon->config->listing, &reload->next->listing, &reload->diff) < 0 ||
	    find_restarts(reload) < 0 ||
	    open_files_leap_table(reload->next, daemon->log, &reload->leap_table) < 0)
		return "out of memory";
	if (open_network_serve(daemon, node_config_wants_port(&reload->next->node)) != 0)
		return "the NTP port cannot be opened, the log says why: nothing was changed";
	return NULL;
}

static void take_logs(struct daemon *daemon, const struct daemon_config *before)
{
	const struct daemon_config *config = daemon->config;

	if (memcmp(&before->log, &config->log, sizeof config->log) == 0 &&
	    before->logbanner_lines == config->logbanner_lines &&
	    strcmp(before->logdir, config->logdir) == 0)
		return;
	log_files_close(&daemon->log_files);
	log_files_init(&daemon->log_files, config, daemon->log);
}

/* Directives of the daemon itself. What takes a restart stays in `config`, which goes on saying
 * what the daemon does; only the list of lines is the new one. */
static void take_values(struct reload *reload)
{
	struct daemon *daemon = reload->daemon;
	struct daemon_config *config = daemon->config, *next = reload->next;
	const struct config_listing listing = config->listing;
	struct daemon_lines *lines = config->lines;
	struct daemon_config before = *config;

	config_diff_carry(daemon_directives, &before, next, config);
	config->node = next->node;
	take_logs(daemon, &before);
	if (memcmp(&config->cmdaccess, &next->cmdaccess, sizeof next->cmdaccess) != 0)
		daemon->chronyc.access = config->cmdaccess = next->cmdaccess;
	config->has_opencommands = next->has_opencommands;
	memcpy(config->opencommands, next->opencommands, sizeof config->opencommands);
	open_network_limits(daemon);
	open_network_ntpq(daemon);
	*daemon->leap_table = *reload->leap_table;
	node_on_leap_table(daemon->node, daemon->leap_table);
	leap_watch_begin(daemon);
	*config->keys = *next->keys;
	node_command_keys_changed(daemon->node, clock_read(daemon->clock));
	config->listing = next->listing;
	config->lines = next->lines;
	next->listing = listing;
	next->lines = lines;
}

static void mark_restarts(struct reload *reload)
{
	struct config_listing *listing = &reload->next->listing;

	for (size_t i = 0; i < listing->count; i++) {
		struct config_listing_row *row = &listing->rows[i];

		for (size_t j = 0; j < reload->restart_count; j++) {
			if (row->use == CONFIG_IN_USE &&
			    strcmp(row->directive, reload->restart[j]) == 0)
				row->use = CONFIG_AFTER_RESTART;
		}
	}
}

static const char *take(struct reload *reload)
{
	struct daemon *daemon = reload->daemon;
	const enum node_outcome outcome =
		node_reload(daemon->node, &daemon->config->node, &reload->next->node,
	                    clock_read(daemon->clock), actions_outbox(daemon));

	if (outcome != NODE_DONE)
		return "there are more sources than find room: nothing was changed";
	mark_restarts(reload);
	take_values(reload);
	lease_watch_begin(&daemon->leases, daemon->config->lines, clock_mono_now());
	actions_carry_out(daemon);
	return NULL;
}

/* ---- telling ---- */

static void log_changes(const struct reload *reload)
{
	const struct log *log = reload->daemon->log;
	const struct config_diff *diff = &reload->diff;

	log_say(log, LOG_SEVERITY_INFORMATION,
	        diff->count > 0 ? "Configuration reloaded" : "Configuration reloaded: no change");
	for (size_t i = 0; i < diff->count && i < LOGGED_LINES_MAX; i++) {
		const struct config_listing_row *row = diff->rows[i].row;

		log_say(log, LOG_SEVERITY_INFORMATION, "%c %s %s",
		        diff->rows[i].is_added ? '+' : '-', row->directive, row->value);
	}
	if (diff->count > LOGGED_LINES_MAX)
		log_say(log, LOG_SEVERITY_INFORMATION, "and %zu more lines",
		        diff->count - LOGGED_LINES_MAX);
	for (size_t i = 0; i < reload->restart_count; i++)
		log_say(log, LOG_SEVERITY_WARNING, "A change of %s takes a restart",
		        reload->restart[i]);
}

/* A mistake is no end of the program here. */
static void log_messages(const struct reload *reload)
{
	const struct config_errors *errors = reload->errors;

	for (size_t i = 0; errors && i < errors->count; i++)
		log_say(reload->daemon->log,
		        errors->items[i].is_warning ? LOG_SEVERITY_WARNING : LOG_SEVERITY_ERROR,
		        "%s", errors->items[i].text);
}

static void tell(const struct reload *reload, const char *problem, struct text *answer)
{
	const struct control_reload told = { .error = problem,
		                             .diff = &reload->diff,
		                             .restart = reload->restart,
		                             .restart_count = reload->restart_count,
		                             .errors = reload->errors };

	log_messages(reload);
	if (problem)
		log_say(reload->daemon->log, LOG_SEVERITY_ERROR, "Could not reload: %s", problem);
	else
		log_changes(reload);
	if (answer)
		control_reload_answer(&told, answer);
}

bool reload_configuration(struct daemon *daemon, struct text *answer)
{
	struct reload reload = { .daemon = daemon };
	const char *problem = prepare(&reload);

	if (!problem)
		problem = take(&reload);
	tell(&reload, problem, answer);
	config_diff_free(&reload.diff);
	daemon_config_destroy(reload.next);
	free(reload.errors);
	free(reload.leap_table);
	return problem == NULL;
}
