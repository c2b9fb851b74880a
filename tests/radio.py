#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball decode and encode: files, bad input, and other people's daemons fed through shared memory."""
import datetime, json, subprocess, time

import edge_formats, radio_torture, tap, time_stations
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


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


def decode_recording(place, station, recording, delay=0.0, stretch=0.0, ppm=0.0, write=edge_formats.as_text, **how):
    """The minutes from the first decoded one on, all of them right; with how many were not decoded after it."""
    edges = recording.receive(delay=delay, stretch=stretch, ppm=ppm, **how)
    run = subprocess.run([place.build / "src/timeball", "decode", station, "-", "--json"], input=write(edges),
                         text=True, capture_output=True, timeout=60)
    check_equal(run.returncode, 0, f"exit status of decode: {run.stderr}")
    minutes = [json.loads(line) for line in run.stdout.splitlines()]
    while minutes and minutes[0]["verdict"] == "refused":
        minutes.pop(0)
    decoded = [minute for minute in minutes if minute["verdict"] != "refused"]
    late = delay + (stretch if station == "jjy" else 0) # its seconds begin where low carrier ends
    epoch = recording.epoch + edge_formats.shift(write, edges)
    for minute in decoded:
        check(minute["utc_s"] in recording.begins, f"{station}: {minute['utc']} was never sent")
        begun = epoch + recording.begins[minute["utc_s"]] * (1 + ppm * 1e-6)
        error_s = minute["at_s"] - begun - late
        check(abs(error_s) < 0.02, f"{station}: {minute['utc']} is {error_s} s off")
    return decoded, len(minutes) - len(decoded)


def expect_all(place, what, station, start, length, kept_share=0.97, **how):
    recording = time_stations.Recording(station, at(start), length)
    decoded, lost = decode_recording(place, station, recording, **how)
    check(len(decoded) >= kept_share * (length - 6), f"{station}, {what}: {len(decoded)} of {length}, {lost} refused")


@tap.test("decodes signals spelled by others' tables, as cheap receivers and recorders give them")
def foreign_signals(place):
    for station in STATIONS:
        for what, how in {"clean, from within a minute": {"skip": 23.4},
                          "inverted": {"inverted": True, "jitter": 0.004},
                          "pulses 60 ms longer": {"stretch": 0.06, "delay": 0.05, "jitter": 0.004},
                          "pulses 30 ms shorter": {"stretch": -0.03, "delay": 0.03, "jitter": 0.004},
                          "glitches": {"glitches": 5, "jitter": 0.003},
                          "a fast clock in whole milliseconds": {"ppm": 100, "quantum": 0.001, "delay": 0.02},
                          "a slow one": {"ppm": -100, "jitter": 0.005}}.items():
            expect_all(place, what, station, "2026-11-22T06:30", 40, **how)


@tap.test("goes through year's ends, leap days and changes of summer time of signals spelled by others' tables")
def foreign_dates(place):
    for start in ("2027-12-31T23:20", "2027-12-31T14:30", "2028-02-28T23:30", "2026-03-29T00:20", "2026-10-25T00:20",
                  "2026-03-07T23:30", "2026-03-08T23:30", "2026-11-01T23:30"):
        for station in STATIONS:
            expect_all(place, start, station, start, 80, kept_share=0.94, jitter=0.004)


@tap.test("knows the leap second of 2016, DUT1 and its sign from signals spelled by others' tables")
def foreign_leap_second(place):
    for station in STATIONS:
        recording = time_stations.Recording(station, at("2016-12-31T23:00"), 120, dut1=-4, leap=at("2017-01-01T00:00"))
        decoded, lost = decode_recording(place, station, recording, jitter=0.004)
        check(lost <= 2, f"{station}: {lost} minutes refused")
        check_equal([minute["utc_s"] for minute in decoded if minute["length_s"] != 60], [1483228800],
                    f"{station}: minutes that are not 60 s long")
        announced = sum(minute["leap"] == 1 for minute in decoded)
        check((announced == 0) if station == "msf" else (announced >= 30), f"{station}: announced {announced} times")
        for dut1 in (-7, 8):
            recording = time_stations.Recording(station, at("2026-06-01T12:00"), 20, dut1=dut1)
            decoded, lost = decode_recording(place, station, recording)
            said = {minute.get("dut1_s") for minute in decoded}
            check_equal(said, {dut1 / 10} if station in ("msf", "wwvb") else {None}, f"{station}: DUT1")


@tap.test("keeps silent while a foreign signal is gone, and goes on after forty minutes and after three hours")
def foreign_fades(place):
    for station in STATIONS:
        recording = time_stations.Recording(station, at("2026-11-22T00:30"), 330)
        recording.drop(3600, 3600 + 2400)
        recording.drop(7200, 7200 + 3 * 3600)
        decoded, lost = decode_recording(place, station, recording, jitter=0.004, delay=0.03, ppm=50)
        check(len(decoded) >= 92, f"{station}: {len(decoded)} of 110, {lost} refused")


@tap.test("reads what gpiomon and others write, and a level that is sampled")
def foreign_formats(place):
    for write in edge_formats.FOREIGN:
        for station in STATIONS:
            recording = time_stations.Recording(station, at("2026-11-22T06:30"), 12)
            decoded, lost = decode_recording(place, station, recording, delay=0.02, write=write)
            check(len(decoded) >= 7, f"{station}, {write.__name__}: {len(decoded)} of 12, {lost} refused")


@tap.test("decodes short recordings, and one of the last century")
def short_recordings(place):
    for station in STATIONS:
        for start, length, skip, needed in (("2026-06-11T09:17", 3, 0, 1), ("2026-06-11T09:17", 4, 33.3, 1), ("1999-12-31T23:50", 20, 5, 15)):
            recording = time_stations.Recording(station, at(start), length)
            decoded, lost = decode_recording(place, station, recording, skip=skip, jitter=0.003)
            check(len(decoded) >= needed, f"{station}, {start}: {len(decoded)} of {length}")


@tap.test("names no wrong minute in random receptions")
def random_receptions(place):
    counts = radio_torture.torture(place.build, 1, 60)
    check_equal(counts["wrong"], 0, "wrong minutes or flags")
    check(counts["decoded"] > 0.9 * counts["after lock"] > 0.7 * counts["minutes"], f"decoded: {dict(counts)}")


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
    run = decode(place, "msf", "time,level\n")
    check("not one edge in 1 lines" in run.stderr, f"it says: {run.stderr}")


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
