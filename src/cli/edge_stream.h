/* cli/edge_stream: the edges of a file or of standard input, one by one. SPDX-License-Identifier:
 * MIT
 *
 * Lines as wire/edge_line takes them. Of whole numbers the unit is found first, by the pace of the
 * pulses: that takes some seconds of signal, and what came meanwhile is given then. */
#pragma once

#include <stdio.h>

#include "wire/edge_line.h"

struct edge_stream {
	FILE *in;             /* borrowed */
	unsigned long number; /* of the line that was read last */
	char *line;
	size_t size;
	struct edge_line *waiting; /* edges that were read, not yet given */
	size_t waiting_count, waiting_next, changes_count;
	bool is_settled;
	int64_t per_s; /* unit of whole numbers; 0 = as wire/edge_line takes them */
};

void edge_stream_begin(struct edge_stream *stream, FILE *in);
void edge_stream_end(struct edge_stream *stream);
/* 1: an edge; 0: the end; -EBADMSG: `line` is none; -ENOMEM or another -errno of reading. */
NODISCARD int edge_stream_next(struct edge_stream *stream, struct edge_line *edge_out);
