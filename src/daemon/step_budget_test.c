/* SPDX-License-Identifier: MIT */
#include "daemon/step_budget.h"
#include "testing/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct log silent = { .least = LOG_SEVERITY_FATAL };

TEST(step_budget, counts_for_its_own_boot_alone)
{
	char folder[] = "/tmp/step_budget.XXXXXX", drift[64], steps[80],
	     boot[STEP_BUDGET_BOOT_SIZE];
	int fd;

	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(drift, sizeof drift, "%s/drift", folder);
	(void)snprintf(steps, sizeof steps, "%s.steps", drift);
	step_budget_boot(boot);
	CHECK_EQ(strlen(boot), 36);
	CHECK_EQ(step_budget_load(drift, boot, &silent).updates_count, 0);
	CHECK_EQ(step_budget_save(drift, boot, "3 1\n", 4), 0);
	CHECK_EQ(step_budget_load(drift, boot, &silent).updates_count, 3);
	CHECK_EQ(step_budget_load(drift, boot, &silent).ignored_count, 1);
	CHECK_EQ(step_budget_load(drift, "another", &silent).updates_count, 0);
	CHECK_EQ(step_budget_load(drift, "", &silent).updates_count, 0);
	CHECK_EQ(step_budget_load("", boot, &silent).updates_count, 0);
	fd = open(steps, O_WRONLY | O_TRUNC);
	CHECK_EQ(write(fd, "nonsense", 8), 8);
	close(fd);
	CHECK_EQ(step_budget_load(drift, boot, &silent).updates_count, 0);
	CHECK_EQ(unlink(steps), 0);
	CHECK_EQ(rmdir(folder), 0);
}
