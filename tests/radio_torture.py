#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random receptions of signals spelled by others' tables: no minute may be false.  usage: radio_torture.py BUILD FIRST COUNT

Each seed is a station, a date (often a year's end, a change of the clocks, a leap second), a receiver and a recorder, all of them
as bad as chance will have it. Prints what was decoded, and each reception in which something was wrong."""
import collections, datetime, json, random, subprocess, sys

import edge_formats, time_stations
from time_stations import UTC

MINUTE = datetime.timedelta(minutes=1)


def random_start(chance):
    """(start, leap second or None)"""
    year = chance.randint(2001, 2089)
    if chance.random() > 0.35:
        return datetime.datetime(2001, 1, 1, tzinfo=UTC) + chance.randint(0, 88 * 525000) * MINUTE, None
    kind = chance.choice(("year", "spring", "autumn", "leap", "february", "america"))
    leap = None
    if kind == "year":
        event = datetime.datetime(year + 1, 1, 1, tzinfo=UTC)
    elif kind == "february":
        event = datetime.datetime(min(year // 4 * 4 + 4, 2088), 2, 29, tzinfo=UTC)
    elif kind in ("spring", "autumn"):
        event = time_stations.last_sunday(year, 3 if kind == "spring" else 10)
    elif kind == "america":
        event = time_stations.nth_sunday(year, 3, 2)
    else:
        leap = event = datetime.datetime(year, chance.choice((1, 7)), 1, tzinfo=UTC)
    return event - chance.randint(3, 30) * MINUTE, leap


def random_reception(chance, minutes):
    """How bad receiver and recorder are: mostly a little, sometimes very."""
    badness = chance.choice((0.15, 0.15, 0.4, 0.4, 0.7))

    def perhaps(*values):
        return chance.choice(values) if chance.random() < badness else 0

    how = {
        "seed": chance.randrange(1 << 30), "delay": chance.uniform(0, 0.2), "inverted": chance.random() < 0.5,
        "skip": chance.choice((0, chance.uniform(0, 60))), "ppm": chance.choice((0, chance.uniform(-300, 300))),
        "jitter": perhaps(0.002, 0.005, 0.01, 0.02), "stretch": perhaps(-0.04, -0.02, 0.03, 0.05, 0.07),
        "width": perhaps(0.005, 0.01, 0.02), "bounce": perhaps(0.2, 1), "missing": perhaps(0.02, 0.05, 0.1, 0.2),
        "wrong": perhaps(0.02, 0.05, 0.1), "glitches": perhaps(1, 5, 15), "extra": perhaps(0.02, 0.1, 0.3, 0.6),
        "quantum": perhaps(0.001, 0.005, 0.01),
    }
    if chance.random() < badness / 2:
        begins = [chance.uniform(0, minutes * 60) for _ in range(chance.randint(1, 1 + minutes // 6))]
        how["fades"] = [(a, a + chance.choice((5, 20, 60, 200, 900)), chance.choice((0, 0, 2, 6, 15))) for a in begins]
    return how


def faults_of(minute, station, recording, dut1, late, ppm):
    """What a decoded minute says that was not so."""
    if minute["utc_s"] not in recording.begins:
        return ["never sent"]
    begun = recording.epoch + (recording.begins[minute["utc_s"]] + late) * (1 + ppm * 1e-6)
    faults = ["off"] if abs(minute["at_s"] - begun) > 0.1 else []
    if station in ("msf", "wwvb") and minute.get("dut1_s", dut1 / 10) != dut1 / 10:
        faults.append("DUT1")
    if minute["leap"] != 0 and recording.leap is None:
        faults.append("leap second")
    summer = time_stations.is_european_summer(datetime.datetime.fromtimestamp(minute["utc_s"], UTC))
    if station in ("msf", "dcf77") and minute["summer_time"] not in (None, summer):
        faults.append("summer time")
    return faults


def torture(build, seed, count):
    """Counter of minutes, decoded and what was wrong, of the receptions `seed` and following."""
    counts = collections.Counter()
    for seed in range(seed, seed + count):
        chance = random.Random(seed)
        station, minutes = chance.choice(list(time_stations.STATIONS)), chance.choice((3, 4, 5, 8, 12, 20, 40, 60))
        start, leap = random_start(chance)
        how, dut1 = random_reception(chance, minutes), chance.randint(-8, 8)
        epoch = chance.choice((None, 0, chance.uniform(0, 1e6)))
        recording = time_stations.Recording(station, start, minutes, dut1, leap, epoch)
        run = subprocess.run([build / "src/timeball", "decode", station, "-", "--json"], text=True, capture_output=True,
                             input=edge_formats.as_text(recording.receive(**how)), timeout=300)
        late = how["delay"] + (how["stretch"] if station == "jjy" else 0) # its seconds begin where low carrier ends
        said = [json.loads(line) for line in run.stdout.splitlines()]
        decoded = [minute for minute in said if minute["verdict"] != "refused"]
        wrong = [fault for minute in decoded for fault in faults_of(minute, station, recording, dut1, late, how["ppm"])]
        counts += collections.Counter(receptions=1, minutes=minutes, decoded=len(decoded), wrong=len(wrong))
        if decoded:
            counts["after lock"] += len(said) - said.index(decoded[0])
        if wrong or run.returncode not in (0, 1) or (run.stderr and "not one edge" not in run.stderr):
            counts["wrong"] += not wrong
            print(f"# seed {seed}: {station} {start}: {wrong} {how} {run.stderr}")
    return counts


if __name__ == "__main__":
    import pathlib
    total = torture(pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
    print(dict(total))
    sys.exit(total["wrong"] > 0)
