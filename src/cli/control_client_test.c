/* SPDX-License-Identifier: MIT */
#include "cli/control_client.h"
#include "testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static enum control_outcome ask(const char *path)
{
	char *answer = NULL;
	const enum control_outcome outcome = control_client_ask(path, "ping", 200, &answer);

	free(answer);
	return outcome;
}

static void make_path(char path[108])
{
	strcpy(path, "/tmp/timeball-test-XXXXXX");
	CHECK(mkdtemp(path) != NULL);
	strcat(path, "/s");
}

static void remove_path(char path[108])
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static int listen_at(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int descriptor = socket(AF_UNIX, type, 0);

	strcpy(address.sun_path, path);
	CHECK_EQ(bind(descriptor, (const struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		CHECK_EQ(listen(descriptor, 5), 0);
	return descriptor;
}

TEST(cli_control_client, tells_the_ways_to_fail_apart)
{
	char path[108];
	int descriptor;
	FILE *file;

	make_path(path);
	CHECK_EQ(ask(path), CONTROL_NO_DAEMON);
	file = fopen(path, "w");
	fclose(file);
	CHECK_EQ(ask(path), CONTROL_NOT_SOCKET);
	unlink(path);
	descriptor = listen_at(path, SOCK_DGRAM);
	CHECK_EQ(ask(path), CONTROL_NOT_SOCKET);
	close(descriptor);
	unlink(path);
	descriptor = listen_at(path, SOCK_STREAM);
	CHECK_EQ(ask(path), CONTROL_SILENT); /* nobody accepts */
	close(descriptor);
	CHECK_EQ(ask(path), CONTROL_NO_DAEMON); /* left behind by a daemon that died */
	remove_path(path);
	CHECK_EQ(
		ask("/a/very/long/path/that/no/socket/can/have/because/there/are/only/one/hundred/and/eight/"
	            "bytes/for/it/in/the/address"),
		CONTROL_FAILED);
}

/* A peer that answers in two halves and then leaves. */
static void serve_once(int listener, const char *first, const char *second)
{
	const int descriptor = accept(listener, NULL, NULL);
	char request[16];

	if (read(descriptor, request, sizeof request) != 5 || memcmp(request, "ping\n", 5) != 0 ||
	    write(descriptor, first, strlen(first)) < 0 ||
	    write(descriptor, second, strlen(second)) < 0)
		_exit(1);
	_exit(0);
}

TEST(cli_control_client, reads_the_whole_answer)
{
	char path[108];
	char *answer = NULL;
	int listener, status;
	pid_t child;

	make_path(path);
	listener = listen_at(path, SOCK_STREAM);
	child = fork();
	if (child == 0)
		serve_once(listener, "{\"pong\":", "1}\n");
	CHECK_EQ(control_client_ask(path, "ping", 5000, &answer), CONTROL_ANSWERED);
	CHECK_TEXT(answer, "{\"pong\":1}\n");
	free(answer);
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(status, 0);
	close(listener);
	remove_path(path);
}
