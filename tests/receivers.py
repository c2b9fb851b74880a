#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Satellite receivers: our own drivers on a pseudo-terminal, and gpsd beside us on its shared memory.

Each receiver here is a thread that writes what a real one writes, LATE_S after each true second."""
import ctypes, functools, operator, os, pty, socket, struct, threading, time, tty

import peers, tap
from check import Skip, check, check_between, check_equal, comment
from world import wait_until

LATE_S = 0.1
CLONE_NEWIPC = 0x08000000
GSV = ["GPGSV,3,1,11,01,89,089,31,02,60,281,44,03,55,123,33,04,44,274,32",
       "GPGSV,3,2,11,05,39,051,29,06,30,262,20,07,23,308,30,08,23,093,34",
       "GPGSV,3,3,11,09,13,123,27,10,07,176,19,11,05,328,13"]
DAEMON = ["makestep 0.05 3", "port 0"]


def sentence(body):
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}\r\n".encode()


def nmea(second, status="A", talker="GN"):
    """One burst. As a real receiver's, it begins with GGA, which has no date."""
    now = time.gmtime(second)
    clock, date = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
    fixed = status == "A"
    return b"".join([
        sentence(f"{talker}GGA,{clock},5130.0,N,00007.0,W,{int(fixed)},{'08' if fixed else '00'},1.0,10.0,"
                 "M,47.0,M,,"),
        sentence(f"{talker}GSA,A,{3 if fixed else 1},01,02,03,04,05,06,07,08,,,,,1.5,1.0,1.1"),
        *(map(sentence, GSV) if fixed else [sentence("GPGSV,1,1,00")]),
        sentence(f"{talker}TXT,01,01,02,ANTSTATUS=OK"),
        sentence(f"{talker}RMC,{clock},{status},5130.0,N,00007.0,W,0.0,0.0,{date},,,{'A' if fixed else 'N'}"),
    ])


def ubx_message(message, payload):
    framed = struct.pack("<BBH", *message, len(payload)) + payload
    a = b = 0
    for byte in framed:
        a = a + byte & 255
        b = a + b & 255
    return b"\xb5\x62" + framed + bytes((a, b))


def ubx(second, valid=7):
    now = time.gmtime(second)
    week_ms = (second - 315964800 + 18) % 604800 * 1000
    return (ubx_message((1, 0x21), struct.pack("<IIiHBBBBBB", week_ms, 20, 0, *now[:6], valid)) +
            ubx_message((1, 0x26), struct.pack("<IB3xBbBbiHH3xB", week_ms, 0, 2, 18, 0, 0, 0, 0, 0, 3)))


class Receiver(threading.Thread):
    """Sends `burst(second)` after each true second, to whoever has the terminal open."""

    def __init__(self, place, burst, late_s=LATE_S):
        super().__init__(daemon=True)
        self.epoch_s, self.burst, self.is_over = place.epoch_s, burst, threading.Event()
        self.late_s = late_s
        self.open()
        self.start()

    def open(self):
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        os.chmod(self.path, 0o666)
        os.set_blocking(self.ours, False)
        os.close(theirs) # else it would be us who has the port open

    def send(self, data):
        try:
            os.write(self.ours, data)
        except BlockingIOError:
            pass # nobody reads

    def close(self):
        os.close(self.ours)

    def true_s(self):
        return self.epoch_s + time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

    def run(self):
        while not self.is_over.wait((self.late_s - self.true_s()) % 1):
            self.send(self.burst(int(self.true_s() - self.late_s + 0.1)))

    def stop(self):
        self.is_over.set()
        self.join()
        self.close()


class NetworkReceiver(Receiver):
    """The same over TCP: gpsd hands on no time that comes from a pseudo-terminal, as that is how its
    own tests feed it."""

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.readers = []
        self.path = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]

    def send(self, data):
        try:
            self.readers.append(self.listener.accept()[0])
        except BlockingIOError:
            pass
        for reader in self.readers:
            reader.sendall(data)

    def close(self):
        for each in (*self.readers, self.listener):
            each.close()


def follows(place, receiver, line, driver):
    """Our daemon, 250 ms off, is set right by the receiver."""
    daemon = place.timeballd("daemon", [line, place.clock("offset 0.25 freq 40"), *DAEMON])
    wait_until(daemon.is_synchronised, "it is synchronised by the receiver")
    wait_until(lambda: abs(daemon.tracking()["true_error_ns"]) < 30_000_000, "error below 30 ms")
    comment(f"its clock is {daemon.tracking()['true_error_ns'] / 1e6:+.2f} ms off")
    check_equal(daemon.tracking()["stratum"], 1, "stratum")
    # On a busy machine a burst may come so late that the driver waits whether the receiver jumped.
    row = wait_until(lambda: next((row for row in daemon.report("gnss") if row["verdict"] == "good"), None),
                     "the last time is good in `gnss`")
    check_equal(row["driver"], driver, "driver in `gnss`")
    check_equal(row["device"], receiver.path, "device in `gnss`")
    check(row["taken_count"] > 0 and row["last_frame_age_s"] >= 0, f"counts in `gnss`: {row}")
    wait_until(lambda: "its time is good" in place.timeball("diag", "gps", "-s", daemon.socket_path).stdout,
               "diag gps says that its time is good")
    run = place.timeball("diag", "gps", receiver.path)
    check("timeballd (process" in run.stdout, f"diag gps PORT does not see who reads: {run.stdout}")
    return daemon, row


@tap.test("takes the time from a receiver's NMEA, and reports its fix, satellites and antenna")
def own_nmea(place):
    receiver = Receiver(place, nmea)
    _, row = follows(place, receiver, f"refclock NMEA {receiver.path} refid GPS poll 2 offset {LATE_S}",
                     "NMEA")
    check_equal((row["fix"], row["used_count"], row["seen_count"], row["antenna"]), ("3D", 8, 11, "ok"),
                "fix, satellites, antenna")
    check_equal(row["bad_checksums_count"], 0, "bad checksums")
    receiver.stop()


@tap.test("takes the time from a receiver's UBX, and knows from it that TAI is 37 s ahead")
def own_ubx(place):
    receiver = Receiver(place, ubx)
    _, row = follows(place, receiver, f"refclock UBX {receiver.path} refid GPS poll 2 offset {LATE_S}",
                     "UBX")
    check_equal((row["gps_utc_s"], row["is_leap_unknown"]), (18, False), "leap seconds")
    receiver.stop()


@tap.test("repairs the date of a receiver that is 1024 weeks behind")
def rollover(place):
    receiver = Receiver(place, lambda second: nmea(second - 7168 * 86400))
    _, row = follows(place, receiver, f"refclock NMEA {receiver.path} refid GPS poll 2 offset {LATE_S}",
                     "NMEA")
    check_equal(row["eras_count"], 1, "repaired eras")
    receiver.stop()


@tap.test("believes no receiver without a fix or without leap seconds, and says what is missing")
def no_fix(place):
    receivers = [Receiver(place, lambda second: nmea(second, "V")),
                 Receiver(place, lambda second: ubx(second, 3))]
    daemon = place.timeballd("daemon", [
        f"refclock NMEA {receivers[0].path} refid NOFX poll 0", place.clock("offset 0.25"), *DAEMON,
        f"refclock UBX {receivers[1].path} refid LEAP poll 0"])
    for number, verdict in enumerate(("no fix", "the receiver does not know the leap seconds yet")):
        wait_until(lambda: daemon.report("gnss")[number]["verdict"] == verdict, verdict)
    check_equal(daemon.is_synchronised(), False, "is_synchronised")
    check_equal([row["taken_count"] for row in daemon.report("gnss")], [0, 0], "times taken")
    run = place.timeball("diag", "gps", "-s", daemon.socket_path)
    check_equal(run.returncode, 1, "exit status of diag")
    check("hears no satellite" in run.stdout and "leap seconds" in run.stdout, run.stdout)
    for receiver in receivers:
        receiver.stop()


@tap.test("tells by `timeball diag gps PORT` of silence, garbage, a program that has the port, a good receiver")
def diagnosis(place):
    good = Receiver(place, nmea)
    wait_until(lambda: "the driver to use: NMEA" in place.timeball(
        "diag", "gps", good.path, "--seconds", 4).stdout, "diag finds a good receiver")
    holder = os.fork()
    if holder == 0:
        os.execv("/bin/sh", ["gpsd", "-c", f"exec sleep 60 < {good.path}"])
    wait_until(lambda: "sleep" in place.timeball("diag", "gps", good.path, "--seconds", 1).stdout,
               "diag names the program that has the port")
    os.kill(holder, 9)
    os.waitpid(holder, 0)
    good.stop()
    silent = Receiver(place, lambda second: b"")
    run = place.timeball("diag", "gps", silent.path, "--seconds", 1)
    check_equal(run.returncode, 1, "exit status on silence")
    check("no byte came" in run.stdout, run.stdout)
    silent.stop()
    garbage = Receiver(place, lambda second: bytes(range(128, 256)) * 3)
    run = place.timeball("diag", "gps", garbage.path, "--seconds", 2)
    check("garbage" in run.stdout, run.stdout)
    garbage.stop()
    run = place.timeball("diag", "gps", "/dev/no-such-receiver")
    check("there is no /dev/no-such-receiver" in run.stdout, run.stdout)


@tap.test("takes the time that gpsd puts into shared memory")
def gpsd_shm(place):
    if ctypes.CDLL(None).unshare(CLONE_NEWIPC) != 0: # units 0 and 1 are the machine's otherwise
        raise Skip("no shared memory of our own to be had")
    receiver = NetworkReceiver(place, nmea)
    daemon = place.timeballd("daemon", [
        f"refclock SHM 0 refid GPSD poll 2 offset {LATE_S}", place.clock("offset 0.25 freq 40"), *DAEMON])
    place.new_directory("gpsd")
    gpsd = place.peer("gpsd", "gpsd", [peers.program("usr/sbin/gpsd"), "-N", "-n", "-b", "-D", "3", "-S",
                                       str(place.endpoint().port + 2000), "-F",
                                       place.directory / "gpsd/control", receiver.path])
    wait_until(lambda: gpsd.is_running() and daemon.is_synchronised(), "synchronised by way of gpsd")
    wait_until(lambda: abs(daemon.tracking()["true_error_ns"]) < 50_000_000, "error below 50 ms")
    comment(f"by way of gpsd its clock is {daemon.tracking()['true_error_ns'] / 1e6:+.2f} ms off")
    receiver.stop()


class SharedMemory:
    """Unit 2 of ntpd's shared memory, written as its reference implementation has it: struct shmTime,
    mode 1, in which a reader that finds another count after than before has read half a sample."""
    SIZE, KEY = 96, 0x4e545030 + 2

    def __init__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        self.at = libc.shmat(libc.shmget(self.KEY, self.SIZE, 0o1600), None, 0) # IPC_CREAT
        self.count = 0

    def put(self, at, layout, *values):
        ctypes.memmove(self.at + at, struct.pack(layout, *values), struct.calcsize(layout))

    def write(self, clock_ns, received_ns, leap):
        self.count += 1
        self.put(0, "@ii", 1, self.count)
        self.put(8, "@qi", clock_ns // 10**9, clock_ns % 10**9 // 1000)
        self.put(24, "@qiiiii", received_ns // 10**9, received_ns % 10**9 // 1000, leap, -20, 0, 1)
        self.put(52, "@II", clock_ns % 10**9, received_ns % 10**9)
        self.count += 1
        self.put(4, "@i", self.count)


@tap.test("takes the time that another program writes into shared memory, but not while it says that it has none")
def shm_writer(place):
    if ctypes.CDLL(None).unshare(CLONE_NEWIPC) != 0:
        raise Skip("no shared memory of our own to be had")
    memory = SharedMemory()
    daemon = place.timeballd("daemon", ["refclock SHM 2 refid TEST poll 2 dpoll 0",
                                        place.clock("offset 0.25 freq 40"), *DAEMON])
    is_over = threading.Event()

    def send():
        number = 0
        while not is_over.wait(0.2):
            number += 1
            now_ns = time.time_ns()
            if number % 3 == 0:
                memory.write(now_ns + 86400 * 10**9, now_ns, 3) # leap 3: not synchronised
            else:
                memory.write(now_ns, now_ns, 0)

    threading.Thread(target=send, daemon=True).start()
    try:
        wait_until(daemon.is_synchronised, "synchronised by the shared memory")
        wait_until(lambda: abs(daemon.tracking()["true_error_ns"]) < 1_000_000, "error below 1 ms")
        comment(f"its clock is {daemon.tracking()['true_error_ns'] / 1e3:+.1f} us off")
        check_equal(daemon.tracking()["stratum"], 1, "stratum")
        row = daemon.report("refclocks")[0]
        check(row["samples_count"] > 0 and row["refused_count"] > 0, f"its samples: {row}")
    finally:
        is_over.set()


def send_pulses(receiver, path):
    """At each true second to a SOCK reference clock, until the receiver is stopped."""
    def send():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            while not receiver.is_over.wait(-receiver.true_s() % 1):
                real_ns, true_s = time.time_ns(), receiver.true_s()
                offset_s = round(true_s) - (real_ns / 1e9 - (true_s - round(true_s)))
                at_ns = real_ns - int((true_s - round(true_s)) * 1e9)
                try:
                    to.sendto(struct.pack("@qqdiiii", at_ns // 10**9, at_ns % 10**9 // 1000, offset_s, 0,
                                          0, 0, 0x534f434b), str(path))
                except OSError:
                    pass # not yet there

    threading.Thread(target=send, daemon=True).start()


@tap.test("takes pulses as gpsd sends them to its socket, numbered by the receiver's NMEA")
def sock(place):
    """gpsd 3.22 sends there only what comes from a PPS device, which a container has not: the
    message, struct sock_sample in gpsd's ppsthread, is made here."""
    receiver = Receiver(place, nmea)
    path = place.directory / "chrony.pts.sock"
    daemon = place.timeballd("daemon", [
        f"refclock SOCK {path} refid PPS lock GPS poll 2 precision 1e-7",
        place.clock("offset 0.25 freq 40"), *DAEMON,
        f"refclock NMEA {receiver.path} refid GPS poll 2 offset {LATE_S} noselect"])

    send_pulses(receiver, path)
    wait_until(daemon.is_synchronised, "synchronised by the pulses")
    wait_until(lambda: abs(daemon.tracking()["true_error_ns"]) < 5_000_000, "error below 5 ms")
    comment(f"with pulses its clock is {daemon.tracking()['true_error_ns'] / 1e3:+.1f} us off")
    receiver.stop()


@tap.test("says in the log and in `why` that sentences half a second late cannot number pulses")
def half_second(place):
    receiver = Receiver(place, nmea, 0.5)
    path = place.directory / "chrony.half.sock"
    daemon = place.timeballd("daemon", [
        f"refclock SOCK {path} refid PPS pps lock GPS poll 2", place.clock("offset 0.05"), *DAEMON,
        f"refclock NMEA {receiver.path} refid GPS poll 2 offset 0.0 delay 0.2 noselect"])
    send_pulses(receiver, path)
    wait_until(lambda: "about half a second" in daemon.log(), "the log says so")
    wait_until(lambda: "about half a second: which second a pulse begins cannot be told" in
               place.timeball("why", "-s", daemon.socket_path).stdout.replace("\n", " "), "`why` says so")
    check_equal(daemon.is_synchronised(), False, "is_synchronised")
    receiver.stop()


@tap.test("finds a receiver that is plugged in later, leaves it when it is unplugged and rejoins it, without a restart")
def unplugged(place):
    device = place.directory / "ttyUSB0"
    daemon = place.timeballd("daemon", [f"refclock NMEA {device} refid GPS poll 2 offset {LATE_S}",
                                        place.clock("offset 0.25 freq 40"), *DAEMON])
    wait_until(lambda: "Reference clock GPS cannot be used" in daemon.log(), "its absence is said")
    receiver = Receiver(place, nmea)
    device.symlink_to(receiver.path)
    wait_until(daemon.is_synchronised, "synchronised by a receiver that came later")
    is_there = "Reference clock GPS (NMEA"
    wait_until(lambda: daemon.log().count(is_there) == 1, "its coming is said")
    receiver.stop() # the terminal hangs up
    device.unlink()
    wait_until(lambda: daemon.log().count("cannot be used") == 2, "its going is said")
    wait_until(lambda: "silent" in daemon.report("why")[1]["sentence"], "`why` says that it is silent")
    bound_ns = daemon.tracking()["bound_ns"]
    wait_until(lambda: daemon.tracking()["bound_ns"] > bound_ns, "the bound grows")
    check("holding over" in daemon.report("why")[0]["sentence"], daemon.report("why")[0]["sentence"])
    receiver = Receiver(place, nmea)
    device.symlink_to(receiver.path)
    wait_until(lambda: daemon.log().count(is_there) == 2, "it is found again")
    wait_until(lambda: daemon.source("GPS")["reach"] & 1 and "silent" not in daemon.report("why")[1]["sentence"],
               "it is used again")
    check_equal(daemon.is_synchronised(), True, "is_synchronised")
    receiver.stop()


tap.main(needs=("gpsd",))
