/* ntp/ntp_scene_test: a client, a clock and a server, for the tests of the client and its parts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"
#include "ntp/ntp_client_state.h"
#include "testing/check.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_extension.h"
#include "wire/ntp_header.h"

#define SCENE_LOCAL_S INT64_C(1795329000) /* the clock at the beginning: 2026-11-22 06:30:00 */
#define US            NS_PER_US
#define MS            NS_PER_MS

extern const struct ntp_server_time scene_own_time; /* said to peers */
extern const uint32_t scene_our_ids[2];

/* A client, a clock, and a server 250 ms ahead of it, 10 ms away each way, that thinks for 50 us.
 * The reply stands in `reply` and can be bent before it is delivered. */
struct scene {
	struct rng rng;
	struct ntp_client *client;
	struct instant now;
	struct outbox out;
	struct ntp_header reply;
	struct datagram datagram;
	uint8_t bytes[256];
	size_t tail_bytes; /* stand in bytes after the header */
	struct ntp_measurement measurement;
};

struct ntp_client_config scene_config(struct rng *rng);
void scene_begin_with(struct scene *scene, const struct ntp_client_config *config);
void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);
void scene_pass(struct scene *scene, int64_t duration_ns);
/* Carries out what the client wants at its next deadline. */
void scene_next_deadline(struct scene *scene);
uint64_t scene_server_time(const struct scene *scene, int64_t later_ns);
/* Answers the request that was just sent, in `reply`; the clock stands at its arrival then. */
void scene_prepare_reply(struct scene *scene);
/* Sends the next request and prepares its reply. */
void scene_ask(struct scene *scene);
enum ntp_verdict scene_deliver_bytes(struct scene *scene, size_t length_bytes);
enum ntp_verdict scene_deliver(struct scene *scene);
void scene_exchange(struct scene *scene, enum ntp_verdict want);
/* The whole association but for what is only counted, padding included. */
void scene_copy_state(const struct scene *scene, struct ntp_client *state);
/* Delivers a packet that must fail, and holds the association against what it was before. */
void scene_check_bounces(struct scene *scene, size_t length_bytes, enum ntp_verdict want);
/* Bends nothing: encodes the prepared reply as it stands, and it must bounce. */
void scene_check_reply_bounces(struct scene *scene, enum ntp_verdict want);
