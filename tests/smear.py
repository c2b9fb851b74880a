#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A leap second as clients see it who know of none: two servers of ours smear it alike, over real sockets and on
virtual clocks that are minutes before the end of a half-year; their upstream is a few lines of Python."""
import calendar, json, socket, struct, threading, time

import ntp_probe
import peers
import tap
from check import Skip, check, check_between, check_equal, comment
from world import wait_until

LEADS_S = 25, 60, 150 # from the start to midnight; more if the machine is too busy
RATE = 0.1           # smoothtime's fastest rate
WANDER = 0.02        # and how fast that changes: 5 s to get there, 5 s of it, 5 s back
BEND_S = RATE / WANDER
SMEAR_S = 1 / RATE + BEND_S
TOLERANCE_S = 0.08   # a busy machine's; a mixture of smeared and plain time would be off by up to a second


def smeared(since):
    """How far served time is ahead of UTC so long after an inserted second, by hand."""
    if not 0 <= since < SMEAR_S:
        return 0
    if since > SMEAR_S / 2: # it is symmetric
        return 1 - smeared(SMEAR_S - since)
    return 1 - (WANDER * since**2 / 2 if since < BEND_S else RATE * (since - BEND_S / 2))


class Truth:
    """UTC that begins shortly before a half-year ends with a leap second."""

    def __init__(self, lead):
        year, month = time.gmtime()[:2]
        self.midnight = calendar.timegm((year + (month > 6), 1 if month > 6 else 7, 1, 0, 0, 0))
        self.epoch = self.midnight - lead - time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

    def since(self):
        """s since the second began that is inserted: 23:59:60."""
        return self.epoch + time.clock_gettime(time.CLOCK_MONOTONIC_RAW) - self.midnight

    def utc(self):
        since = self.since()
        return self.midnight + since - (since >= 0) # POSIX repeats 23:59:59


class Upstream(threading.Thread):
    """A stratum 1 that announces the leap second and has it."""

    def __init__(self, endpoint, truth):
        super().__init__(daemon=True)
        self.truth, self.is_over = truth, False
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(endpoint)
        self.at = endpoint
        self.udp.settimeout(0.2)

    def run(self):
        while not self.is_over:
            try:
                request, client = self.udp.recvfrom(2048)
            except OSError:
                continue
            second, fraction = divmod(self.truth.utc() + ntp_probe.ERA_OFFSET_S, 1)
            now = struct.pack("!II", int(second) % 2**32, int(fraction * 2**32))
            leap = 1 if self.truth.since() < 0 else 0
            head = bytes([leap << 6 | 4 << 3 | 4, 1, request[2], 0xec]) + bytes(8) + b"TEST"
            self.udp.sendto(head + now + request[40:48] + now + now, client)


def leap_list(place, truth):
    path = place.directory / "leaps.list"
    changes = [(1972 + months // 12, 1 + months % 12) for months in (
        6, 12, 24, 36, 48, 60, 72, 84, 96, 114, 126, 138, 162, 192, 216, 228, 246, 258, 270, 288, 306, 324, 408, 444,
        486, 522, 540)]
    seconds = [63072000] + [calendar.timegm((*change, 1, 0, 0, 0)) for change in changes] + [truth.midnight]
    lines = [f"#@ {truth.midnight + 10**8 + ntp_probe.ERA_OFFSET_S}"]
    lines += [f"{second + ntp_probe.ERA_OFFSET_S} {10 + i}" for i, second in enumerate(seconds)]
    path.write_text("\n".join(lines) + "\n")
    return path


def server(place, name, truth, upstream, leaps):
    at = place.endpoint(4)
    daemon = place.timeballd(name, [
        f"server {upstream.host} port {upstream.port} iburst minpoll 0 maxpoll 0", "allow", f"bindaddress {at.host}",
        f"port {at.port}", f"virtualclock epoch {truth.epoch:.9f} offset 0.05 freq 20", f"leapseclist {leaps}",
        "leapsecmode slew", f"smoothtime {RATE * 1e6:.0f} {WANDER * 1e6:.0f} leaponly"])
    return daemon, at


class Watch:
    """What one server says, all the time."""

    def __init__(self, at, truth):
        self.at, self.truth, self.last = at, truth, None
        self.replies = self.smeared_count = 0
        self.worst = 0

    def look(self):
        before = time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
        reply = ntp_probe.ask(*self.at)
        now = self.truth.epoch + time.clock_gettime(time.CLOCK_MONOTONIC_RAW)
        trip = time.clock_gettime(time.CLOCK_MONOTONIC_RAW) - before
        if not reply or trip > TOLERANCE_S:
            return
        served = ntp_probe.timestamp_s(reply.packet, 40)
        since = now - trip / 2 - self.truth.midnight
        utc = now - trip / 2 - (since >= 0)
        delay, dispersion = (number / 65536 for number in struct.unpack_from("!II", reply.packet, 4))
        off = served - utc
        check_equal(reply.leap, 0, f"leap indicator {since:.1f} s after it began")
        if -1 < since < 0.2: # whoever asks in that moment may be answered by either
            return
        self.replies += 1
        self.smeared_count += 0.05 < off < 0.95
        self.worst = max(self.worst, abs(off - smeared(since)))
        check_between(off - smeared(since), -TOLERANCE_S, TOLERANCE_S, f"s off the plan {since:.1f} s after it began")
        check(abs(off) <= delay / 2 + dispersion + TOLERANCE_S, f"{off} s off, {delay / 2 + dispersion} s are admitted")
        if self.last:
            check(served > self.last[1], "served time went back")
            gained = (served - self.last[1]) - (now - trip / 2 - self.last[0])
            check(abs(gained) < RATE * (now - self.last[0]) * 1.1 + TOLERANCE_S, f"served time jumped by {gained} s")
        self.last = now - trip / 2, served


def ready(place, make):
    """What `make` started for a world that begins so long before midnight that all are ready in time."""
    for lead in LEADS_S:
        truth = Truth(lead)
        daemons = make(truth, f"-{lead}")
        for daemon in daemons:
            wait_until(daemon.is_synchronised, f"{daemon.name} is synchronised")
        if truth.since() < -3:
            return truth, daemons
        comment(f"not ready {lead} s after the start: once more, with more time")
    raise Skip("this machine is too busy to be ready for midnight")


@tap.test("smears a leap second alike with others, and no reply is of plain time or knows of it")
def smear(place):
    upstreams, ends = [], []

    def make(truth, suffix):
        upstreams.append(Upstream(place.endpoint(4), truth))
        upstreams[-1].start()
        leaps = leap_list(place, truth)
        made = [server(place, name + suffix, truth, upstreams[-1].at, leaps) for name in ("one", "two")]
        ends[:] = [at for _, at in made]
        return [daemon for daemon, _ in made]

    truth, servers = ready(place, make)
    watches = [Watch(at, truth) for at in ends]
    is_asked = False
    while truth.since() < SMEAR_S + 3:
        for watch in watches:
            watch.look()
        if not is_asked and truth.since() > SMEAR_S / 2 and ends[0].port == 123 and peers.is_there("ntpsec-ntpdig"):
            is_asked = True
            ask_with_ntpdig(place, ends[0], truth)
        time.sleep(0.05)
    for daemon, watch in zip(servers, watches, strict=True):
        comment(f"{daemon.name}: {watch.replies} replies, {watch.smeared_count} in the midst of it, at most "
                f"{watch.worst * 1e3:.1f} ms off the plan")
        check(watch.smeared_count > 5, "there were too few replies to judge")
        tracking = daemon.tracking()
        check_equal((tracking["steps_count"], tracking["tai_offset_s"]), (0, 38), "steps, and TAI - UTC")
    for upstream in upstreams:
        upstream.is_over = True


def ask_with_ntpdig(place, at, truth):
    """A client of others': it sees the smear and no leap second. Its offset is from this machine's clock."""
    run = place.python_peer("ntpsec-ntpdig", "usr/bin/ntpdig", "-j", "-t", "5", at.host)
    if not run.stdout.startswith("{"):
        raise AssertionError(f"ntpdig says: {run.stdout}{run.stderr}")
    verdict = json.loads(run.stdout)
    comment(run.stdout)
    check_equal(verdict["leap"], "no-leap", "leap, as ntpdig sees it")
    ahead = verdict["offset"] - (truth.utc() - time.time())
    check_between(ahead, 0, 0.8, "what ntpdig sees of the smear, in s,")


class Sender(threading.Thread):
    """A program that feeds SOCK: all that the daemon hears of the time, and of the leap second."""

    def __init__(self, path, truth):
        super().__init__(daemon=True)
        self.path, self.truth, self.is_over = str(path), truth, False

    def run(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            while not self.is_over:
                now = time.time()
                leap = 1 if self.truth.since() < 0 else 0
                try: # struct timeval, double, three ints and 'SOCK'
                    sender.sendto(struct.pack("@qqdiiii", int(now), int(now % 1 * 1e6), self.truth.utc() - now, 0, leap,
                                              0, 0x534f434b), self.path)
                except OSError:
                    pass # the daemon is not there yet, or no more
                time.sleep(0.2)


def columns(path):
    return [line.split() for line in path.read_text().splitlines() if line[:4].isdigit()]


def seconds_of(row):
    """s since 1970 of the first two columns."""
    hour, minute, second = row[1].split(":")
    return calendar.timegm((*map(int, row[0].split("-")), 0, 0, 0)) + int(hour) * 3600 + int(minute) * 60 + float(second)


@tap.test("has a leap second that a reference clock alone announced, and remembers it; the logs show none of it")
def announced(place):
    senders = []

    def make(truth, suffix):
        path = place.directory / f"sock{suffix}"
        senders.append(Sender(path, truth))
        lines[:] = [f"refclock SOCK {path} refid PY poll 0 delay 0.01 precision 1e-3", "leapsecmode step",
                    f"virtualclock epoch {truth.epoch:.9f} freq -20", "log refclocks tracking",
                    f"logdir {place.directory}/logs{suffix}", f"driftfile {place.directory}/drift{suffix}"]
        daemon = place.timeballd("step" + suffix, lines)
        senders[-1].start()
        return [daemon]

    lines = []
    truth, (daemon,) = ready(place, make)
    check_equal((daemon.tracking()["leap"], daemon.tracking()["tai_offset_s"]), ("insert", 37), "before it")
    wait_until(lambda: truth.since() > 9, "the leap second is over", 300)
    wait_until(lambda: daemon.is_synchronised(), "it goes on")
    tracking = daemon.tracking()
    check_equal((tracking["leap"], tracking["tai_offset_s"]), ("none", 38), "after it")
    # a virtual clock's truth has no leap seconds
    check_between(tracking["true_error_ns"] * 1e-9, -1.05, -0.95, "its clock without it, in s,")
    logs = place.directory / lines[4].split()[1]
    rows = columns(logs / "refclocks.log")
    check({row[4] for row in rows if seconds_of(row) < truth.midnight - 3} <= {"+"}, "the leap letter before it")
    check({row[4] for row in rows if seconds_of(row) > truth.midnight + 6} <= {"N"}, "the leap letter after it")
    worst = max(abs(float(row[7])) for row in rows if row[7] != "-")
    comment(f"{len(rows)} lines of refclocks.log, at most {worst} s off")
    check(worst < 0.5, f"a sample {worst} s off in refclocks.log")
    near = [row for row in rows if truth.midnight - 5 < seconds_of(row) < truth.midnight + 4]
    check_equal(near, [], "samples of the seconds around it, which nobody can trust")
    check_equal(daemon.stop(), 0, "exit status")
    check_equal((place.directory / (lines[5].split()[1] + ".leap")).read_text(), f"{truth.midnight} 38\n", "the file beside")
    again = place.timeballd("again", lines)
    wait_until(again.is_synchronised, "it is synchronised again")
    check_equal(again.tracking()["tai_offset_s"], 38, "TAI - UTC after a restart")
    senders[-1].is_over = True


tap.main(needs=("ntpsec-ntpdig",))
