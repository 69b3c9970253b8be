"""Tiny servers for a service address, run as scripts on hosts of the lab.

`tcp ADDRESS PORT NAME` tells whoever connects its NAME and his address;
`dns ADDRESS NAME=IP...` answers A and AAAA queries for the names, and with an error for those
whose IP is "SERVFAIL";
`https ADDRESS PORT PEM TLS STATUS` answers every request with a status, and one without TLS as servers in Go do.
"""

import contextlib
import ipaddress
import socket
import ssl
import struct
import sys

_NO_SUCH_NAME = 3
_SERVFAIL = 2
_TYPES = {4: 1, 6: 28}  # A, AAAA
_TLS_HANDSHAKE = b"\x16"
_NOT_TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve_tcp(address: str, port: int, name: str) -> None:
    """Tell every caller `name` and his address."""
    with socket.create_server((address, port), family=_family(address)) as server:
        while True:
            connection, caller = server.accept()
            with connection:
                connection.sendall(f"I am {name}, you are {caller[0]}\n".encode())


def serve_dns(address: str, records: dict[str, str]) -> None:
    """Answer queries for `records`."""
    with socket.socket(_family(address), socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        while True:
            query, caller = server.recvfrom(512)
            server.sendto(answer(query, records), caller)


def answer(query: bytes, records: dict[str, str]) -> bytes:
    """Give the reply to `query` (RFC 1035, one question): the record, no record of that type, or no such name."""
    labels, at = [], 12
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode())
        at += 1 + size
    question = query[12 : at + 5]
    (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
    record = records.get(".".join(labels).lower())
    fails = record == "SERVFAIL"
    ip = ipaddress.ip_address(record) if record and not fails else None
    found = ip is not None and _TYPES[ip.version] == kind
    flags = 0x8580 | (_SERVFAIL if fails else 0 if ip else _NO_SUCH_NAME)
    reply = query[:2] + struct.pack("!HHHHH", flags, 1, int(found), 0, 0) + question
    if ip is None or not found:
        return reply
    return reply + struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(ip.packed)) + ip.packed


def serve_https(address: str, port: int, pem: str, tls: str, status: str) -> None:
    """Answer with `status`; `tls` is the only version, and `pem` has the certificates and the key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.set_ciphers("ALL:@SECLEVEL=0")  # those of BusyBox are old
    context.minimum_version = context.maximum_version = ssl.TLSVersion[tls]
    with socket.create_server((address, port), family=_family(address)) as server:
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                if connection.recv(1, socket.MSG_PEEK) != _TLS_HANDSHAKE:
                    connection.recv(4096)
                    connection.sendall(_NOT_TLS)
                    continue
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(4096)
                    secured.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\nok".encode())


if __name__ == "__main__":
    if sys.argv[1] == "tcp":
        serve_tcp(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    elif sys.argv[1] == "https":
        serve_https(sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    else:
        serve_dns(sys.argv[2], dict(record.split("=") for record in sys.argv[3:]))
