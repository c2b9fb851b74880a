/* SPDX-License-Identifier: MIT */
#include "report/refclock_words.h"

#include <math.h>

static void refusal(struct text *out, const struct refclock_status *clock)
{
	if (!clock->refusal)
		return;
	text_add(out, "; ");
	text_u64(out, clock->refused_count);
	text_add(out, clock->refused_count == 1 ? " input was" : " inputs were");
	text_add(out, " no good, the last one: ");
	text_add(out, clock->refusal);
}

static void nothing_taken(struct text *out, const struct refclock_status *clock)
{
	const char *lock = clock->options->lock;

	switch (clock->last_verdict) {
	case REFCLOCK_NO_NUMBER:
		text_add(out, "its pulses come, but nobody can say yet which second they begin: ");
		if (*lock) {
			text_add(out, lock);
			text_add(
				out,
				", which it is locked to, is silent or does not agree with itself");
		} else {
			text_add(out, "no other source is there; add one, or `lock` it to a clock "
			              "that tells the time");
		}
		return;
	case REFCLOCK_AMBIGUOUS:
		text_add(out,
		         "its pulses come, but they are about half way between two seconds of ");
		text_add(out, *lock ? lock : "the clock that numbers them");
		return;
	case REFCLOCK_WRONG_EDGE:
		text_add(out,
		         "its pulses come, but far from where a second begins; is it the other "
		         "edge (`clear`), or does `offset` belong here?");
		return;
	case REFCLOCK_ABSURD:
		text_add(out, "what it says is more than a century off");
		return;
	case REFCLOCK_TAKEN:
	case REFCLOCK_NOT_LATER:
	case REFCLOCK_VERDICT_COUNT:
		break;
	}
	text_add(out, "nothing has come from it");
	refusal(out, clock);
}

/* Either second is as likely, whatever the clock has been told. */
static void ambiguity(struct text *out, const struct refclock_status *clock)
{
	text_add(out, clock->options->lock);
	text_add(out, " is ");
	text_duration(out, fabs(clock->lock_offset_s) * 1e9);
	text_add(out, " off its pulses, about half a second: which second a pulse begins cannot be "
	              "told from it. Set the offset of ");
	text_add(out, clock->options->lock);
	text_add(out, " to how late it is, or `offset auto` and another source to learn it by");
}

static void doubts(struct text *out, const struct refclock_status *clock)
{
	text_add(out, clock->options->lock);
	text_add(out, " has given another second to the last ");
	text_u64(out, clock->doubts_count);
	text_add(out, clock->doubts_count == 1 ? " pulse" : " pulses");
	text_add(
		out,
		clock->is_following_giver ? " and insists: it is given in to, the clock was wrong"
		: clock->is_giver_proven_wrong
			? ": not followed, it had agreed for long before; a server beside it would "
			  "tell for sure"
			: ": not followed, a clock does not gain a second by itself");
}

static void well(struct text *out, const struct refclock_status *clock)
{
	text_u64(out, clock->filter_count);
	text_add(out, clock->filter_count == 1 ? " sample" : " samples");
	text_add(out, " made the last measurement; one scatters by ");
	text_duration(out, clock->scatter_s * 1e9);
	if (clock->is_numbered_alone) {
		text_add(out, "; which second it is says ");
		text_add(out, clock->options->lock);
		text_add(out, " alone: a server beside it would notice a wrong one");
	}
	if (!refclock_options_is_auto(clock->options))
		return;
	text_add(out, "; it comes ");
	text_duration(out, clock->lateness.offset_s * 1e9);
	text_add(out, " late, learnt to ");
	text_duration(out, refclock_lateness_uncertainty_s(&clock->lateness) * 1e9);
	if (clock->lateness.is_frozen)
		text_add(out, ", and kept, as there is nobody to compare with");
}

void refclock_words_warning(struct text *out, const struct node_source_status *source)
{
	const struct refclock_status *clock = &source->refclock;
	const bool is_doubted = clock->has_sample && clock->doubts_count > 0;

	if (!clock->is_ambiguous && !is_doubted)
		return;
	text_add(out, "; but ");
	(clock->is_ambiguous ? ambiguity : doubts)(out, clock);
}

void refclock_words(struct text *out, const struct node_source_status *source)
{
	const struct refclock_status *clock = &source->refclock;

	if (clock->is_ambiguous) {
		ambiguity(out, clock);
	} else if (!clock->has_sample) {
		nothing_taken(out, clock);
	} else if (clock->doubts_count > 0) {
		doubts(out, clock);
	} else if (clock->empty_count > 0) {
		text_add(out, "it has been silent for ");
		text_duration(out, source->refclock_age_s * 1e9);
		refusal(out, clock);
	} else if (refclock_options_is_auto(clock->options) && !clock->lateness.is_learnt) {
		text_add(out, "how late it is is not learnt yet: up to ");
		text_duration(out, clock->lateness.error_s * 1e9);
	} else {
		well(out, clock);
	}
}
