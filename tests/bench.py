#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The figures of the daemon, beside chronyd's from the same run; nothing is judged.

usage: bench.py BUILD_DIR [SECONDS of idling: 70, more than a poll]"""
import pathlib, re, statistics, sys, time

import ntp_probe
import peers
import sandbox
import world

SOURCES = 10
STARTS = 9


def resident_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1])


def cpu_s(pid):
    """Processor time so far, in seconds, of all threads."""
    return sum(int((task / "schedstat").read_text().split()[0]) / 1e9
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def servers(place):
    """Lines for as many sources as are measured, all of them ours."""
    lines = []
    for number in range(SOURCES):
        at = place.endpoint(4)
        place.timeballd(f"server-{number}", ["local stratum 1", "allow", place.clock(),
                                             f"bindaddress {at.host}", f"port {at.port}"])
        lines.append(f"server {at.host} port {at.port} iburst")
    return lines


def start_ms(start, at):
    """From the moment before fork to the first answer to an NTP client."""
    began = time.perf_counter()
    process = start()
    while not ntp_probe.exchange(*at, ntp_probe.request(), timeout=0.001):
        pass
    taken = (time.perf_counter() - began) * 1e3
    process.kill()
    return taken


def started_chronyd(place, number, at):
    directory = place.new_directory(f"start-chronyd-{number}")
    lines = ["local stratum 1", "allow", f"bindaddress {at.host}", f"port {at.port}",
             f"pidfile {directory}/pid", "cmdport 0", "bindcmdaddress /"]
    return place.peer("chrony", directory.name, [peers.program("usr/sbin/chronyd"), "-x", "-d",
                                                 "-u", "root", *lines])


def show(what, unit, ours, theirs):
    print(f"{what:52} {ours:10.3f} {'-' if theirs is None else format(theirs, '10.3f'):>10} {unit}",
          flush=True)


def bench(place, idle_s):
    has_chronyd = peers.is_there("chrony")
    lines = servers(place)
    began = time.monotonic()
    ours = place.timeballd("timeballd", [*lines, place.clock("offset 0.25 freq 40"), "port 0",
                                         "makestep 0.1 3"])
    world.wait_until(lambda: ours.is_synchronised()
                     and abs(ours.tracking()["true_error_ns"]) < 1_000_000, "error below 1 ms")
    good_s = time.monotonic() - began
    theirs = place.chronyd("chronyd", [*lines, "port 0"]) if has_chronyd else None
    time.sleep(15) # until the bursts of both are over
    daemons = [daemon.child.pid for daemon in (ours, theirs) if daemon]
    before = [cpu_s(pid) for pid in daemons]
    time.sleep(idle_s)
    idle = [(cpu_s(pid) - was) / idle_s * 100 for pid, was in zip(daemons, before)] + [None]
    resident = [resident_kib(pid) / 1024 for pid in daemons] + [None]

    at = place.endpoint(4)
    our_starts = [start_ms(lambda: place.timeballd_unready(
        f"start-{number}", ["local stratum 1", "allow", place.clock(), f"bindaddress {at.host}",
                            f"port {at.port}"]), at) for number in range(STARTS)]
    their_starts = [start_ms(lambda: started_chronyd(place, number, at), at)
                    for number in range(STARTS)] if has_chronyd else [0]

    print(f"{'':52} {'timeballd':>10} {'chronyd':>10}")
    show(f"resident memory with {SOURCES} sources", "MiB", *resident[:2])
    show(f"processor time while idle, over {idle_s:g} s", "%", *idle[:2])
    show(f"start to first answer, median of {STARTS}", "ms", statistics.median(our_starts),
         statistics.median(their_starts) if has_chronyd else None)
    show("start to |error| < 1 ms, from 250 ms and 40 ppm", "s", good_s, None)


if __name__ == "__main__":
    sandbox.enter(["chrony"])
    test_world = world.World()
    try:
        bench(test_world, float(sys.argv[2]) if len(sys.argv) > 2 else 70)
    finally:
        test_world.abandon()
