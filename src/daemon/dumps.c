/* SPDX-License-Identifier: MIT */
#include "daemon/dumps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/node_dumps.h"
#include "os/state_file.h"

#define PATH_SIZE (DAEMON_PATH_SIZE + NODE_DUMP_FILE_NAME_SIZE)

struct work { /* too large for the stack of an event */
	struct dump_file dump;
	char bytes[DUMP_FILE_SIZE_MAX];
	char path[PATH_SIZE];
};

static bool find_path(const struct daemon *daemon, size_t index, char path[PATH_SIZE])
{
	char name[NODE_DUMP_FILE_NAME_SIZE];

	if (!node_dumps_file_name(daemon->node, index, name))
		return false;
	(void)snprintf(path, PATH_SIZE, "%s/%s", daemon->config->dumpdir, name);
	return true;
}

bool dumps_save(struct daemon *daemon)
{
	struct work *work = malloc(sizeof *work);
	bool is_complete = work != NULL;

	if (daemon->config->dumpdir[0] == '\0') {
		free(work);
		return true;
	}
	for (size_t i = 0; work && i < node_source_count(daemon->node); i++) {
		size_t length;
		int error;

		if (!find_path(daemon, i, work->path) ||
		    !node_dumps_take(daemon->node, i, clock_read(daemon->clock), &work->dump))
			continue;
		length = dump_file_encode(&work->dump, work->bytes);
		error = state_file_save(work->path, work->bytes, length, 0644);
		if (error != 0)
			log_say(daemon->log, LOG_SEVERITY_WARNING,
			        "Could not write the dump file %s: %s", work->path,
			        state_file_reason(error));
		is_complete &= error == 0;
	}
	free(work);
	return is_complete;
}

/* A good one is used once: the next start must not take it for news. */
static void load_one(struct daemon *daemon, size_t index, struct work *work)
{
	const struct instant now = clock_read(daemon->clock);
	const char *name = node_source_status(daemon->node, index, now).name;
	size_t length = 0;
	int error;

	if (!find_path(daemon, index, work->path))
		return;
	error = state_file_load(work->path, work->bytes, sizeof work->bytes, &length);
	if (error == -ENOENT)
		return;
	if (error == 0)
		error = dump_file_decode(work->bytes, length, &work->dump);
	if (error == 0 && node_dumps_restore(daemon->node, index, &work->dump, now))
		log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Loaded dump file for %s", name);
	else
		log_say(daemon->log, LOG_SEVERITY_WARNING, "Could not load dump file for %s", name);
	(void)unlink(work->path);
}

void dumps_load(struct daemon *daemon)
{
	struct work *work;

	if (!daemon->line->is_dump_wanted || daemon->config->dumpdir[0] == '\0')
		return;
	work = malloc(sizeof *work);
	for (size_t i = 0; work && i < node_source_count(daemon->node); i++)
		load_one(daemon, i, work);
	free(work);
}
