# SPDX-License-Identifier: MIT
"""Other people's daemons, from Debian's packages, unpacked beside the tree and never installed."""
import fcntl, glob, os, pathlib, re, subprocess

PEERS = { # package: a file that is there once it is unpacked
    "chrony": "usr/sbin/chronyd",
    "collectd-core": "usr/sbin/collectd",
    "ntpsec": "usr/sbin/ntpd",
    "ntpsec-ntpdig": "usr/bin/ntpdig",
    "gpsd": "usr/sbin/gpsd",
}


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(os.environ.get("TIMEBALL_PEERS") or f"{home}/timeball/peers")


def root():
    return cache() / "root"


def is_there(package):
    return (root() / PEERS[package]).exists()


def fetch(package):
    """Downloads and unpacks it with those of its dependencies that the machine lacks. Says nothing
    when that fails: the tests that need it will be skipped, and say so."""
    if is_there(package):
        return
    try:
        root().mkdir(parents=True, exist_ok=True)
        with open(cache() / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_there(package):
                unpack(package)
    except (OSError, subprocess.SubprocessError) as failure:
        print(f"# cannot fetch {package}: {failure}")


def apt(*arguments):
    return subprocess.run(["apt-get", "-q", *arguments], cwd=cache(), timeout=300, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def unpack(package):
    try:
        plan = apt("--simulate", "--no-install-recommends", "install", package)
    except subprocess.CalledProcessError:
        apt("update") # the lists were never fetched; works for root only
        plan = apt("--simulate", "--no-install-recommends", "install", package)
    names = re.findall(r"^Inst (\S+)", plan, re.M) or [package] # none to install: it is installed
    apt("download", *names)
    for name in names:
        for archive in glob.glob(f"{cache()}/{name.split(':')[0]}_*.deb"):
            subprocess.run(["dpkg", "-x", archive, root()], check=True)


def program(path):
    return str(root() / path)


def environment():
    """For running what was unpacked: its libraries and Python modules."""
    libraries = [directory for pattern in ("usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/ntp",
                                           "lib/*-linux-gnu*", "usr/lib")
                 for directory in glob.glob(str(root() / pattern))]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries),
            "PYTHONPATH": str(root() / "usr/lib/python3/dist-packages")}
