# SPDX-License-Identifier: MIT
"""The kernel's clock: stepped, slewed, remembered, and who is not believed."""
import json

from check import check
from scenario import MS, US, Sample, check_bounds, expect, scenario

CAP_NET_BIND_SERVICE, CAP_SYS_TIME = 1 << 10, 1 << 25

# An hour wrong, and everything at its default.
scenario("step", r"""
	start_server "$(clock_probe epoch -3600.25)"
	configure 'makestep 1 3' rtcsync 'leapsectz right/UTC'
	probe state
	start_client
	probe watch 40
	look_at_client
	say "rtc $(cat /sys/class/rtc/rtc0/since_epoch) $(date +%s)"
	stop_client
	say "drift $(cat /var/lib/timeball/drift)"
	say "left $(ls /run/timeball /run/chrony 2>/dev/null | tr '\n' ' ')"
	probe state
""")


@expect("step", "steps an hour with makestep at once, by one ADJ_SETOFFSET")
def _(scenario):
    check(len(scenario.jumps) == 1, f"jumps: {scenario.jumps}")
    check(abs(scenario.jumps[0] - 3600.25e9) < 1 * MS, f"jumped by {scenario.jumps[0]} ns")
    check(abs(scenario.samples[-1].error) < 20 * US, scenario.samples[-1])


@expect("step", "clears STA_UNSYNC only once the clock is right, and not before")
def _(scenario):
    first = scenario.samples[0]
    check(not first.is_synchronised and abs(first.error) > 3600e9, f"at first: {first}")
    wrong = [sample for sample in scenario.synchronised() if abs(sample.error) > 1 * MS]
    check(not wrong, f"marked right when wrong: {wrong[:1]}")


@expect("step", "says 16 s of maxerror while it does not know the time")
def _(scenario):
    for sample in scenario.samples:
        if not sample.is_synchronised:
            check(sample.maxerror >= 16000000, f"too sure: {sample}")


@expect("step", "keeps the kernel's maxerror true and esterror below it")
def _(scenario):
    check_bounds(scenario, 1000)
    worst = max(sample.maxerror for sample in scenario.synchronised())
    check(worst < 1000000, f"maxerror {worst} us though the step is done")


@expect("step", "sets the kernel's TAI offset from leapsectz")
def _(scenario):
    last = scenario.samples[-1]
    check(last.tai == 37 and abs(last.tai_minus_real - 37e9) < 5 * US, last)


@expect("step", "runs as its user with CAP_SYS_TIME and nothing unneeded")
def _(scenario):
    process = {words[0]: words[1:] for words in map(str.split, scenario.all("process"))}
    check(process["Uid"] == ["990"] * 4, process)
    for which in "CapPrm", "CapEff":
        check(int(process[which][0], 16) == CAP_SYS_TIME | CAP_NET_BIND_SERVICE, process)


@expect("step", "has its pid file and both of its sockets at their default paths")
def _(scenario):
    paths = {words[0]: words[1:] for words in map(str.split, scenario.all("path"))}
    check(paths.get("/run/timeball/timeballd.sock") == ["timeball", "660"], paths)
    check(paths.get("/run/chrony/chronyd.sock") == ["timeball", "660"], paths)
    check("/run/timeball/timeballd.pid" in paths, paths)
    written, true = scenario.words("pidfile")
    check(written == true, f"the pid file says {written}, the pid is {true}")
    tracking = json.loads(scenario.all("tracking")[0])
    check(tracking["rows"][0]["is_synchronised"] is True, tracking)


@expect("step", "ends well on SIGTERM: drift file saved, pid file and sockets gone")
def _(scenario):
    check(scenario.words("exit") == ["0"], scenario.words("exit"))
    ppm, skew = map(float, scenario.words("drift"))
    check(abs(ppm) < 0.2 and 0 < skew < 10, f"drift {ppm} {skew}")
    left = [word for word in scenario.words("left") if not word.endswith(":")]
    check(not left, f"left behind: {left}")


@expect("step", "with rtcsync has the kernel set the hardware clock right")
def _(scenario):
    hardware, system = map(int, scenario.words("rtc"))
    check(abs(hardware - system) <= 1, f"RTC {hardware}, system clock {system}")


# 50 ms wrong and 250 ppm slow; another program's slews are still under way.
scenario("slew", r"""
	start_server "$(clock_probe epoch -0.05)" freq 250
	configure rtcsync
	clock_probe leave-slews
	start_client
	probe watch 150
	stop_client
	say "drift $(cat /var/lib/timeball/drift)"
""")


@expect("slew", "never jumps without makestep")
def _(scenario):
    check(not scenario.jumps, f"jumped by {scenario.jumps} ns")
    check(abs(scenario.samples[0].error) > 40 * MS, f"was not wrong: {scenario.samples[0]}")
    check(abs(scenario.samples[-1].error) < 20 * US, f"is not right: {scenario.samples[-1]}")


@expect("slew", "stops what another program left in the PLL and in adjtime()")
def _(scenario):
    first, second = scenario.samples[:2]
    check(abs((second.real - second.raw) - (first.real - first.raw)) < 1 * US,
          f"moves before it is told to: {first} then {second}")
    check(all(sample.offset == 0 for sample in scenario.samples), "an offset is in the PLL")


@expect("slew", "sets 250 ppm by tick and frequency, as read back, and the clock runs so")
def _(scenario):
    late = scenario.samples[-60:]
    check(all(abs(sample.ppm - 250) < 2 for sample in late), f"set: {late[-1].ppm}")
    span = late[-1].raw - late[0].raw
    measured = ((late[-1].real - late[0].real) / span - 1) * 1e6
    check(abs(measured - 250) < 0.5, f"runs at {measured} ppm")


@expect("slew", "keeps the kernel's maxerror true while it slews")
def _(scenario):
    check_bounds(scenario, 1000)


@expect("slew", "remembers the frequency in the drift file")
def _(scenario):
    ppm, skew = map(float, scenario.words("drift"))
    check(abs(ppm + 250) < 1 and 0 < skew < 10, f"drift {ppm} {skew}")


# What the drift file is good for, and what a clean end leaves in the kernel.
scenario("restart", r"""
	start_server "$(clock_probe epoch 0)" freq -450
	configure rtcsync
	start_client
	probe watch 60
	stop_client
	clock_probe reset
	say again
	start_client
	probe watch 1
	stop_client
	probe state
""")


@expect("restart", "starts with the drift file's frequency before it has asked anybody")
def _(scenario):
    begin = next(i for i, (kind, _) in enumerate(scenario.lines) if kind == "again")
    samples = len([kind for kind, _ in scenario.lines[:begin] if kind == "sample"])
    first = scenario.samples[samples]
    check(abs(first.ppm + 450) < 2, f"starts with {first.ppm} ppm")


@expect("restart", "leaves the kernel the right frequency, not a slew, when it ends")
def _(scenario):
    left = Sample(scenario.all("sample")[-1], None)
    check(abs(left.ppm + 450) < 2, f"left {left.ppm} ppm")


scenario("server_1970", r"""
	start_server 0
	configure 'makestep 1 3' rtcsync
	start_client
	probe watch 20
""")


@expect("server_1970", "does not believe a server that says 1970, and says so")
def _(scenario):
    check(not scenario.jumps, f"jumped by {scenario.jumps} ns")
    check(all(not sample.is_synchronised for sample in scenario.samples), "STA_UNSYNC cleared")
    check(scenario.said("1970-01-01") and scenario.said("not believed"), scenario.log)


scenario("unprivileged", r"""
	start_server "$(clock_probe epoch -5)"
	configure 'makestep 1 3' rtcsync
	start_client clock_probe without-sys-time
	probe watch 20
	look_at_client
""")


@expect("unprivileged", "without CAP_SYS_TIME goes on as with -x, and says so")
def _(scenario):
    check(scenario.said("CAP_SYS_TIME"), scenario.log)
    check(not scenario.jumps and scenario.samples[-1].ppm == 0, scenario.samples[-1])
    check(all(not sample.is_synchronised for sample in scenario.samples), "STA_UNSYNC cleared")
    tracking = json.loads(scenario.all("tracking")[0])
    check(tracking["rows"][0]["is_synchronised"] is True, tracking)
