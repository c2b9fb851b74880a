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

TEST(mail, hands_the_message_to_the_program)
{
	char folder[] = "/tmp/timeball-mail-XXXXXX", program[64], pipe_path[64], script[256];
	char got[64] = { 0 };
	FILE *pipe;

	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(program, sizeof program, "%s/sendmail", folder);
	(void)snprintf(pipe_path, sizeof pipe_path, "%s/pipe", folder);
	(void)snprintf(script, sizeof script, "#!/bin/sh\n{ echo \"$1\"; cat; } > %s\n", pipe_path);
	CHECK_EQ(mkfifo(pipe_path, 0600), 0);
	make_program(program, script);
	CHECK_EQ(mail_send(program, "To: a\n\nhello\n", 13), 0);
	pipe = fopen(pipe_path, "re"); /* waits for the writer */
	CHECK(pipe != NULL);
	CHECK(fread(got, 1, sizeof got - 1, pipe) > 0);
	(void)fclose(pipe);
	CHECK_TEXT(got, "-t\nTo: a\n\nhello\n");
	(void)unlink(program);
	(void)unlink(pipe_path);
	(void)rmdir(folder);
}

TEST(mail, says_when_there_is_no_such_program)
{
	CHECK_EQ(mail_send("/nonexistent/sendmail", "a", 1), -ENOENT);
}
