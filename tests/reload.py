#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A configuration that is read again while timeballd runs: what goes on, what changes, what waits."""
import json, re, signal

import sandbox
import tap
from check import Skip, check, check_equal, comment
from world import wait_until


def write(daemon, lines):
    """Other lines, with those of the guest that it began with behind them."""
    text = daemon.config_path.read_text().splitlines()
    guest = [line for line in text if line.split()[0] in ("controlsocket", "pidfile", "cmdport",
                                                          "bindcmdaddress")]
    daemon.config_path.write_text("\n".join([*lines, *guest]) + "\n")


def server(place, name):
    at = place.endpoint(4)
    place.timeballd(name, ["local stratum 1", "allow", place.clock(), f"bindaddress {at.host}",
                           f"port {at.port}"])
    return at


def line(at, options="iburst minpoll -2 maxpoll 0"):
    return f"server {at.host} port {at.port} {options}"


@tap.test("reloads its configuration; what did not change goes on with its measurements")
def reload(place):
    first, second, third = (server(place, name) for name in ("first", "second", "third"))
    fixed = ["port 0", place.clock("offset 0.1")]
    client = place.timeballd("client", [line(first), line(second), *fixed])
    wait_until(client.is_synchronised, "the client is synchronised")
    wait_until(lambda: client.source(first.host)["reach"] == 0o377, "all of the last replies")
    before = client.report("sourcestats")[0]
    write(client, [line(third), line(first), *fixed, "maxslewrate 500", "user nobody"])
    run = place.timeball("reload", "-s", client.socket_path)
    comment(run.stdout)
    check_equal(run.returncode, 0, f"exit status: {run.stderr}")
    shown = set(run.stdout.splitlines())
    check({f"- {line(second)}", f"+ {line(third)}", "+ maxslewrate 500", "+ user nobody",
           "takes a restart: user", "reloaded"} == shown, f"it shows {shown}")
    check_equal(client.source(first.host)["reach"], 0o377, "reach of the one that stayed")
    after = next(row for row in client.report("sourcestats") if row["name"] == first.host)
    check(after["exchanges_count"] >= before["exchanges_count"] > 3,
          f"samples before and after: {before}, {after}")
    check(client.is_synchronised(), "it lost its synchronisation")
    check_equal({row["name"] for row in client.report("sources")}, {first.host, third.host},
                "its sources")
    uses = {row["directive"]: row["use"] for row in client.report("config")}
    check_equal(uses["user"], "after a restart", "what the config report says of user")
    check_equal(uses["maxslewrate"], "in use", "what it says of maxslewrate")
    wait_until(lambda: client.source(third.host)["reach"] > 1, "the new source answers")


@tap.test("changes nothing when the new configuration has a mistake, and says where it is")
def mistakes(place):
    at = server(place, "server")
    fixed = [line(at), "port 0", place.clock()]
    client = place.timeballd("client", fixed)
    wait_until(client.is_synchronised, "the client is synchronised")
    rows = client.report("config")
    write(client, ["server 192.0.2.250", *fixed, "makestep 1"])
    run = place.timeball("reload", "-s", client.socket_path)
    comment(run.stderr)
    check_equal(run.returncode, 1, "exit status")
    check(f"{client.config_path}:5:11: makestep needs <limit>" in run.stderr, "no place is named")
    check_equal(client.report("config"), rows, "its lines")
    check_equal(len(client.report("sources")), 1, "number of its sources")
    client.config_path.unlink()
    answer = client.request("reload")
    check(str(client.config_path) in answer["mistakes"][0], f"it answers {answer}")
    check(client.is_synchronised(), "it lost its synchronisation")


@tap.test("takes SIGHUP for a reload, begins to serve, and goes on in new log files")
def hangup(place):
    at, own = server(place, "server"), place.endpoint(4)
    directory = place.new_directory("logs")
    fixed = [line(at), place.clock(), f"bindaddress {own.host}", f"port {own.port}",
             f"logdir {directory}"]
    client = place.timeballd("client", [*fixed, "log tracking"])
    tracking, old = directory / "tracking.log", directory / "old"
    wait_until(client.is_synchronised, "the client is synchronised")
    wait_until(tracking.exists, "a log file")
    tracking.rename(old)
    write(client, [*fixed, "log tracking measurements selection", "allow", "local stratum 5"])
    client.child.send_signal(signal.SIGHUP)
    wait_until(lambda: "Configuration reloaded" in client.log(), "the reload")
    check("+ allow " in client.log() and "- log tracking\n" in client.log(), "the log's lines")
    wait_until(lambda: all((directory / f"{name}.log").exists()
                           for name in ("tracking", "measurements", "selection")),
               "the new log files")
    lines = (directory / "selection.log").read_text().splitlines()
    check("Score Last sample" in lines[1] and re.fullmatch(
        rf"\S+ \S+ {re.escape(at.host)} +[A-Za-z*+-] [-NPTR]{{5}} +[0-7]+ +[0-9.]+( +\S+){{3}}", lines[3]),
        f"selection.log: {lines[:4]}")
    follower = place.timeballd("follower", [line(own), "port 0", place.clock()])
    wait_until(lambda: follower.source(own.host)["reach"] > 0, "it answers somebody")
    size = len(old.read_text())
    for _ in range(3):
        client.child.send_signal(signal.SIGHUP)
    wait_until(lambda: "no change" in client.log(), "a reload that changes nothing")
    check_equal(len(old.read_text()), size, "size of the log file that was renamed")


@tap.test("takes servers out of DHCP leases as they come, and trusts those that the operator named more")
def leases(place):
    if not sandbox.owns_network():
        raise Skip("DHCP names no ports: needs addresses of its own")
    at, given = server(place, "server"), place.endpoint(4)
    place.timeballd("liar", ["local stratum 1", "allow", place.clock("offset 3"),
                             f"bindaddress {given.host}"])
    directory = place.new_directory("leases")
    client = place.timeballd("client", [line(at), "port 0", place.clock(),
                                        f"dhcpleases {directory}"])
    wait_until(client.is_synchronised, "the client is synchronised")
    new = place.directory / "new"
    new.write_text(f"# made\nADDRESS=192.0.2.77\nNTP={given.host} not.an.address\n")
    new.rename(directory / "2")
    wait_until(lambda: len(client.report("sources")) == 2, "the server of the lease is asked")
    wait_until(lambda: client.source(given.host)["reach"] > 0, "it answers")
    wait_until(lambda: any(row["letter"] == "x" for row in client.report("sources")),
               "the one that lies is a falseticker")
    check(client.is_synchronised() and abs(client.tracking()["true_error_ns"]) < 1e8,
          f"{client.tracking()}")
    (directory / "2").unlink()
    wait_until(lambda: len(client.report("sources")) == 1, "the lease is over")


@tap.test("has nobody reload it who may not command")
def forbidden(place):
    client = place.timeballd("client", ["server 192.0.2.9", "port 0", place.clock()])
    answer = client.request("reload")
    check(answer and answer.get("done") == "reload", json.dumps(answer))
    check_equal(answer["added"] + answer["removed"] + answer["restart"], [], "changes")


tap.main()
