/* SPDX-License-Identifier: MIT */
#include "daemon/tempcomp.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/actions.h"
#include "daemon/daemon.h"
#include "daemon/once.h"
#include "os/state_file.h"

int tempcomp_open(struct daemon *daemon)
{
	struct tempcomp_options *options = &daemon->config->tempcomp;
	char text[TEMPERATURE_FILE_MAX];
	size_t length = 0;
	unsigned line = 0;
	int error;

	daemon->tempcomp_at = MONO_TIME_NEVER;
	if (options->file[0] == '\0' || once_is_on(daemon->line))
		return 0;
	daemon->tempcomp_at = daemon->started;
	if (options->points[0] == '\0')
		return 0;
	error = state_file_load(options->points, text, sizeof text, &length);
	if (error != 0) {
		log_say(daemon->log, LOG_SEVERITY_FATAL, "%s (tempcomp): %s", options->points,
		        state_file_reason(error));
		return error;
	}
	error = temperature_read_points(text, length, &options->law, &line);
	if (error != 0)
		log_say(daemon->log, LOG_SEVERITY_FATAL,
		        "%s:%u: wants a temperature and the ppm to speed the clock up by, ascending, on "
		        "two lines at least (tempcomp)",
		        options->points, line);
	return error;
}

struct mono_time tempcomp_deadline(const struct daemon *daemon)
{
	return daemon->tempcomp_at;
}

/* A sensor's file of sysfs is no ordinary file: its size says nothing, and it is read in one go. */
static bool read_sensor(const char *path, double *value_out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[64];
	const char *at = text;
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, sizeof text - 1);
	(void)close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return text_next_real(&at, value_out) == 0;
}

void tempcomp_on_deadline(struct daemon *daemon, struct instant now)
{
	const struct tempcomp_options *options = &daemon->config->tempcomp;
	double temperature = 0, ppm = 0;
	const bool is_read = read_sensor(options->file, &temperature);

	daemon->tempcomp_at = mono_time_after(now.mono, llrint(options->interval_s * 1e9));
	if (!is_read || !temperature_ppm(&options->law, temperature, &ppm)) {
		if (!daemon->has_tempcomp_failed)
			log_say(daemon->log, LOG_SEVERITY_WARNING,
			        is_read ? "%s says what would be more than 10 ppm: ignored (tempcomp)"
			                : "Could not read a temperature from %s (tempcomp)",
			        options->file);
		daemon->has_tempcomp_failed = true;
		return;
	}
	daemon->has_tempcomp_failed = false;
	node_on_temperature(daemon->node, temperature, ppm, now, actions_outbox(daemon));
	actions_carry_out(daemon);
}
