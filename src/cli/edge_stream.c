/* SPDX-License-Identifier: MIT */
#include "cli/edge_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 65536 /* of a level that is sampled 4000 times a second, 16 s */

void edge_stream_begin(struct edge_stream *stream, FILE *in)
{
	memset(stream, 0, sizeof *stream);
	stream->in = in;
}

void edge_stream_end(struct edge_stream *stream)
{
	free(stream->line);
	free(stream->waiting);
}

static int read_edge(struct edge_stream *stream, struct edge_line *edge_out)
{
	ssize_t length;

	errno = 0;
	while ((length = getline(&stream->line, &stream->size, stream->in)) >= 0) {
		int kind;

		stream->number++;
		if (length > 0 && stream->line[length - 1] == '\n')
			stream->line[--length] = '\0';
		kind = edge_line_decode(stream->line, (size_t)length, edge_out);
		if (kind != 0)
			return kind;
	}
	return ferror(stream->in) || errno == ENOMEM ? -errno : 0;
}

static int use_unit(const struct edge_stream *stream, struct edge_line *edge)
{
	return stream->per_s > 0 && edge->count >= 0 ? edge_line_use_unit(edge, stream->per_s) : 0;
}

/* False: more edges are needed to tell. */
static bool settle(struct edge_stream *stream)
{
	const struct edge_line *newest = &stream->waiting[stream->waiting_count - 1];

	if (newest->count < 0)
		return true;
	stream->changes_count += stream->waiting_count > 1 && newest[-1].is_high != newest->is_high;
	if (stream->changes_count < EDGE_UNIT_CHANGES)
		return stream->waiting_count == WAITING_MAX;
	stream->per_s = edge_line_unit(stream->waiting, stream->waiting_count);
	return true;
}

static int read_until_settled(struct edge_stream *stream)
{
	int kind = 1;

	stream->waiting = calloc(WAITING_MAX, sizeof *stream->waiting);
	if (!stream->waiting)
		return -ENOMEM;
	while (!stream->is_settled && kind > 0) {
		kind = read_edge(stream, &stream->waiting[stream->waiting_count]);
		stream->waiting_count += kind > 0;
		stream->is_settled = kind > 0 && settle(stream);
	}
	stream->is_settled = true;
	return kind < 0 ? kind : 0;
}

int edge_stream_next(struct edge_stream *stream, struct edge_line *edge_out)
{
	int kind = stream->is_settled ? 0 : read_until_settled(stream);

	if (kind < 0)
		return kind;
	if (stream->waiting_next < stream->waiting_count) {
		*edge_out = stream->waiting[stream->waiting_next++];
		kind = 1;
	} else {
		kind = read_edge(stream, edge_out);
	}
	return kind > 0 && use_unit(stream, edge_out) < 0 ? -EBADMSG : kind;
}
