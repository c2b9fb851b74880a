#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd asked by ntpq of Debian's ntpsec."""
import socket

import ntp_probe
import peers
import sandbox
import tap
from check import check, check_between, check_equal, comment
from world import wait_until


def followers(place, *more):
    """A client of three servers, one of which is wrong; all on addresses and port 123 of ours."""
    if not sandbox.owns_network():
        raise tap.Skip("ntpq knows port 123 only: a network namespace is needed")
    if not peers.is_there("ntpsec"):
        raise tap.Skip("package ntpsec could not be downloaded")
    places = [place.endpoint(4) for _ in range(4)]
    for number, at in enumerate(places[:3]):
        errors = "offset 0.5" if number == 2 else ""
        place.timeballd(f"server{number}", ["local stratum 3", "allow", place.clock(errors),
                                            f"bindaddress {at.host}"])
    client = place.timeballd("client", [f"server {at.host} iburst minpoll 2" for at in places] +
                             [place.clock("offset -0.02"), "maxslewrate 100", *more])
    wait_until(lambda: client.is_synchronised() and client.source(places[2].host)["letter"] == "x",
               "it is synchronised and knows the liar")
    return client, [at.host for at in places]


def ntpq(place, *arguments):
    run = place.python_peer("ntpsec", "usr/bin/ntpq", *arguments, "127.0.0.1")
    comment(run.stdout)
    check_equal(run.returncode, 0, f"exit status of ntpq: {run.stderr}")
    return run.stdout


@tap.test("shows ntpq its sources, the clock and what it knows of each")
def shows(place):
    client, hosts = followers(place, "ntpqallow")
    table = ntpq(place, "-pn").splitlines()[2:]
    check_equal(len(table), 4, "sources")
    check_equal([line[1:].split()[0] for line in table], hosts, "names")
    marks = "".join(sorted(line[0] for line in table[:2]))
    check(marks in ("*+", "*-"), f"tally marks of the good ones: {marks}")
    check_equal((table[2][0], table[3][0]), ("x", " "), "tally marks of the others")
    fields = table[0].split()
    check_equal((fields[1], fields[2], fields[3]), ("127.127.1.1", "3", "u"), "refid, stratum, type")
    check(int(fields[5]) >= 4, f"poll interval: {fields}")
    check_equal(int(fields[6], 8) & 1, 1, "the last bit of reach")
    check_between(float(fields[7]), 0, 50, "delay in ms")
    check_between(float(fields[8]), 1, 21, "offset in ms: the clock is behind")
    check_equal(table[3].split()[6], "0", "reach of the silent one")
    check_equal(ntpq(place, "-p").count("\n"), 6, "lines of -p")

    sources = ntpq(place, "-c", "as").splitlines()[3:]
    words = [line.split() for line in sources]
    check("sys.peer" in (words[0][6], words[1][6]), f"conditions: {words}")
    check_equal((words[2][6], words[3][6]), ("falsetick", "reject"), "conditions of the others")
    system = ntpq(place, "-c", "rv")
    for words in ("leap_none, sync_ntp", "stratum=4", 'version="timeballd', "offset="):
        check(words in system, f"no {words} in\n{system}")
    first = ntpq(place, "-c", "rv &1")
    for words in (f"srcadr={hosts[0]}", "stratum=3", "hmode=3", "reach=", "flash=00 ok"):
        check(words in first, f"no {words} in\n{first}")


def is_answered(host, own):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((own, 0))
        udp.connect((host, 123))
        udp.settimeout(0.5)
        try:
            udp.send(bytes([0xd6, 1, 0, 1, *bytes(8)]))
            return bool(udp.recv(1000))
        except OSError:
            return False


@tap.test("answers ntpq only when told to, and this host only")
def only(place):
    if not sandbox.owns_network():
        raise tap.Skip("ntpq knows port 123 only: a network namespace is needed")
    at = place.endpoint(4)
    silent = place.timeballd("silent", ["allow", f"bindaddress {at.host}", place.clock()])
    check(not is_answered(at.host, "127.0.0.1"), "it was answered without ntpqallow")
    silent.stop()
    place.timeballd("talking", ["allow", f"bindaddress {at.host}", "ntpqallow", place.clock()])
    check(is_answered("127.0.0.1", "127.0.0.1"), "it was not answered")
    check(not is_answered(at.host, at.host), "another address than loopback was answered")
    check_equal(ntp_probe.ask("127.0.0.1", 123).mode, 4, "mode of the answer to a client")


tap.main(needs=("ntpsec",))
