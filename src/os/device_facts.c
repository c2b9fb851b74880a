/* SPDX-License-Identifier: MIT */
#include "os/device_facts.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first line of a small file; "" when there is none. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *const file = fopen(path, "re");

	line[0] = '\0';
	if (!file)
		return;
	if (!fgets(line, (int)size, file))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)fclose(file);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISCHR(a->st_mode) && S_ISCHR(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_open(const char *descriptors, const struct stat *device, bool *is_blind)
{
	DIR *const directory = opendir(descriptors);
	const struct dirent *entry;
	bool is_found = false;

	if (!directory) {
		*is_blind |= errno == EACCES;
		return false;
	}
	while (!is_found && (entry = readdir(directory))) {
		struct stat open_file;

		if (fstatat(dirfd(directory), entry->d_name, &open_file, 0) == 0)
			is_found = is_same(&open_file, device);
	}
	(void)closedir(directory);
	return is_found;
}

static void find_holders(const char *proc, const struct stat *device, struct device_facts *facts)
{
	DIR *const directory = opendir(proc);
	const struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory)) && facts->holders_count < DEVICE_FACTS_HOLDERS_MAX) {
		struct device_holder *holder = &facts->holders[facts->holders_count];
		char path[512];

		holder->pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (!isdigit((unsigned char)entry->d_name[0]) || holder->pid == getpid())
			continue;
		(void)snprintf(path, sizeof path, "%s/%s/fd", proc, entry->d_name);
		if (!has_open(path, device, &facts->is_partly_blind))
			continue;
		(void)snprintf(path, sizeof path, "%s/%s/comm", proc, entry->d_name);
		read_line(path, holder->name, sizeof holder->name);
		facts->holders_count++;
	}
	(void)closedir(directory);
}

/* "/sys/class/tty/console/active" lists names: "tty0 ttyAMA0". The path may be a link. */
static bool is_console(const char *path, const char *sys)
{
	char list[512], active[256];
	char *const real = realpath(path, NULL);
	const char *const slash = strrchr(real ? real : path, '/');
	const char *const name = slash ? slash + 1 : path;
	bool is_found = false;

	(void)snprintf(list, sizeof list, "%s/class/tty/console/active", sys);
	read_line(list, active, sizeof active);
	for (char *rest = active, *word; (word = strtok_r(rest, " ", &rest));)
		is_found |= strcmp(word, name) == 0;
	free(real);
	return is_found;
}

void device_facts_look(const char *path, const char *proc, const char *sys,
                       struct device_facts *facts_out)
{
	const struct group *group;
	struct stat device;

	*facts_out = (struct device_facts){ 0 };
	if (stat(path, &device) != 0) {
		facts_out->error = errno;
		return;
	}
	facts_out->is_character = S_ISCHR(device.st_mode);
	facts_out->can_read = access(path, R_OK) == 0;
	group = getgrgid(device.st_gid);
	if (group)
		(void)snprintf(facts_out->group, sizeof facts_out->group, "%s", group->gr_name);
	find_holders(proc, &device, facts_out);
	facts_out->is_console = is_console(path, sys);
}

/* "1795305600.000001234#42": the number behind the "#". */
static uint32_t pulse_count(const char *directory, const char *edge)
{
	char path[512], line[64];
	const char *number;

	(void)snprintf(path, sizeof path, "%s/%s", directory, edge);
	read_line(path, line, sizeof line);
	number = strchr(line, '#');
	return number ? (uint32_t)strtoul(number + 1, NULL, 10) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct device_pulses *)a)->name,
	              ((const struct device_pulses *)b)->name);
}

size_t device_facts_pulses(const char *sys, struct device_pulses *pulses_out)
{
	char path[256];
	const struct dirent *entry;
	size_t count = 0;
	DIR *directory;

	(void)snprintf(path, sizeof path, "%s/class/pps", sys);
	directory = opendir(path);
	while (directory && (entry = readdir(directory)) && count < DEVICE_FACTS_PULSES_MAX) {
		struct device_pulses *pulses = &pulses_out[count];
		char device[512], name[600];

		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof pulses->name)
			continue;
		(void)snprintf(device, sizeof device, "%s/%s", path, entry->d_name);
		(void)snprintf(name, sizeof name, "%s/name", device);
		memcpy(pulses->name, entry->d_name, strlen(entry->d_name) + 1);
		read_line(name, pulses->label, sizeof pulses->label);
		pulses->assert_count = pulse_count(device, "assert");
		pulses->clear_count = pulse_count(device, "clear");
		count++;
	}
	if (directory)
		(void)closedir(directory);
	qsort(pulses_out, count, sizeof pulses_out[0], by_name);
	return count;
}
