/* SPDX-License-Identifier: MIT */
#include "node/node_dumps.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "node/node_state.h"

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

void node_dumps_remember(struct node_source *source, const struct exchange *exchange, double sd_s)
{
	struct node_sample *sample = &source->samples[source->samples_count++ % DUMP_SAMPLES_MAX];

	*sample = (struct node_sample){ .exchange = *exchange,
		                        .sd_s = sd_s,
		                        .root_delay_ns = source->measurement.root_delay_ns,
		                        .root_dispersion_ns =
		                                source->measurement.root_dispersion_ns };
}

static const struct node_source *nth(const struct node *node, size_t index)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].is_used && index-- == 0)
			return &node->sources[i];
	}
	assert(false);
	return NULL;
}

bool node_dumps_file_name(const struct node *node, size_t index,
                          char name_out[NODE_DUMP_FILE_NAME_SIZE])
{
	const struct node_source *source = nth(node, index);
	struct text out = text_into(name_out, NODE_DUMP_FILE_NAME_SIZE);
	char address[ADDRESS_TEXT_SIZE];

	if (source->refclock) {
		text_add(&out, "refid:");
		text_hex(&out,
		         refclock_options_reference_id(refclock_status(source->refclock).options),
		         8);
	} else if (source->address.family != ADDRESS_NONE) {
		text_add(&out, address_format(&source->address, address));
	} else {
		return false;
	}
	text_add(&out, ".dat");
	return !out.is_cut;
}

/* As the clock that runs by today's correction would have shown it. */
static struct dump_sample sample_of(const struct node *node, const struct node_sample *from,
                                    double extra_s, struct instant now)
{
	const struct timeline *timeline = &node->discipline.timeline;
	const struct free_time free_now = timeline_free(timeline, now.local);
	const struct exchange *exchange = &from->exchange;
	const int64_t middle_ns =
		exchange->lower_ns + (exchange->upper_ns - exchange->lower_ns) / 2;
	const int64_t rate_ns =
		llrint(node->discipline.frequency * (double)(free_now.ns - exchange->at.ns));
	const int64_t offset_ns = middle_ns + timeline_correction_ns(timeline, now.local) + rate_ns;
	const double delay_s = fmax(seconds(exchange->upper_ns - exchange->lower_ns), 0);
	const double dispersion_s = fmax(from->sd_s, 0) + extra_s;

	return (struct dump_sample){ .at_ns = exchange->at.ns + middle_ns - offset_ns,
		                     .offset_s = -seconds(offset_ns),
		                     .original_offset_s =
		                             -seconds(middle_ns + exchange->at.ns -
		                                      timeline_local(timeline, exchange->at).ns),
		                     .delay_s = delay_s,
		                     .dispersion_s = dispersion_s,
		                     .root_delay_s = seconds(from->root_delay_ns) + delay_s,
		                     .root_dispersion_s =
		                             seconds(from->root_dispersion_ns) + dispersion_s };
}

bool node_dumps_take(const struct node *node, size_t index, struct instant now,
                     struct dump_file *dump_out)
{
	const struct node_source *source = nth(node, index);
	const unsigned kept =
		source->samples_count < DUMP_SAMPLES_MAX ? source->samples_count : DUMP_SAMPLES_MAX;
	const char *name = source->refclock ? "." : node_source_name(node, source);

	if (kept == 0)
		return false;
	memset(dump_out, 0, sizeof *dump_out);
	memcpy(dump_out->name, name, strlen(name));
	dump_out->is_authenticated = source->measurement.is_authenticated;
	dump_out->reach = node_source_contact(source).reach;
	dump_out->stratum = source->measurement.stratum;
	dump_out->leap = (uint8_t)source->measurement.leap;
	for (unsigned i = source->samples_count - kept; i < source->samples_count; i++) {
		const struct dump_sample sample = sample_of(
			node, &source->samples[i % DUMP_SAMPLES_MAX], node->precision_s, now);

		/* a clock that was stepped back in between may put them in another order */
		if (sample.at_ns > 0 &&
		    (dump_out->count == 0 ||
		     sample.at_ns > dump_out->samples[dump_out->count - 1].at_ns))
			dump_out->samples[dump_out->count++] = sample;
	}
	return dump_out->count > 0;
}

static struct exchange exchange_of(const struct node *node, const struct dump_sample *sample,
                                   struct instant now)
{
	const double frequency = node->discipline.frequency;
	const double passed_ns = (double)(now.local.ns - sample->at_ns);
	const struct free_time at = { timeline_free(&node->discipline.timeline, now.local).ns -
		                      llrint(passed_ns / (1 + frequency)) };
	const int64_t offset_ns = sample->at_ns - llrint(sample->offset_s * 1e9) - at.ns;
	const int64_t half_ns = llrint(sample->delay_s / 2 * 1e9);

	return (struct exchange){ .at = at,
		                  .upper_ns = offset_ns + half_ns,
		                  .lower_ns = offset_ns - half_ns };
}

bool node_dumps_restore(struct node *node, size_t index, const struct dump_file *dump,
                        struct instant now)
{
	struct node_source *source = &node->sources[nth(node, index) - node->sources];
	const char *name = source->refclock ? "." : node_source_name(node, source);
	const struct source_options *options = node_source_options(node, source);

	if (!node_source_is_live(source) || source->samples_count > 0 ||
	    strcmp(dump->name, name) != 0 || (options->key_id != 0 && !dump->is_authenticated) ||
	    dump->samples[dump->count - 1].at_ns >= now.local.ns)
		return false;
	for (size_t i = 0; i < dump->count; i++) {
		const struct dump_sample *sample = &dump->samples[i];
		const struct exchange exchange = exchange_of(node, sample, now);
		const double sd_s = source->refclock ? sample->dispersion_s : -1;

		(void)(source->refclock ? estimator_on_sample(source->estimator, &exchange, sd_s)
		                        : estimator_on_exchange(source->estimator, &exchange));
		node_dumps_remember(source, &exchange, sd_s);
	}
	return true;
}
