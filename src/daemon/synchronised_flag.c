/* SPDX-License-Identifier: MIT */
#include "daemon/synchronised_flag.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void synchronised_flag_prepare(struct synchronised_flag *flag, const char *directory, uid_t uid,
                               gid_t gid)
{
	const bool is_made = mkdir(directory, 0755) == 0;

	flag->is_raised = false;
	flag->directory = is_made || errno == EEXIST ? directory : NULL;
	if (is_made && chown(directory, uid, gid) != 0)
		flag->directory = NULL;
}

void synchronised_flag_raise(struct synchronised_flag *flag)
{
	int directory, file;

	if (!flag->directory || flag->is_raised)
		return;
	flag->is_raised = true;
	directory = open(flag->directory, O_DIRECTORY | O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (directory < 0)
		return;
	file = openat(directory, "synchronized", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (file >= 0) {
		(void)futimens(file, NULL);
		(void)close(file);
	}
	(void)close(directory);
}
