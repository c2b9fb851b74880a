# SPDX-License-Identifier: MIT
"""A client of a few lines that shares no code with ours: what a server says, and how far off it is."""
import collections, os, socket, struct, time

ERA_OFFSET_S = 2208988800 # from 1900 to 1970

Reply = collections.namedtuple("Reply", "leap version mode stratum offset_s delay_s packet")


def connected(host, port):
    udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect((host, port))
    return udp


def read(udp, timeout=0.0):
    """What has arrived, or None; an ICMP error counts as nothing."""
    udp.settimeout(timeout)
    try:
        return udp.recv(2048)
    except OSError:
        return None


def exchange(host, port, request, timeout=1.0):
    """Sends the bytes; returns the answer's bytes, or None when there is none in time."""
    with connected(host, port) as udp:
        udp.send(request)
        return read(udp, timeout)


def request(version=4, mode=3):
    return bytes([version << 3 | mode]) + bytes(39) + os.urandom(8)


def timestamp_s(packet, at):
    seconds, fraction = struct.unpack_from("!II", packet, at)
    return seconds - ERA_OFFSET_S + fraction / 2**32


def ask(host, port):
    """One exchange, judged by this machine's clock; None when there is no good answer."""
    sent = request()
    t1 = time.time()
    packet = exchange(host, port, sent)
    t4 = time.time()
    if packet is None or len(packet) < 48 or packet[24:32] != sent[40:48]:
        return None
    t2, t3 = timestamp_s(packet, 32), timestamp_s(packet, 40)
    return Reply(packet[0] >> 6, packet[0] >> 3 & 7, packet[0] & 7, packet[1],
                 ((t2 - t1) + (t3 - t4)) / 2, (t4 - t1) - (t3 - t2), packet)


def measure(host, port, exchanges=8):
    """The exchange with the shortest round trip."""
    replies = [reply for reply in (ask(host, port) for _ in range(exchanges)) if reply]
    return min(replies, key=lambda reply: reply.delay_s, default=None)


def reply_to(request, origin=None):
    """A stratum 1 server's answer with the time of this machine."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    now = struct.pack("!II", (seconds + ERA_OFFSET_S) % 2**32, (nanoseconds << 32) // 10**9)
    return (bytes([4 << 3 | 4, 1, request[2], 0xec]) + bytes(8) + b"TEST" + now
            + (origin or request[40:48]) + now + now)
