#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What systemd thinks of our units, and what timeballd does as one of its services."""
import os, pathlib, re, shutil, signal, socket, subprocess

import sandbox
import tap
from check import Skip, check, check_equal, comment
from world import Process, wait_until

EXPOSURE_MAX = {"timeballd.service": 2.0, "timeball-wait.service": 1.0}
PACKAGING = pathlib.Path(__file__).resolve().parent.parent / "packaging"


def analyze(*arguments):
    if not shutil.which("systemd-analyze"):
        raise Skip("there is no systemd-analyze")
    return subprocess.run(["systemd-analyze", *map(str, arguments)], text=True,
                          capture_output=True)


@tap.test("has units that systemd-analyze finds little exposed")
def exposure(place):
    for unit, most in EXPOSURE_MAX.items():
        run = analyze("security", "--offline=true", place.build / "packaging" / unit)
        found = re.search(r"exposure level for .*: ([0-9.]+)", run.stdout)
        check(found, f"systemd-analyze: {run.stdout}{run.stderr}")
        comment(found[0])
        check(float(found[1]) <= most, run.stdout)


@tap.test("has units, drop-ins, users and directories that systemd understands")
def verify(place):
    directory = place.new_directory("units")
    for unit in ("timeballd.service", "timeball-wait.service"):
        text = (place.build / "packaging" / unit).read_text()
        # installed nowhere yet
        (directory / unit).write_text(re.sub(r"/\S*/(timeballd?) ", r"/bin/true ", text))
    shutil.copy(PACKAGING / "timeballd.socket", directory)
    drop_ins = directory / "timeballd.service.d"
    drop_ins.mkdir()
    for name in ("devices.conf", "chrony-user.conf"):
        shutil.copy(PACKAGING / name, drop_ins)
    run = analyze("verify", "--man=no", *sorted(directory.glob("*.s*t*")),
                  *sorted(directory.glob("*.service")))
    complaints = [line for line in run.stderr.splitlines()
                  if str(directory) in line or line.startswith("timeball")]
    check_equal(complaints, [], "complaints of systemd-analyze verify")
    for line in (PACKAGING / "50-timeball.list").read_text().splitlines():
        check((directory / line).exists(), f"{line} is no unit of ours")


def notified(daemon_socket):
    return daemon_socket.recv(4096).decode().split("\n")


@tap.test("tells systemd when it is ready, reloading and stopping")
def notify(place):
    path = place.directory / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(30)
        os.environ["NOTIFY_SOCKET"] = str(path)
        try:
            daemon = place.timeballd("daemon", ["port 0", place.clock()])
        finally:
            del os.environ["NOTIFY_SOCKET"]
        check_equal(notified(manager), ["READY=1"], "at the start")
        daemon.child.send_signal(signal.SIGHUP)
        reloading = notified(manager)
        check(reloading[0] == "RELOADING=1" and re.fullmatch(r"MONOTONIC_USEC=\d+", reloading[1]),
              f"at a reload: {reloading}")
        check_equal(notified(manager), ["READY=1"], "after the reload")
        check_equal(daemon.stop(), 0, "exit status")
        check_equal(notified(manager), ["STOPPING=1"], "at the end")


@tap.test("tells other managers by a descriptor when it is ready, and refuses one that is not open")
def ready_descriptor(place):
    directory = place.new_directory("daemon")
    reading, writing = os.pipe()
    words = ["port 0", place.clock(), f"controlsocket {directory}/control", f"pidfile {directory}/pid",
             "bindcmdaddress /", "cmdport 0"]
    daemon = place.start(Process("daemon", directory, [place.build / "src/timeballd", "-d", "-N", writing, *words],
                                 pass_fds=[writing]))
    os.close(writing)
    with open(reading, "rb") as told:
        check_equal(told.read(), b"\n", "what it wrote before it closed the descriptor")
    check(daemon.is_running(), daemon.log())
    check_equal(daemon.stop(), 0, "exit status")
    refused = place.start(Process("daemon", directory, [place.build / "src/timeballd", "-d", "-N", "200", *words]))
    check_equal(refused.wait(), 1, "exit status")
    check("descriptor 200 (-N) is not open" in refused.log(), refused.log())


@tap.test("serves by sockets that systemd opened, without the right to open them itself")
def activation(place):
    if os.geteuid() != 0 or not sandbox.owns_network():
        raise Skip("needs to be root of a network to take the right away")
    directory = place.new_directory("activated")
    (directory / "timeball.conf").write_text("\n".join([
        "local stratum 4", "allow", place.clock(), f"controlsocket {directory}/control",
        f"pidfile {directory}/pid", "bindcmdaddress /"]) + "\n")
    os.chown(directory, 65534, 65534)
    listening = []
    for kind, host, port in ((socket.AF_INET, "0.0.0.0", 123), (socket.AF_INET6, "::", 123),
                             (socket.AF_INET, "127.0.0.1", 323)):
        each = socket.socket(kind, socket.SOCK_DGRAM)
        if kind == socket.AF_INET6:
            each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        each.bind((host, port))
        listening.append(each)
    passing = " ".join(f"{number}<&{each.fileno()}" for number, each in enumerate(listening, 3))
    # the shell becomes the daemon, so that the number is its own
    script = (f"exec {passing}; LISTEN_PID=$$ LISTEN_FDS={len(listening)} exec setpriv --reuid=65534 "
              f"--regid=65534 --clear-groups --bounding-set=-all {place.build}/src/timeballd -d "
              f"-f {directory}/timeball.conf")
    server = place.start(Process("activated", directory, ["sh", "-c", script],
                                 pass_fds=[each.fileno() for each in listening]))
    for each in listening:
        each.close()
    client = place.timeballd("client", ["server 127.0.0.1 iburst", "server ::1 iburst", "port 0",
                                        place.clock("offset 0.1"), "makestep 0.01 1"])
    wait_until(lambda: [row["reach"] > 0 for row in client.report("sources")] == [True, True],
               "both families answer")
    check(server.is_running(), server.log())
    server.stop()


@tap.test("is completed by bash, and its manual names every command, report and option")
def words(place):
    completion = place.build / "packaging/timeball"

    def completed(*typed):
        script = f'. {completion}; COMP_WORDS=({" ".join(typed)}); COMP_CWORD={len(typed) - 1}; ' \
                 '_timeball; printf "%s\\n" "${COMPREPLY[@]}"'
        return set(subprocess.run(["bash", "-c", script], text=True, check=True,
                                  capture_output=True).stdout.split())

    check(completed("timeball", "rel") == {"reload"}, str(completed("timeball", "rel")))
    check({"--max-offset", "--max-skew"} <= completed("timeball", "wait", "--max"), "timeball wait")
    check("--csv" in completed("timeball", "sources", "--"), "options of a report")
    manual = place.build / "man"
    if not (manual / "timeball.1").exists():
        raise Skip("the manual was not built: there is no scdoc")
    text = (manual / "timeball.1").read_text()
    missing = [word for word in completed("timeball", '""') - {"help"}
               if not re.search(rf"\\fB{word}( [a-z]+)?\\fR", text)]
    check_equal(missing, [], "words that timeball.1 does not name")
    options = re.search(r'-W "([^"]*)" timeballd', completion.read_text())[1].split()
    text = (manual / "timeballd.8").read_text().replace("\\-", "-")
    check_equal([option for option in options if f"\\fB{option}\\fR" not in text], [],
                "options that timeballd.8 does not name")


tap.main()
