#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd with as few rights as it can do with: another user, few capabilities, few system calls."""
import os, pathlib, re, signal, socket, struct, subprocess, time

import peers
import sandbox
import tap
from check import Skip, check, check_equal, comment
from world import wait_until


def needs_no_sanitizer(place):
    """What sanitizers ask of the kernel themselves is not in the filter, and ends the program."""
    if b"__asan_init" in (place.build / "src/timeballd").read_bytes():
        raise Skip("built with sanitizers, which make system calls of their own")


def status_of(daemon):
    """What the kernel says of the process: {"Uid": "0 0 0 0", …}."""
    text = pathlib.Path(f"/proc/{daemon.child.pid}/status").read_text()
    return dict(re.findall(r"^(\w+):\s+(.*)$", text, re.M))


def chronyc(client, *command):
    run = subprocess.run([peers.program("usr/bin/chronyc"), "-n", "-h",
                          client.directory / "chronyd.sock", *command], text=True,
                         capture_output=True, env=peers.environment())
    return run.stdout + run.stderr


def write_sample(path):
    """A sample for refclock SOCK: the system clock as it is."""
    now = time.time()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(struct.pack("qqdiiii", int(now), int(now % 1 * 1e6), 0, 0, 0, 0, 0x534f434b),
                   str(path))


@tap.test("lives its whole life behind a filter of system calls (-F 1)")
def filtered(place):
    needs_no_sanitizer(place)
    if not sandbox.owns_mounts():
        raise Skip("needs a mount namespace for /etc/hosts")
    at, more = place.endpoint(4), place.endpoint(4)
    names = place.directory / "hosts"
    names.write_text(f"{at.host} ball.example\n{more.host} more.example\n")
    sandbox.replace_file("/etc/hosts", names)
    for number, each in enumerate((at, more)):
        place.timeballd(f"server-{number}", ["local stratum 1", "allow", place.clock(),
                                             f"bindaddress {each.host}", f"port {each.port}"])
    directory = place.new_directory("client-files")
    lines = [f"server ball.example port {at.port} iburst minpoll -2 maxpoll 0", "allow",
             f"bindaddress {place.endpoint(4).host}", "local stratum 8", place.clock("offset 0.2"),
             "makestep 0.1 1", f"driftfile {directory}/drift", f"logdir {directory}",
             "log measurements statistics tracking refclocks", "ntpqallow",
             f"refclock SOCK {directory}/samples noselect",
             "leapsectz right/UTC", f"bindcmdaddress {place.directory}/client/chronyd.sock"]
    client = place.timeballd("client", lines, ["-F", "1", "-l", str(directory / "messages")])
    client.directory = place.directory / "client"
    check_equal(status_of(client)["Seccomp"], "2", "the kernel's word for a filter")
    messages = directory / "messages"
    wait_until(client.is_synchronised, "the client is synchronised")
    write_sample(directory / "samples")
    if peers.is_there("chrony"):
        for command in ("sources", "sourcestats", "tracking", "clients", "burst 1/2", "makestep",
                        "dump", "rekey", "refresh", "onoffline", "reload sources", "cyclelogs",
                        f"add server more.example port {more.port}", "writertc", "rtcdata",
                        "local stratum 9", "allow 192.0.2.0/24", "smoothing", "manual on"):
            chronyc(client, *command.split())
            check(client.is_running(), f"ended by {command}")
    with open(client.config_path, "a") as config:
        config.write(f"server more.example port {more.port} iburst\n")
    check_equal(place.timeball("reload", "-s", client.socket_path).returncode, 0, "status of reload")
    client.child.send_signal(signal.SIGHUP)
    wait_until(lambda: messages.read_text().count("Configuration reloaded") == 2, "both reloads")
    wait_until(lambda: client.source("more.example")["reach"] > 0, "the new source answers")
    check_equal(client.stop(), 0, f"exit status; it said:\n{client.log()}")
    for name in ("drift", "measurements.log", "tracking.log", "statistics.log"):
        check((directory / name).stat().st_size > 0, f"{name} is empty")
    comment(messages.read_text()[-2000:])


@tap.test("becomes another user and keeps only the right to its port")
def user(place):
    needs_no_sanitizer(place)
    if os.geteuid() != 0:
        raise Skip("only root can become somebody else")
    at = place.endpoint(4)
    (place.directory / "server").mkdir(mode=0o755)
    os.chown(place.directory / "server", 65534, 65534)
    place.new_directory = lambda name: place.directory / name
    server = place.timeballd("server", ["local stratum 1", "allow", place.clock(),
                                        f"bindaddress {at.host}", f"port {at.port}", "lock_all",
                                        "sched_priority 1"], ["-u", "nobody", "-F", "-2"])
    status = status_of(server)
    if "Operation not permitted" in server.log() or "Invalid argument" in server.log():
        raise Skip(f"not here: {server.log()}")
    check_equal(set(status["Uid"].split()), {"65534"}, "its user")
    check_equal(status["Groups"].split(), ["65534"], "its groups")
    check_equal(int(status["CapEff"], 16), 1 << 10, "its capabilities: CAP_NET_BIND_SERVICE")
    check_equal(int(status["CapPrm"], 16), 1 << 10, "those that it could take")
    check_equal(status["NoNewPrivs"], "1", "it may gain privileges")
    check(int(status["VmLck"].split()[0]) > 0, "no memory is locked")
    check_equal(os.sched_getscheduler(server.child.pid), os.SCHED_FIFO, "its scheduling")
    check_equal(int((place.directory / "server/pid").read_text()), server.child.pid, "its pidfile")
    run = place.timeball("tracking", "-s", server.socket_path)
    check_equal(run.returncode, 0, run.stderr)


tap.main(needs=["chrony"])
