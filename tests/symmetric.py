#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd as a peer: of chronyd both ways, basic and interleaved, with keys and without."""
import tap
from check import check, check_between, check_equal, comment
from world import wait_until

AHEAD_S = 0.1
KEYS = "7 SHA256 HEX:7468697320697320612074657374206b6579\n"


def pair(place, ours, theirs, option=""):
    """Our daemon, 100 ms ahead, and chronyd, each the other's peer. The lines decide who knows the time."""
    here, there = place.endpoint(4), place.endpoint(4)
    keys = place.directory / "keys"
    keys.write_text(KEYS)
    keys.chmod(0o600)
    key_lines = [f"keyfile {keys}"] if "key" in option else []
    options = f"minpoll -2 maxpoll -2 {option}"
    chronyd = place.chronyd("chronyd", [
        *theirs, *key_lines, f"peer {here.host} port {here.port} {options}",
        f"bindaddress {there.host}", f"port {there.port}"])
    own = place.timeballd("timeballd", [
        *ours, *key_lines, f"peer {there.host} port {there.port} {options}",
        f"bindaddress {here.host}", f"port {here.port}",
        f"bindcmdaddress {place.directory}/timeballd/chronyd.sock"])
    return own, chronyd, here, there


def good_data(place, daemon, wanted):
    """The ntpdata of a good measurement, once there are eight, of this mode."""
    data = place.chronyc(daemon, "ntpdata")
    return (data and data[0][23:26] == ["111", "111", "1111"] and int(data[0][33]) >= 8 and
            data[0][26] == wanted and data[0])


def leads(place, option, wanted):
    own, chronyd, here, _ = pair(place, ["local stratum 1", place.clock(f"offset {AHEAD_S}")], [], option)
    data = wait_until(lambda: good_data(place, chronyd, wanted), "chronyd measures us as its peer")
    comment(",".join(data))
    check_equal(data[7], "Symmetric active", "mode")
    check_equal(data[27], "Yes" if "key" in option else "No", "authenticated")
    # of its own idea of the time, which has come to ours by then
    check_between(float(data[18]), -0.01, AHEAD_S + 0.01, "our offset in s, as it says")
    row = wait_until(lambda: (rows := place.chronyc(chronyd, "sources")) and rows[0][1] == "*" and rows[0],
                     "it follows us")
    check_equal(row[:4], ["=", "*", here.host, "1"], "its line for us")
    check_equal(own.report("sources")[0]["kind"], "peer", "what it is to us")


def follows(place, option, wanted):
    own, chronyd, _, there = pair(place, [place.clock(f"offset {AHEAD_S}"), "makestep 0.01 3"],
                                  ["local stratum 3"], option)
    wait_until(own.is_synchronised, "we follow it")
    data = wait_until(lambda: good_data(place, own, wanted), "our measurements are good")
    comment(",".join(data))
    check_equal(data[7], "Symmetric active", "mode")
    check_equal(data[27], "Yes" if "key" in option else "No", "authenticated")
    check_between(own.tracking()["true_error_ns"], -20_000_000, 20_000_000, "error in ns")
    check_equal(own.source(there.host)["letter"], "*", "its letter")
    check_equal(place.chronyc(own, "sources")[0][:4], ["=", "*", there.host, "3"], "chronyc's line for it")
    check(place.chronyc(chronyd, "sources"), "chronyd has gone")


@tap.test("leads chronyd, its peer, with a key")
def leads_with_key(place):
    leads(place, "key 7", "No")


@tap.test("leads chronyd interleaved")
def leads_interleaved(place):
    leads(place, "xleave", "Yes")


@tap.test("follows chronyd, its peer")
def follows_basic(place):
    follows(place, "", "No")


@tap.test("follows chronyd interleaved, with a key")
def follows_interleaved(place):
    follows(place, "xleave key 7", "Yes")


if __name__ == "__main__":
    tap.main(needs=("chrony",))
