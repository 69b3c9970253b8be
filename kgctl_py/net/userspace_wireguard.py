"""WireGuard in a userspace program, over its socket with the cross-platform protocol.

https://www.wireguard.com/xplatform/: lines of `key=value`, keys in hexadecimal, an empty line at the end.
"""

import contextlib
import errno
import itertools
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgctl_py import os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.net.device_updates import DeviceUpdate, PeerUpdate
from kgctl_py.net.permission import AS_ROOT
from kgctl_py.wireguard import Endpoint, Key, keygen
from kgctl_py.wireguard.cidr import parse_cidr
from kgctl_py.wireguard.device import DevicePeer, WireGuardDevice
from kgctl_py.wireguard.endpoint import parse_endpoint

FOLDER = Path("/var/run/wireguard")

_SECONDS = 5.0
_SECONDS_TO_END = 2.0
_ABSENT = (errno.ENOENT, errno.ECONNREFUSED)

Line = tuple[str, str]


def socket_path(name: str) -> Path:
    """Return the path of the socket of the program behind the interface `name`, if it exists."""
    return FOLDER / f"{name}.sock"


def read_device(name: str) -> WireGuardDevice | None:
    """Return the device of the program behind `name`, without its private key; None without a program."""
    lines = _request(name, [("get", "1")])
    return None if lines is None else _device(lines)


def configure_device(name: str, update: DeviceUpdate) -> None:
    """Update the device of the program behind `name`; raise KgctlError if it ended or refuses."""
    if _request(name, [("set", "1"), *_device_lines(update)]) is None:
        raise KgctlError(f'the program of the interface "{name}" has stopped')


def peer_update(name: str, key: Key) -> PeerUpdate | None:
    """Return the update that restores the current peer, with its preshared key; None if it cannot be read."""
    lines = _request(name, [("get", "1")]) or []
    section = next((part for part in _peer_sections(lines) if part[0][1] == key.raw.hex()), None)
    if section is None:
        return None
    peer, fields = _peer(section), dict(section)
    if peer.endpoint is None and "endpoint" in fields:
        return None
    return PeerUpdate(
        public_key=key,
        endpoint=peer.endpoint,
        preshared_key=_key(fields.get("preshared_key", "")),
        persistent_keepalive=peer.persistent_keepalive,
        replace_allowed_ips=True,
        allowed_ips=peer.allowed_ips,
    )


def await_end(name: str) -> None:
    """Wait until the program behind `name`, whose interface is removed, also removes its socket.

    Otherwise, the old program could remove the socket of a new one with this name.
    """
    deadline = time.monotonic() + _SECONDS_TO_END
    while socket_path(name).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    socket_path(name).unlink(missing_ok=True)


def _device_lines(update: DeviceUpdate) -> Iterator[Line]:
    if update.private_key:
        yield "private_key", update.private_key.raw.hex()
    if update.listen_port is not None:
        yield "listen_port", str(update.listen_port)
    for peer in update.peers:
        yield "public_key", peer.public_key.raw.hex()
        yield from _peer_lines(peer)


def _peer_lines(peer: PeerUpdate) -> Iterator[Line]:
    if peer.remove:
        yield "remove", "true"
        return
    if peer.update_only:
        yield "update_only", "true"
    if peer.preshared_key:
        yield "preshared_key", peer.preshared_key.raw.hex()
    if peer.endpoint:
        yield "endpoint", str(peer.endpoint)
    if peer.persistent_keepalive is not None:
        yield "persistent_keepalive_interval", str(peer.persistent_keepalive)
    if peer.replace_allowed_ips:
        yield "replace_allowed_ips", "true"
    for cidr in peer.allowed_ips:
        yield "allowed_ip", str(cidr.network)


def _request(name: str, lines: Iterable[Line]) -> list[Line] | None:
    """Send a request, and return the lines of the response; None if no program listens."""
    answer = _exchange(name, "".join(f"{key}={value}\n" for key, value in lines) + "\n")
    if answer is None:
        return None
    answered = [(key, value) for key, _, value in (line.partition("=") for line in answer.splitlines() if line)]
    code = dict(answered[-1:]).get("errno", "")
    if code != "0":
        raise KgctlError(f'the program of the interface "{name}" refused: error {code or "unknown"}')
    return answered[:-1]


def _exchange(name: str, text: str) -> str | None:
    """Send a request, and return the response up to its empty line; None if no program listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_SECONDS)
        try:
            connection.connect(str(socket_path(name)))
            connection.sendall(text.encode())
            answer = b""
            while not answer.endswith(b"\n\n"):
                chunk = connection.recv(65536)
                if not chunk:
                    raise KgctlError(f'the program of the interface "{name}" closed the connection')
                answer += chunk
        except TimeoutError:
            raise KgctlError(f'the program of the interface "{name}" did not answer') from None
        except PermissionError:
            raise KgctlError(f'reading the interface "{name}" needs root', hint=AS_ROOT) from None
        except OSError as error:
            if error.errno in _ABSENT:
                return None
            reason = os_errors.reason(error)
            raise KgctlError(f'cannot connect to the program of the interface "{name}": {reason}') from None
    return answer.decode()


def _device(lines: list[Line]) -> WireGuardDevice:
    own = dict(itertools.takewhile(lambda line: line[0] != "public_key", lines))
    private = _key(own.get("private_key", ""))
    return WireGuardDevice(
        public_key=keygen.public_key(private) if private else None,
        listen_port=int(own.get("listen_port", "0")),
        peers=tuple(map(_peer, _peer_sections(lines))),
    )


def _peer_sections(lines: list[Line]) -> Iterator[list[Line]]:
    """Return the lines of each peer, which start with its public key."""
    starts = [number for number, (key, _) in enumerate(lines) if key == "public_key"]
    return (lines[start:end] for start, end in itertools.pairwise([*starts, len(lines)]))


def _peer(lines: list[Line]) -> DevicePeer:
    fields = dict(lines)
    return DevicePeer(
        public_key=Key(bytes.fromhex(fields["public_key"])),
        endpoint=_endpoint(fields.get("endpoint", "")),
        allowed_ips=tuple(parse_cidr(value) for key, value in lines if key == "allowed_ip"),
        latest_handshake=int(fields.get("last_handshake_time_sec", "0")),
        received=int(fields.get("rx_bytes", "0")),
        sent=int(fields.get("tx_bytes", "0")),
        persistent_keepalive=int(fields.get("persistent_keepalive_interval", "0")),
        has_preshared_key=_key(fields.get("preshared_key", "")) is not None,
    )


def _key(text: str) -> Key | None:
    """Return a key; None for all zeros."""
    raw = bytes.fromhex(text)
    return Key(raw) if any(raw) else None


def _endpoint(text: str) -> Endpoint | None:
    with contextlib.suppress(ValueError):  # empty, or a link-local address with a zone
        return parse_endpoint(text)
    return None
