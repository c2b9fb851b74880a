/* SPDX-License-Identifier: MIT */
#include "cli/gps_findings.h"

#include <errno.h>

#include "testing/check.h"

static struct gps_findings findings;

static bool has(enum gps_level level, const char *words)
{
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.findings[i].level == level && strstr(findings.findings[i].text, words))
			return true;
	}
	return false;
}

static struct device_facts held_by(const char *program)
{
	struct device_facts facts = { .is_character = true, .can_read = true, .holders_count = 1 };

	findings.count = 0;
	facts.holders[0].pid = 42;
	strcpy(facts.holders[0].name, program);
	return facts;
}

TEST(gps_findings, names_who_has_the_port)
{
	struct device_facts facts = held_by("gpsd");

	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "gpsd (process 42) has /dev/ttyAMA0 open"));
	CHECK(has(GPS_WRONG, "refclock SHM 0"));
	facts = held_by("agetty");
	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "serial-getty@ttyAMA0.service"));
	facts = held_by("minicom");
	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "stop it"));
	facts = held_by("ldattach"); /* pulses of the same port */
	CHECK(gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK_EQ(gps_findings_wrong_count(&findings), 0);
	facts = held_by("timeballd");
	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK_EQ(gps_findings_wrong_count(&findings), 0);
}

TEST(gps_findings, tells_what_bars_the_way_to_the_port)
{
	struct device_facts facts = { .error = ENOENT };

	findings.count = 0;
	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "enable_uart=1"));
	facts = (struct device_facts){ .is_character = true, .group = "dialout" };
	CHECK(!gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "usermod -aG dialout"));
	facts = (struct device_facts){ .can_read = true, .is_console = true };
	CHECK(gps_findings_device(&findings, "/dev/ttyAMA0", &facts));
	CHECK(has(GPS_WRONG, "its console"));
	CHECK(has(GPS_GOOD, "nobody else"));
}

static struct gps_listening heard;

static void set_trial(uint32_t baud, uint64_t bytes, uint64_t stray, uint64_t frames)
{
	heard.trials[heard.trials_count++] = (struct gps_trial){ .baud = baud,
		                                                 .seconds = 2,
		                                                 .bytes_count = bytes,
		                                                 .stray_count = stray,
		                                                 .frames_count = frames };
}

static void listen(void)
{
	findings.count = 0;
	gps_findings_listening(&findings, "/dev/ttyAMA0", &heard);
}

TEST(gps_findings, tells_silence_from_garbage)
{
	memset(&heard, 0, sizeof heard);
	set_trial(0, 0, 0, 0);
	listen();
	CHECK(has(GPS_WRONG, "no byte came"));
	memset(&heard, 0, sizeof heard);
	set_trial(0, 500, 450, 0);
	set_trial(9600, 600, 600, 0);
	listen();
	CHECK(has(GPS_WRONG, "90 % of them garbage"));
	set_trial(38400, 600, 3, 9);
	listen();
	CHECK(has(GPS_WRONG, "sends at 38400 bit/s"));
	CHECK(has(GPS_WRONG, ":baud=38400"));
	memset(&heard, 0, sizeof heard);
	set_trial(0, 600, 3, 9);
	heard.nmea.verdict = GNSS_TAKEN;
	heard.nmea.verdict_count[GNSS_TAKEN] = 2;
	listen();
	CHECK(has(GPS_GOOD, "it talks: 300 bytes and 4.5 messages a second"));
	CHECK(has(GPS_GOOD, "the driver to use: NMEA"));
	CHECK_EQ(gps_findings_wrong_count(&findings), 0);
	heard.error = EIO;
	listen();
	CHECK(has(GPS_WRONG, "cannot read"));
}

static void judge(const struct gnss_status *status)
{
	findings.count = 0;
	gps_findings_receiver(&findings, "NMEA", status);
}

TEST(gps_findings, tells_why_there_is_no_time)
{
	struct gnss_status status = { .verdict = GNSS_NO_FIX };

	judge(&status);
	CHECK(has(GPS_WRONG, "never says date and time"));
	status.verdict_count[GNSS_NO_FIX] = 1;
	judge(&status);
	CHECK(has(GPS_WRONG, "no fix yet"));
	status.has_seen = true;
	judge(&status);
	CHECK(has(GPS_WRONG, "hears no satellite"));
	status.seen_count = 3;
	judge(&status);
	CHECK(has(GPS_WRONG, "hears 3 satellites"));
	status.verdict = GNSS_LEAP_UNKNOWN;
	judge(&status);
	CHECK(has(GPS_WRONG, "leap seconds"));
	status.verdict = GNSS_SIMULATED;
	judge(&status);
	CHECK(has(GPS_WRONG, "simulator"));
}

TEST(gps_findings, tells_of_antenna_checksums_and_weeks)
{
	struct gnss_status status = { .verdict = GNSS_TAKEN,
		                      .verdict_count = { 1 },
		                      .fix = GNSS_FIX_3D,
		                      .has_used = true,
		                      .used_count = 9,
		                      .antenna = GNSS_ANTENNA_SHORT,
		                      .sentences_count = 100,
		                      .bad_checksums_count = 1,
		                      .eras_count = 1,
		                      .leap_change = 1 };

	judge(&status);
	CHECK(has(GPS_GOOD, "fix: 3D, 9 satellites"));
	CHECK(has(GPS_WRONG, "shorted"));
	CHECK(has(GPS_NOTE, "1 of 101 messages"));
	CHECK(has(GPS_NOTE, "1024 weeks"));
	CHECK(has(GPS_NOTE, "leap second"));
	status.bad_checksums_count = 50;
	status.antenna = GNSS_ANTENNA_OPEN;
	judge(&status);
	CHECK(has(GPS_WRONG, "50 of 150 messages"));
	CHECK(has(GPS_NOTE, "draws no current"));
}

TEST(gps_findings, tells_of_pulses)
{
	const struct device_pulses before[] = { { "pps0", "pps@12.-1", 100, 0 },
		                                { "pps1", "serial0", 0, 7 } };
	struct device_pulses after[] = { before[0], before[1] };

	findings.count = 0;
	gps_findings_pulses(&findings, before, 2, after, 0, 5);
	CHECK(has(GPS_NOTE, "no /dev/pps0"));
	gps_findings_pulses(&findings, before, 2, after, 2, 5);
	CHECK(has(GPS_WRONG, "/dev/pps0 (pps@12.-1) had no edge in 5 s"));
	after[0].assert_count = 105;
	after[1].clear_count = 12;
	findings.count = 0;
	gps_findings_pulses(&findings, before, 2, after, 2, 5);
	CHECK(has(GPS_GOOD, "5 edges"));
	CHECK(has(GPS_GOOD, ":clear"));
}
