#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball wait and timeball check, as units and monitoring systems call them."""
import tap
from check import check, check_equal
from world import wait_until


def start_server(place, name, virtual=""):
    at = place.endpoint(4)
    place.timeballd(name, ["local stratum 1", "allow", place.clock(virtual), f"bindaddress {at.host}",
                           f"port {at.port}"])
    return at


def start_client(place, servers, *lines):
    return place.timeballd("client", [*(f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 0"
                                        for at in servers),
                                      "port 0", place.clock("offset 0.25"), "makestep 0.1 3", *lines])


@tap.test("waits until the clock is right, and tells by its exit status if it is not")
def waits(place):
    silent = place.endpoint(4)
    nobody = place.timeball("wait", "--tries", "2", "--interval", "0.1", "-s", place.directory / "nobody")
    check_equal(nobody.returncode, 1, "exit status without a daemon")
    client = start_client(place, [start_server(place, "server")])
    run = place.timeball("wait", "--tries", "300", "--interval", "0.1", "--max-offset", "0.01", "--max-bound",
                         "0.1", "-s", client.socket_path)
    check_equal(run.returncode, 0, f"exit status: {run.stdout}")
    strict = place.timeball("wait", "--tries", "2", "--interval", "0.1", "--max-bound", "1e-12", "-s",
                            client.socket_path)
    check_equal(strict.returncode, 1, "exit status with an impossible limit")
    check_equal(strict.stdout.count("try "), 2, "lines, one for each try")
    check_equal(place.timeball("wait", "--tries", "x").returncode, 2, "wrong usage")


@tap.test("stays green with one liar of three and names it; turns where limits are passed")
def checks(place):
    servers = [start_server(place, "one"), start_server(place, "two"), start_server(place, "liar", "offset 1")]
    client = start_client(place, servers)
    wait_until(client.is_synchronised, "the client is synchronised")

    def ask(*options):
        return place.timeball("check", "--alert", "0.1", "--accuracy", "0.2", "--precision", "1", *options, "-s",
                              client.socket_path)
    wait_until(lambda: "not believed" in ask().stdout, "the liar is named")
    run = ask("--stratum1", "2")
    check_equal(run.returncode, 0, f"exit status: {run.stdout}")
    check(run.stdout.startswith("TIME OK - ") and "|" in run.stdout, run.stdout)
    check(servers[2].host in run.stdout, f"the liar's name: {run.stdout}")
    check_equal(ask("--stratum1", "3").returncode, 1, "exit status where three of stratum 1 are wanted")
    check_equal(ask("--accuracy", "1e-9", "--alert", "1e-9").returncode, 2, "exit status beyond the accuracy")


@tap.test("compares the machine's clock with a reference without asking the daemon")
def reference(place):
    at = start_server(place, "reference")
    ask = lambda *options: place.timeball("check", "--no-daemon", "--no-tai", "--reference", at.host, "--port",
                                          at.port, *options)
    wait_until(lambda: ask("--alert", "1e9", "--accuracy", "1e9").returncode == 0, "the reference answers")
    check_equal(ask("--alert", "0", "--accuracy", "0").returncode, 2, "exit status beyond the accuracy")
    check_equal(place.timeball("check", "--no-daemon", "--no-tai", "--reference", "127.0.0.1", "--port",
                               "9").returncode, 3, "exit status of no answer")



@tap.test("keeps the last trusted time over a restart, and refuses a server that says less")
def saved_time(place):
    drift = place.directory / "drift"
    at = start_server(place, "server")
    client = start_client(place, [at], f"driftfile {drift}")
    wait_until(client.is_synchronised, "the client is synchronised")
    client.stop()
    saved = place.directory / "drift.time"
    check(saved.exists(), "no time was saved")
    ahead = int(saved.read_text()) + 30 * 86400
    saved.write_text(f"{ahead}\n")
    again = place.timeballd("again", [f"server {at.host} port {at.port} iburst", "port 0", place.clock(),
                                      f"driftfile {drift}"])
    wait_until(lambda: "cannot be" in again.log(), "the server is refused")


tap.main()
