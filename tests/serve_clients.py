#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd as a server: of chronyd, of ntpsec's ntpd and ntpdig, and of strangers' bytes."""
import json, os, re, socket, time

import ntp_probe
import tap
from check import Skip, check, check_between, check_equal, comment
from world import wait_until

AHEAD_S = 0.1


def our_server(place, at, *lines):
    """Stratum 1, on a clock that is 100 ms ahead, so that clients must see just that."""
    return place.timeballd("server", ["local stratum 1", "allow", place.clock(f"offset {AHEAD_S}"),
                                      f"bindaddress {at.host}", f"port {at.port}", *lines])


def chronyd_accepts(place, family):
    at = place.endpoint(family)
    our_server(place, at)
    client = place.chronyd("chronyd-client", [
        f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 2", "port 0"])
    tracking = wait_until(lambda: [row for row in place.chronyc(client, "tracking")
                                   if row[2] == "2" and row[13] == "Normal"],
                          "chronyd is synchronised to us at stratum 2")
    comment(",".join(tracking[0]))
    row = place.chronyc(client, "sources")[0]
    check_equal(row[:5], ["^", "*", at.host, "1", row[4]], "its line for us")
    # chrony's sign here: how far its own clock is ahead of us.
    check_between(-float(row[8]), AHEAD_S - 0.02, AHEAD_S + 0.02, "our offset in s, as it says")


@tap.test("is accepted by chronyd over IPv4")
def chronyd_ipv4(place):
    chronyd_accepts(place, 4)


@tap.test("is accepted by chronyd over IPv6")
def chronyd_ipv6(place):
    chronyd_accepts(place, 6)


@tap.test("is accepted by chronyd -Q, which sets a clock once")
def chronyd_once(place):
    at = place.endpoint(4)
    our_server(place, at)
    once = place.chronyd_once("chronyd-once", [f"server {at.host} port {at.port} iburst"])
    wrong = re.search(r"System clock wrong by (\S+) seconds", once)
    check(wrong, f"no verdict in its output:\n{once}")
    check_between(float(wrong[1]), AHEAD_S - 0.02, AHEAD_S + 0.02, "what it would correct, in s,")


@tap.test("is accepted by ntpsec's ntpdig")
def ntpdig(place):
    at = place.endpoint(4)
    if at.port != 123:
        raise Skip("ntpdig asks port 123 only, which is not free here")
    our_server(place, at)
    run = place.python_peer("ntpsec-ntpdig", "usr/bin/ntpdig", "-j", "-t", "5", at.host)
    check(run.stdout.startswith("{"), f"ntpdig says: {run.stdout}{run.stderr}")
    verdict = json.loads(run.stdout)
    comment(run.stdout)
    check_equal(verdict["leap"], "no-leap", "leap")
    check_between(verdict["offset"], AHEAD_S - 0.02, AHEAD_S + 0.02, "our offset in s, as it says")


@tap.test("is accepted by ntpsec's ntpd")
def ntpd(place):
    at, own = place.endpoint(4), place.endpoint(4)
    our_server(place, at)
    place.ntpd("ntpd-client", [f"server {at.host} iburst minpoll 3 maxpoll 3", "restrict 127.0.0.1"], own)

    def selected_line():
        run = place.python_peer("ntpsec", "usr/bin/ntpq", "-n", "-p", "127.0.0.1")
        return next((line for line in run.stdout.splitlines() if line.startswith("*" + at.host)), 0)

    line = wait_until(selected_line, "ntpd follows us")
    comment(line)
    fields = line.split()
    check_equal(fields[2], "1", "our stratum, as it says,")
    check_between(float(fields[8]), 80, 120, "our offset in ms, as it says,")
    served = wait_until(lambda: ntp_probe.ask(*own), "it serves")
    check_equal((served.leap, served.stratum), (0, 2), "leap and stratum that it serves on")


@tap.test("says that it is unsynchronised until it is not")
def unsynchronised(place):
    at, silent = place.endpoint(4), place.endpoint(4)
    place.timeballd("server", [f"server {silent.host} port {silent.port}", "allow", "virtualclock",
                               f"bindaddress {at.host}", f"port {at.port}"])
    reply = wait_until(lambda: ntp_probe.ask(*at), "it answers")
    check_equal(reply.leap, 3, "leap indicator")
    check_equal(reply.stratum, 0, "stratum")


@tap.test("answers those only whom it allows")
def denied(place):
    at = place.endpoint(4)
    server = our_server(place, at, "deny 127.0.0.1", f"deny {at.host}")
    check_equal(ntp_probe.exchange(*at, ntp_probe.request(), timeout=0.5), None, "the answer")
    wait_until(lambda: count(server, "not allowed") == 1, "the refusal is counted")
    check_equal([row["packets_count"] for row in server.report("packets")
                 if row["kind"] == "request" and "not allowed" in row["verdict"]], [1], "the same in all packets")


def count(server, words):
    return sum(row["requests_count"] for row in server.report("server") if words in row["verdict"])


@tap.test("answers each client only as often as ratelimit says, and tells some of the others")
def limited(place):
    at = place.endpoint(4)
    server = our_server(place, at, "ratelimit interval 6 burst 4 leak 4 kod 1")
    with ntp_probe.connected(*at) as udp:
        for _ in range(200):
            udp.send(ntp_probe.request())
        answers = list(iter(lambda: ntp_probe.read(udp, 0.5), None))
    kisses = [answer for answer in answers if answer[12:16] == b"RATE"]
    check(all(kiss[0] >> 6 == 3 and kiss[1] == 0 for kiss in kisses), "a kiss that is none")
    check_between(len(answers) - len(kisses), 4, 50, "answers")
    check_between(len(kisses), 50, 150, "kisses")
    row = server.report("clients")[0]
    comment(row)
    check_equal((row["ntp_hits_count"], row["ntp_drops_count"]),
                (200, 200 - len(answers) + len(kisses)), "hits and drops that are reported")


@tap.test("answers chronyd interleaved, with the kernel's word for when it sent")
def interleaved(place):
    at = place.endpoint(4)
    server = our_server(place, at)
    client = place.chronyd("chronyd-client", [
        f"server {at.host} port {at.port} xleave iburst minpoll -2 maxpoll -2", "port 0"])

    def row():
        data = place.chronyc(client, "ntpdata")
        return data and data[0][23:26] == ["111", "111", "1111"] and data[0][26] == "Yes" and data[0]
    data = wait_until(row, "chronyd has an interleaved measurement")
    comment(",".join(data))
    check_between(float(data[18]), -AHEAD_S - 0.01, AHEAD_S + 0.01, "offset in s")
    before = int(data[-2])
    wait_until(lambda: int(place.chronyc(client, "ntpdata")[0][-2]) > before + 5, "more of them are good")


@tap.test("broadcasts the time, marked for the network to treat it well")
def broadcasts(place):
    at = place.endpoint(4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        listener.settimeout(60)
        listener.bind(("", 0))
        place.timeballd("server", ["local stratum 1", place.clock(f"offset {AHEAD_S}"), "dscp 46",
                                   f"bindaddress {at.host}", f"port {at.port}",
                                   f"broadcast 1 127.255.255.255 {listener.getsockname()[1]}"])
        for _ in range(2):
            packet, control, _, sender = listener.recvmsg(512, 64)
            now_s = time.clock_gettime(time.CLOCK_MONOTONIC_RAW) + place.epoch_s
            check_equal(sender, (at.host, at.port), "who sends")
            check_equal((len(packet), packet[0], packet[1]), (48, 0o45, 1), "length, version and mode, stratum")
            check_equal(packet[24:40], bytes(16), "origin and receive time")
            check_equal(control[0][2][0], 46 << 2, "type of service")
            sent_s = int.from_bytes(packet[40:48], "big") / 2**32 - 2208988800
            check_between(sent_s - now_s, AHEAD_S - 0.05, AHEAD_S + 0.05, "its transmit time, in s ahead,")


@tap.test("keeps no client's record when told so")
def no_records(place):
    at = place.endpoint(4)
    server = our_server(place, at, "noclientlog", "ratelimit")
    check(all(ntp_probe.ask(*at) for _ in range(50)), "an answer is missing")
    check_equal(server.report("clients"), [], "clients")


@tap.test("outlives every first byte at every length, and never answers longer than it was asked")
def flood(place):
    at = place.endpoint(4)
    server = our_server(place, at)
    lengths = [0, 1, 4, 16, 47, 48, 49, 51, 52, 64, 68, 72, 96, 200, 1024, 1400]
    sent, answers, lengths_sent = 0, [], {}
    with ntp_probe.connected(*at) as udp:
        for first in range(256):
            for length in lengths:
                packet = (bytes([first]) + bytes(39) + os.urandom(1400))[:length]
                lengths_sent[packet[40:48]] = length, first & 7
                udp.send(packet)
                sent += 1
            check(ntp_probe.ask(*at), f"no answer to a good request after first byte {first:#x}")
            sent += 1
            answers += iter(lambda: ntp_probe.read(udp), None)
    for answer in answers:
        length, mode = lengths_sent[answer[24:32]]
        check(len(answer) <= length, f"{len(answer)} bytes for {length}")
        check(mode in (1, 3), f"an answer to mode {mode}")
    total = wait_until(lambda: (rows := server.report("server")) and sum(
        row["requests_count"] for row in rows) >= sent and rows, "all packets are counted")
    comment({row["verdict"]: row["requests_count"] for row in total})
    check_equal(count(server, "answered"), len(answers) + 256, "answers counted")
    check(count(server, "shorter") >= 256 * 5, "short packets are not counted as such")


tap.main(needs=("chrony", "ntpsec", "ntpsec-ntpdig"))
