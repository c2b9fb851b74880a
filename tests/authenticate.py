#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""timeballd with symmetric keys, against chronyd: each as the other's server and client."""
import hashlib, os, socket, struct, threading

import ntp_probe
import tap
from check import check, check_equal, comment
from world import wait_until

KEYS = { # type: id, key
    "MD5": (1, "ASCII:many a slip"),
    "SHA1": (2, "HEX:0123456789abcdef0123456789abcdef01234567"),
    "SHA256": (3, "HEX:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
    "SHA512": (4, "quite_some_key"),
    "AES128": (5, "HEX:000102030405060708090a0b0c0d0e0f"),
    "AES256": (6, "HEX:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
}


def key_file(place, name="keys", change=()):
    """A key file of all types; those in `change` have another key than they should."""
    path = place.directory / name
    path.write_text("# id type key\n" + "".join(
        f"{number} {kind} {'wrong' if kind in change else key.replace(' ', '_')}\n"
        for kind, (number, key) in KEYS.items()))
    path.chmod(0o640)
    return path


def server_line(at, number):
    return f"server {at.host} port {at.port} iburst minpoll 0 maxpoll 2 key {number}"


def is_measured(client, at):
    return client.source(at.host)["reach_octal"] not in (0, "0")


def followed(place, kind):
    at = place.endpoint(4)
    number, _ = KEYS[kind]
    place.chronyd("chronyd-server", ["local stratum 2", "allow", f"bindaddress {at.host}",
                                     f"port {at.port}", f"keyfile {key_file(place)}"])
    client = place.timeballd("client", [server_line(at, number), "port 0", place.clock(),
                                        f"keyfile {key_file(place)}"])
    wait_until(client.is_synchronised, f"it follows chronyd with a key of type {kind}")


def served(place, kind):
    at = place.endpoint(4)
    number, _ = KEYS[kind]
    server = place.timeballd("server", ["local stratum 1", "allow", place.clock(),
                                        f"bindaddress {at.host}", f"port {at.port}",
                                        f"keyfile {key_file(place)}"])
    client = place.chronyd("chronyd-client", [server_line(at, number), "port 0",
                                              f"keyfile {key_file(place)}"])
    wait_until(lambda: [row for row in place.chronyc(client, "tracking") if row[2] == "2"],
               f"chronyd follows it with a key of type {kind}")
    row = place.chronyc(client, "ntpdata")[0]
    comment(",".join(row))
    check_equal(place.chronyc(client, "authdata")[0][1:3], ["SK", str(number)], "authdata of chronyd")
    return server


for each in ("MD5", "SHA256", "AES128"):
    tap.test(f"follows chronyd with a key of type {each}")(lambda place, kind=each: followed(place, kind))
    tap.test(f"serves chronyd with a key of type {each}")(lambda place, kind=each: served(place, kind))


@tap.test("takes nothing from a server whose key is another")
def wrong_key(place):
    good, bad, other = place.endpoint(4), place.endpoint(4), place.endpoint(4)
    keys = key_file(place)
    for name, at, file in (("good", good, keys), ("bad", bad, key_file(place, "bad-keys", ("SHA1", )))):
        place.timeballd(name, ["local stratum 1", "allow", place.clock(), f"keyfile {file}",
                               f"bindaddress {at.host}", f"port {at.port}"])
    client = place.timeballd("client", [
        server_line(good, 2), server_line(bad, 2), server_line(other, 99), "port 0", place.clock(),
        f"keyfile {keys}"])
    wait_until(lambda: client.source(good.host)["state"] == "selected", "the good one is selected")
    check(client.source(bad.host)["state"] != "combined", "the bad one is used")
    check_equal(client.source(other.host)["state"], "key-missing", "the state without a key")
    words = client.log() + str(client.report("why"))
    check("key 99" in words, f"nobody says that key 99 is missing: {words}")
    check("0123456789abcdef" not in words and "slip" not in words, "a key is shown")


@tap.test("answers what is signed with what it knows, and nothing else that is signed")
def strangers(place):
    at = place.endpoint(4)
    place.timeballd("server", ["local stratum 1", "allow", place.clock(), f"keyfile {key_file(place)}",
                               f"bindaddress {at.host}", f"port {at.port}"])
    key = bytes.fromhex(KEYS["SHA256"][1][4:])

    def signed(number, secret, version=4, length=20):
        request = ntp_probe.request(version)
        return request + number.to_bytes(4, "big") + hashlib.sha256(secret + request).digest()[:length]

    for version, length in ((4, 20), (3, 32)):
        reply = ntp_probe.exchange(*at, signed(3, key, version, length))
        check(reply, f"no answer in version {version}")
        check_equal(len(reply), 48 + 4 + length, "bytes of the answer")
        check_equal(reply[52:], hashlib.sha256(key + reply[:48]).digest()[:length], "its code")
    for name, request in {
            "a wrong key": signed(3, b"x"), "another's number": signed(2, key),
            "an unknown number": signed(77, key), "a short code": signed(3, key, 4, 16),
            "a long code": signed(3, key, 4, 32), "a crypto-NAK": ntp_probe.request() + bytes(4),
            "noise": ntp_probe.request() + os.urandom(20)}.items():
        check_equal(ntp_probe.exchange(*at, request, timeout=0.3), None, f"the answer to {name}")
    check(ntp_probe.ask(*at), "no answer to a request without a key")


class Signd(threading.Thread):
    """A Samba that signs with its name, on DIRECTORY/socket. Refuses account 0x666, ends at 0x777."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        directory.mkdir()
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(directory / "socket"))
        self.listening.listen()
        self.start()

    def run(self):
        while True:
            connection, _ = self.listening.accept()
            with connection, connection.makefile("rb") as requests:
                while self.answer(connection, requests):
                    pass

    def answer(self, connection, requests):
        head = requests.read(20)
        if len(head) < 20:
            return False
        length, version, verdict, number, _, key = struct.unpack(">IIIHH4s", head)
        packet = requests.read(length - 16)
        account = int.from_bytes(key, "little")
        assert (version, verdict, len(packet)) == (0, 0, 48)
        reply = struct.pack(">III", 0, 4 if account == 0x666 else 3, number) + packet + key + b"signed by samba!"
        connection.sendall(struct.pack(">I", len(reply)) + reply)
        return account != 0x777


@tap.test("has Samba sign the answers to computers of its domain")
def ms_sntp(place):
    at = place.endpoint(4)
    directory = place.directory / "signd"
    server = place.timeballd("server", ["local stratum 1", "allow", place.clock(), f"ntpsigndsocket {directory}",
                                        f"bindaddress {at.host}", f"port {at.port}"])

    def ask(account, version=3, timeout=20):
        request = bytearray(ntp_probe.request())
        request[0] = version << 3 | 3
        tail = account.to_bytes(4, "little")
        return ntp_probe.exchange(*at, bytes(request) + tail + bytes(16), timeout=timeout)

    def rows(words):
        return sum(row["requests_count"] for row in server.report("server") if words in row["verdict"])

    wait_until(lambda: ntp_probe.ask(*at), "it serves")
    check_equal(ask(0x777, timeout=0.5), None, "the answer while there is no Samba")
    wait_until(lambda: "Samba did not sign" in server.log(), "it says so")
    Signd(directory)
    for account in (0x123, 0x456):
        signed = wait_until(lambda: ask(account), "a signed answer")
        check_equal(signed[48:], account.to_bytes(4, "little") + b"signed by samba!", "what stands behind it")
        check_equal((signed[0], signed[1]), (0x1c, 1), "its first bytes")
    check_equal(ask(0x666, timeout=0.5), None, "the answer that Samba refuses")
    check(ask(0x777), "no answer before Samba ends")
    wait_until(lambda: ask(0x123), "an answer over a new connection")
    check_equal(ask(0x123, version=4, timeout=0.5), None, "the answer in version 4")
    check_equal(rows("not signed by Samba"), 2, "those counted as not signed")
    check(rows("signed by Samba (") >= 4, "too few counted as signed")
    check(ntp_probe.ask(*at), "no answer to others")


tap.main(needs=("chrony",))
