/* SPDX-License-Identifier: MIT */
#include "daemon/rtc_start.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "daemon/open_files.h"
#include "daemon/plausible.h"

#define CORRECTION_S 86400.0 /* more than that is no clock's drift */
#define DATE_SIZE    32

static const char *date(struct utc_time when, char bytes[DATE_SIZE])
{
	struct text out = text_into(bytes, DATE_SIZE);

	text_date_time(&out, when);
	return bytes;
}

/* What the file says of the time since it was written. */
static int64_t correction_ns(const struct rtc_file *file, struct utc_time shown)
{
	double fast_s;

	if (!file || !file->is_valid)
		return 0;
	fast_s = file->fast_s +
	         file->gain_ppm * 1e-6 * ((double)(shown.ns - file->reference.ns) * 1e-9);
	return fast_s > -CORRECTION_S && fast_s < CORRECTION_S ? (int64_t)(-fast_s * 1e9) : 0;
}

/* True time by the RTC at the moment *at_out; 0 = it does not tell. */
static struct utc_time ask_rtc(struct daemon *daemon, const struct rtc_file *file,
                               struct instant *at_out)
{
	const struct utc_time none = { 0 };
	struct utc_time shown;
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
	shown.ns = rtc_device_utc(edge.second, daemon->is_rtc_local) * NS_PER_S +
	           edge.early_ns_max / 2;
	return (struct utc_time){ shown.ns + correction_ns(file, shown) };
}

static bool is_believed(const struct daemon *daemon, struct utc_time claimed)
{
	const struct plausibility plausible = plausible_now(daemon);
	const enum plausibility_verdict verdict = plausibility_judge(&plausible, claimed);
	const bool is_early = verdict == PLAUSIBILITY_TOO_EARLY;
	char said[DATE_SIZE], limit[DATE_SIZE];

	if (verdict == PLAUSIBLE)
		return true;
	log_say(daemon->log, LOG_SEVERITY_WARNING,
	        "The RTC says that it is %s UTC, which cannot be: it is certainly %s than %s%s%s%s; "
	        "not believed",
	        date(claimed, said), is_early ? "later" : "earlier",
	        date(plausibility_limit(&plausible, verdict), limit), is_early ? " (" : "",
	        is_early ? plausibility_reason_text(plausible.reason) : "", is_early ? ")" : "");
	return false;
}

/* When this machine is known to have been up: the time that was saved, or the drift file's age. */
static struct utc_time last_known(const struct daemon *daemon)
{
	const char *path = daemon->config->driftfile;
	struct utc_time known = open_files_saved_time(path, daemon->log);
	const struct utc_time ceiling = plausible_now(daemon).ceiling;
	struct stat facts;

	if (path[0] != '\0' && stat(path, &facts) == 0 &&
	    facts.st_mtim.tv_sec < INT64_MAX / NS_PER_S &&
	    facts.st_mtim.tv_sec * NS_PER_S > known.ns)
		known.ns = facts.st_mtim.tv_sec * NS_PER_S;
	return known.ns <= ceiling.ns ? known : (struct utc_time){ 0 };
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
	struct instant at = clock_read(daemon->clock);
	struct utc_time by_rtc = ask_rtc(daemon, file, &at), known;

	if (by_rtc.ns != 0 && !is_believed(daemon, by_rtc))
		by_rtc.ns = 0;
	known = last_known(daemon);
	if (by_rtc.ns != 0 && by_rtc.ns >= known.ns) {
		step_to(daemon, by_rtc, at, "RTC");
		if (file && file->is_valid)
			daemon->rtc_time = by_rtc;
	} else if (known.ns > at.local.ns) {
		step_to(daemon, known, at, "the time saved last");
	} else {
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "The clock is left as it is: neither the RTC nor a saved time is later");
	}
}
