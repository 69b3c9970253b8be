"""Probes through a tunnel from this machine: whether the other end responds."""

import socket

from kgctl_py import os_errors
from kgctl_py.wireguard.endpoint import IPAddress

DISCARD = 9
"""The port of the Discard protocol (RFC 863)."""
SECONDS = 3.0
"""The maximum seconds of an answer."""


def send_byte(ip: IPAddress, port: int = DISCARD) -> bool:
    """Send one byte to `ip`, which makes WireGuard start a handshake; return whether it could be sent."""
    with socket.socket(_family(ip), socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        try:
            return probe.sendto(b"\0", (str(ip), port)) == 1
        except OSError:
            return False


def dns_failure(server: str, name: str, port: int = 53, seconds: float = SECONDS) -> str:
    """Query a name server for `name`; return why it did not respond, or an empty text after any response."""
    import dns.exception
    import dns.message
    import dns.query

    try:
        dns.query.udp(dns.message.make_query(name, "A"), server, port=port, timeout=seconds)
    except dns.exception.Timeout:
        return f"no response within {seconds:g} s"
    except dns.exception.DNSException as error:
        return f"the response is not valid DNS: {type(error).__name__}"
    except OSError as error:
        return os_errors.reason(error)
    return ""


def _family(ip: IPAddress) -> socket.AddressFamily:
    return socket.AF_INET if ip.version == 4 else socket.AF_INET6  # noqa: PLR2004 # IP's own number
