#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball decode and encode: files, bad input, and other people's daemons fed through shared memory."""
import json, subprocess, time

import tap
from check import check, check_equal
from world import wait_until

STATIONS = ["msf", "dcf77", "wwvb", "jjy"]
UNIT = 97 # nobody else's


def encode(place, station, start_s, minutes, *options):
    when = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(start_s))
    run = place.timeball("encode", station, "--from", when, "--minutes", minutes, *options)
    check_equal(run.returncode, 0, f"exit status of encode: {run.stderr}")
    return run.stdout


def decode(place, station, edges, *options):
    path = place.directory / f"{station}.edges"
    path.write_text(edges)
    return place.timeball("decode", station, "--edges", path, *options)


@tap.test("decodes what it encoded, through noise, from a file and from standard input")
def round_trip(place):
    for station in STATIONS:
        edges = encode(place, station, 1795329000, 30, "--noise", "jitter=5,wrong=0.05,delay=40",
                       "--seed", 3)
        run = decode(place, station, edges, "--json")
        check_equal(run.returncode, 0, f"exit status of decode: {run.stderr}")
        minutes = [json.loads(line) for line in run.stdout.splitlines()]
        decoded = [minute for minute in minutes if minute["verdict"] != "refused"]
        check_equal(len(minutes), 30, f"minutes of {station}")
        check(len(decoded) >= 20, f"{station}: only {len(decoded)} decoded")
        for minute in decoded:
            error_s = minute["at_s"] - minute["utc_s"] - 0.04
            check(abs(error_s) < 0.005, f"{station}: {minute['utc']} is {error_s} s off")
        piped = subprocess.run([place.build / "src/timeball", "decode", station, "-", "--json"],
                               input=edges, text=True, capture_output=True, timeout=60)
        check_equal(piped.stdout, run.stdout, f"{station} from standard input")
        check(" UTC " in decode(place, station, edges).stdout, "no time in what people see")


@tap.test("says what is wrong with an edge file or an option, and with a pin that is not there")
def bad_input(place):
    run = decode(place, "msf", "1.0 1\n2.0 0\n3.0 x\n")
    check_equal(run.returncode, 1, "exit status of a bad file")
    check("msf.edges:3:" in run.stderr, f"it says: {run.stderr}")
    for words in (["decode"], ["decode", "msf"], ["decode", "bbc", "-"], ["decode", "msf", "-", "--shm", "x"],
                  ["encode", "msf"], ["encode", "msf", "--from", "today", "--minutes", "1"],
                  ["encode", "msf", "--from", "2026-11-22T06:30", "--minutes", "1", "--noise", "hiss=1"]):
        run = place.timeball(*words)
        check_equal(run.returncode, 2, f"exit status of {words}")
        check("usage:" in run.stderr, f"{words} says: {run.stderr}")
    run = place.timeball("decode", "msf", "--gpio", "/dev/timeball-no-such-chip:1")
    check_equal(run.returncode, 1, "exit status without the chip")
    check("/dev/timeball-no-such-chip" in run.stderr, f"it says: {run.stderr}")
    check_equal(decode(place, "msf", "1.0 1\n").returncode, 1, "exit status when nothing is decoded")


def remove_segment():
    subprocess.run(["ipcrm", "-M", hex(0x4e545030 + UNIT)], capture_output=True)


def decode_the_last_minutes(place):
    """Decodes a signal 33 ms late that ended just now, into shared memory."""
    start_s = (time.time() // 60 - 6) * 60
    edges = encode(place, "msf", start_s, 6, "--noise", "delay=33,jitter=1")
    run = decode(place, "msf", edges, "--shm", UNIT)
    check_equal(run.returncode, 0, f"exit status of decode: {run.stderr}")


@tap.test("feeds chronyd through shared memory")
def chronyd(place):
    remove_segment()
    place.chronyd("chronyd", [f"refclock SHM {UNIT} refid MSF poll 0 dpoll 0 filter 1", "port 0",
                              "log refclocks", f"logdir {place.directory}/chronyd"])
    log = place.directory / "chronyd/refclocks.log"

    def samples():
        decode_the_last_minutes(place)
        return [line.split() for line in log.read_text().splitlines()
                if " MSF " in line] if log.exists() else []

    try:
        wait_until(samples, "chronyd takes a sample")
        offset_s = float(samples()[0][6])
        check(abs(abs(offset_s) - 0.033) < 0.003, f"the raw offset is {offset_s} s")
    finally:
        remove_segment()


@tap.test("feeds ntpsec's ntpd through shared memory")
def ntpd(place):
    remove_segment()
    place.ntpd("ntpd", [f"refclock shm unit {UNIT} refid MSF minpoll 3 maxpoll 3 flag4 1",
                        "statistics clockstats peerstats",
                        "filegen clockstats file clockstats type none enable",
                        "filegen peerstats file peerstats type none enable"], place.endpoint(4))
    stats = place.directory / "ntpd/peerstats"

    def offsets():
        decode_the_last_minutes(place)
        return [float(line.split()[4]) for line in stats.read_text().splitlines()
                if "SHM" in line] if stats.exists() else []

    try:
        wait_until(offsets, "ntpd takes a sample")
        check(abs(abs(offsets()[0]) - 0.033) < 0.003, f"the offset is {offsets()[0]} s")
    finally:
        remove_segment()


tap.main(["chrony", "ntpsec"])
