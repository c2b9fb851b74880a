# SPDX-License-Identifier: MIT
"""Scenarios for the guest: what is done inside, in shell, and what must have been seen, in Python.

A file of scenarios/ holds some of each; that is all there is to add. The shell has the words of
guest_functions; what it prints with `say KIND TEXT` comes back as a Scenario's lines."""
import statistics

from check import check

UNSYNC, INS, DEL = 0x40, 0x10, 0x20 # STA_*, linux/timex.h
MS, US = 1e6, 1e3 # in nanoseconds

scripts, live_scripts = {}, {} # name: shell
peers_of = {} # name: of Debian packages whose programs it needs
expectations = [] # (name, sentence, function of one Scenario)


def scenario(name, script, needs=(), live=False):
    """Registers what is done in the guest under `name`, a word. `needs`: peers, of tests/peers.py. `live`:
    in the guest that its host can stop, where no moment is like another."""
    check(name not in peers_of, f"two scenarios are called {name}")
    (live_scripts if live else scripts)[name] = script
    peers_of[name] = needs


def expect(name, does):
    """Registers a check of one scenario; `does` finishes the sentence "timeballd …"."""
    check(name in peers_of, f"there is no scenario {name}")

    def register(function):
        expectations.append((name, does, function))
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

    def between(self, begin, end=None):
        """The samples that were taken between two things that were said."""
        kinds = [kind for kind, _ in self.lines]
        first = kinds[:kinds.index(begin)].count("sample")
        last = kinds[:kinds.index(end)].count("sample") if end else len(self.samples)
        return self.samples[first:last]

    def synchronised(self):
        found = [sample for sample in self.samples if sample.is_synchronised]
        check(found, "STA_UNSYNC was never cleared")
        return found

    def said(self, text):
        return any(text in line for line in self.log)


def check_bounds(scenario, settled):
    """The kernel's maxerror holds at every moment, and is worth something in the end."""
    for sample in scenario.synchronised():
        check(abs(sample.error) <= sample.maxerror * US, f"maxerror does not hold: {sample}")
        check(sample.esterror <= sample.maxerror, f"esterror above maxerror: {sample}")
    last = scenario.samples[-1]
    check(last.maxerror < settled, f"maxerror is not below {settled} us: {last}")
