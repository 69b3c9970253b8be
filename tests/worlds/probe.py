"""Packets between hosts, and who answers them: run as a script on each host, without this repository.

`serve NAME` answers each UDP packet from the address that it was sent to with NAME. `probe FILE` sends a packet
for each line `SOURCE DESTINATION EXPECTED` of a file until there is an answer, and prints who answered, or `-`. It
ends when all that are expected (not `-`) have answered and there was time for others to do so.
"""

import contextlib
import select
import socket
import struct
import sys
import time
from pathlib import Path

PORT = 7
_IPV4 = (socket.AF_INET, socket.IPPROTO_IP, 8, "0.0.0.0")  # IP_PKTINFO of Linux, which old Pythons do not name
_IPV6 = (socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, "::")
_AGAIN, _LEAST, _MOST = 0.25, 1.5, 25.0


def serve(name: str) -> None:
    """Answer every packet with a name, from the address that the packet was for."""
    servers = {_server(*_IPV4): _IPV4, _server(*_IPV6): _IPV6}
    while True:
        for server in select.select(list(servers), [], [])[0]:
            _, protocol, option, _ = servers[server]
            _, ancillary, _, caller = server.recvmsg(64, 256)
            for level, kind, data in ancillary:
                if (level, kind) == (protocol, option):
                    with contextlib.suppress(OSError):  # there is no way back: the caller gets no answer
                        server.sendmsg([name.encode()], [(level, kind, _from(data))], 0, caller)


def _server(family: int, protocol: int, option: int, every: str) -> socket.socket:
    server = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        server.setsockopt(protocol, socket.IPV6_V6ONLY, 1)
        server.setsockopt(protocol, socket.IPV6_RECVPKTINFO, 1)
    else:
        server.setsockopt(protocol, option, 1)
    server.bind((every, PORT))
    return server


def _from(data: bytes) -> bytes:
    """Return the information that makes an answer come from where a packet went: its address, on any interface."""
    if len(data) == struct.calcsize("16sI"):
        return struct.pack("16sI", data[:16], 0)
    return struct.pack("I4s4s", 0, struct.unpack("I4s4s", data[:12])[2], b"\0" * 4)


def probe(file: str) -> None:
    """Send packets, and print who answers each."""
    lines = [line.split() for line in Path(file).read_text().splitlines()]
    sockets = {}
    for number, (source, _, _) in enumerate(lines):
        sender = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.bind((source, 0))
        sockets[sender] = number
    answers: dict[int, str] = {}
    started = time.monotonic()
    while not _is_done(lines, answers, time.monotonic() - started):
        for sender, number in sockets.items():
            if number not in answers:
                with contextlib.suppress(OSError):  # no route, or a neighbour that does not answer
                    sender.sendto(b"?", (lines[number][1], PORT))
        _hear(sockets, answers)
    for number, _ in enumerate(lines):
        print(answers.get(number, "-"))


def _hear(sockets: dict[socket.socket, int], answers: dict[int, str]) -> None:
    end = time.monotonic() + _AGAIN
    while (left := end - time.monotonic()) > 0:
        waiting = [sender for sender, number in sockets.items() if number not in answers]
        ready, _, _ = select.select(waiting, [], [], left)
        for sender in ready:
            try:
                answers[sockets[sender]] = sender.recv(64).decode()
            except OSError:
                time.sleep(0.01)  # an error that a router has told: it may answer later


def _is_done(lines: list[list[str]], answers: dict[int, str], passed: float) -> bool:
    missing = any(expected != "-" and number not in answers for number, (_, _, expected) in enumerate(lines))
    return passed > _MOST or (passed > _LEAST and not missing)


if __name__ == "__main__":
    {"serve": serve, "probe": probe}[sys.argv[1]](sys.argv[2])
