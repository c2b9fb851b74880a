# SPDX-License-Identifier: MIT
"""How a test says what it found."""


class Skip(Exception):
    """This test cannot run on this machine; the text says why."""


def check(condition, complaint):
    if not condition:
        raise AssertionError(complaint)


def check_equal(have, want, what):
    check(have == want, f"{what} is {have!r}, not {want!r}")


def check_between(have, low, high, what):
    check(low <= have <= high, f"{what} is {have!r}, not within {low!r} to {high!r}")


def comment(text):
    """TAP's comments: figures that are shown but not judged, and the reasons of a failure."""
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)
