/* SPDX-License-Identifier: MIT */
#include "daemon/step_budget.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon_config.h"
#include "os/state_file.h"

#define FILE_SIZE_MAX 80

void step_budget_boot(char boot_out[STEP_BUDGET_BOOT_SIZE])
{
	const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t length = 0;

	if (fd >= 0) {
		length = read(fd, boot_out, STEP_BUDGET_BOOT_SIZE - 1);
		close(fd);
	}
	boot_out[length > 0 ? length : 0] = '\0';
	boot_out[strcspn(boot_out, "\n")] = '\0';
}

static const char *path_of(const char *driftfile, char path_out[DAEMON_PATH_SIZE + 16])
{
	(void)snprintf(path_out, DAEMON_PATH_SIZE + 16, "%s.steps", driftfile);
	return path_out;
}

struct node_spent step_budget_load(const char *driftfile, const char *boot, const struct log *log)
{
	char path[DAEMON_PATH_SIZE + 16], bytes[FILE_SIZE_MAX + 1], saved[STEP_BUDGET_BOOT_SIZE];
	struct node_spent spent;
	size_t length = 0;
	int error;

	if (driftfile[0] == '\0' || boot[0] == '\0')
		return (struct node_spent){ 0 };
	error = state_file_load(path_of(driftfile, path), bytes, FILE_SIZE_MAX, &length);
	bytes[length] = '\0';
	if (error == 0 && sscanf(bytes, "%39s %" SCNu32 " %" SCNu32, saved, &spent.updates_count,
	                         &spent.ignored_count) == 3)
		return strcmp(saved, boot) == 0 ? spent : (struct node_spent){ 0 };
	if (error != -ENOENT)
		log_say(log, LOG_SEVERITY_WARNING, "Ignored %s: %s", path,
		        error != 0 ? state_file_reason(error)
		                   : "it does not hold a boot's name and two numbers");
	return (struct node_spent){ 0 };
}

int step_budget_save(const char *driftfile, const char *boot, const char *numbers,
                     size_t length_bytes)
{
	char path[DAEMON_PATH_SIZE + 16], bytes[FILE_SIZE_MAX];
	int length;

	if (driftfile[0] == '\0' || boot[0] == '\0')
		return 0;
	length = snprintf(bytes, sizeof bytes, "%s %.*s", boot, (int)length_bytes, numbers);
	assert(length > 0 && (size_t)length < sizeof bytes);
	return state_file_save(path_of(driftfile, path), bytes, (size_t)length, 0644);
}
