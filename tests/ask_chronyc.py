#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd asked by Debian's chronyc: each report as its own, and what chronyd would show."""
import subprocess

import ntp_probe
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
    check_between(float(tracking[5]) + own["last_offset_ns"] / 1e9, -1e-4, 1e-4, "last offset: nothing but news")
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
                           ("rtcdata", "513"), ("smoothing", "505"), ("clients", "Hostname"),
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


@tap.test("does what chronyc commands")
def commands(place):
    client, at, silent = followed_server(place)
    ask = client.chronyc_path
    activity = lambda: client.report("activity")[0]
    more = place.endpoint(4)
    for command, answer in (
            ("offline", "200 OK"), ("online " + at.host, "200 OK"),
            ("online 192.0.2.99", "503 No such source"), ("burst 1/2", "200 OK"),
            (f"add server {more.host} port {more.port} offline noselect", "200 OK"),
            (f"add server {at.host}", "511 Source already present"),
            (f"minpoll {at.host} 3", "200 OK"), (f"maxpoll {at.host} 5", "200 OK"),
            (f"maxdelay {at.host} 0.5", "200 OK"), (f"maxdelayratio {at.host} 1000", "200 OK"),
            (f"minstratum {at.host} 2", "200 OK"), ("makestep 1 3", "200 OK"),
            ("maxupdateskew 100", "200 OK"), ("reselectdist 0.001", "200 OK"),
            ("reselect", "200 OK"), ("refresh", "200 OK"), ("rekey", "200 OK"),
            ("cyclelogs", "200 OK"), ("dump", "200 OK"), ("reload sources", "200 OK"),
            ("local stratum 7", "200 OK"), ("local off", "200 OK"),
            ("accheck 192.0.2.77", "209 Access denied"), ("cmdaccheck ::1", "208 Access allowed"),
            ("cmdallow 192.0.2.0/24", "200 OK"), ("cmdaccheck 192.0.2.77", "208 Access allowed"),
            ("allow 192.0.2.0/33", "507 Bad subnet"), ("dfreq 0.001", "200 OK"),
            ("doffset 1e-6", "200 OK"), ("manual on", "200 OK"),
            ("smoothtime reset", "505 Facility not enabled in daemon"),
            ("writertc", "513 RTC driver not running"), ("onoffline", "200 OK"),
            (f"delete {more.host}", "200 OK"), (f"delete {more.host}", "503 No such source")):
        check_equal(said(place, ask, *command.split()), answer, f"what `{command}` ends with")
    check_equal([row["name"] for row in client.report("sources")], [at.host, silent.host],
                "sources in the end")
    check_equal(client.source(at.host)["poll_log2_s"] in (3, 4, 5), True, "poll within the limits")
    check_equal(said(place, ask, "offline"), "200 OK", "offline")
    check_equal((activity()["online_count"], activity()["offline_count"]), (0, 2), "sources online")
    steps = client.tracking()["steps_count"]
    check_equal(said(place, ask, "makestep"), "200 OK", "makestep")
    check_equal(client.tracking()["steps_count"], steps + 1, "number of steps")
    check(abs(client.tracking()["true_error_ns"]) < 5_000_000, "it did not step to the right time")
    check_equal(said(place, ask, "shutdown"), "200 OK", "shutdown")
    check_equal(client.wait("shutdown"), 0, "exit status")
    check(not ask.exists(), "the socket is still there")


@tap.test("serves the hosts that chronyc allows, from then on")
def allow(place):
    peers_needed(place)
    at = place.endpoint(4)
    server = place.timeballd("server", ["local stratum 3", place.clock(), f"bindaddress {at.host}",
                                        f"port {at.port}",
                                        f"bindcmdaddress {place.directory}/server/chronyd.sock"])
    ask = place.directory / "server/chronyd.sock"
    check_equal(ntp_probe.exchange(*at, ntp_probe.request(), timeout=0.3), None, "the answer")
    check_equal(said(place, ask, "allow"), "200 OK", "allow")
    check_equal(ntp_probe.ask(*at).stratum, 3, "stratum")
    received = rows(place, ask, "serverstats")[0]
    check_equal(received[0], "1", "requests received")
    clients = rows(place, ask, "clients")
    check_equal([(row[1], row[2], row[3], row[6]) for row in clients], [("1", "0", "127", "0")],
                "NTP requests, drops, interval and commands of our clients")
    check_equal(said(place, ask, "deny"), "200 OK", "deny")
    check_equal(ntp_probe.exchange(*at, ntp_probe.request(), timeout=0.3), None, "the answer")
    check(server.is_running(), "it ended")


@tap.test("reads the files of sourcedir again and disturbs nobody else")
def reload_sources(place):
    folder = place.new_directory("sources")
    kept, gone, new = (place.endpoint(4) for _ in range(3))
    line = lambda at: f"server {at.host} port {at.port}\n"
    (folder / "a.sources").write_text(line(kept) + line(gone))
    client, at, _ = followed_server(place, f"sourcedir {folder}")
    sent = lambda host: rows(place, client.chronyc_path, "ntpdata", host)[0][30]
    names = lambda: [row["name"] for row in client.report("sources")]
    wait_until(lambda: sent(kept.host) != "0", "it is asked")
    (folder / "a.sources").write_text(line(kept) + line(new) + "nonsense\n")
    check_equal(said(place, client.chronyc_path, "reload", "sources"), "200 OK", "reload sources")
    check_equal(sorted(names()[2:]), sorted([kept.host, new.host]), "sources of the folder")
    check(sent(kept.host) != "0", "a source that did not change was begun anew")
    check(client.is_synchronised(), "it has lost its clock over it")


@tap.test("reads the key file again, and begins the sources that waited for a key")
def rekey(place):
    keys = place.directory / "keys"
    keys.write_text("1 MD5 something\n")
    keys.chmod(0o600)
    client, at, silent = followed_server(place, f"keyfile {keys}")
    ask, more = client.chronyc_path, place.endpoint(4)
    check_equal(said(place, ask, *f"add server {more.host} port {more.port} key 5".split()), "200 OK",
                "add server")
    check_equal(client.source(more.host)["state"], "key-missing", "state without the key")
    keys.write_text("5 SHA256 HEX:00112233445566778899aabbccddeeff\n")
    check_equal(said(place, ask, "rekey"), "200 OK", "rekey")
    wait_until(lambda: client.source(more.host)["state"] != "key-missing", "it has its key")
    data = [row for row in rows(place, ask, "authdata") if row[0] == more.host][0]
    check_equal(data[1:5], ["SK", "5", "3", "128"], "mode, key, type and bits")
    keys.unlink()
    check_equal(said(place, ask, "rekey"), "500 Failure", "rekey without a file")


@tap.test("replaces a dead socket, and leaves a living one alone")
def sockets(place):
    peers_needed(place)
    path = place.directory / "first" / "chronyd.sock"
    words = ["port 0", f"bindcmdaddress {path}", place.clock()]
    first = place.timeballd("first", words)
    check_equal(said(place, path, "activity")[:1], "0", "answer")
    second = place.timeballd("second", words)
    check("another daemon answers there" in second.log(), f"it says:\n{second.log()}")
    second.stop()
    check_equal(said(place, path, "activity")[:1], "0", "answer after the second has ended")
    first.kill()
    check(path.exists(), "there is no dead socket to replace")
    place.timeballd("third", words)
    check_equal(said(place, path, "activity")[:1], "0", "answer of the third")


tap.main(needs=("chrony",))
