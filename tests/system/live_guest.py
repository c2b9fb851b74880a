# SPDX-License-Identifier: MIT
"""A guest in this machine's own time, and the host's hand at it. "@stop-me SECONDS" on its console has it
stopped for so long and let go; "@restore-me SECONDS" has it saved, its emulator ended, and restored in
another one. None of the guest's clocks goes on meanwhile but the hardware clock."""
import json, pathlib, re, socket, subprocess, tempfile, time

LOOK_S = 0.05


class Monitor:
    """The emulator's own socket (QMP)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("r")
        self.lines.readline() # its greeting
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True: # events come between
            answer = json.loads(self.lines.readline())
            if "error" in answer:
                raise OSError(f"{command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]


class Host:
    def __init__(self, command, console, place):
        self.command, self.console, self.place = [str(word) for word in command], console, place
        self.said, self.wishes = "", 0
        self.start()

    def start(self, *more):
        path = self.place / f"monitor-{len(more)}"
        self.emulator = subprocess.Popen([*self.command, "-rtc", "base=utc,clock=host", "-qmp",
                                          f"unix:{path},server=on,wait=off", *more], text=True,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.monitor_path, self.monitor = path, None

    def do(self, command, **arguments):
        self.monitor = self.monitor or Monitor(self.monitor_path)
        return self.monitor.do(command, **arguments)

    def end(self):
        if self.emulator.poll() is None:
            self.emulator.kill()
        self.said += self.emulator.communicate()[0]

    def stop(self, seconds):
        self.do("stop")
        time.sleep(seconds)
        self.do("cont")

    def restore(self, seconds):
        saved = self.place / "saved"
        self.do("migrate", uri=f"exec:cat >{saved}")
        while self.do("query-migrate").get("status") != "completed":
            check_status(self.do("query-migrate"))
            time.sleep(LOOK_S)
        self.end()
        time.sleep(seconds)
        self.start("-incoming", f"exec:cat {saved}")

    def look(self):
        said = self.console.read_text(errors="replace") if self.console.exists() else ""
        for what, seconds in re.findall(r"@(stop|restore)-me (\d+)\r?\n", said)[self.wishes:]:
            self.wishes += 1
            getattr(self, what)(int(seconds))


def check_status(migration):
    if migration.get("status") in ("failed", "cancelled"):
        raise OSError(f"the guest could not be saved: {migration}")


def run(command, console, patience_s):
    """Boots the guest of this command; returns all that it printed."""
    end = time.monotonic() + patience_s
    with tempfile.TemporaryDirectory() as place:
        host = Host(command, console, pathlib.Path(place))
        try:
            while host.emulator.poll() is None and time.monotonic() < end:
                host.look()
                time.sleep(LOOK_S)
        except (OSError, ValueError) as failure:
            host.said += f"the emulator's monitor: {failure}\n"
        if host.emulator.poll() is None:
            host.said += "the guest was not done\n"
        host.end()
    return (console.read_text(errors="replace") if console.exists() else "") + host.said
