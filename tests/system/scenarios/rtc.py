# SPDX-License-Identifier: MIT
"""The real-time clock: measured, set, and believed at the start, or not."""
import json

from check import check, check_equal
from scenario import MS, expect, scenario

# 2.75 s behind, measured for ten minutes; a night without power and network; trimmed.
scenario("rtc", r"""
	timeball rtc set
	start_server "$(clock_probe epoch -2.75)"
	configure 'makestep 0.1 3' 'rtcfile /var/lib/timeball/rtc' rtconutc 'log rtc' 'logdir /tmp'
	/bin/timeballd -d -F 1 2>>/tmp/log &
	client=$!
	probe watch 2
	sleep 600
	timeball rtc --json | sed 's/^/@measured /'
	say "trim $(timeball rtc trim >/dev/null; echo $?)"
	sleep 60
	timeball rtc --json | sed 's/^/@trimmed /'
	stop_client
	say "file $(cat /var/lib/timeball/rtc)"
	say "saved $(cat /var/lib/timeball/drift.time)"
	timeball rtc | sed 's/^/@look /'
	sed 's/^/@rtclog /' /tmp/rtc.log
	sed -i '/^server/d' /etc/timeball/timeball.conf

	say morning
	date -s '1970-01-02 00:00:00' >/dev/null
	/bin/timeballd -s -d -F 1 2>>/tmp/log &
	client=$!
	sleep 3
	probe state
	stop_client

	say battery
	date -s '2017-01-01 00:00:00' >/dev/null
	timeball rtc set
	/bin/timeballd -s -d -F 1 2>>/tmp/log &
	client=$!
	sleep 3
	say "restored $(date +%s)"
	stop_client
""")


def rows(scenario, kind):
    return json.loads(scenario.all(kind)[0])["rows"][0]


@expect("rtc", "measures by update interrupts how far the real-time clock is behind")
def _(scenario):
    row = rows(scenario, "measured")
    check_equal((row["kept_by"], row["is_known"]), ("daemon", True), "tracked")
    check(abs(row["fast_s"] + 2.75) < 0.002, row)
    check(abs(row["gain_ppm"]) < 5 and row["samples_count"] >= 8, row)
    check(len(scenario.all("rtclog")) > 10, scenario.all("rtclog"))


@expect("rtc", "sets the real-time clock to the millisecond when it is told to")
def _(scenario):
    check_equal(scenario.words("trim"), ["0"], "exit status")
    row = rows(scenario, "trimmed")
    check(abs(row["fast_s"]) < 0.002 and row["sets_count"] == 1, row)
    check(any("against clock  0.00" in line for line in scenario.all("look")), scenario.all("look"))


@expect("rtc", "saves what it knows in chrony's rtcfile")
def _(scenario):
    valid, _, fast, gain = scenario.words("file")
    check(valid == "1" and abs(float(fast)) < 0.002 and abs(float(gain)) < 5, scenario.words("file"))


@expect("rtc", "with -s has the right time after a night, without any network")
def _(scenario):
    morning = scenario.lines.index(("morning", ""))
    before = len([kind for kind, _ in scenario.lines[:morning] if kind == "sample"])
    sample = scenario.samples[before]
    check(abs(sample.error) < 5 * MS, f"{sample.error} ns off: {sample}")
    check(scenario.said("System time set from RTC"), scenario.log)


@expect("rtc", "refuses a real-time clock that says what cannot be, and takes the time saved last")
def _(scenario):
    refused = [line for line in scenario.log if "The RTC says that it is 201" in line]
    check(refused and "not believed" in refused[0] and "saved" in refused[0], scenario.log)
    saved, restored = int(scenario.words("saved")[0]), int(scenario.words("restored")[0])
    check(0 <= restored - saved <= 60, f"saved {saved}, restored {restored}")


# The kernel keeps the hardware clock (rtcsync), the guest is reset, and has nothing but that clock. It
# is 50 days wrong at first: the kernel's next turn at the hardware clock is at a date (Linux 6.1),
# which must be over, whatever scenarios have done before.
scenario("reboot", r"""
	start_server "$(clock_probe epoch -4320000.4)"
	configure 'makestep 1 3' rtcsync
	start_client
	probe watch 15
	say "rtc $(cat /sys/class/rtc/rtc0/since_epoch) $(date +%s)"
	reboot_guest
""")

scenario("after_reboot", r"""
	say "time $boot $(date +%s)"
	configure rtconutc
	sed -i '/^server/d' /etc/timeball/timeball.conf
	clock_probe step 100
	/bin/timeballd -s -d -F 1 2>>/tmp/log &
	client=$!
	sleep 3
	timeball rtc | sed 's/^/@look /'
	say "now $(cat /sys/class/rtc/rtc0/since_epoch) $(date +%s)"
	start='2026-11-22 12:00:00' # for those that follow
""")


@expect("reboot", "has the kernel keep the hardware clock while it follows (rtcsync)")
def _(scenario):
    hardware, system = map(int, scenario.words("rtc"))
    check(abs(hardware - system) <= 1, f"RTC {hardware}, system clock {system}")
    check(abs(scenario.samples[-1].error) < 1 * MS, scenario.samples[-1])


@expect("rtc", "does not take a hardware clock that is set for a sign that the machine stood still")
@expect("reboot", "does not take a hardware clock that the kernel sets for a sign that the machine stood still")
def _(scenario):
    check(not scenario.said("This machine was stopped"), scenario.log)


@expect("after_reboot", "with -s sets the clock to the edge of the hardware clock, which kept time")
def _(scenario):
    check(scenario.said("System time set from RTC"), scenario.log)
    difference = next(line for line in scenario.all("look") if "against clock" in line).split()
    check(float(difference[2]) < 0.002, difference)
    hardware, system = map(int, scenario.words("now"))
    check(abs(hardware - system) <= 1, f"RTC {hardware}, system clock {system}")


# As another system on the same machine wants it: the third line of /etc/adjtime says so.
scenario("rtc_local", r"""
	export TZ=CET-1
	printf '0.0 0 0.0\n0\nLOCAL\n' >/etc/adjtime
	timeball rtc set
	true_epoch 0
	say "rtc $(cat /sys/class/rtc/rtc0/since_epoch) $(date +%s)"
	configure 'rtcfile /var/lib/timeball/rtc' 'hwclockfile /etc/adjtime'
	sed -i '/^server/d' /etc/timeball/timeball.conf
	date -s '1970-01-02 00:00:00' >/dev/null
	client_options="-s -F 1"; start_client
	sleep 3
	probe state
	stop_client
	unset TZ
	rm /etc/adjtime
""")


@expect("rtc_local", "sets and believes a real-time clock that keeps local time, as hwclockfile says")
def _(scenario):
    hardware, system = map(int, scenario.words("rtc"))
    check(abs(hardware - system - 3600) <= 1, f"RTC {hardware}, system clock {system}")
    check(scenario.said("System time set from RTC"), scenario.log)
    check(abs(scenario.samples[-1].error) < 20 * MS, scenario.samples[-1])
