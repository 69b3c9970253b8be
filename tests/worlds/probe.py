"""Packets between hosts, and who answers them: run as a script on each host, without this repository.

`serve NAME` answers each UDP packet from the address that it was sent to, and each TCP connection, with NAME.
`probe FILE` sends a packet for each line `SOURCE DESTINATION EXPECTED udp|tcp` of a file until there is an answer,
and prints who answered, or `-`. It ends when all that are expected (not `-`) have answered and there was time for
others to do so.
"""

import contextlib
import select
import socket
import struct
import sys
import time
from pathlib import Path

PORT, SERVICE_PORT = 7, 80
_IPV4 = (socket.AF_INET, socket.IPPROTO_IP, 8, "0.0.0.0")  # IP_PKTINFO of Linux, which old Pythons do not name
_IPV6 = (socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, "::")
_AGAIN, _LEAST, _MOST = 0.25, 1.5, 25.0
_CONNECT_AGAIN = 1.0


def serve(name: str) -> None:
    """Answer every packet with a name, from the address that the packet was for."""
    servers = {_server(*_IPV4): _IPV4, _server(*_IPV6): _IPV6}
    listeners = [_listener(_IPV4), _listener(_IPV6)]
    while True:
        for server in select.select([*servers, *listeners], [], [])[0]:
            if server in listeners:
                with contextlib.suppress(OSError), server.accept()[0] as connection:
                    connection.send(name.encode())
                continue
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


def _listener(one: tuple[int, int, int, str]) -> socket.socket:
    family, protocol, _, every = one
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(protocol, socket.IPV6_V6ONLY, 1)
    listener.bind((every, SERVICE_PORT))
    listener.listen(128)
    listener.setblocking(False)
    return listener


def _from(data: bytes) -> bytes:
    """Return the information that makes an answer come from where a packet went: its address, on any interface."""
    if len(data) == struct.calcsize("16sI"):
        return struct.pack("16sI", data[:16], 0)
    return struct.pack("I4s4s", 0, struct.unpack("I4s4s", data[:12])[2], b"\0" * 4)


def probe(file: str) -> None:
    """Send packets, and print who answers each."""
    lines = [line.split() for line in Path(file).read_text().splitlines()]
    packets = {_sender(line[0], socket.SOCK_DGRAM): n for n, line in enumerate(lines) if line[3] == "udp"}
    connections: dict[socket.socket, int] = {}
    answers: dict[int, str] = {}
    started, connected = time.monotonic(), 0.0
    while not _is_done(lines, answers, time.monotonic() - started):
        for sender, number in packets.items():
            if number not in answers:
                with contextlib.suppress(OSError):  # no route, or a neighbour that does not answer
                    sender.sendto(b"?", (lines[number][1], PORT))
        if time.monotonic() - connected > _CONNECT_AGAIN:
            connected = time.monotonic()
            _close(connections)
            connections = _connect(lines, answers)
        _hear({**packets, **connections}, answers)
    for number, _ in enumerate(lines):
        print(answers.get(number, "-"))


def _sender(source: str, kind: int) -> socket.socket:
    sender = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, kind)
    sender.setblocking(False)
    sender.bind((source, 0))
    return sender


def _connect(lines: list[list[str]], answers: dict[int, str]) -> dict[socket.socket, int]:
    """Start a connection for each line that has no answer."""
    connections = {}
    for number, (source, destination, _, protocol) in enumerate(lines):
        if protocol == "tcp" and number not in answers:
            sender = _sender(source, socket.SOCK_STREAM)
            with contextlib.suppress(OSError):  # it is in progress, or there is no route
                sender.connect((destination, SERVICE_PORT))
            connections[sender] = number
    return connections


def _close(connections: dict[socket.socket, int]) -> None:
    for connection in connections:
        connection.close()


def _hear(sockets: dict[socket.socket, int], answers: dict[int, str]) -> None:
    end = time.monotonic() + _AGAIN
    while (left := end - time.monotonic()) > 0:
        waiting = [sender for sender, number in sockets.items() if number not in answers]
        ready, _, _ = select.select(waiting, [], [], left)
        for sender in ready:
            try:
                answer = sender.recv(64).decode()
                if answer:
                    answers[sockets[sender]] = answer
                else:
                    time.sleep(0.01)  # a connection that ends without an answer
            except OSError:
                time.sleep(0.01)  # an error that a router has told: it may answer later


def _is_done(lines: list[list[str]], answers: dict[int, str], passed: float) -> bool:
    missing = any(line[2] != "-" and number not in answers for number, line in enumerate(lines))
    return passed > _MOST or (passed > _LEAST and not missing)


if __name__ == "__main__":
    {"serve": serve, "probe": probe}[sys.argv[1]](sys.argv[2])
