#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The configurations that people published start as they are, and bring the clock into step.

Their addresses are given to this machine's loopback inside the sandbox; /etc, /var/lib and
/var/log are replaced by empty directories there."""
import pathlib, re, subprocess

import peers
import sandbox
import tap
from check import Skip, check, check_equal, comment
from world import wait_until

CONFIGS = pathlib.Path(__file__).resolve().parent / "configs"


def give_addresses(place, words):
    """Puts each server's address on the loopback interface, or four addresses behind its name."""
    kind, host = words
    if kind == "server":
        check(sandbox.add_address(host), f"cannot add {host} to the loopback interface")
        return [host]
    hosts = [place.endpoint(4).host for _ in range(4)]
    names = place.directory / "hosts"
    names.write_text("".join(f"{address} {host}\n" for address in hosts))
    sandbox.replace_file("/etc/hosts", names)
    return hosts


def starts_and_synchronises(place, path):
    if not sandbox.owns_network() or not sandbox.owns_mounts():
        raise Skip("needs a network and a mount namespace for the addresses and paths it names")
    sources = re.findall(r"^(server|pool) (\S+)", path.read_text(), re.M)
    check(sources, f"no source in {path.name}")
    hosts = [host for words in sources for host in give_addresses(place, words)]
    for number, host in enumerate(hosts):
        place.timeballd(f"server-{number}", ["local stratum 1", "allow", "virtualclock",
                                             f"bindaddress {host}"])
    for directory in ("/var/lib", "/var/log"):
        sandbox.hide_directory(directory)
    for directory in ("/var/lib/chrony", "/var/log/chrony"):
        pathlib.Path(directory).mkdir()
    client = place.timeballd("client", [f"include {path}", "virtualclock offset 12 freq 30"])
    wait_until(client.is_synchronised, "the client is synchronised")
    wait_until(lambda: abs(client.tracking()["true_error_ns"]) < 1_000_000, "error below 1 ms")
    check_equal(len(client.report("sources")), len(hosts), "number of sources")
    check(" error" not in client.log().lower(), f"errors:\n{client.log()}")


def starts_unchanged(place, path):
    """Its names lead nowhere here and its devices are missing: that is told, and the daemon runs."""
    if not sandbox.owns_mounts():
        raise Skip("needs a mount namespace for the paths it names")
    for directory in ("/var/lib", "/var/log"):
        sandbox.hide_directory(directory)
    for directory in ("/var/lib/chrony", "/var/log/chrony"):
        pathlib.Path(directory).mkdir()
    printed = subprocess.run([place.build / "src/timeballd", "-p", "-f", path], text=True, capture_output=True)
    complaints = [line for line in printed.stderr.splitlines() if "No such file" not in line and "not there yet" not in line]
    check_equal((printed.returncode, complaints), (0, []), f"what -p says of {path.name}")
    check(re.search(r"^(server|pool|refclock) ", printed.stdout, re.M), printed.stdout)
    daemon = place.timeballd(path.stem, [f"include {path}", "virtualclock", "port 0"])
    wanted = len(re.findall(r"^(?:server|refclock) ", path.read_text(), re.M)) + sum(
        int(count or 4) for count in re.findall(r"^pool \S+(?:.* maxsources (\d+))?", path.read_text(), re.M))
    check_equal(len(daemon.report("sources")), wanted, "number of sources")
    check("rror" not in daemon.log(), f"errors:\n{daemon.log()}")
    daemon.stop()


@tap.test("starts with the usual configurations of distributions, guides and clouds")
def usual(place):
    for path in sorted((CONFIGS / "usual").glob("*.conf")):
        comment(path.name)
        starts_unchanged(place, path)


for config in sorted(CONFIGS.glob("*.conf")):
    tap.test(f"runs {config.name} unchanged")(
        lambda place, path=config: starts_and_synchronises(place, path))

RADIO_TIME = """server 90.155.53.94
server 127.127.28.2
fudge 127.127.28.2 refid MSF time1 0.030
"""


def imports(place, text, wanted):
    """What timeball import makes of it; timeballd takes it, and each of the lines is in it."""
    made = place.timeball("import", input=text)
    check_equal(made.returncode, 0, f"exit status: {made.stderr}")
    path = place.directory / "imported.conf"
    path.write_text(made.stdout)
    shown = subprocess.run([place.build / "src/timeballd", "-p", "-f", path], text=True,
                           capture_output=True)
    check_equal(shown.returncode, 0, f"timeballd -p: {shown.stderr}\n{made.stdout}")
    missing = set(wanted) - set(shown.stdout.splitlines())
    check(not missing, f"missing: {missing} in\n{shown.stdout}")
    return made.stdout


@tap.test("takes what timeball import makes of an ntp.conf with a radio clock")
def radio_time(place):
    imports(place, RADIO_TIME, ["server 90.155.53.94", "refclock SHM 2 refid MSF offset 0.030",
                                "allow"])


@tap.test("takes what timeball import makes of Debian's ntp.conf")
def debian(place):
    path = pathlib.Path(peers.program("etc/ntpsec/ntp.conf"))
    if not path.exists():
        raise Skip("package ntpsec could not be downloaded")
    made = imports(place, path.read_text(), [
        *(f"pool {number}.debian.pool.ntp.org iburst" for number in range(4)), "minsources 3",
        "leapseclist /usr/share/zoneinfo/leap-seconds.list", "ratelimit kod 2", "ntpqallow",
        "allow", "makestep 1 3"])
    check("# no equal: tos maxclock 11 (each pool line has maxsources" in made, made)


@tap.test("takes what timeball import makes of everything that ntp.conf knows")
def everything(place):
    for path in sorted((pathlib.Path(__file__).parent / "corpus/ntp_conf_fuzz").iterdir()):
        imports(place, path.read_text().replace("includefile /etc/ntp.d\n", ""), ["rtcsync"])


def commands_of(document):
    """What stands in it between backquotes and begins with our programs' names, with more than a name."""
    said = re.findall(r"`(timeballd? [^`]+)`", document.read_text())
    return [command.split() for command in dict.fromkeys(said) if command.split()[1] != "sim"]


@tap.test("understands each command of docs/ittn-009.md")
def ittn_commands(place):
    at = place.endpoint(4)
    server = place.timeballd("server", ["local stratum 1", "allow", place.clock(), f"bindaddress {at.host}",
                                        f"port {at.port}"])
    client = place.timeballd("client", [f"server {at.host} port {at.port} iburst", place.clock("offset 0.01")])
    wait_until(client.is_synchronised, "the client is synchronised")
    commands = commands_of(CONFIGS.parent.parent / "docs/ittn-009.md")
    check(len(commands) > 15, f"only {len(commands)} commands found")
    for program, *words in commands:
        words = [at.host if word == "HOST" else str(CONFIGS / "observatory.conf") if word == "chrony.conf" else word
                 for word in words]
        if program == "timeball" and words[0] not in ("convert", "leap"):
            words += ["-s", client.socket_path]
        run = subprocess.run([place.build / "src" / program, *map(str, words)], text=True, capture_output=True, timeout=120)
        comment(f"{run.returncode}: {program} {' '.join(map(str, words))}: {run.stdout.strip()[-100:]!r}")
        # a plugin may find something wrong with this machine; it understands what it was asked for
        check(run.returncode in ((0, 1, 2) if words[0] == "check" else (0,)) and "usage:" not in run.stderr,
              f"{run.stdout}{run.stderr}")
        if words[0] == "check":
            check("leap_table_days=" in run.stdout, f"nothing of the leap table: {run.stdout}")


tap.main(needs=["ntpsec"])
