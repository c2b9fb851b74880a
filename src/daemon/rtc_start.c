/* SPDX-License-Identifier: MIT */
#include "daemon/rtc_start.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "daemon/open_files.h"
#include "daemon/plausible.h"
#include "discipline/rtc_start.h"

#define DATE_SIZE 32

static const char *date(struct utc_time when, char bytes[DATE_SIZE])
{
	struct text out = text_into(bytes, DATE_SIZE);

	text_date_time(&out, when);
	return bytes;
}

/* What the RTC shows at the moment *at_out, as UTC; 0 = it does not tell. */
static struct utc_time ask_rtc(struct daemon *daemon, struct instant *at_out)
{
	const struct utc_time none = { 0 };
	struct rtc_edge edge;
	int error;

	if (daemon->rtc.fd < 0)
		return none;
	error = rtc_device_wait(&daemon->rtc, daemon->clock, &edge, at_out);
	if (error != 0) {
		log_say(daemon->log, LOG_SEVERITY_WARNING, "The RTC does not tell the time: %s",
		        error == -EINVAL      ? "its date does not exist; is its battery empty?"
		        : error == -ETIMEDOUT ? "it does not go"
		                              : strerror(-error));
		return none;
	}
	return (struct utc_time){ rtc_device_utc(edge.second, daemon->is_rtc_local) * NS_PER_S +
		                  edge.early_ns_max / 2 };
}

static void say_refused(const struct daemon *daemon, const struct plausibility *limits,
                        const struct rtc_start *start)
{
	const bool is_early = start->verdict == PLAUSIBILITY_TOO_EARLY;
	char said[DATE_SIZE], limit[DATE_SIZE];

	log_say(daemon->log, LOG_SEVERITY_WARNING,
	        "The RTC says that it is %s UTC, which cannot be: it is certainly %s than %s%s%s%s; "
	        "not believed",
	        date(start->claimed, said), is_early ? "later" : "earlier",
	        date(plausibility_limit(limits, start->verdict), limit), is_early ? " (" : "",
	        is_early ? plausibility_reason_text(limits->reason) : "", is_early ? ")" : "");
}

/* When this machine is known to have been up: the time that was saved, or the drift file's age. */
static struct utc_time last_known(const struct daemon *daemon)
{
	const char *path = daemon->config->driftfile;
	struct utc_time known = open_files_saved_time(path, daemon->log);
	struct stat facts;

	if (path[0] != '\0' && stat(path, &facts) == 0 &&
	    facts.st_mtim.tv_sec < INT64_MAX / NS_PER_S &&
	    facts.st_mtim.tv_sec * NS_PER_S > known.ns)
		known.ns = facts.st_mtim.tv_sec * NS_PER_S;
	return known;
}

static void step_to(struct daemon *daemon, struct utc_time wanted, struct instant at,
                    const char *whence)
{
	const struct clock_command command = { .step_ns = wanted.ns - at.local.ns };
	struct clock_adjusted adjusted = { 0 };

	if (command.step_ns != 0)
		clock_adjust(daemon->clock, &command, &adjusted);
	if (adjusted.error != 0)
		log_say(daemon->log, LOG_SEVERITY_ERROR, "The clock could not be set from %s: %s",
		        whence, strerror(adjusted.error));
	else
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "System time set from %s: stepped by %.6f seconds", whence,
		        (double)command.step_ns * 1e-9);
}

void rtc_start_set_clock(struct daemon *daemon, const struct rtc_file *file)
{
	const struct plausibility limits = plausible_now(daemon);
	struct instant at = clock_read(daemon->clock);
	const struct utc_time shown = ask_rtc(daemon, &at);
	const struct rtc_start_facts facts = { .shown = shown,
		                               .file = file,
		                               .limits = &limits,
		                               .known = last_known(daemon),
		                               .local = at.local };
	const struct rtc_start start = rtc_start_decide(&facts);

	if (start.verdict != PLAUSIBLE)
		say_refused(daemon, &limits, &start);
	if (start.choice == RTC_START_LEFT)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "The clock is left as it is: neither the RTC nor a saved time is later");
	else
		step_to(daemon, start.wanted, at,
		        start.choice == RTC_START_BY_RTC ? "RTC" : "the time saved last");
	if (start.choice == RTC_START_BY_RTC && file && file->is_valid)
		daemon->rtc_time = start.wanted;
}
