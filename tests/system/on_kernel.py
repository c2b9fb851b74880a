#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What our daemon does on a real kernel, with real devices. usage: on_kernel.py BUILD_DIR [SCENARIO…]

The scenarios are in scenarios/, their words in scenario.py and guest_functions."""
import importlib.util, pathlib, sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import guest, peers
from check import check
from scenario import Scenario, expectations, live_scripts, peers_of, scripts


def load_scenarios():
    for path in sorted((HERE / "scenarios").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"scenarios.{path.stem}", path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def scenarios_of(console):
    """{name: Scenario} of what was printed."""
    found, name = {}, None
    for line in console.splitlines():
        mark = line.find("@") # the first one follows the firmware's last word on the same line
        if mark < 0:
            continue
        kind, _, rest = line[mark + 1:].partition(" ")
        if kind == "begin":
            name = rest
            found[name] = []
        elif kind == "end":
            name = None
        elif name:
            found[name].append(line[mark + 1:])
    return {name: Scenario(lines) for name, lines in found.items()}


def main(build, wanted):
    load_scenarios()
    for name in wanted:
        check(name in peers_of, f"there is no scenario {name}; there are {' '.join(peers_of)}")
    names = wanted or list(peers_of)
    chosen = [each for each in expectations if each[0] in names]
    needed = sorted({peer for name in names for peer in peers_of[name]})
    for peer in needed:
        peers.fetch(peer)
    there = [peer for peer in needed if peers.is_there(peer)]
    absent = {name: peer for name in names for peer in peers_of[name] if peer not in there}
    try:
        consoles = guest.boot(build, *({name: each[name] for name in names if name in each and name not in absent}
                                       for each in (scripts, live_scripts)), there)
    except guest.Unavailable as reason:
        print(f"1..0 # SKIP no emulated kernel: {reason}")
        return False
    scenarios, failed = scenarios_of("\n".join(consoles)), False
    print(f"1..{len(chosen)}")
    for console in consoles:
        if console and "@finished" not in console:
            print("# a guest did not come to its end:", *console.splitlines()[-20:], sep="\n# ")
    for number, (name, does, function) in enumerate(chosen, 1):
        if name in absent:
            print(f"ok {number} - {does} # SKIP cannot fetch {absent[name]}")
            continue
        try:
            check(name in scenarios, f"scenario {name} has not run")
            function(scenarios[name])
            print(f"ok {number} - {does}")
        except Exception as failure: # a check that breaks has failed, whatever broke
            print("# " + f"{type(failure).__name__}: {failure}"[:2000].replace("\n", "\n# "))
            print(f"not ok {number} - {does}")
            failed = True
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))
