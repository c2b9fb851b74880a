# SPDX-License-Identifier: MIT
"""Where the tests run: a network of their own, and no right to set any clock.

The program executes itself again inside a network and a mount namespace (of a user namespace when
it is not root), so that each test has all ports and addresses to itself and touches nothing of the
machine. CAP_SYS_TIME is dropped for good before anything else starts. Where no namespace can be
had, tests run on the machine's own loopback with free ports, or skip."""
import os, subprocess, sys

import peers

INSIDE = "TIMEBALL_TEST_SANDBOX" # what is ours alone: "network mounts", "network" or "nothing"
DROP_SYS_TIME = ["setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time"]
WAYS = [("unshare --net --mount", "network mounts"), # the first that works is taken
        ("unshare --map-root-user --net --mount", "network mounts"),
        ("unshare --net", "network"),
        ("unshare --map-root-user --net", "network"),
        ("", "nothing")]


def works(command):
    return subprocess.run([*command, "true"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def enter(needs):
    """Comes back only inside."""
    if INSIDE in os.environ:
        if owns_network():
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    for package in needs:
        peers.fetch(package)
    for unshare, ours in WAYS:
        way = unshare.split() + DROP_SYS_TIME
        if works(way):
            os.environ[INSIDE] = ours
            os.execvp(way[0], [*way, sys.executable, *sys.argv])
    if os.geteuid() == 0:
        sys.exit("Bail out! cannot drop CAP_SYS_TIME, and will not run as root with it")
    os.environ[INSIDE] = "nothing"


def owns_network():
    return "network" in os.environ[INSIDE]


def owns_mounts():
    return "mounts" in os.environ[INSIDE]


def hide_directory(path):
    """Puts an empty directory over `path`, for this program and what it starts."""
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)


def replace_file(path, by):
    """Shows the file `by` where `path` is, for this program and what it starts."""
    subprocess.run(["mount", "--bind", by, path], check=True)


def add_address(address):
    """True when the loopback interface has the address now."""
    # nodad: usable at once, without a second of asking the neighbours whose it is
    command = ["ip", "address", "replace", *([f"{address}/128", "dev", "lo", "nodad"]
                                             if ":" in address else [f"{address}/32", "dev", "lo"])]
    return owns_network() and subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0
