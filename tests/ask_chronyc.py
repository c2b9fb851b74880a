#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd asked by Debian's chronyc: each report as its own, and what chronyd would show."""
import subprocess

import peers
import tap
from check import check, check_between, check_equal, comment
from world import PATIENCE_S, wait_until

NEVER = "4294967295"


def chronyc_run(place, where, *arguments):
    """What subprocess.run returns; `where` is a socket or an address."""
    return subprocess.run([peers.program("usr/bin/chronyc"), "-n", "-h", str(where), *arguments],
                          text=True, capture_output=True, env=peers.environment(),
                          timeout=PATIENCE_S)


def rows(place, where, *command):
    run = chronyc_run(place, where, "-c", *command)
    check_equal(run.returncode, 0, f"exit status of {command}: {run.stdout}{run.stderr}")
    return [line.split(",") for line in run.stdout.splitlines()]


def said(place, where, *command):
    """The numbered line that a command ends with."""
    return chronyc_run(place, where, *command).stdout.strip().splitlines()[-1]


def followed_server(place, *more):
    """A client that follows a server, also configured with one that is silent."""
    peers_needed(place)
    at, silent = place.endpoint(4), place.endpoint(4)
    place.timeballd("server", ["local stratum 3", "allow", place.clock(),
                               f"bindaddress {at.host}", f"port {at.port}"])
    client = place.timeballd("client", [
        f"server {at.host} port {at.port} iburst minpoll 2 maxpoll 4 trust prefer",
        f"server {silent.host} port {silent.port} offline", "port 0",
        f"bindcmdaddress {place.directory}/client/chronyd.sock",
        place.clock("offset 0.02 freq 30"), "maxslewrate 100", *more])
    client.chronyc_path = place.directory / "client/chronyd.sock"
    wait_until(lambda: client.is_synchronised() and not client.report("activity")[0]["burst_count"],
               "the client is synchronised, its burst over")
    return client, at, silent


def peers_needed(place):
    if not peers.is_there("chrony"):
        raise tap.Skip("package chrony could not be downloaded")


@tap.test("shows chronyc the figures of its own reports")
def reports(place):
    client, at, silent = followed_server(place)
    ask = client.chronyc_path
    tracking, own = rows(place, ask, "tracking")[0], client.tracking()
    check_equal(len(tracking), 14, "fields of tracking")
    check_equal(tracking[0], own["reference_id"].upper(), "reference id")
    check_equal(tracking[1], at.host, "the selected source")
    check_equal(int(tracking[2]), own["stratum"], "stratum")
    check_between(float(tracking[4]), -0.021, -0.001, "correction: the clock is fast")
    check_between(float(tracking[5]), 0.001, 0.021, "last offset: the clock was ahead")
    check_between(float(tracking[7]), 20, 40, "frequency: it gains")
    check_equal(tracking[13], "Normal", "leap status")

    sources = rows(place, ask, "sources")
    check_equal([row[:4] for row in sources],
                [["^", "*", at.host, "3"], ["^", "?", silent.host, "0"]], "sources")
    check_equal(int(sources[0][5], 8) & 1, 1, "the last bit of reach")
    check_equal(sources[1][6], NEVER, "age of what never came")
    check_between(float(sources[0][8]), 0.001, 0.021, "offset measured: the clock is ahead")

    statistics, own = rows(place, ask, "sourcestats"), client.report("sourcestats")
    check_equal([row[0] for row in statistics], [at.host, silent.host], "names in sourcestats")
    check(int(statistics[0][1]) <= own[0]["window_count"], f"samples: {statistics[0]}")
    check_between(float(statistics[0][6]), 0.001, 0.021, "offset estimated: the clock is ahead")
    check_equal(statistics[1][5], "2000.000", "skew of a source that was never heard")

    check_equal(rows(place, ask, "activity"), [["1", "1", "0", "0", "0"]], "activity")
    select = rows(place, ask, "selectdata")
    check_equal(select[0][:13], ["*", at.host, "N", "-", "P", "T", "-", "-", "-", "P", "T", "-",
                                 "-"], "state and options")
    check(0 < float(select[0][15]) < float(select[0][16]) < 0.03, f"interval: {select[0]}")
    data = rows(place, ask, "ntpdata", at.host)[0]
    check_equal(data[0], at.host, "remote address")
    check_equal(data[2], str(at.port), "remote port")
    check_equal(data[23:26], ["111", "111", "1111"], "tests")
    check_between(float(data[18]), -0.021, -0.001, "offset of ntpdata: the clock is not behind")
    check_equal(rows(place, ask, "sourcename", at.host), [[at.host]], "name")


@tap.test("prints tables for people")
def tables(place):
    client, at, _ = followed_server(place)
    for command, words in (("tracking", "fast of NTP time"), ("sources", f"^* {at.host}"),
                           ("sourcestats", at.host), ("activity", "1 sources online"),
                           ("selectdata", f"* {at.host}"), ("ntpdata", "Total good RX"),
                           ("authdata", at.host), ("serverstats", "NTP packets received"),
                           ("rtcdata", "513"), ("smoothing", "505"), ("clients", "519"),
                           ("sources -v", ".-- Source mode"), ("waitsync 1", "try: 1")):
        run = chronyc_run(place, client.chronyc_path, "-m", command)
        check(words in run.stdout, f"{command} prints:\n{run.stdout}")


@tap.test("answers chronyc over UDP what is open to all, and commands nobody")
def udp(place):
    client, at, _ = followed_server(place, *(["cmdport 323"] if tap.sandbox.owns_network() else
                                             ["cmdport 0"]))
    if not tap.sandbox.owns_network():
        raise tap.Skip("UDP port 323 needs a network namespace")
    for host in ("127.0.0.1", "::1"):
        check_equal(rows(place, host, "tracking")[0][1], at.host, f"the source, asked at {host}")
        check_equal(len(rows(place, host, "sources")), 2, f"sources at {host}")
    for command in ("serverstats", "selectdata", "offline", "makestep", "shutdown"):
        check_equal(said(place, "127.0.0.1", command), "501 Not authorised", command)
    check_equal(client.report("activity")[0]["online_count"], 1, "online after a forbidden command")


tap.main(needs=("chrony",))
