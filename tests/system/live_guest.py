# SPDX-License-Identifier: MIT
"""A guest in this machine's own time, and the host's hand at it: "@stop-me SECONDS" on its console has it
stopped for so long and let go. None of the guest's clocks goes on meanwhile but the hardware clock."""
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

    def do(self, command):
        self.socket.sendall(json.dumps({"execute": command}).encode())
        while "return" not in json.loads(self.lines.readline()):
            pass # events


def look_after(emulator, monitor_path, console, end):
    """Does what the guest asks for, until it is over."""
    monitor, done = None, 0
    while emulator.poll() is None and time.monotonic() < end:
        wishes = re.findall(r"@stop-me (\d+)\r?\n", console.read_text(errors="replace")) if console.exists() else []
        for seconds in wishes[done:]:
            monitor = monitor or Monitor(monitor_path)
            monitor.do("stop")
            time.sleep(int(seconds))
            monitor.do("cont")
        done = len(wishes)
        time.sleep(LOOK_S)


def run(command, console, patience_s):
    """Boots the guest of this command; returns all that it printed."""
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place) / "monitor"
        console.unlink(missing_ok=True)
        emulator = subprocess.Popen([*map(str, command), "-rtc", "base=utc,clock=host",
                                     "-qmp", f"unix:{path},server=on,wait=off"], text=True,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = ""
        try:
            look_after(emulator, path, console, time.monotonic() + patience_s)
        except (OSError, ValueError) as failure:
            said = f"the emulator's monitor: {failure}\n"
        finally:
            if emulator.poll() is None:
                emulator.kill()
                said += f"the guest was not done within {patience_s} s\n"
            said += emulator.communicate()[0]
    return (console.read_text(errors="replace") if console.exists() else "") + said
