/* SPDX-License-Identifier: MIT */
#include "cli/gps_findings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"

#define FRAMES_MIN 3 /* sound messages that tell a right speed from chance */

void gps_findings_add(struct gps_findings *findings, enum gps_level level, const char *format, ...)
{
	struct gps_finding *finding = &findings->findings[findings->count];
	va_list arguments;

	if (findings->count == GPS_FINDINGS_MAX)
		return;
	finding->level = level;
	va_start(arguments, format);
	(void)vsnprintf(finding->text, sizeof finding->text, format, arguments);
	va_end(arguments);
	findings->count++;
}

size_t gps_findings_wrong_count(const struct gps_findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->findings[i].level == GPS_WRONG;
	return count;
}

/* ---- the device ---- */

/* Keeps the line discipline of a PPS device attached, and takes no byte away. */
static bool is_no_reader(const struct device_holder *holder)
{
	return strcmp(holder->name, "ldattach") == 0;
}

static void add_holder(struct gps_findings *findings, const char *path,
                       const struct device_holder *holder)
{
	const int pid = (int)holder->pid;

	if (strcmp(holder->name, "gpsd") == 0)
		gps_findings_add(
			findings, GPS_WRONG,
			"gpsd (process %d) has %s open. Either take the time from it (lines for "
			"that: docs/stratum-1.md, 'With gpsd'; refclock SHM 0 and SOCK), or give "
			"us the port: systemctl disable --now gpsd.socket gpsd.service",
			pid, path);
	else if (is_no_reader(holder))
		gps_findings_add(findings, GPS_GOOD,
		                 "ldattach (process %d) makes a PPS device of the DCD line of %s",
		                 pid, path);
	else if (strcmp(holder->name, GPS_DAEMON_PROGRAM) == 0)
		gps_findings_add(
			findings, GPS_NOTE,
			"timeballd (process %d) reads %s: what it hears tells 'timeball diag "
			"gps' without a device",
			pid, path);
	else if (strstr(holder->name, "getty") || strcmp(holder->name, "login") == 0)
		gps_findings_add(findings, GPS_WRONG,
		                 "%s (process %d) offers a login on %s: systemctl disable --now "
		                 "serial-getty@%s.service",
		                 holder->name, pid, path,
		                 strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	else
		gps_findings_add(
			findings, GPS_WRONG,
			"%s (process %d) has %s open, and each byte goes to only one of us: "
			"stop it",
			holder->name, pid, path);
}

static void add_console(struct gps_findings *findings, const char *path)
{
	gps_findings_add(findings, GPS_WRONG,
	                 "the kernel uses %s as its console and writes messages into the receiver: "
	                 "take the word 'console=...' out of its command line "
	                 "(/boot/firmware/cmdline.txt on a Raspberry Pi) and reboot",
	                 path);
}

bool gps_findings_device(struct gps_findings *findings, const char *path,
                         const struct device_facts *facts)
{
	bool is_free = true;

	if (facts->error == ENOENT) {
		gps_findings_add(
			findings, GPS_WRONG,
			"there is no %s. On a Raspberry Pi, the pins' port is /dev/ttyAMA0 or "
			"/dev/serial0 once enable_uart=1 and dtoverlay=disable-bt stand in "
			"/boot/firmware/config.txt; a USB receiver is /dev/ttyACM0 or "
			"/dev/ttyUSB0",
			path);
		return false;
	}
	if (facts->error != 0) {
		gps_findings_add(findings, GPS_WRONG, "%s: %s", path, strerror(facts->error));
		return false;
	}
	for (size_t i = 0; i < facts->holders_count; i++) {
		add_holder(findings, path, &facts->holders[i]);
		is_free &= is_no_reader(&facts->holders[i]);
	}
	if (facts->is_console)
		add_console(findings, path);
	if (!facts->can_read) {
		gps_findings_add(
			findings, GPS_WRONG,
			"you may not read %s: it belongs to the group %s. For yourself: sudo "
			"usermod -aG %s $USER, and log in anew; for the daemon: a udev rule, see "
			"docs/stratum-1.md",
			path, facts->group[0] ? facts->group : "of its owner",
			facts->group[0] ? facts->group : "dialout");
		return false;
	}
	if (!is_free)
		return false;
	gps_findings_add(findings, GPS_GOOD,
	                 "%s is there, you may read it, and nobody else reads it%s", path,
	                 facts->is_partly_blind ? " as far as you may see (root sees all)" : "");
	return true;
}

/* ---- bytes ---- */

static const struct gps_trial *understood(const struct gps_listening *heard)
{
	const struct gps_trial *last;

	if (heard->trials_count == 0)
		return NULL;
	last = &heard->trials[heard->trials_count - 1];
	if (last->frames_count == 0)
		return NULL;
	return last->frames_count >= FRAMES_MIN || heard->is_file ? last : NULL;
}

static void add_silence(struct gps_findings *findings, const char *path, double seconds)
{
	gps_findings_add(
		findings, GPS_WRONG,
		"no byte came from %s in %.0f s: is the receiver powered, its TX wired to our "
		"RX, and this the right port? (The speed does not matter yet: a wrong one "
		"gives garbage, not silence)",
		path, seconds);
}

static void add_speed(struct gps_findings *findings, const struct gps_listening *heard,
                      const struct gps_trial *good)
{
	const struct gps_trial *first = &heard->trials[0];

	if (!good) {
		gps_findings_add(
			findings, GPS_WRONG,
			"%llu bytes came, %.0f %% of them garbage, and no speed that was tried "
			"makes sense of them: is it a GNSS receiver, and set to NMEA or UBX?",
			(unsigned long long)first->bytes_count,
			100.0 * (double)first->stray_count / (double)first->bytes_count);
		return;
	}
	if (good != first) {
		gps_findings_add(
			findings, GPS_WRONG,
			"wrong speed: the receiver sends at %u bit/s; at the speed that was set "
			"%.0f %% of the bytes were garbage. Write ':baud=%u' behind the device in "
			"the refclock line",
			good->baud, 100.0 * (double)first->stray_count / (double)first->bytes_count,
			good->baud);
		return;
	}
	if (heard->is_file)
		gps_findings_add(findings, GPS_GOOD, "%llu bytes, %llu messages",
		                 (unsigned long long)good->bytes_count,
		                 (unsigned long long)good->frames_count);
	else
		gps_findings_add(findings, GPS_GOOD,
		                 "it talks: %.0f bytes and %.1f messages a second",
		                 (double)good->bytes_count / good->seconds,
		                 (double)good->frames_count / good->seconds);
}

void gps_findings_listening(struct gps_findings *findings, const char *path,
                            const struct gps_listening *heard)
{
	const struct gps_trial *good = understood(heard);
	double seconds = 0;

	if (heard->error != 0) {
		gps_findings_add(findings, GPS_WRONG, "cannot read %s: %s", path,
		                 strerror(heard->error));
		return;
	}
	for (size_t i = 0; i < heard->trials_count; i++)
		seconds += heard->trials[i].seconds;
	if (heard->trials_count == 0 || heard->trials[0].bytes_count == 0)
		add_silence(findings, path, seconds);
	else
		add_speed(findings, heard, good);
	if (!good)
		return;
	if (heard->ubx.verdict_count[GNSS_TAKEN] > 0 && heard->nmea.verdict_count[GNSS_TAKEN] == 0)
		gps_findings_receiver(findings, "UBX", &heard->ubx);
	else
		gps_findings_receiver(findings, "NMEA", &heard->nmea);
	if (heard->ubx.verdict_count[GNSS_TAKEN] > 0 && heard->nmea.verdict_count[GNSS_TAKEN] > 0)
		gps_findings_add(findings, GPS_NOTE,
		                 "it also sends the time in UBX: the driver UBX knows more (leap "
		                 "seconds, accuracy)");
}

/* ---- the receiver ---- */

static bool has_verdicts(const struct gnss_status *status)
{
	return gnss_status_last_phrase(status) != NULL;
}

static void add_verdict(struct gps_findings *findings, const char *driver,
                        const struct gnss_status *status)
{
	const unsigned seen = status->seen_count;

	if (!has_verdicts(status)) {
		gps_findings_add(findings, GPS_WRONG,
		                 "it never says date and time: let it send RMC or ZDA (or in UBX "
		                 "NAV-TIMEUTC), each second");
		return;
	}
	switch (status->verdict) {
	case GNSS_TAKEN:
		gps_findings_add(findings, GPS_GOOD, "its time is good; the driver to use: %s",
		                 driver);
		break;
	case GNSS_NO_FIX:
	case GNSS_NO_TIME_YET:
	case GNSS_ESTIMATED:
	case GNSS_INACCURATE:
		if (status->has_seen && seen == 0)
			gps_findings_add(
				findings, GPS_WRONG,
				"no fix: it hears no satellite. Antenna connected, with a view of "
				"the sky?");
		else if (status->has_seen)
			gps_findings_add(
				findings, GPS_WRONG,
				"no fix: it hears %u satellites and needs four good ones. After a "
				"cold start that takes some minutes; give the antenna more sky",
				seen);
		else
			gps_findings_add(
				findings, GPS_WRONG,
				"no fix yet: after a cold start that takes some minutes and a view "
				"of the sky");
		break;
	case GNSS_LEAP_UNKNOWN:
		gps_findings_add(
			findings, GPS_WRONG,
			"it does not know the leap seconds yet and may be whole seconds off: the "
			"satellites tell within 12.5 minutes; nothing is taken until then");
		break;
	default:
		gps_findings_add(findings, GPS_WRONG, "its time is not taken: %s",
		                 gnss_status_verdict_phrase(status->verdict));
		break;
	}
}

static void add_antenna(struct gps_findings *findings, enum gnss_antenna antenna)
{
	if (antenna == GNSS_ANTENNA_OPEN)
		gps_findings_add(findings, GPS_NOTE,
		                 "the antenna draws no current: not plugged in, or a passive one");
	else if (antenna == GNSS_ANTENNA_SHORT)
		gps_findings_add(findings, GPS_WRONG, "the antenna's line is shorted");
	else if (antenna != GNSS_ANTENNA_UNSAID)
		gps_findings_add(findings, GPS_GOOD, "antenna: %s",
		                 gnss_status_antenna_word(antenna));
}

static void add_checksums(struct gps_findings *findings, const struct gnss_status *status)
{
	const uint64_t sound = status->sentences_count + status->ubx_count;
	const uint64_t bad = status->bad_checksums_count;

	if (bad > 0)
		gps_findings_add(findings, bad * 20 > sound ? GPS_WRONG : GPS_NOTE,
		                 "%llu of %llu messages have a wrong checksum%s",
		                 (unsigned long long)bad, (unsigned long long)(bad + sound),
		                 bad * 20 > sound ? ": a bad line, or two programs read it" : "");
}

void gps_findings_receiver(struct gps_findings *findings, const char *driver,
                           const struct gnss_status *status)
{
	const char *const fix = gnss_status_fix_word(status->fix);

	add_verdict(findings, driver, status);
	if (fix && status->fix > GNSS_FIX_NONE)
		gps_findings_add(findings, GPS_GOOD, "fix: %s, %u satellites used", fix,
		                 status->used_count);
	add_antenna(findings, status->antenna);
	add_checksums(findings, status);
	if (status->eras_count != 0)
		gps_findings_add(
			findings, GPS_NOTE,
			"its date is wrong by %d times 1024 weeks, as of old receivers: that is "
			"repaired",
			-status->eras_count);
	if (status->leap_change != 0)
		gps_findings_add(findings, GPS_NOTE, "it announces a leap second (%+d)",
		                 status->leap_change);
}

/* ---- pulses ---- */

static const struct device_pulses *same(const struct device_pulses *pulses, size_t count,
                                        const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(pulses[i].name, name) == 0)
			return &pulses[i];
	}
	return NULL;
}

void gps_findings_pulses(struct gps_findings *findings, const struct device_pulses *before,
                         size_t before_count, const struct device_pulses *after, size_t after_count,
                         double seconds)
{
	if (after_count == 0)
		gps_findings_add(
			findings, GPS_NOTE,
			"there is no /dev/pps0: without a pulse the time is good to some 10 ms. "
			"On a Raspberry Pi: dtoverlay=pps-gpio,gpiopin=18 (the hat's pin) in "
			"/boot/firmware/config.txt; a serial port's DCD: ldattach pps DEVICE");
	for (size_t i = 0; i < after_count; i++) {
		const struct device_pulses *then = same(before, before_count, after[i].name);
		const uint32_t asserts = after[i].assert_count - (then ? then->assert_count : 0);
		const uint32_t clears = after[i].clear_count - (then ? then->clear_count : 0);

		if (asserts == 0 && clears == 0)
			gps_findings_add(
				findings, GPS_WRONG,
				"/dev/%s (%s) had no edge in %.0f s: many receivers pulse only with "
				"a fix; else the pin is the wrong one",
				after[i].name, after[i].label, seconds);
		else
			gps_findings_add(findings, GPS_GOOD,
			                 "/dev/%s (%s) pulses: %u edges in %.0f s%s", after[i].name,
			                 after[i].label, asserts > 0 ? asserts : clears, seconds,
			                 asserts > 0 ? "" : ", falling ones only: add ':clear'");
	}
}
