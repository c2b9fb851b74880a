#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd bound to addresses and interfaces: who reaches it, and by which way its own requests leave.

The other host is a network namespace at the far end of a pair of virtual Ethernet devices."""
import os, pathlib, subprocess, sys

import ntp_probe
import sandbox
import tap
from check import Skip, check, check_equal
from world import Process, wait_until

NEAR, FAR = "10.77.0.1", "10.77.0.2"
PROBE = """import sys; sys.path.insert(0, sys.argv[1]); import ntp_probe
print(bool(ntp_probe.ask(sys.argv[2], 123)))"""
# chronyc's request of a tracking report: version 6, command 33, as long as the reply
TRACKING = bytes([6, 1, 0, 0, 0, 33]) + bytes(98)
COMMAND = """import sys; sys.path.insert(0, sys.argv[1]); import ntp_probe
print(bool(ntp_probe.exchange(sys.argv[2], 323, bytes.fromhex(sys.argv[3]))))"""


class Elsewhere:
    """The other host."""

    def __init__(self, place):
        if not sandbox.owns_network():
            raise Skip("needs a network of its own for another host")
        self.process = place.start(Process("elsewhere", place.new_directory("elsewhere"),
                                           ["unshare", "--net", "sleep", "infinity"]))
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: not self.process.is_running() or self.network() != own, "there is another network")
        if not self.process.is_running():
            raise Skip(f"no second network can be had: {self.process.log()}")
        for command in ("link add dev near0 type veth peer name far0", "link set near0 up",
                        f"address add {NEAR}/24 dev near0", f"link set far0 netns {self.process.child.pid}"):
            run = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
            if run.returncode:
                raise Skip(f"ip {command}: {run.stderr.strip()}")
        for command in ("link set lo up", "link set far0 up", f"address add {FAR}/24 dev far0"):
            check_equal(self.run("ip", *command.split()).returncode, 0, command)

    def network(self):
        try:
            return os.readlink(f"/proc/{self.process.child.pid}/ns/net")
        except OSError:
            return None

    def words(self, *words):
        return ["nsenter", "-t", str(self.process.child.pid), "--net", *map(str, words)]

    def run(self, *words):
        return subprocess.run(self.words(*words), capture_output=True, text=True)

    def reaches(self, script, *arguments):
        run = self.run(sys.executable, "-c", script, pathlib.Path(__file__).parent, *arguments)
        check_equal(run.stderr, "", "what the probe complains of")
        return run.stdout.strip() == "True"


@tap.test("serves on the interface of binddevice, and on no other")
def serves_by_device(place):
    elsewhere = Elsewhere(place)
    server = place.timeballd("server", ["local stratum 1", "allow", place.clock(), "binddevice near0"])
    wait_until(lambda: elsewhere.reaches(PROBE, NEAR), "the other host is answered")
    check_equal(ntp_probe.exchange("127.0.0.1", 123, ntp_probe.request(), timeout=0.5), None,
                "the answer by the loopback interface")
    check(server.is_running(), server.log())


@tap.test("answers chronyc on the interface of bindcmddevice, and on no other")
def commands_by_device(place):
    elsewhere = Elsewhere(place)
    place.timeballd("server", ["port 0", place.clock(), "cmdport 323", "bindcmdaddress 0.0.0.0", "cmdallow all",
                               "bindcmddevice near0"])
    wait_until(lambda: elsewhere.reaches(COMMAND, NEAR, TRACKING.hex()), "the other host is answered")
    check_equal(ntp_probe.exchange("127.0.0.1", 323, TRACKING, timeout=0.5), None, "the answer on loopback")


@tap.test("asks by the interface of bindacqdevice, or of the source, and by no other")
def asks_by_device(place):
    elsewhere = Elsewhere(place)
    directory = place.new_directory("server")
    server = place.start(Process("server", directory, elsewhere.words(
        place.build / "src/timeballd", "-d", "local stratum 1", "allow", place.clock(), f"controlsocket {directory}/control",
        f"pidfile {directory}/pid", "cmdport 0", "bindcmdaddress /")))
    line = f"server {FAR} iburst"
    right = place.timeballd("right", [line, "port 0", place.clock(), "bindacqdevice near0"])
    named = place.timeballd("named", [f"{line} device near0", "port 0", place.clock(), "bindacqdevice lo"])
    wrong = place.timeballd("wrong", [line, "port 0", place.clock(), "bindacqdevice lo"])
    for client in (right, named):
        wait_until(client.is_synchronised, f"{client.name} is synchronised")
    check_equal(wrong.source(FAR)["reach"], 0, "reach by the loopback interface")
    check(server.is_running(), server.log())


@tap.test("serves on each bindaddress of a family, and on no other address")
def serves_by_addresses(place):
    served, other = [place.endpoint(4), place.endpoint(4), place.endpoint(6)], place.endpoint(4)
    if not sandbox.owns_network():
        raise Skip("needs a network of its own for several addresses")
    place.timeballd("server", ["local stratum 1", "allow", place.clock(), *[f"bindaddress {at.host}" for at in served]])
    for at in served:
        wait_until(lambda: ntp_probe.ask(at.host, 123), f"an answer from {at.host}")
    check_equal(ntp_probe.exchange(other.host, 123, ntp_probe.request(), timeout=0.5), None, "the answer from another")


@tap.test("serves inside a VRF")
def serves_in_vrf(place):
    elsewhere = Elsewhere(place)
    for command in ("link add dev vrf0 type vrf table 10", "link set vrf0 up", "link set near0 master vrf0"):
        run = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
        if run.returncode:
            raise Skip(f"ip {command}: {run.stderr.strip()}")
    place.timeballd("server", ["local stratum 1", "allow", place.clock(), "binddevice vrf0"])
    wait_until(lambda: elsewhere.reaches(PROBE, NEAR), "the other host is answered")


tap.main()
