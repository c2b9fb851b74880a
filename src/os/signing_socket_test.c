/* SPDX-License-Identifier: MIT */
#include "os/signing_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "testing/check.h"

static const struct mono_time now = { 1000 };
static const struct send_action answer = {
	.association = ASSOCIATION_SERVER,
	.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 }, .port = 123 },
	.length_bytes = NTP_HEADER_SIZE,
	.is_to_be_signed = true,
	.signing_key = { 1, 2, 3, 4 },
	.bytes = { 0x1c, 1 },
};

struct samba {
	char directory[64];
	struct sockaddr_un address;
	int listening, connected;
};

static void samba_start(struct samba *samba)
{
	strcpy(samba->directory, "/tmp/signing-XXXXXX");
	CHECK(mkdtemp(samba->directory) != NULL);
	samba->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(samba->address.sun_path, sizeof samba->address.sun_path, "%s/socket",
	         samba->directory);
	samba->listening = socket(AF_UNIX, SOCK_STREAM, 0);
	samba->connected = -1;
	CHECK_EQ(bind(samba->listening, (struct sockaddr *)&samba->address, sizeof samba->address),
	         0);
	CHECK_EQ(listen(samba->listening, 1), 0);
}

static void samba_hang_up(struct samba *samba)
{
	close(samba->connected);
	samba->connected = -1;
}

static void samba_stop(struct samba *samba)
{
	if (samba->connected >= 0)
		samba_hang_up(samba);
	close(samba->listening);
	unlink(samba->address.sun_path);
	rmdir(samba->directory);
}

/* The next request; false: there is none. */
static bool samba_reads(struct samba *samba, uint8_t request[SIGNING_REQUEST_SIZE])
{
	if (samba->connected < 0)
		samba->connected = accept(samba->listening, NULL, NULL);
	return recv(samba->connected, request, SIGNING_REQUEST_SIZE, MSG_DONTWAIT) ==
	       SIGNING_REQUEST_SIZE;
}

static void samba_says(struct samba *samba, uint8_t verdict, const uint8_t *request,
                       size_t length_bytes)
{
	uint8_t reply[SIGNING_REPLY_SIZE] = { 0, 0, 0, SIGNING_REPLY_SIZE - 4, [11] = verdict };

	memcpy(reply + 14, request + 12, 2);
	memcpy(reply + 16, request + 20, NTP_HEADER_SIZE);
	memcpy(reply + 16 + NTP_HEADER_SIZE, request + 16, SIGNING_KEY_SIZE);
	memset(reply + sizeof reply - 16, 0x55, 16);
	CHECK_EQ(send(samba->connected, reply, length_bytes, 0), (ssize_t)length_bytes);
}

TEST(signing_socket, has_answers_signed_one_after_the_other)
{
	uint8_t request[SIGNING_REQUEST_SIZE];
	struct signing_socket signing;
	struct send_action out;
	struct samba samba;

	samba_start(&samba);
	signing_socket_init(&signing, samba.directory);
	CHECK_EQ(signing_socket_poll(&signing).fd, -1);
	signing_socket_ask(&signing, &answer, now);
	signing_socket_ask(&signing, &answer, now);
	for (unsigned i = 1; i <= 2; i++) {
		CHECK(signing_socket_poll(&signing).fd >= 0);
		CHECK(samba_reads(&samba, request));
		CHECK_EQ(request[13], i);
		CHECK(memcmp(request + 16, answer.signing_key, 4) == 0);
		CHECK(!samba_reads(&samba, request + 0)); /* not yet */
		CHECK(!signing_socket_take(&signing, now, &out));
		samba_says(&samba, 3, request, SIGNING_REPLY_SIZE);
		CHECK(signing_socket_take(&signing, now, &out));
		CHECK_EQ(out.length_bytes, SIGNING_PACKET_SIZE);
		CHECK(address_is_same(&out.remote, &answer.remote));
		CHECK_EQ(out.bytes[0], 0x1c);
		CHECK_EQ(out.bytes[48], 1);
		CHECK_EQ(out.bytes[67], 0x55);
		CHECK(!out.is_to_be_signed);
	}
	CHECK(!signing_socket_take(&signing, now, &out));
	CHECK_EQ(signing_socket_lost(&signing), 0);
	CHECK_EQ(signing_socket_deadline(&signing).ns, MONO_TIME_NEVER.ns);
	signing_socket_close(&signing);
	samba_stop(&samba);
}

TEST(signing_socket, forgets_what_is_refused_and_goes_on)
{
	uint8_t request[SIGNING_REQUEST_SIZE];
	struct signing_socket signing;
	struct send_action out;
	struct samba samba;

	samba_start(&samba);
	signing_socket_init(&signing, samba.directory);
	signing_socket_ask(&signing, &answer, now);
	signing_socket_ask(&signing, &answer, now);
	CHECK(samba_reads(&samba, request));
	samba_says(&samba, 4, request, SIGNING_REPLY_SIZE);
	CHECK(!signing_socket_take(&signing, now, &out));
	CHECK_EQ(signing_socket_lost(&signing), 1);
	CHECK_EQ(signing_socket_lost(&signing), 0);
	CHECK(samba_reads(&samba, request));
	samba_says(&samba, 3, request, SIGNING_REPLY_SIZE - 30); /* in two pieces */
	CHECK(!signing_socket_take(&signing, now, &out));
	CHECK_EQ(send(samba.connected, request, 30, 0), 30);
	CHECK(signing_socket_take(&signing, now, &out));
	signing_socket_close(&signing);
	samba_stop(&samba);
}

TEST(signing_socket, waits_for_nobody_for_ever)
{
	const struct mono_time late = { now.ns + 2 * NS_PER_S };
	uint8_t request[SIGNING_REQUEST_SIZE];
	struct signing_socket signing;
	struct send_action out;
	struct samba samba;

	samba_start(&samba);
	signing_socket_init(&signing, samba.directory);
	for (unsigned i = 0; i < SIGNING_QUEUE_MAX + 5; i++)
		signing_socket_ask(&signing, &answer, now);
	CHECK_EQ(signing_socket_lost(&signing), 5); /* the queue has an end */
	CHECK_EQ(signing_socket_deadline(&signing).ns, late.ns);
	CHECK(!signing_socket_take(&signing, now, &out));
	CHECK_EQ(signing_socket_lost(&signing), 0);
	CHECK(!signing_socket_take(&signing, late, &out));
	CHECK_EQ(signing_socket_lost(&signing), SIGNING_QUEUE_MAX);
	CHECK_EQ(signing_socket_poll(&signing).fd, -1);
	CHECK(samba_reads(&samba, request)); /* of the connection that was given up */
	samba_hang_up(&samba);
	signing_socket_ask(&signing, &answer, late); /* over a new one */
	CHECK(samba_reads(&samba, request));
	samba_says(&samba, 3, request, SIGNING_REPLY_SIZE);
	CHECK(signing_socket_take(&signing, late, &out));
	signing_socket_close(&signing);
	samba_stop(&samba);
}

TEST(signing_socket, survives_a_samba_that_ends)
{
	uint8_t request[SIGNING_REQUEST_SIZE];
	struct signing_socket signing;
	struct send_action out;
	struct samba samba;

	samba_start(&samba);
	signing_socket_init(&signing, samba.directory);
	signing_socket_ask(&signing, &answer, now);
	CHECK(samba_reads(&samba, request));
	samba_says(&samba, 3, request, SIGNING_REPLY_SIZE);
	samba_hang_up(&samba);
	CHECK(signing_socket_take(&signing, now, &out));
	CHECK(!signing_socket_take(&signing, now, &out)); /* learns that it is gone */
	CHECK_EQ(signing_socket_poll(&signing).fd, -1);
	CHECK_EQ(signing_socket_lost(&signing), 0);
	samba_stop(&samba);
	signing_socket_ask(&signing, &answer, now);
	CHECK_EQ(signing_socket_lost(&signing), 1);
	CHECK_EQ(signing.error, ENOENT);
	signing_socket_close(&signing);
}

TEST(signing_socket, gives_up_on_what_is_no_reply)
{
	uint8_t request[SIGNING_REQUEST_SIZE];
	struct signing_socket signing;
	struct send_action out;
	struct samba samba;

	samba_start(&samba);
	signing_socket_init(&signing, samba.directory);
	signing_socket_ask(&signing, &answer, now);
	CHECK(samba_reads(&samba, request));
	request[13]++; /* another's number */
	samba_says(&samba, 3, request, SIGNING_REPLY_SIZE);
	CHECK(!signing_socket_take(&signing, now, &out));
	CHECK_EQ(signing_socket_lost(&signing), 1);
	CHECK_EQ(signing_socket_poll(&signing).fd, -1);
	signing_socket_close(&signing);
	samba_stop(&samba);
}
