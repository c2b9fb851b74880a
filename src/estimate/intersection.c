/* SPDX-License-Identifier: MIT */
#include "estimate/intersection.h"

#include <assert.h>
#include <stdlib.h>

struct edge {
	int64_t at_ns;
	int step; /* +1: an interval begins, -1: one ends */
};

/* Intervals are closed: where one ends and another begins, both hold the point. */
static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return y->step - x->step;
}

static size_t list_edges(const struct vote *votes, size_t count, struct edge *edges_out)
{
	bool has_trusted = false;
	size_t voters = 0;

	for (size_t i = 0; i < count; i++)
		has_trusted |= votes[i].is_trusted;
	for (size_t i = 0; i < count; i++) {
		assert(votes[i].low_ns <= votes[i].high_ns);
		if (has_trusted && !votes[i].is_trusted)
			continue;
		edges_out[2 * voters] = (struct edge){ votes[i].low_ns, 1 };
		edges_out[2 * voters + 1] = (struct edge){ votes[i].high_ns, -1 };
		voters++;
	}
	qsort(edges_out, 2 * voters, sizeof *edges_out, compare_edges);
	return voters;
}

static unsigned deepest(const struct edge *edges, size_t edges_count)
{
	unsigned depth = 0, most = 0;

	for (size_t i = 0; i < edges_count; i++) {
		depth += (unsigned)edges[i].step;
		if (depth > most)
			most = depth;
	}
	return most;
}

/* From the first to the last point that at least `wanted` voters cover. */
static void find_cover(const struct edge *edges, size_t edges_count, unsigned wanted,
                       int64_t *low_out, int64_t *high_out)
{
	unsigned depth = 0;
	bool is_found = false;

	for (size_t i = 0; i < edges_count; i++) {
		if (edges[i].step > 0) {
			depth++;
			if (depth >= wanted && !is_found) {
				*low_out = edges[i].at_ns;
				is_found = true;
			}
		} else {
			if (depth >= wanted)
				*high_out = edges[i].at_ns;
			depth--;
		}
	}
	assert(is_found && depth == 0);
}

enum intersection_outcome intersection_find(struct vote *votes, size_t count,
                                            struct intersection *result_out)
{
	struct edge edges[2 * INTERSECTION_VOTES_MAX];
	struct intersection *found = result_out;
	size_t edges_count;

	assert(count <= INTERSECTION_VOTES_MAX);
	*found = (struct intersection){ 0 };
	for (size_t i = 0; i < count; i++)
		votes[i].is_agreeing = false;
	if (count == 0)
		return INTERSECTION_NO_VOTES;

	edges_count = 2 * list_edges(votes, count, edges);
	found->voters_count = (unsigned)edges_count / 2;
	found->agreeing_count = deepest(edges, edges_count);
	find_cover(edges, edges_count, found->agreeing_count, &found->low_ns, &found->high_ns);
	found->hull_low_ns = found->low_ns;
	found->hull_high_ns = found->high_ns;
	if (2 * found->agreeing_count == found->voters_count)
		return INTERSECTION_TIE;
	if (2 * found->agreeing_count < found->voters_count)
		return INTERSECTION_NO_MAJORITY;

	find_cover(edges, edges_count, found->voters_count / 2 + 1, &found->hull_low_ns,
	           &found->hull_high_ns);
	for (size_t i = 0; i < count; i++)
		votes[i].is_agreeing =
			votes[i].low_ns <= found->high_ns && votes[i].high_ns >= found->low_ns;
	return INTERSECTION_FOUND;
}
