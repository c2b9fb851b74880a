/* SPDX-License-Identifier: MIT */
#include "os/resolver.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "os/socket_address.h"

/* What the child found must fit into one write that a pipe does not split. */
_Static_assert(sizeof(struct address) * RESOLVER_ADDRESSES_MAX <= 4096, "PIPE_BUF");

void resolver_init(struct resolver *resolver)
{
	memset(resolver, 0, sizeof *resolver);
	for (size_t i = 0; i < RESOLVER_CHILDREN_MAX; i++)
		resolver->children[i].fd = -1;
}

static void end_child(struct resolver_child *child)
{
	if (child->pid == 0)
		return;
	(void)kill(child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)close(child->fd);
	*child = (struct resolver_child){ .fd = -1 };
}

void resolver_stop(struct resolver *resolver)
{
	for (size_t i = 0; i < RESOLVER_CHILDREN_MAX; i++)
		end_child(&resolver->children[i]);
	resolver->waiting_count = 0;
}

void resolver_ask(struct resolver *resolver, uint32_t request, const char *name,
                  enum address_family family)
{
	struct resolver_question *question;
	struct text copy;

	assert(resolver->waiting_count < RESOLVER_WAITING_MAX);
	question = &resolver->waiting[resolver->waiting_count++];
	question->request = request;
	question->family = (uint8_t)family;
	copy = text_into(question->name, sizeof question->name);
	text_add(&copy, name);
}

static size_t look_up(const struct resolver_question *question, struct address *addresses)
{
	const struct addrinfo hints = {
		.ai_family = question->family == ADDRESS_IPV4   ? AF_INET
		             : question->family == ADDRESS_IPV6 ? AF_INET6
		                                                : AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
	};
	struct addrinfo *found = NULL;
	size_t count = 0;

	if (getaddrinfo(question->name, NULL, &hints, &found) != 0)
		return 0;
	for (const struct addrinfo *one = found; one && count < RESOLVER_ADDRESSES_MAX;
	     one = one->ai_next) {
		union socket_address raw = { 0 };

		if (one->ai_addrlen > sizeof raw)
			continue;
		memcpy(&raw, one->ai_addr, one->ai_addrlen);
		addresses[count] = socket_address_to(&raw);
		if (addresses[count].family != ADDRESS_NONE)
			count++;
	}
	freeaddrinfo(found);
	return count;
}

/* Keeps nothing of the daemon but the pipe: its sockets must close when the daemon closes them. */
static _Noreturn void run_child(const struct resolver_question *question, int fd)
{
	struct address addresses[RESOLVER_ADDRESSES_MAX] = { 0 };
	size_t length_bytes;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (dup2(fd, 3) == 3)
		(void)close_range(4, ~0U, 0);
	length_bytes = look_up(question, addresses) * sizeof addresses[0];
	_exit(length_bytes > 0 && write(3, addresses, length_bytes) < 0);
}

static bool start_child(struct resolver_child *child, const struct resolver_question *question,
                        struct mono_time now)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		run_child(question, ends[1]);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return false;
	}
	*child = (struct resolver_child){
		.pid = pid,
		.fd = ends[0],
		.request = question->request,
		.deadline = mono_time_after(now, RESOLVER_PATIENCE_NS),
	};
	return true;
}

static void forget_oldest(struct resolver *resolver)
{
	resolver->waiting_count--;
	memmove(resolver->waiting, resolver->waiting + 1,
	        resolver->waiting_count * sizeof resolver->waiting[0]);
}

static bool is_wanted(const struct address *address, uint8_t family)
{
	return family == ADDRESS_NONE || family == address->family;
}

/* Answers the oldest question without a child if that can be: a number, or a child that could not
 * be started. False: it waits for a free child, is with one now, or there is none. */
static bool answer_oldest(struct resolver *resolver, struct mono_time now,
                          struct resolver_answer *answer_out)
{
	while (resolver->waiting_count > 0) {
		const struct resolver_question *question = &resolver->waiting[0];
		struct resolver_child *child = NULL;
		bool is_answered = true;

		*answer_out = (struct resolver_answer){ .request = question->request };
		if (address_parse(question->name, &answer_out->addresses[0]) == 0) {
			if (is_wanted(&answer_out->addresses[0], question->family))
				answer_out->count = 1;
		} else {
			for (size_t i = 0; i < RESOLVER_CHILDREN_MAX && !child; i++) {
				if (resolver->children[i].pid == 0)
					child = &resolver->children[i];
			}
			if (!child)
				return false;
			is_answered = !start_child(child, question, now);
		}
		forget_oldest(resolver);
		if (is_answered)
			return true;
	}
	return false;
}

/* One write, or the end. False: neither has come, though the pipe was called ready (simulators that
 * replace poll do so for each descriptor that they do not know). */
static bool read_answer(struct resolver_child *child, struct resolver_answer *answer_out)
{
	ssize_t length;

	*answer_out = (struct resolver_answer){ .request = child->request };
	length = read(child->fd, answer_out->addresses, sizeof answer_out->addresses);
	if (length < 0 && errno == EAGAIN)
		return false;
	if (length > 0)
		answer_out->count = (size_t)length / sizeof answer_out->addresses[0];
	end_child(child);
	return true;
}

size_t resolver_poll_set(const struct resolver *resolver, struct pollfd *set)
{
	for (size_t i = 0; i < RESOLVER_CHILDREN_MAX; i++)
		set[i] = (struct pollfd){ .fd = resolver->children[i].fd, .events = POLLIN };
	return RESOLVER_CHILDREN_MAX;
}

bool resolver_take(struct resolver *resolver, struct pollfd *set, struct mono_time now,
                   struct resolver_answer *answer_out)
{
	for (size_t i = 0; i < RESOLVER_CHILDREN_MAX; i++) {
		struct resolver_child *child = &resolver->children[i];

		if (child->pid == 0)
			continue;
		if (set && set[i].fd == child->fd && set[i].revents != 0) {
			set[i].revents = 0;
			if (read_answer(child, answer_out))
				return true;
		}
		if (child->deadline.ns <= now.ns) {
			*answer_out = (struct resolver_answer){ .request = child->request };
			end_child(child);
			return true;
		}
	}
	return answer_oldest(resolver, now, answer_out);
}

struct mono_time resolver_deadline(const struct resolver *resolver)
{
	struct mono_time deadline = MONO_TIME_NEVER;

	for (size_t i = 0; i < RESOLVER_CHILDREN_MAX; i++) {
		if (resolver->children[i].pid != 0)
			deadline = mono_time_earlier(deadline, resolver->children[i].deadline);
	}
	return deadline;
}
