#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd as a client: of chronyd, of ntpsec's ntpd, and of itself."""
import re, time

import ntp_probe
import tap
from check import check, check_between, check_equal, comment
from world import wait_until

ERRORS = "offset 0.25 freq 40 wander 1e-9 seed 7"


def chronyd_server(place, endpoint):
    return place.chronyd("chronyd-server", [
        "local stratum 3", "allow", f"bindaddress {endpoint.host}", f"port {endpoint.port}"])


def follows(place, upstream, family, stratum):
    """Our daemon, 250 ms ahead, takes its time from `upstream` and serves it; what it serves is
    measured from outside. Prints how long that took."""
    own = place.endpoint(family)
    began = time.monotonic()
    client = place.timeballd("client", [
        f"server {upstream.host} port {upstream.port} iburst", place.clock(ERRORS), "makestep 0.1 3",
        "allow", f"bindaddress {own.host}", f"port {own.port}"])
    wait_until(client.is_synchronised, "the client is synchronised")
    wait_until(lambda: abs(client.tracking()["true_error_ns"]) < 1_000_000, "error below 1 ms")
    comment(f"from start to an error below 1 ms: {time.monotonic() - began:.1f} s")
    tracking = client.tracking()
    check_equal(tracking["stratum"], stratum + 1, "its stratum")
    check_equal(client.source(upstream.host)["letter"], "*", "the server's letter")
    check(tracking["bound_ns"] is not None, "no error bound is published")
    served = wait_until(lambda: ntp_probe.measure(*own), "it answers NTP clients")
    check_equal(served.leap, 0, "leap indicator served")
    check_equal(served.stratum, stratum + 1, "stratum served")
    check_between(served.offset_s, -0.02, 0.02, "offset of its service, in s, seen from outside")
    comment(f"its clock, seen from outside: {served.offset_s * 1e6:+.0f} us")


@tap.test("follows chronyd over IPv4")
def chronyd_ipv4(place):
    upstream = place.endpoint(4)
    chronyd_server(place, upstream)
    follows(place, upstream, 4, 3)


@tap.test("follows chronyd over IPv6")
def chronyd_ipv6(place):
    upstream = place.endpoint(6)
    chronyd_server(place, upstream)
    follows(place, upstream, 6, 3)


@tap.test("follows ntpsec's ntpd")
def ntpsec(place):
    upstream = place.endpoint(4)
    place.ntpd("ntpd-server", ["refclock local minpoll 3 maxpoll 3 stratum 5 prefer"], upstream)
    server = wait_until(lambda: (reply := ntp_probe.ask(*upstream)) and reply.leap != 3 and reply,
                        "ntpd serves")
    follows(place, upstream, 4, server.stratum)


@tap.test("asks chronyd in interleaved mode, and chronyc says so")
def interleaved(place):
    upstream = place.endpoint(4)
    chronyd_server(place, upstream)
    client = place.timeballd("client", [
        f"server {upstream.host} port {upstream.port} xleave iburst minpoll -1 maxpoll -1",
        f"bindcmdaddress {place.directory}/client/chronyd.sock", "port 0", place.clock(ERRORS), "makestep 0.1 3"])
    wait_until(client.is_synchronised, "the client is synchronised")

    def row():
        data = place.chronyc(client, "ntpdata")
        return data and data[0][26] == "Yes" and int(data[0][33]) > 8 and data[0]
    data = wait_until(row, "good measurements are interleaved")
    comment(",".join(data))
    check_equal(data[23:26], ["111", "111", "1111"], "its tests")
    check_equal(data[28:30], ["Kernel", "Kernel"], "where stamps are from")
    check(0 < float(data[19]) < 0.01, f"a round trip of {data[19]} s")
    check_between(client.tracking()["true_error_ns"], -20_000_000, 20_000_000, "error in ns")


@tap.test("follows timeballd, and slews without makestep")
def itself(place):
    upstream = place.endpoint(4)
    place.timeballd("server", ["local stratum 1", "allow", place.clock(),
                               f"bindaddress {upstream.host}", f"port {upstream.port}"])
    client = place.timeballd("client", [
        f"server {upstream.host} port {upstream.port} iburst", "port 0",
        place.clock("offset 0.25 freq 40"), "maxslewrate 50000"])
    wait_until(client.is_synchronised, "the client is synchronised")
    wait_until(lambda: abs(client.tracking()["true_error_ns"]) < 1_000_000, "error below 1 ms")
    check_equal(client.tracking()["steps_count"], 0, "number of steps")


@tap.test("follows two that agree and names the third, which lies by 300 ms, in `why`")
def one_liar(place):
    lines = []
    for name, offset in (("honest-1", 0), ("honest-2", 0), ("liar", 0.3)):
        at = place.endpoint(4)
        place.timeballd(name, ["local stratum 1", "allow", place.clock(f"offset {offset}"),
                               f"bindaddress {at.host}", f"port {at.port}"])
        lines.append(f"server {at.host} port {at.port} iburst")
        liar = at.host
    client = place.timeballd("client", [*lines, place.clock(ERRORS), "makestep 0.1 3", "port 0"])
    wait_until(lambda: client.is_synchronised() and client.source(liar)["letter"] == "x",
               "the liar is a falseticker")
    check_between(client.tracking()["true_error_ns"], -50_000_000, 50_000_000, "error in ns")
    reasons = {row["name"]: row for row in client.report("why")}
    check_equal(reasons[liar]["state"], "falseticker", "the liar's state in `why`")
    check("falseticker" in reasons[liar]["sentence"], reasons[liar]["sentence"])
    comment(reasons[liar]["sentence"])


@tap.test("believes nobody when one stands against one")
def tie(place):
    lines = []
    for name, offset in (("one", 0), ("other", 0.3)):
        at = place.endpoint(4)
        place.timeballd(name, ["local stratum 1", "allow", place.clock(f"offset {offset}"),
                               f"bindaddress {at.host}", f"port {at.port}"])
        lines.append(f"server {at.host} port {at.port} iburst")
    client = place.timeballd("client", [*lines, place.clock("offset 0.1"), "port 0"])
    wait_until(lambda: all(row["reach"] >= 0o17 for row in client.report("sources")),
               "both have answered four times")
    tracking = client.tracking()
    check_equal(tracking["is_synchronised"], False, "is_synchronised")
    check_equal(tracking["steps_count"], 0, "number of steps")
    check_between(tracking["true_error_ns"], 90_000_000, 110_000_000, "error in ns, untouched,")


@tap.test("measures once with -Q: says by how much the clock is wrong, and ends")
def measure_once(place):
    upstream = place.endpoint(4)
    place.timeballd("server", ["local stratum 1", "allow", place.clock("offset 0.1"),
                               f"bindaddress {upstream.host}", f"port {upstream.port}"])
    once = place.timeballd_unready("once", [f"server {upstream.host} port {upstream.port} iburst"],
                                   ["-Q", "-t", "30"])
    check_equal(once.wait(), 0, "exit status")
    wrong = re.search(r"System clock wrong by (\S+) seconds", once.log())
    check(wrong, f"no verdict in its output:\n{once.log()}")
    check_between(float(wrong[1]), 0.08, 0.12, "what it would correct, in s,")


tap.main(needs=("chrony", "ntpsec", "ntpsec-ntpdig"))
