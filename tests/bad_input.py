#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What timeballd does with what is wrong: configurations, files, ports, a second daemon, requests."""
import os, re, socket

import ntp_probe
import tap
from check import check, check_equal
from world import wait_until


def server(place, at, *lines):
    return place.timeballd("server", ["local stratum 1", "allow", "virtualclock",
                                      f"bindaddress {at.host}", f"port {at.port}", *lines])


@tap.test("names every error of a configuration with file, line and column, and starts nothing")
def broken_configuration(place):
    daemon = place.timeballd_unready("broken", [
        "server 127.0.1.1 minpoll 99", # line 1
        "virtualclock",
        "frobnicate yes",              # line 3
        "makestep one 3",              # line 4
        "server"])                     # line 5
    check_equal(daemon.wait(), 1, "exit status")
    log = daemon.log()
    for line in (1, 3, 4, 5):
        check(re.search(rf"timeball\.conf:{line}:\d+: ", log), f"line {line} is not named:\n{log}")
    check("timeball.conf:2:" not in log, f"a good line is named:\n{log}")
    check(not daemon.socket_path.exists(), "it has opened its control socket")
    check(not (daemon.socket_path.parent / "pid").exists(), "it has left a pidfile")


@tap.test("says which file of configuration it cannot read")
def missing_configuration(place):
    daemon = place.timeballd_unready("missing", [], ["-f", "/nonexistent/timeball.conf"])
    check_equal(daemon.wait(), 1, "exit status")
    check("/nonexistent/timeball.conf" in daemon.log(), daemon.log())


@tap.test("warns of what chrony knows and it does not, and goes on")
def not_yet(place):
    daemon = place.timeballd("client", ["virtualclock", "port 0", "ntsdumpdir /nonexistent"])
    check("ntsdumpdir" in daemon.log(), f"no warning:\n{daemon.log()}")


@tap.test("says which port is taken, and what to do")
def port_taken(place):
    at = place.endpoint(4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(at)
        daemon = place.timeballd_unready("second", [
            "local", "allow", "virtualclock", f"bindaddress {at.host}", f"port {at.port}"])
        wait_until(lambda: str(at.port) in daemon.log() or not daemon.is_running(),
                   "a word about the port")
        log = daemon.log()
        check(str(at.port) in log and at.host in log, f"address and port are not named:\n{log}")
        check("port" in log and ("ss -" in log or "another" in log), f"no advice:\n{log}")


@tap.test("goes on without moving the clock when it has no right to")
def no_privilege(place):
    daemon = place.timeballd("client", ["port 0"])
    check_equal(daemon.tracking()["clock_driver"], "none", "clock driver")
    check("CAP_SYS_TIME" in daemon.log(), f"no word about the missing right:\n{daemon.log()}")


@tap.test("refuses to start twice with one pidfile, and names the other")
def second_daemon(place):
    pidfile = place.directory / "pid"
    lines = ["virtualclock", "port 0", f"pidfile {pidfile}"]
    first = place.timeballd("first", lines)
    check_equal(int(pidfile.read_text()), first.child.pid, "the pidfile's content")
    second = place.timeballd_unready("second", lines)
    check_equal(second.wait(), 1, "exit status of the second")
    check(str(first.child.pid) in second.log(), f"the first is not named:\n{second.log()}")
    check(first.request("ping"), "the first no longer answers")
    first.stop()
    check(not pidfile.exists(), "the pidfile outlives its daemon")


@tap.test("says which interface cannot stamp packets, and with * does without")
def no_hardware_stamps(place):
    refused = place.timeballd_unready("refused", ["virtualclock", "port 0", "hwtimestamp lo"])
    check_equal(refused.wait(), 1, "exit status")
    check("Could not enable HW timestamping on lo: it has no such time stamps" in refused.log(),
          f"not named:\n{refused.log()}")
    daemon = place.timeballd("all", ["virtualclock", "port 0", "hwtimestamp *"])
    check_equal(daemon.report("hwtimestamps"), [], "cards")


@tap.test("starts over the pidfile of a daemon that is gone")
def stale_pidfile(place):
    pidfile = place.directory / "pid"
    lines = ["virtualclock", "port 0", f"pidfile {pidfile}"]
    first = place.timeballd("first", lines)
    first.kill()
    check(pidfile.exists(), "there was no pidfile")
    second = place.timeballd("second", lines)
    check_equal(int(pidfile.read_text()), second.child.pid, "the pidfile's content")


def drift_case(does, make, is_symlink=False):
    """One kind of bad drift file: warned about, not followed, replaced at the end."""
    @tap.test(f"ignores a drift file that is {does}, warns, and replaces it at the end")
    def case(place):
        drift, elsewhere = place.directory / "drift", place.directory / "elsewhere"
        elsewhere.write_text("precious\n")
        make(drift, elsewhere)
        at = place.endpoint(4)
        server(place, at)
        client = place.timeballd("client", [
            f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 0", "port 0",
            f"driftfile {drift}", "virtualclock offset 0.001 freq 10", "makestep 0.1 3"])
        check(str(drift) in client.log(), f"no warning about it:\n{client.log()}")
        wait_until(lambda: client.tracking()["updates_count"] > 4, "the client has updates")
        check_equal(client.stop(), 0, "exit status")
        check(drift.is_file() and not drift.is_symlink(), "it is no ordinary file now")
        text = drift.read_text()
        check(re.fullmatch(r"\s*-?\d+\.\d+\s+\d+\.\d+\s*\n", text), f"it holds {text[:200]!r}")
        check_equal(elsewhere.read_text(), "precious\n", "what the symlink pointed to")


drift_case("a symbolic link", lambda drift, elsewhere: drift.symlink_to(elsewhere))
drift_case("torn", lambda drift, elsewhere: drift.write_text("12.3"))
drift_case("huge", lambda drift, elsewhere: drift.write_bytes(b"1" * (1 << 20)))
drift_case("nonsense", lambda drift, elsewhere: drift.write_bytes(os.urandom(64)))


@tap.test("saves the drift file on SIGTERM and starts from it")
def drift_kept(place):
    drift, at = place.directory / "drift", place.endpoint(4)
    server(place, at)
    lines = [f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 0", "port 0",
             f"driftfile {drift}", "virtualclock freq 40"]
    client = place.timeballd("client", lines)
    wait_until(lambda: abs(client.tracking()["frequency_ppm"] - 40) < 5, "the 40 ppm are found")
    check(not drift.exists(), "it was written before its time")
    check_equal(client.stop(), 0, "exit status")
    kept = float(drift.read_text().split()[0])
    check(35 < kept < 45, f"it holds {drift.read_text()!r}")
    again = place.timeballd("again", lines)
    found = again.tracking()["frequency_ppm"]
    check(abs(found - kept) < 1, f"started from {found} ppm, not {kept}")


@tap.test("outlives what is no request on its control socket")
def control_garbage(place):
    daemon = place.timeballd("daemon", ["virtualclock", "port 0"])
    for bytes_ in (b"", b"\n", b"\0\n", b"nonsense\n", os.urandom(64), b"x" * 100_000,
                   b"tracking", b"tracking extra words\n"):
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(5)
            control.connect(str(daemon.socket_path))
            try:
                control.sendall(bytes_)
                control.shutdown(socket.SHUT_WR)
                while control.recv(65536):
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass # it need not read on
    check("unknown request" in daemon.request("nonsense")["error"], "no error for nonsense")
    held = [socket.socket(socket.AF_UNIX) for _ in range(100)] # who connect and say nothing
    for control in held:
        control.setblocking(False)
        try:
            control.connect(str(daemon.socket_path))
        except BlockingIOError:
            pass
    wait_until(daemon.is_answering, "it still answers beside 100 silent connections")
    for control in held:
        control.close()


@tap.test("takes no answer that it did not ask for")
def forged_answers(place):
    at = place.endpoint(4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        liar.bind(at)
        client = place.timeballd("client", [f"server {at.host} port {at.port} iburst", "port 0",
                                            "virtualclock offset 0.1", "makestep 0.01 -1"])
        liar.settimeout(30)
        before = client.tracking()
        for number in range(3): # a perfect answer, but for the origin timestamp
            request, sender = liar.recvfrom(2048)
            forged = ntp_probe.reply_to(request, origin=os.urandom(8))
            liar.sendto(forged, sender)
            check(len(request) >= 48, f"a request of {len(request)} bytes")
        after = client.tracking()
    for name in ("is_synchronised", "stratum", "updates_count", "steps_count", "frequency_ppm"):
        check_equal(after[name], before[name], f"{name} after forged answers")
    check_equal(client.source(at.host)["reach"], 0, "the source's reach")


tap.main()
