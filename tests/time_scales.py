#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball convert against libc, whose right/UTC zone knows the same leap seconds: every second around each of
them, and moments at random."""
import calendar, datetime, os, pathlib, random, time
from fractions import Fraction

import tap
from check import Skip, check, check_equal, comment

RIGHT = pathlib.Path("/usr/share/zoneinfo/right/UTC")
EPOCH = datetime.datetime(1970, 1, 1)
SCALES = ("utc", "tai", "unix", "gps", "ptp", "ntp", "mjd", "jd")
WITHOUT_SECOND_60 = ("unix", "ntp") # which give it the number of the next
TAI_MINUS_RIGHT = 10  # right/ counts the leap seconds since 1972, TAI was 10 s ahead then


def leap_moments():
    """TAI second (since 1970) in which each leap second began, from libc alone."""
    ends = [(year, month, day, 23, 59, 60, 0, 0, 0)
            for year in range(1972, 2038) for month, day in ((6, 30), (12, 31))]
    seconds = [int(time.mktime(end)) for end in ends]
    return [second + TAI_MINUS_RIGHT for second in seconds if time.localtime(second).tm_sec == 60]


def utc_of(tai):
    parts = time.localtime(tai - TAI_MINUS_RIGHT)
    return (f"{parts.tm_year:04d}-{parts.tm_mon:02d}-{parts.tm_mday:02d}T"
            f"{parts.tm_hour:02d}:{parts.tm_min:02d}:{parts.tm_sec:02d}.000000000Z")


def expected(scale, tai):
    """The same moment on another scale, from libc's calendar and the scales' definitions alone."""
    parts = time.localtime(tai - TAI_MINUS_RIGHT)
    midnight = calendar.timegm((parts.tm_year, parts.tm_mon, parts.tm_mday, 0, 0, 0))
    seconds = parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec
    unix = midnight + seconds # second 60 is the next day's first, as POSIX has it
    if scale == "unix":
        return f"{unix}.000000000"
    if scale == "ntp": # since 1900, in eras of 2^32 s
        return "{}:{}.000000000".format(*divmod(unix + 2208988800, 2**32))
    if scale == "utc":
        return utc_of(tai)
    if scale == "ptp":
        return f"{tai}.000000000"
    if scale == "tai": # a calendar of days of 86400 s, without leap seconds
        return (EPOCH + datetime.timedelta(seconds=tai)).strftime("%Y-%m-%dT%H:%M:%S.000000000")
    if scale == "gps": # since 1980-01-06, 19 s behind TAI
        return "{}:{}.000000000".format(*divmod(tai - 19 - 315964800, 604800))
    length = 86401 if time.localtime(tai - TAI_MINUS_RIGHT + 86400 - seconds).tm_sec == 60 else 86400
    day = midnight // 86400 + {"mjd": 40587, "jd": 2440587.5}[scale]
    return Fraction(day) + Fraction(seconds, length)


def check_scale(scale, tai, have):
    want = expected(scale, tai)
    if isinstance(want, Fraction):
        check(abs(Fraction(have) - want) < Fraction(1, 10**13), f"{scale} of TAI second {tai}: {have}, not {float(want)}")
    else:
        check_equal(have, want, f"{scale} of TAI second {tai}")


def convert(place, lines, *options):
    run = place.timeball("convert", *options, "-", input="".join(line + "\n" for line in lines))
    check_equal(run.returncode, 0, f"exit status: {run.stderr}")
    return run.stdout.splitlines()


def in_right_zone():
    if not RIGHT.exists():
        raise Skip("there is no zone right/UTC here (Debian: tzdata-legacy)")
    os.environ["TZ"] = "right/UTC"
    time.tzset()
    check_equal(utc_of(1483228836), "2016-12-31T23:59:60.000000000Z", "libc's own idea of it")


def check_both_ways(place, seconds):
    lines = [f"{second}.000000000" for second in seconds]
    utc = convert(place, lines, "--from", "ptp", "--to", "utc")
    for second, have in zip(seconds, utc, strict=True):
        check_equal(have, utc_of(second), f"UTC of TAI second {second}")
    check_equal(convert(place, utc, "--to", "ptp"), lines, "back from UTC")
    for scale in ("mjd", "jd", "gps", "tai", "unix", "ntp"):
        there = convert(place, utc, "--to", scale)
        for second, have in zip(seconds, there, strict=True):
            check_scale(scale, second, have)
        if scale in WITHOUT_SECOND_60: # it cannot come back from there
            there, utc_there = zip(*((one, two) for one, two in zip(there, utc, strict=True) if ":60." not in two))
        else:
            utc_there = utc
        check_equal(convert(place, there, "--from", scale, "--to", "utc"), list(utc_there), f"back from {scale}")


@tap.test("converts every second around every leap second as libc does")
def leap_seconds(place):
    in_right_zone()
    moments = leap_moments()
    check_equal(len(moments), 27, "leap seconds that libc knows")
    check_both_ways(place, [moment + i for moment in moments for i in range(-70, 71)])


@tap.test("converts moments between 1900 and 2200 as libc does")
def random_moments(place):
    in_right_zone()
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    comment(f"SEED={seed}")
    dice = random.Random(seed)
    check_both_ways(place, [dice.randrange(-2208988800, 7258118400) for _ in range(20000)])


@tap.test("converts from each scale to each other one as libc and the scales' definitions do")
def pairs(place):
    in_right_zone()
    dice = random.Random(int(os.environ.get("SEED", random.randrange(10**6))))
    seconds = [dice.randrange(-2208988800, 7258118400) for _ in range(100)]
    seconds += [moment + i for moment in leap_moments() for i in (-86400, -1, 1, 2, 86400)]
    for scale in SCALES:
        if scale in ("mjd", "jd"): # Julian dates as a float are not to the second: tested both ways above
            continue
        for other in SCALES:
            have = convert(place, [expected(scale, second) for second in seconds], "--from", scale, "--to", other)
            for second, value in zip(seconds, have, strict=True):
                check_scale(other, second, value)


def list_with(changes, place):
    """A leap-seconds.list whose numbers begin as the real one's."""
    real = (RIGHT.parent.parent / "leap-seconds.list").read_text().splitlines()
    lines = [line for line in real if line[:2] not in ("#h", "#@")]
    lines += [f"{calendar.timegm((*date, 0, 0, 0)) + 2208988800}\t{offset}" for date, offset in changes]
    path = place.directory / "leaps.list"
    path.write_text("\n".join(lines + [f"#@\t{calendar.timegm((2040, 1, 1, 0, 0, 0)) + 2208988800}"]) + "\n")
    return path


@tap.test("goes over a second that is left out, by a table made by hand")
def negative(place):
    if not (RIGHT.parent.parent / "leap-seconds.list").exists():
        raise Skip("there is no leap-seconds.list here (Debian: tzdata)")
    table = list_with([((2028, 1, 1), 36), ((2030, 7, 1), 37)], place)
    first = calendar.timegm((2028, 1, 1, 0, 0, 0))
    # by hand: TAI - UTC is 37 s until 23:59:58, then 36
    wanted = {first + 34: "2027-12-31T23:59:57", first + 35: "2027-12-31T23:59:58",
              first + 36: "2028-01-01T00:00:00", first + 37: "2028-01-01T00:00:01"}
    second = calendar.timegm((2030, 7, 1, 0, 0, 0))
    wanted |= {second + 35: "2030-06-30T23:59:59", second + 36: "2030-06-30T23:59:60",
               second + 37: "2030-07-01T00:00:00"}
    ptp = [f"{moment}.000000000" for moment in wanted]
    utc = [f"{label}.000000000Z" for label in wanted.values()]
    options = ("--leapseclist", table)
    check_equal(convert(place, ptp, *options, "--from", "ptp", "--to", "utc"), utc, "UTC")
    check_equal(convert(place, utc, *options, "--to", "ptp"), ptp, "back")
    # the day is 86399 s long
    mjd = convert(place, utc[1:2], *options, "--to", "mjd")
    check(abs(Fraction(mjd[0]) - (61770 + Fraction(86398, 86399))) < Fraction(1, 10**13), f"its last second is {mjd}")
    run = place.timeball("convert", *options, "2027-12-31T23:59:59Z")
    check_equal(run.returncode, 2, "exit status of the second that is left out")
    check("did not happen" in run.stderr, run.stderr)


@tap.test("keeps nanoseconds and NTP's eras")
def fractions(place):
    dice = random.Random(int(os.environ.get("SEED", random.randrange(10**6))))
    ptp = [f"{dice.randrange(0, 7258118400)}.{dice.randrange(10**9):09d}" for _ in range(200)]
    for scale in ("utc", "tai", "gps"):
        there = convert(place, ptp, "--from", "ptp", "--to", scale)
        check_equal([one.rstrip("Z").split(".")[1] for one in there], [one.split(".")[1] for one in ptp], scale)
        check_equal(convert(place, there, "--from", scale, "--to", "ptp"), ptp, f"back from {scale}")
    eras = {"0:4294967295.5": "2036-02-07T06:28:15.500000000Z", "1:0": "2036-02-07T06:28:16.000000000Z",
            "-1:4294967295": "1899-12-31T23:59:59.000000000Z", "0:0": "1900-01-01T00:00:00.000000000Z",
            "1:1": "2036-02-07T06:28:17.000000000Z"}
    check_equal(convert(place, eras, "--from", "ntp", "--to", "utc"), list(eras.values()), "RFC 5905, figure 4")


@tap.test("says what the operator's table is refused for, and until when it is good")
def tables(place):
    if not (RIGHT.parent.parent / "leap-seconds.list").exists():
        raise Skip("there is no leap-seconds.list here (Debian: tzdata)")
    wrong = place.directory / "wrong.list"
    wrong.write_text("2272060800 10\n2287785600 11\n2319321600 12\n") # none in July 1973
    run = place.timeball("convert", "--leapseclist", wrong, "now")
    check("contradicts leap seconds that have happened" in run.stderr and "built-in" in run.stdout, run.stderr + run.stdout)
    run = place.timeball("convert", "2200-01-01")
    check("later than the table is good for" in run.stdout, run.stdout)
    empty = place.directory / "empty"
    empty.write_text("")
    for option in ("--leapsectz", "right/UTC"), ("--leapseclist", RIGHT.parent.parent / "leap-seconds.list"):
        if option[1] == "right/UTC" and not RIGHT.exists():
            continue
        run = place.timeball("leap", "--config", empty, *option)
        check_equal(run.returncode, 0, f"exit status: {run.stderr}")
        expires = [line for line in run.stdout.splitlines() if line.startswith("expires")][0]
        check("Z, " in expires, f"until when {option[1]} is good: {expires}")


@tap.test("gives UT1 by a given DUT1, and takes a second 60 in any zone of the day")
def ut1(place):
    run = place.timeball("convert", "--dut1", "-0.4", "--at", "2016-12-31T18:59:60.5-05:00")
    check_equal(run.returncode, 0, f"exit status: {run.stderr}")
    check("2016-12-31T23:59:60.500000000Z" in run.stdout and "2017-01-01T00:00:00.100000000" in run.stdout, run.stdout)
    check_equal(place.timeball("convert", "--dut1", "1.5", "now").returncode, 2, "exit status of no DUT1")


@tap.test("says what was no time, and goes on with the next line")
def wrong_lines(place):
    run = place.timeball("convert", "--to", "unix", "-", input="2015-06-30T23:59:60Z\n2015-12-31T23:59:60Z\n0\nx\n")
    check_equal(run.returncode, 2, "exit status")
    check_equal(run.stdout.splitlines(), ["1435708800.000000000", "", "0.000000000", ""], "the answers")
    check("line 2: '2015-12-31T23:59:60Z' did not happen" in run.stderr, run.stderr)
    check("line 4: 'x' is no such time" in run.stderr, run.stderr)


@tap.test("rehearses a leap second with a given configuration and what that includes")
def rehearsal(place):
    config = place.directory / "leap.conf"
    (place.directory / "included.conf").write_text("leapsecmode step\n")
    config.write_text(f"maxslewrate 1000\nserver ignored.example\ninclude {place.directory}/included.conf\n")
    run = place.timeball("leap", "--config", config, "--rehearse", "insert")
    check_equal(run.returncode, 0, f"exit status: {run.stdout}{run.stderr}")
    check(run.stdout.count("T23:59:59.000") >= 2, "the second before midnight is not there twice:\n" + run.stdout)
    check("<- the leap second" in run.stdout and "bound held" in run.stdout, run.stdout)
    check("leapsecmode  step" in run.stdout, run.stdout)
    check("\n23:59:60.000   " in run.stdout and "CLOCK_TAI runs on" in run.stdout, run.stdout)
    run = place.timeball("leap", "--config", config, "--rehearse", "delete", "--mode", "slew")
    check_equal(run.returncode, 0, f"exit status: {run.stdout}{run.stderr}")
    check("\n23:59:59" not in run.stdout and "CLOCK_TAI jumps by -1 s" in run.stdout, run.stdout)
    check_equal(place.timeball("leap", "--config", config, "--mode", "jump").returncode, 2, "no such mode")
    check_equal(place.timeball("leap", "--config", place.directory / "none").returncode, 2, "no such file")


tap.main()
