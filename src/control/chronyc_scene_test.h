/* control/chronyc_scene_test: a node and one who asks it in chronyc's protocol, for the tests of
 * that. SPDX-License-Identifier: MIT */
#pragma once

#include "control/chronyc.h"
#include "testing/check.h"

#define COMMAND_AT  4
#define SEQUENCE_AT 8
#define STATUS_AT   8 /* of a reply */
#define REPLY_AT    6
#define DATA_AT     20

extern const struct instant scene_now;

/* A node with two servers, the second offline, and a name without an address. */
struct scene {
	struct node_config config;
	struct rng rng;
	struct outbox out;
	struct node *node;
	struct chronyc chronyc;
	struct chronyc_answer answer;
	uint8_t request[CANDM_REQUEST_MAX + 1];
};

void scene_begin_with(struct scene *scene, const struct rtc_file *rtc);
void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);
void scene_put_u32(uint8_t *at, uint32_t value);
uint32_t scene_get_u32(const struct scene *scene, size_t data_at);
uint16_t scene_get_u16(const struct scene *scene, size_t at);
/* As chronyc would: zeros behind the data. */
void scene_prepare(struct scene *scene, uint16_t command);
void scene_send_from(struct scene *scene, size_t length, const struct address *remote);
/* The status of the answer to what was prepared, by the Unix socket. */
enum candm_status scene_ask(struct scene *scene, size_t length);
enum candm_status scene_ask_plain(struct scene *scene, uint16_t command);
void scene_put_ipv4(struct scene *scene, size_t data_at, uint8_t a, uint8_t b, uint8_t c,
                    uint8_t d);
