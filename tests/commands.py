#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeball, the command: what it shows of a real daemon, and its exit status."""
import csv, io, json

import tap
from check import check, check_equal, comment
from world import wait_until


def synchronised_pair(place):
    at = place.endpoint(4)
    place.timeballd("server", ["local stratum 1", "allow", place.clock(),
                               f"bindaddress {at.host}", f"port {at.port}"])
    client = place.timeballd("client", [f"server {at.host} port {at.port} iburst", "port 0",
                                        place.clock("offset 0.25"), "makestep 0.1 3"])
    wait_until(client.is_synchronised, "the client is synchronised")
    return client, at


@tap.test("shows each report as a table, as JSON and as CSV")
def reports(place):
    client, at = synchronised_pair(place)
    names = [report["name"] for report in client.request("reports")["reports"]]
    check({"tracking", "sources", "sourcestats", "activity", "why", "config"} <= set(names),
          f"reports: {names}")
    for name in names:
        table, as_json, as_csv = (place.timeball(name, *form, "-s", client.socket_path)
                                  for form in ([], ["--json"], ["--csv"]))
        for run in (table, as_json, as_csv):
            check_equal(run.returncode, 0, f"exit status of {run.args}: {run.stderr}")
        answer = json.loads(as_json.stdout)
        fields = [field["name"] for field in answer["fields"]]
        rows = list(csv.reader(io.StringIO(as_csv.stdout)))
        check_equal(rows[0], fields, f"the CSV header of {name}")
        check_equal(len(rows) - 1, len(answer["rows"]), f"the number of CSV rows of {name}")
        check(table.stdout.strip(), f"the table of {name} is empty")
    check(at.host in place.timeball("sources", "-s", client.socket_path).stdout,
          "the server is not in the table of sources")


@tap.test("answers scripts by its exit status")
def exit_statuses(place):
    client, _ = synchronised_pair(place)
    silent = place.endpoint(4)
    alone = place.timeballd("alone", [f"server {silent.host} port {silent.port}", "port 0",
                                      place.clock()])
    for daemon, status in ((client, 0), (alone, 1)):
        run = place.timeball("status", "-s", daemon.socket_path)
        check_equal(run.returncode, status, f"exit status for {daemon.name}:\n{run.stdout}")
    check_equal(place.timeball("frobnicate", "-s", client.socket_path).returncode, 2,
                "exit status of an unknown word")
    nobody = place.timeball("status", "-s", place.directory / "nobody")
    check_equal(nobody.returncode, 3, "exit status without a daemon")
    check(str(place.directory / "nobody") in nobody.stderr, f"it says: {nobody.stderr}")


@tap.test("steps the clock when the operator asks")
def makestep(place):
    at = place.endpoint(4)
    place.timeballd("server", ["local stratum 1", "allow", place.clock(),
                               f"bindaddress {at.host}", f"port {at.port}"])
    client = place.timeballd("client", [f"server {at.host} port {at.port} iburst", "port 0",
                                        place.clock("offset 5"), "maxslewrate 100"])
    wait_until(client.is_synchronised, "the client is synchronised")
    check_equal(client.tracking()["steps_count"], 0, "number of steps before")
    run = place.timeball("makestep", "-s", client.socket_path)
    check_equal(run.returncode, 0, f"exit status: {run.stderr}")
    wait_until(lambda: client.tracking()["steps_count"] == 1, "the step")
    check(abs(client.tracking()["true_error_ns"]) < 10_000_000, f"{client.tracking()}")


@tap.test("shows on one machine how a clock falls into step: timeball run")
def run(place):
    shown = place.timeball("run")
    comment(shown.stdout[-3000:])
    check_equal(shown.returncode, 0, f"exit status: {shown.stderr}")
    check("falseticker" in shown.stdout, "no falseticker is named")


tap.main()
