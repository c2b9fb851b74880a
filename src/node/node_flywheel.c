/* A reference clock with `local`: it keeps the rate while others say the time.
 * SPDX-License-Identifier: MIT
 *
 * Each source that has an estimator has a second one, which is fed with the same as if the steady
 * clock had stamped it. Of both, the one that claims less is taken, as long as the two do not
 * contradict each other; so nothing is lost when the steady clock falls silent or slips. */
#include "node/node_state.h"

#include "estimate/flywheel.h"

/* Raised: the flywheel helps later. Lowered: it helps when what it says is hardly worth more than
 * what it costs, and its updates spend a makestep that is for the first ones. */
#define STEADY_MIN_COUNT 8

static const struct node_source *find(const struct node *node)
{
	for (size_t i = 0; i < node->refclocks_count; i++) {
		const struct node_source *source = &node->sources[node->refclock_sources[i]];

		if (source->is_flywheel)
			return source;
	}
	return NULL;
}

/* The one that turns, or NULL. */
static const struct node_source *turning(const struct node *node)
{
	const struct node_source *flywheel = find(node);

	if (!flywheel || !flywheel->refclock || !flywheel->has_measurement ||
	    node_source_contact(flywheel).unanswered_count >= NODE_UNANSWERED_STALE ||
	    estimator_status(flywheel->estimator).exchanges_count < STEADY_MIN_COUNT)
		return NULL;
	return flywheel;
}

/* What is known of the source by the flywheel; false: no more than without it. */
static bool steady_estimate(const struct node *node, const struct node_source *source,
                            const struct estimate *plain, struct estimate *steady_out)
{
	const struct node_source *flywheel = turning(node);
	struct estimate wheel, against;

	if (!flywheel || !source->steady ||
	    estimator_status(source->steady).exchanges_count < STEADY_MIN_COUNT)
		return false;
	wheel = estimator_estimate(flywheel->estimator);
	against = estimator_estimate(source->steady);
	*steady_out = flywheel_estimate(&wheel, &against);
	return !flywheel_is_contradicted(steady_out, plain, steady_out->at) &&
	       estimate_offset_sd_s(steady_out, steady_out->at) <
	               estimate_offset_sd_s(plain, steady_out->at);
}

struct estimate node_source_estimate(const struct node *node, const struct node_source *source)
{
	const struct estimate plain = estimator_estimate(source->estimator);
	struct estimate steady;

	return steady_estimate(node, source, &plain, &steady) ? steady : plain;
}

static bool is_helped(const struct node *node, const struct node_source *source)
{
	const struct estimate plain = estimator_estimate(source->estimator);

	return steady_estimate(node, source, &plain, &(struct estimate){ 0 });
}

void node_flywheel_on_slip(struct node *node)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].steady)
			estimator_reset(node->sources[i].steady);
	}
}

void node_flywheel_on_measurement(const struct node *node, struct node_source *source,
                                  const struct exchange *exchange, double sd_s)
{
	const struct node_source *flywheel = turning(node);
	struct estimate wheel;
	struct exchange steady;

	if (!flywheel || !source->steady)
		return;
	wheel = estimator_estimate(flywheel->estimator);
	steady = flywheel_exchange(&wheel, exchange);
	(void)(sd_s < 0 ? estimator_on_exchange(source->steady, &steady)
	                : estimator_on_sample(source->steady, &steady, sd_s));
	if (estimator_has_estimate(source->estimator) && estimator_has_estimate(source->steady)) {
		const struct estimate plain = estimator_estimate(source->estimator);
		const struct estimate against = estimator_estimate(source->steady);
		const struct estimate sum = flywheel_estimate(&wheel, &against);

		if (flywheel_is_contradicted(&sum, &plain, exchange->at))
			estimator_reset(source->steady);
	}
}

const struct node_source *node_flywheel_at_work(const struct node *node)
{
	const struct node_source *flywheel = turning(node);

	for (size_t i = 0; flywheel && i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (source->is_used && source->weight > 0 && source->has_measurement &&
		    is_helped(node, source))
			return flywheel;
	}
	return NULL;
}

bool node_flywheel_take_news(struct node *node)
{
	const struct node_source *flywheel = node_flywheel_at_work(node);
	const bool is_news = flywheel && flywheel->has_news;

	if (is_news)
		node->sources[flywheel - node->sources].has_news = false;
	return is_news;
}
