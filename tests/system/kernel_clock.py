#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What our daemon does to a real kernel's clock. usage: kernel_clock.py BUILD_DIR [SCENARIO…]"""
import json, pathlib, statistics, sys

import guest

UNSYNC, INS = 0x40, 0x10 # STA_*, linux/timex.h
CAP_NET_BIND_SERVICE, CAP_SYS_TIME = 1 << 10, 1 << 25
MS, US = 1e6, 1e3 # in nanoseconds

expectations = []


def expect(scenario, does):
    """Registers a check of one scenario; `does` finishes the sentence "timeballd …"."""
    def register(function):
        expectations.append((scenario, does, function))
        return function
    return register


class Sample:
    """The kernel's clock at one moment. `error` is in nanoseconds, to the truth."""

    def __init__(self, text, true_ns):
        fields = {name: int(value) for name, value in (word.split("=") for word in text.split())}
        vars(self).update(fields)
        self.error = self.real - true_ns(self.raw) if true_ns else None
        self.ppm = (self.tick - 10000) * 100 + self.freq / 65536

    @property
    def is_synchronised(self):
        return not self.status & UNSYNC

    def __repr__(self):
        return " ".join(f"{name}={value}" for name, value in vars(self).items())


class Scenario:
    def __init__(self, lines):
        self.lines = []
        self.samples, self.jumps, self.tai_jumps, self.log = [], [], [], []
        true_ns = None
        for kind, _, rest in (line.partition(" ") for line in lines):
            if kind == "epoch":
                true_ns = self.truth(rest.split())
            elif kind == "sample":
                self.samples.append(Sample(rest, true_ns))
            elif kind in ("jump", "tai-jump"):
                jumps = self.jumps if kind == "jump" else self.tai_jumps
                jumps.append(int(rest.split("by=")[1]))
            elif kind == "log":
                self.log.append(rest)
            self.lines.append((kind, rest))
        if any(kind == "epoch" and "freq" in rest for kind, rest in self.lines):
            # When that clock began to drift is not known: taken to be what all is like in the end.
            constant = statistics.median(sample.error for sample in self.samples[-40:])
            for sample in self.samples:
                sample.error -= constant

    @staticmethod
    def truth(words):
        """The server's clock as a function of CLOCK_MONOTONIC_RAW, but for a constant if it drifts."""
        seconds, _, fraction = words[0].partition(".")
        epoch_ns = int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9])
        ppm = float(words[words.index("freq") + 1]) if "freq" in words else 0
        return lambda raw_ns: epoch_ns + raw_ns + round(raw_ns * ppm * 1e-6)

    def words(self, kind):
        return next(rest for each, rest in self.lines if each == kind).split()

    def all(self, kind):
        return [rest for each, rest in self.lines if each == kind]

    def synchronised(self):
        found = [sample for sample in self.samples if sample.is_synchronised]
        check(found, "STA_UNSYNC was never cleared")
        return found

    def said(self, text):
        return any(text in line for line in self.log)


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_bounds(scenario, settled):
    """The kernel's maxerror holds at every moment, and is worth something in the end."""
    for sample in scenario.synchronised():
        check(abs(sample.error) <= sample.maxerror * US, f"maxerror does not hold: {sample}")
        check(sample.esterror <= sample.maxerror, f"esterror above maxerror: {sample}")
    last = scenario.samples[-1]
    check(last.maxerror < settled, f"maxerror is not below {settled} us: {last}")


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


@expect("server_1970", "does not believe a server that says 1970, and says so")
def _(scenario):
    check(not scenario.jumps, f"jumped by {scenario.jumps} ns")
    check(all(not sample.is_synchronised for sample in scenario.samples), "STA_UNSYNC cleared")
    check(scenario.said("1970-01-01") and scenario.said("not believed"), scenario.log)


@expect("unprivileged", "without CAP_SYS_TIME goes on as with -x, and says so")
def _(scenario):
    check(scenario.said("CAP_SYS_TIME"), scenario.log)
    check(not scenario.jumps and scenario.samples[-1].ppm == 0, scenario.samples[-1])
    check(all(not sample.is_synchronised for sample in scenario.samples), "STA_UNSYNC cleared")
    tracking = json.loads(scenario.all("tracking")[0])
    check(tracking["rows"][0]["is_synchronised"] is True, tracking)


@expect("leap_insert", "has the kernel insert the leap second of leapseclist")
def _(scenario):
    check(len(scenario.jumps) == 1 and abs(scenario.jumps[0] + 1e9) < 1 * MS,
          f"jumps: {scenario.jumps}")
    midnight = 1798761600 * 10**9
    before = [sample for sample in scenario.samples if 10e9 < midnight - sample.real < 30e9]
    check(before and all(sample.status & INS for sample in before), f"not armed: {before[:1]}")


@expect("leap_insert", "keeps CLOCK_TAI right through the leap second: 37, then 38")
def _(scenario):
    late = [sample for sample in scenario.samples if sample.tai][3:]
    check(late[0].tai == 37 and late[-1].tai == 38, f"{late[0]} then {late[-1]}")
    check(len(scenario.tai_jumps) == 1, f"CLOCK_TAI jumped: {scenario.tai_jumps}")
    for sample in late:
        check(abs(sample.tai_minus_real - sample.tai * 1e9) < 5 * US, sample)


@expect("leap_insert", "disarms it afterwards, so that it comes once")
def _(scenario):
    last = scenario.samples[-1]
    check(not last.status & INS and last.state == 0, last)
    check(abs(last.error) < 20 * US, last)


@expect("pps", "follows the pulses of /dev/pps0, numbered by a server that is 5 us off")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")


@expect("phc", "follows /dev/ptp0, which counts TAI, without any network")
def _(scenario):
    late = scenario.samples[-20:]
    check(late[-1].is_synchronised and late[-1].tai == 37, late[-1])
    worst = max(abs(sample.error) for sample in late)
    check(worst < 2 * US, f"off by {worst} ns: {late[-1]}")
    check_bounds(scenario, 1000)


def scenarios_of(console):
    """{name: Scenario} of what was printed."""
    found, name = {}, None
    for line in console.splitlines():
        mark = line.find("@") # the first one follows the firmware's last word on the same line
        if mark < 0:
            continue
        kind, _, rest = line[mark + 1:].partition(" ")
        if kind == "begin":
            name = rest
            found[name] = []
        elif kind == "end":
            name = None
        elif name:
            found[name].append(line[mark + 1:])
    return {name: Scenario(lines) for name, lines in found.items()}


def main(build, wanted):
    chosen = [each for each in expectations if not wanted or each[0] in wanted]
    try:
        console = guest.boot(build, list(dict.fromkeys(scenario for scenario, _, _ in chosen)))
    except guest.Unavailable as reason:
        print(f"1..0 # SKIP no emulated kernel: {reason}")
        return False
    scenarios, failed = scenarios_of(console), False
    print(f"1..{len(chosen)}")
    if "@finished" not in console:
        print("# the guest did not come to its end:", *console.splitlines()[-20:], sep="\n# ")
    for number, (name, does, function) in enumerate(chosen, 1):
        try:
            check(name in scenarios, f"scenario {name} has not run")
            function(scenarios[name])
            print(f"ok {number} - {does}")
        except Exception as failure: # a check that breaks has failed, whatever broke
            print("# " + f"{type(failure).__name__}: {failure}"[:2000].replace("\n", "\n# "))
            print(f"not ok {number} - {does}")
            failed = True
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))
