# SPDX-License-Identifier: MIT
"""One test's daemons, ours and others', with their directory, addresses and ends."""
import collections, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, time

import peers
import sandbox
from check import Skip, check, check_equal

# for trying all of them with something more, such as -F -1
OPTIONS = os.environ.get("TIMEBALL_TEST_OPTIONS", "").split()
PATIENCE_S = float(os.environ.get("TIMEBALL_TEST_PATIENCE_S", "60"))

Endpoint = collections.namedtuple("Endpoint", "host port")


def wait_until(question, what, patience_s=None):
    """Asks until the answer is true, and returns it. Waiting too long is a failure."""
    patience_s = patience_s or PATIENCE_S
    end = time.monotonic() + patience_s
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience_s:g} s: {what}")
        time.sleep(0.05)


class Process:
    """A child with its output in a file. Ends by its pid, in stop()."""

    def __init__(self, name, directory, command, env=None, pass_fds=()):
        self.name, self.log_path = name, directory / "log"
        self.command = [str(word) for word in command]
        with open(self.log_path, "a") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT,
                                          stdin=subprocess.DEVNULL, cwd=directory, env=env,
                                          pass_fds=pass_fds)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def is_running(self):
        return self.child.poll() is None

    def wait(self, what="its end"):
        wait_until(lambda: not self.is_running(), f"{self.name}: {what}")
        return self.child.returncode

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.is_running():
            self.child.terminate()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.send_signal(signal.SIGABRT)
                self.child.wait()
                raise AssertionError(f"{self.name} did not end within 20 s of SIGTERM") from None
        return self.child.returncode

    def kill(self):
        if self.is_running():
            self.child.kill()
            self.child.wait()


class Timeballd(Process):
    """Our daemon, started with `lines` of configuration and, after them so that their line numbers
    stand, those that make it a good guest."""

    def __init__(self, name, directory, build, lines, arguments=()):
        self.socket_path = directory / "control"
        self.config_path = directory / "timeball.conf"
        guest = {"controlsocket": self.socket_path, "pidfile": directory / "pid",
                 "cmdport": 0, "bindcmdaddress": "/"}
        said = {line.split()[0] for line in lines}
        tail = [f"{word} {value}" for word, value in guest.items() if word not in said]
        self.config_path.write_text("\n".join([*lines, *tail]) + "\n")
        super().__init__(name, directory, [build / "src/timeballd", "-d", "-f", self.config_path,
                                           *OPTIONS, *arguments])

    def request(self, word):
        """The answer's object, or None when nobody answers."""
        try:
            with socket.socket(socket.AF_UNIX) as control:
                control.settimeout(5)
                control.connect(str(self.socket_path))
                control.sendall(word.encode() + b"\n")
                answer = b"".join(iter(lambda: control.recv(65536), b""))
        except OSError:
            return None
        return json.loads(answer) if answer else None

    def is_answering(self):
        check(self.is_running(), f"{self.name} ended with status {self.child.returncode}")
        return self.request("ping")

    def report(self, name):
        """The rows of a report."""
        answer = self.request(name)
        check(answer and "rows" in answer, f"{self.name}: no report {name}: {answer}")
        return answer["rows"]

    def tracking(self):
        return self.report("tracking")[0]

    def is_synchronised(self):
        check(self.is_running(), f"{self.name} ended with status {self.child.returncode}")
        return self.tracking()["is_synchronised"]

    def source(self, name):
        return next(row for row in self.report("sources") if row["name"] == name)


class World:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="timeball-test-"))
        self.directory.chmod(0o755)
        self.build = pathlib.Path(sys.argv[1]).resolve()
        self.processes, self.addresses_count = [], 0
        self.epoch_s = time.time() - time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

    def new_directory(self, name):
        directory = self.directory / name
        directory.mkdir(mode=0o750)
        return directory

    def endpoint(self, family=4):
        """An address and port of its own, 123 where that can be."""
        self.addresses_count += 1
        number = self.addresses_count
        # Some daemons take no other loopback address than 127.0.0.1; 192.0.2.0/24 is RFC 5737's.
        own, shared, kind = f"192.0.2.{number}", f"127.0.1.{number}", socket.AF_INET
        if family == 6:
            own, shared, kind = f"fd54:ba11::{number}", "::1", socket.AF_INET6
        host = own if sandbox.add_address(own) else shared
        for port in (123, 0):
            try:
                with socket.socket(kind, socket.SOCK_DGRAM) as probe:
                    probe.bind((host, port))
                    return Endpoint(host, probe.getsockname()[1])
            except PermissionError:
                pass
            except OSError as failure:
                reason = failure
        raise Skip(f"no IPv{family} address to serve on: {reason}")

    def clock(self, errors=""):
        """The line for a virtual clock with these errors. All of a world share one true time."""
        return f"virtualclock epoch {self.epoch_s:.9f} {errors}".rstrip()

    def start(self, process):
        self.processes.append(process)
        return process

    def timeballd(self, name, lines, arguments=()):
        """Starts one and waits until it answers on its control socket."""
        daemon = self.timeballd_unready(name, lines, arguments)
        wait_until(daemon.is_answering, f"{name} answers on its control socket")
        return daemon

    def timeballd_unready(self, name, lines, arguments=()):
        return self.start(Timeballd(name, self.new_directory(name), self.build, lines, arguments))

    def timeball(self, *arguments, input=""):
        """Runs our command; returns what subprocess.run returns, output as text."""
        return subprocess.run([self.build / "src/timeball", *map(str, arguments)], text=True,
                              capture_output=True, timeout=PATIENCE_S, input=input)

    def peer(self, package, name, command):
        if not peers.is_there(package):
            raise Skip(f"package {package} could not be downloaded")
        return self.start(Process(name, self.directory / name, command, peers.environment()))

    def chronyd(self, name, lines):
        """chronyd that moves no clock (-x), started and answering chronyc."""
        directory = self.new_directory(name)
        (directory / "chrony.conf").write_text("\n".join([
            *lines, f"pidfile {directory}/pid", "cmdport 0",
            f"bindcmdaddress {directory}/chronyd.sock"]) + "\n")
        process = self.peer("chrony", name, [peers.program("usr/sbin/chronyd"), "-x", "-d", "-u",
                                             "root", "-f", directory / "chrony.conf"])
        wait_until(lambda: self.chronyc(process, "tracking"), f"{name} answers chronyc")
        return process

    def chronyd_once(self, name, lines):
        """What `chronyd -Q` prints: it measures, says how wrong the clock is, and ends."""
        directory = self.new_directory(name)
        process = self.peer("chrony", name, [peers.program("usr/sbin/chronyd"), "-x", "-Q", "-t",
                                             "30", "-u", "root", *lines, "bindcmdaddress /",
                                             "cmdport 0", f"pidfile {directory}/pid"])
        process.wait()
        return process.log()

    def chronyc(self, process, *arguments):
        """The fields of each line that it prints, or [] when it fails."""
        check(process.is_running(), f"{process.name} has ended")
        run = subprocess.run([peers.program("usr/bin/chronyc"), "-n", "-c", "-h",
                              self.directory / process.name / "chronyd.sock", *arguments],
                             text=True, capture_output=True, env=peers.environment(),
                             timeout=PATIENCE_S)
        return [line.split(",") for line in run.stdout.splitlines()] if run.returncode == 0 else []

    def ntpd(self, name, lines, endpoint):
        """ntpsec's ntpd, which knows port 123 only, listening on the endpoint."""
        if endpoint.port != 123 or not sandbox.owns_network():
            raise Skip("ntpsec needs port 123 and an address of its own: a network namespace")
        directory = self.new_directory(name)
        (directory / "ntp.conf").write_text("\n".join([
            *lines, "restrict default", "interface ignore wildcard",
            f"interface listen {endpoint.host}", f"statsdir {directory}/"]) + "\n")
        return self.peer("ntpsec", name, [peers.program("usr/sbin/ntpd"), "-n", "-x", "-g", "-c",
                                          directory / "ntp.conf", "-p", directory / "pid"])

    def python_peer(self, package, path, *arguments):
        """Runs one of ntpsec's Python programs; returns what subprocess.run returns."""
        if not peers.is_there(package):
            raise Skip(f"package {package} could not be downloaded")
        return subprocess.run(["/usr/bin/python3", peers.program(path), *arguments], text=True,
                              capture_output=True, env=peers.environment(), timeout=PATIENCE_S)

    def logs(self):
        return "\n".join(f"---- {process.name} (exit status {process.child.poll()}):\n"
                         + process.log()[-4000:] for process in self.processes)

    def close(self):
        """Ends everything; each daemon of ours must end well (a sanitizer's finding is no 0)."""
        statuses = [(process.name, process.stop()) for process in reversed(self.processes)
                    if isinstance(process, Timeballd) and process.is_running()]
        for name, status in statuses:
            check_equal(status, 0, f"exit status of {name} after SIGTERM")
        self.abandon()

    def abandon(self):
        for process in self.processes:
            process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
