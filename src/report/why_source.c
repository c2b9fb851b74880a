/* SPDX-License-Identifier: MIT */
#include "report/why_source.h"

#include "report/refclock_words.h"
#include "report/report_list.h"
#include "report/sentence.h"

#include "source/plausibility.h"

#include <math.h>

static void weight_percent(struct text *out, double weight)
{
	text_fixed(out, 100 * weight, weight >= 0.0995 ? 0 : 1);
	text_add(out, " %");
}

/* What a source in use is like: "it says the clock is 3.0 us behind, and errs by 40 us at most" */
static void in_use(struct text *out, const struct node_source_status *source)
{
	text_add(out, " the clock: it is ");
	sentence_ahead_or_behind(out, (double)source->offset_ns, true);
	text_add(out, " it, can err by ");
	text_duration(out, (double)source->root_distance_ns);
	text_add(out, " at most, and has ");
	weight_percent(out, source->weight);
	text_add(out, " of the say");
}

bool why_source_is_silent(const struct node_source_status *source)
{
	return source->has_client && source->has_measurement && source->client.reach == 0;
}

/* Nobody else can take its place: the clock runs on by what it had said. */
static void silence(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	if (!why_source_is_silent(source)) {
		if (source->is_refclock)
			refclock_words_warning(out, source);
		return;
	}
	text_add(out, "; but ");
	if (source->is_refclock) {
		refclock_words(out, source);
		return;
	}
	text_add(out, "its last answer came ");
	text_duration(out, (double)(status->now.mono.ns - source->last_good.ns));
	text_add(out, " ago");
}

static void selected(struct text *out, const struct node_source_status *source,
                     const struct node_status *status)
{
	text_add(out, "used: it leads");
	in_use(out, source);
	silence(out, source, status);
}

static void combined(struct text *out, const struct node_source_status *source,
                     const struct node_status *status)
{
	text_add(out, "used: it helps to steer");
	in_use(out, source);
	silence(out, source, status);
}

static void unused(struct text *out, const struct node_source_status *source,
                   const struct node_status *status)
{
	text_add(out, "not used: it agrees, but others are better: it can err by ");
	text_duration(out, (double)source->root_distance_ns);
	text_add(out, ", and ");
	text_u64(out, status->combined_count);
	text_add(out, status->combined_count == 1 ? " other steers" : " others steer");
	text_add(out, " the clock");
}

static void not_resolved(struct text *out, const struct node_source_status *source,
                         const struct node_status *status)
{
	(void)source;
	(void)status;
	text_add(out, "not used: its name has no address yet; does the name server answer?");
}

static void offline(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	(void)source;
	(void)status;
	text_add(
		out,
		"not used: it is offline by configuration or command; 'timeball online' has it asked again");
}

static void noselect(struct text *out, const struct node_source_status *source,
                     const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it is only watched (`noselect`)");
	if (source->has_estimate) {
		text_add(out, "; it is ");
		sentence_ahead_or_behind(out, (double)source->offset_ns, true);
		text_add(out, " the clock");
	}
}

static void flywheel(struct text *out, const struct node_source_status *source,
                     const struct node_status *status)
{
	const bool is_at_work = source->reason[1] > 0;

	(void)status;
	if (source->client.reach == 0) {
		text_add(out, "not used: it is here for its rate alone (`local`), but ");
		refclock_words(out, source);
		return;
	}
	text_add(out,
	         is_at_work
	                 ? "used: for its rate alone (`local`), which shows the clock's to "
	                 : "not used yet: it is here for its rate alone (`local`), which shows the "
	                   "clock's to ");
	text_fixed(out, source->skew * 1e9, 2);
	text_add(out,
	         is_at_work
	                 ? " ppb: the others are averaged along it, and while they are silent the "
	                   "clock follows it"
	                 : " ppb so far, no better than the others do by themselves");
	text_add(out, "; ");
	refclock_words(out, source);
}

static void no_samples(struct text *out, const struct node_source_status *source,
                       const struct node_status *status)
{
	const struct ntp_client_status *client = &source->client;

	(void)status;
	text_add(out, "not used: ");
	if (source->is_refclock) {
		refclock_words(out, source);
		return;
	}
	if (!source->has_client || client->sent_count == 0) {
		text_add(out, "it has not been asked yet");
		return;
	}
	if (client->received_count == 0) {
		text_add(out, "it has not answered any of ");
		text_u64(out, client->sent_count);
		text_add(out, client->sent_count == 1 ? " request" : " requests");
		return;
	}
	text_add(out, "none of its ");
	text_u64(out, client->received_count);
	text_add(out, client->received_count == 1 ? " answer" : " answers");
	text_add(out, " could be used");
	if (client->last_verdict != NTP_GOOD) {
		text_add(out, "; of the last one: ");
		text_add(out, ntp_verdict_text(client->last_verdict));
	}
}

static void unsynchronised(struct text *out, const struct node_source_status *source,
                           const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it says of itself that it does not know the time (stratum ");
	text_u64(out, source->has_measurement ? source->measurement.stratum : 0);
	text_add(out, ", leap ");
	text_add(out, leap_word(source->has_measurement ? source->measurement.leap
	                                                : LEAP_UNSYNCHRONISED));
	text_char(out, ')');
}

static void stratum(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: its stratum ");
	text_fixed(out, source->reason[0], 0);
	text_add(out, source->reason[0] > source->reason[1] ? " is above maxstratum "
	                                                    : " is below minstratum ");
	text_fixed(out, source->reason[1], 0);
}

static void denied(struct text *out, const struct node_source_status *source,
                   const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: after ");
	text_u64(out, source->client.sent_count);
	text_add(out, source->client.sent_count == 1 ? " request" : " requests");
	text_add(out, " it refused to serve us (kiss DENY or RSTR); 'timeball online' tries again");
}

/* Whole days or seconds. */
static void another_number(struct text *out, double off_ns, bool is_day)
{
	const double count = rint(fabs(off_ns) / (is_day ? 86400e9 : 1e9));

	text_add(out, " UTC, exactly ");
	text_fixed(out, count, 0);
	text_add(out, is_day ? " day" : " second");
	text_add(out, count == 1 ? "" : "s");
	text_add(out, off_ns > 0 ? " later than " : " earlier than ");
	text_add(out, is_day ? "this machine's clock, which its own past or the RTC confirms"
	                     : "by its own past, which the clock has kept");
	text_add(out,
	         ": receivers err so, clocks do not. If it is right, set the clock by hand and "
	         "restart timeballd; a server beside it would tell for sure");
}

static void implausible(struct text *out, const struct node_source_status *source,
                        const struct node_status *status)
{
	const enum plausibility_verdict verdict =
		(enum plausibility_verdict)lrint(source->reason[3]);

	(void)status;
	text_add(out, "not used: it claims ");
	text_date_time(out, (struct utc_time){ llrint(source->reason[0]) });
	if (verdict == PLAUSIBILITY_OTHER_DAY || verdict == PLAUSIBILITY_OTHER_SECOND) {
		another_number(out, source->reason[0] - source->reason[1],
		               verdict == PLAUSIBILITY_OTHER_DAY);
		return;
	}
	text_add(out, source->reason[0] < source->reason[1]
	                      ? " UTC, which cannot be: it is certainly later than "
	                      : " UTC, which cannot be: it is certainly earlier than ");
	text_date_time(out, (struct utc_time){ llrint(source->reason[1]) });
	if (source->reason[0] >= source->reason[1])
		return;
	text_add(out, " (");
	text_add(out, plausibility_reason_text((enum plausibility_reason)lrint(source->reason[2])));
	text_char(out, ')');
}

static void key_missing(struct text *out, const struct node_source_status *source,
                        const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it is to be authenticated, with ");
	if (source->options->nts) {
		text_add(out, "NTS, which is not there");
		return;
	}
	text_add(out, "key ");
	text_u64(out, source->options->key_id);
	text_add(out, ", which is not in the key file");
}

static void loop(struct text *out, const struct node_source_status *source,
                 const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it follows this very clock (stratum ");
	text_u64(out, source->has_measurement ? source->measurement.stratum : 0);
	text_add(out, ", its reference is us)");
}

static void over_limit(struct text *out, const struct node_source_status *source, const char *what,
                       const char *limit)
{
	text_add(out, "not used: ");
	text_add(out, what);
	text_duration(out, source->reason[0]);
	text_add(out, ", more than ");
	text_add(out, limit);
	text_duration(out, source->reason[1]);
}

static void distant(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	(void)status;
	over_limit(out, source, "it can err by ", "maxdistance allows: ");
}

static void jittery(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	(void)status;
	over_limit(out, source, "its measurements scatter by ", "maxjitter allows: ");
}

static void stale(struct text *out, const struct node_source_status *source,
                  const struct node_status *status)
{
	if (source->is_refclock) {
		text_add(out, "not used: ");
		refclock_words(out, source);
		return;
	}
	text_add(out, "not used: it has not answered the last ");
	text_u64(out, source->client.unanswered_count);
	text_add(out, source->client.unanswered_count == 1 ? " poll" : " polls");
	if (source->has_measurement) {
		text_add(out, "; the last answer came ");
		text_duration(out, (double)(status->now.mono.ns - source->last_good.ns));
		text_add(out, " ago");
	}
}

static void orphan(struct text *out, const struct node_source_status *source,
                   const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: at stratum ");
	text_u64(out, source->measurement.stratum);
	text_add(out, " it serves nothing but its own clock (`local orphan`), and ");
	text_add(out,
	         source->reason[0] > 0 ? "others know the time" : "another has a smaller address");
}

static void waiting(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	text_add(out, "not used yet: it is one of ");
	text_u64(out, status->sources_count);
	text_add(out, status->sources_count == 1 ? " source" : " sources");
	text_add(out, " that are given a moment to have their say; it can err by ");
	text_duration(out, (double)source->root_distance_ns);
}

static void falseticker(struct text *out, const struct node_source_status *source,
                        const struct node_status *status)
{
	const double offset_ns = source->reason[0];
	const double low_ns = source->reason[1], high_ns = source->reason[2];
	const double off_ns = offset_ns > high_ns  ? offset_ns - high_ns
	                      : offset_ns < low_ns ? offset_ns - low_ns
	                                           : 0;

	text_add(out, "not used: it is ");
	if (off_ns == 0) /* its midpoint agrees, but it rules out more than it may */
		sentence_ahead_or_behind(out, offset_ns - (low_ns + high_ns) / 2, true);
	else
		sentence_ahead_or_behind(out, off_ns, true);
	text_add(out, off_ns == 0 ? " the middle of the interval that " : " the interval that ");
	sentence_count_of(out, source->reason[3], status->voters_count, "source");
	text_add(out, source->reason[3] == 1 ? " stands for " : " agree on ");
	sentence_interval(out, low_ns, high_ns);
	text_add(out, " and can itself err by only ");
	text_duration(out, (double)source->root_distance_ns);
	text_add(out, "; a falseticker");
}

static void no_majority(struct text *out, const struct node_source_status *source,
                        const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: no majority: only ");
	sentence_count_of(out, source->reason[0], source->reason[1], "source");
	text_add(out, source->reason[0] == 1 ? " agrees with itself" : " agree");
	text_add(out, ", so nobody is believed");
}

static void tie(struct text *out, const struct node_source_status *source,
                const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: a tie: ");
	sentence_count_of(out, source->reason[0], source->reason[1], "source");
	text_add(out, " agree, which is only half; add a source that decides");
}

static void minsources(struct text *out, const struct node_source_status *source,
                       const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: ");
	if (source->reason[0] >= source->reason[1]) {
		text_add(out, "no source marked `require` is among the ");
		text_fixed(out, source->reason[0], 0);
		text_add(out, " that could be used");
		return;
	}
	text_fixed(out, source->reason[0], 0);
	text_add(out, " could be used, but minsources asks for ");
	text_fixed(out, source->reason[1], 0);
}

static void not_preferred(struct text *out, const struct node_source_status *source,
                          const struct node_status *status)
{
	text_add(out, "not used: it agrees and can err by ");
	text_duration(out, (double)source->root_distance_ns);
	text_add(out, ", but ");
	text_add(out, *status->selected_name ? status->selected_name : "another");
	text_add(out, " is marked `prefer`");
}

static void too_distant(struct text *out, const struct node_source_status *source,
                        const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it agrees, but can err by ");
	text_duration(out, source->reason[0]);
	text_add(out, ", more than ");
	text_fixed(out, source->reason[1], 1);
	text_add(out, " times what the best source can (`combinelimit`)");
}

static void outlier(struct text *out, const struct node_source_status *source,
                    const struct node_status *status)
{
	(void)status;
	text_add(out, "not used: it is ");
	sentence_ahead_or_behind(out, source->reason[2], true);
	text_add(out, " the clock, off the other sources by more than its error bar of ");
	text_duration(out, source->offset_sd_s * NS_PER_S);
	text_add(out, " allows");
}

static const struct {
	const char *word;
	void (*sentence)(struct text *out, const struct node_source_status *source,
	                 const struct node_status *status);
} states[SOURCE_STATE_COUNT] = {
	[SOURCE_STATE_SELECTED] = { "selected", selected },
	[SOURCE_STATE_COMBINED] = { "combined", combined },
	[SOURCE_STATE_UNUSED] = { "unused", unused },
	[SOURCE_STATE_NOT_RESOLVED] = { "not-resolved", not_resolved },
	[SOURCE_STATE_OFFLINE] = { "offline", offline },
	[SOURCE_STATE_NOSELECT] = { "noselect", noselect },
	[SOURCE_STATE_FLYWHEEL] = { "flywheel", flywheel },
	[SOURCE_STATE_NO_SAMPLES] = { "no-samples", no_samples },
	[SOURCE_STATE_UNSYNCHRONISED] = { "unsynchronised", unsynchronised },
	[SOURCE_STATE_STRATUM] = { "stratum", stratum },
	[SOURCE_STATE_DENIED] = { "denied", denied },
	[SOURCE_STATE_IMPLAUSIBLE] = { "implausible", implausible },
	[SOURCE_STATE_KEY_MISSING] = { "key-missing", key_missing },
	[SOURCE_STATE_LOOP] = { "loop", loop },
	[SOURCE_STATE_DISTANT] = { "distant", distant },
	[SOURCE_STATE_JITTERY] = { "jittery", jittery },
	[SOURCE_STATE_ORPHAN] = { "orphan", orphan },
	[SOURCE_STATE_STALE] = { "stale", stale },
	[SOURCE_STATE_WAITING] = { "waiting", waiting },
	[SOURCE_STATE_FALSETICKER] = { "falseticker", falseticker },
	[SOURCE_STATE_NO_MAJORITY] = { "no-majority", no_majority },
	[SOURCE_STATE_TIE] = { "tie", tie },
	[SOURCE_STATE_MINSOURCES] = { "minsources", minsources },
	[SOURCE_STATE_NOT_PREFERRED] = { "not-preferred", not_preferred },
	[SOURCE_STATE_TOO_DISTANT] = { "too-distant", too_distant },
	[SOURCE_STATE_OUTLIER] = { "outlier", outlier },
};

const char *why_source_word(enum source_state state)
{
	return states[state].word;
}

void why_source(struct text *out, const struct node_source_status *source,
                const struct node_status *status)
{
	states[source->state].sentence(out, source, status);
}
