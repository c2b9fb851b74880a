#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball convert against libc, whose right/UTC zone knows the same leap seconds: every second around each of
them, and moments at random."""
import calendar, os, pathlib, random, time
from fractions import Fraction

import tap
from check import Skip, check, check_equal, comment

RIGHT = pathlib.Path("/usr/share/zoneinfo/right/UTC")
GPS_BEGIN = 315964819  # in TAI
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
            if scale != "tai" and (scale != "gps" or second >= GPS_BEGIN):
                check_scale(scale, second, have)
        if scale in ("unix", "ntp"): # which have no second 60 to come back from
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
    check("did not happen" in run.stderr, run.stderr)



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
    check_equal(place.timeball("leap", "--config", place.directory / "none").returncode, 2, "no such file")


tap.main()
