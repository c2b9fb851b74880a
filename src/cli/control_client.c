/* SPDX-License-Identifier: MIT */
#include "cli/control_client.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "daemon/daemon_config.h"

#define ANSWER_MAX                                                                                 \
	(1 << 22) /* far beyond any answer of ours: whoever sends more is not timeballd */

const char *control_client_path(const char *given)
{
	const char *named = getenv("TIMEBALL_SOCKET");

	if (given)
		return given;
	return named && *named ? named : DAEMON_CONTROL_SOCKET_DEFAULT;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}

/* False when the deadline is past first. */
static bool wait_for(int descriptor, short events, int64_t deadline_ms)
{
	struct pollfd waited = { .fd = descriptor, .events = events };

	for (;;) {
		const int64_t left_ms = deadline_ms - now_ms();
		const int ready = left_ms > 0 ? poll(&waited, 1, (int)left_ms) : 0;

		if (ready != -1)
			return ready > 0;
		if (errno != EINTR)
			return false;
	}
}

static enum control_outcome connect_outcome(const char *path)
{
	struct stat what;

	if (errno == EACCES || errno == EPERM)
		return CONTROL_FORBIDDEN;
	if (errno == ECONNREFUSED && stat(path, &what) == 0 && !S_ISSOCK(what.st_mode))
		return CONTROL_NOT_SOCKET;
	if (errno == EPROTOTYPE)
		return CONTROL_NOT_SOCKET; /* a socket, of another kind */
	if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
		return CONTROL_NO_DAEMON;
	return CONTROL_FAILED;
}

static enum control_outcome send_request(int descriptor, const char *request, int64_t deadline_ms)
{
	char line[256];
	const int length = snprintf(line, sizeof line, "%s\n", request);
	int sent = 0;

	if (length >= (int)sizeof line) {
		errno = EMSGSIZE;
		return CONTROL_FAILED;
	}
	while (sent < length) {
		const ssize_t now =
			send(descriptor, line + sent, (size_t)(length - sent), MSG_NOSIGNAL);

		if (now > 0)
			sent += (int)now;
		else if (errno != EAGAIN && errno != EINTR)
			return CONTROL_FAILED;
		else if (!wait_for(descriptor, POLLOUT, deadline_ms))
			return CONTROL_SILENT;
	}
	return CONTROL_ANSWERED;
}

/* One line, or everything up to the end. */
static enum control_outcome read_answer(int descriptor, int64_t deadline_ms, char **answer_out)
{
	size_t size = 1 << 16, length = 0;
	char *answer = malloc(size);
	enum control_outcome outcome = CONTROL_SILENT;

	while (answer && wait_for(descriptor, POLLIN, deadline_ms)) {
		const ssize_t got = recv(descriptor, answer + length, size - length - 1, 0);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0) {
			outcome = length > 0 ? CONTROL_ANSWERED : CONTROL_SILENT;
			break;
		}
		length += (size_t)got;
		if (answer[length - 1] == '\n') {
			outcome = CONTROL_ANSWERED;
			break;
		}
		if (length + 1 == size) {
			char *larger = size < ANSWER_MAX ? realloc(answer, size * 2) : NULL;

			if (!larger)
				break;
			answer = larger;
			size *= 2;
		}
	}
	if (!answer)
		return CONTROL_FAILED;
	if (outcome != CONTROL_ANSWERED) {
		free(answer);
		return outcome;
	}
	answer[length] = '\0';
	*answer_out = answer;
	return CONTROL_ANSWERED;
}

enum control_outcome control_client_ask(const char *path, const char *request, int timeout_ms,
                                        char **answer_out)
{
	const int64_t deadline_ms = now_ms() + timeout_ms;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	enum control_outcome outcome;
	int descriptor;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return CONTROL_FAILED;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return CONTROL_FAILED;
	if (connect(descriptor, (const struct sockaddr *)&address, sizeof address) != 0)
		outcome = errno == EAGAIN ? CONTROL_SILENT
		                          : connect_outcome(path); /* EAGAIN: queue full */
	else
		outcome = send_request(descriptor, request, deadline_ms);
	if (outcome == CONTROL_ANSWERED)
		outcome = read_answer(descriptor, deadline_ms, answer_out);
	close(descriptor);
	return outcome;
}

void control_client_explain(enum control_outcome outcome, const char *path)
{
	switch (outcome) {
	case CONTROL_ANSWERED: /* and yet the caller complains: it was not to be understood */
		fprintf(stderr,
		        "timeball: what answers at %s is not timeballd: give its socket with -s\n",
		        path);
		break;
	case CONTROL_NO_DAEMON:
		fprintf(stderr,
		        "timeball: no daemon answers at %s: start it with 'systemctl start timeballd' or "
		        "give its socket with -s\n",
		        path);
		break;
	case CONTROL_NOT_SOCKET:
		fprintf(stderr,
		        "timeball: %s is not the socket of a timeballd: give the right one with -s\n",
		        path);
		break;
	case CONTROL_FORBIDDEN:
		fprintf(stderr,
		        "timeball: you may not talk to the daemon at %s: add yourself to the group "
		        "'timeball' or use sudo\n",
		        path);
		break;
	case CONTROL_SILENT:
		fprintf(stderr,
		        "timeball: what listens at %s gave no answer in time: is it timeballd, and alive? "
		        "'systemctl status timeballd' tells\n",
		        path);
		break;
	case CONTROL_FAILED:
		fprintf(stderr, "timeball: cannot talk to %s: %s\n", path, strerror(errno));
		break;
	}
}
