/* SPDX-License-Identifier: MIT */
#include "os/mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/check.h"

static void make_program(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	CHECK(file != NULL);
	CHECK(fputs(text, file) >= 0);
	CHECK_EQ(fclose(file), 0);
	CHECK_EQ(chmod(path, 0700), 0);
}

/* A sendmail that writes what it is given into a pipe. */
struct outgoing {
	char folder[32], program[64], pipe[64];
};

static void prepare(struct outgoing *outgoing)
{
	char script[256];

	strcpy(outgoing->folder, "/tmp/timeball-mail-XXXXXX");
	CHECK(mkdtemp(outgoing->folder) != NULL);
	(void)snprintf(outgoing->program, sizeof outgoing->program, "%s/sendmail",
	               outgoing->folder);
	(void)snprintf(outgoing->pipe, sizeof outgoing->pipe, "%s/pipe", outgoing->folder);
	(void)snprintf(script, sizeof script, "#!/bin/sh\n{ echo \"$1\"; cat; } > %s\n",
	               outgoing->pipe);
	CHECK_EQ(mkfifo(outgoing->pipe, 0600), 0);
	make_program(outgoing->program, script);
}

static void check_sent(const struct outgoing *outgoing, const char *wanted)
{
	FILE *pipe = fopen(outgoing->pipe, "re"); /* waits for the writer */
	char got[64] = { 0 };

	CHECK(pipe != NULL);
	CHECK(fread(got, 1, sizeof got - 1, pipe) > 0);
	(void)fclose(pipe);
	CHECK_TEXT(got, wanted);
}

static void clean_up(const struct outgoing *outgoing)
{
	(void)unlink(outgoing->program);
	(void)unlink(outgoing->pipe);
	(void)rmdir(outgoing->folder);
}

TEST(mail, hands_the_message_to_the_program)
{
	struct outgoing outgoing;

	prepare(&outgoing);
	CHECK_EQ(mail_send(outgoing.program, "To: a\n\nhello\n", 13), 0);
	check_sent(&outgoing, "-t\nTo: a\n\nhello\n");
	clean_up(&outgoing);
}

TEST(mail, has_a_helper_for_those_who_start_no_programs)
{
	struct outgoing outgoing;
	int helper;

	prepare(&outgoing);
	helper = mail_helper_start(outgoing.program);
	CHECK(helper >= 0);
	CHECK_EQ(mail_helper_send(helper, "To: a\n\none\n", 11), 0);
	check_sent(&outgoing, "-t\nTo: a\n\none\n");
	CHECK_EQ(mail_helper_send(helper, "To: a\n\ntwo\n", 11), 0);
	check_sent(&outgoing, "-t\nTo: a\n\ntwo\n");
	(void)close(helper);
	clean_up(&outgoing);
}

TEST(mail, says_when_there_is_no_such_program)
{
	CHECK_EQ(mail_send("/nonexistent/sendmail", "a", 1), -ENOENT);
}
