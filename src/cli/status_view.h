/* cli/status_view: the one-screen summary. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "cli/answer.h"
#include "cli/style.h"

struct status_view {
	struct answer tracking, sources, why; /* owned */
};

/* Asks for all three; says on standard error what went wrong. enum command_exit. */
NODISCARD int status_view_ask(const char *path, struct status_view *view_out);
/* The same without a word: false when there is no (whole) answer within timeout_ms. */
NODISCARD bool status_view_try(const char *path, int timeout_ms, struct status_view *view_out);
void status_view_free(struct status_view *view); /* a zeroed one is fine */

bool status_view_is_synchronised(const struct status_view *view);

void status_view_print(const struct status_view *view, struct look look, size_t width, FILE *out);
/* Only the sources and the warnings of it. */
void status_view_print_sources(const struct status_view *view, struct look look, FILE *out);
