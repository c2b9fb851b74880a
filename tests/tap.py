# SPDX-License-Identifier: MIT
"""Registers test functions, runs them one by one in a World each, and prints TAP."""
import sys, traceback

import sandbox
import world
from check import Skip, comment

tests = []


def test(does):
    """Registers a function of one World; `does` finishes the sentence "timeballd …"."""
    def register(function):
        tests.append((does, function))
        return function
    return register


def run_one(number, does, function):
    """Returns whether it did not fail."""
    place = world.World()
    try:
        function(place)
        place.close()
        print(f"ok {number} - {does}", flush=True)
        return True
    except Skip as reason:
        place.abandon()
        print(f"ok {number} - {does} # SKIP {reason}", flush=True)
        return True
    except Exception as failure: # a test that breaks has failed, whatever broke
        comment("".join(traceback.format_exception(failure)) if not isinstance(
            failure, AssertionError) else failure)
        comment(place.logs())
        place.abandon()
        print(f"not ok {number} - {does}", flush=True)
        return False


def main(needs=()):
    """usage: PROGRAM BUILD_DIR [WORD…]: runs the tests whose sentence holds one of the words.

    `needs`: Debian packages of peers, fetched before the sandbox closes the network off."""
    sandbox.enter(needs)
    wanted = [(does, function) for does, function in tests
              if len(sys.argv) < 3 or any(word in does for word in sys.argv[2:])]
    print(f"1..{len(wanted)}", flush=True)
    results = [run_one(number, *each) for number, each in enumerate(wanted, 1)]
    sys.exit(not all(results))
