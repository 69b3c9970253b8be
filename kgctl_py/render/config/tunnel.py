"""A complete configuration with the name of its interface, from which every format renders its files."""

import os
import re
import shlex
from collections.abc import Iterator

from kgctl_py import wireguard
from kgctl_py.escape_text import visible_comment
from kgctl_py.notice import Notice, note, warning
from kgctl_py.render.wireguard_conf import PLACEHOLDER, PRESHARED_PLACEHOLDER
from kgctl_py.value import Value
from kgctl_py.wireguard.cidr import IPV4, IPV6, IPInterface
from kgctl_py.wireguard.endpoint import parse_ip
from kgctl_py.wireguard.key import UNKNOWN


class Tunnel(Value, frozen=True, kw_only=True):
    """The tunnel of the node or peer `title`; with `private_key_path`, a file on its host contains the key.

    The user chose the file or the folder `target` for it; without one, the configuration is printed. If it is one
    `of_several`, its remarks must be true for all of them.
    """

    name: str
    title: str
    interface: wireguard.Interface
    peers: tuple[wireguard.Peer, ...]
    private_key_path: str = ""
    target: str = ""
    of_several: bool = False

    def saved(self, name: str) -> tuple[str, str]:
        """Return the words on how to save the only file, empty if kgctl wrote it, and its path for a shell."""
        if self._is_printed:
            path = shlex.quote(name)
            return f"save it as {path}, ", path
        return "", shlex.quote(self.target)

    def copied(self, name: str) -> str:
        """Return the name of the only file after it is copied to a router."""
        return name if self._is_printed else os.path.basename(self.target)  # noqa: PTH119 # it is not a path here

    @property
    def _is_printed(self) -> bool:
        return self.target in ("", "-", "/dev/stdout")

    def path_in_folder(self, name: str) -> str:
        """Return the path of one of several files, quoted for a shell."""
        return shlex.quote(os.path.join(self.target, name))  # noqa: PTH118 # "." stays in front

    @property
    def private_key(self) -> str:
        """The private key, or the placeholder for it."""
        return str(self.interface.private_key or PLACEHOLDER)

    @property
    def heading(self) -> str:
        """The owner of the configuration, as a comment."""
        return f"kgctl: {visible_comment(self.title)}"

    @property
    def domains(self) -> tuple[str, ...]:
        """The search domains."""
        return tuple(word for word in self.interface.dns if parse_ip(word) is None)

    @property
    def routes(self) -> tuple[IPInterface, ...]:
        """The networks of all peers, each once."""
        return tuple(dict.fromkeys(cidr.masked() for peer in self.peers for cidr in peer.allowed_ips))

    @property
    def sets_table(self) -> bool:
        """Whether routes use a table that the user chose."""
        return self.interface.table not in ("", "off", "auto")

    def name_servers(self, version: int = 0) -> tuple[str, ...]:
        """Return the name servers of an IP version, or all of them."""
        found = ((word, parse_ip(word)) for word in self.interface.dns)
        return tuple(word for word, ip in found if ip and version in (0, ip.version))

    def addresses(self, version: int) -> tuple[IPInterface, ...]:
        """Return the interface's addresses of an IP version."""
        return tuple(address for address in self.interface.addresses if address.version == version)

    def takes_all(self, *versions: int) -> bool:
        """Return whether the tunnel carries all traffic of any of these IP versions."""
        return any(cidr.version in (versions or (IPV4, IPV6)) and not cidr.prefixlen for cidr in self.routes)

    def comment(self, peer: wireguard.Peer) -> str:
        """Return the name of a peer on one line."""
        return visible_comment(peer.comment)

    def labels(self, kept: str, most: int) -> tuple[str, ...]:
        """Return a unique name for each peer, with the characters in the class `kept`."""
        taken: dict[str, None] = {}
        for number, peer in enumerate(self.peers, 1):
            word = re.split(r"[:\s]", peer.comment.partition(",")[0])[-1]
            label = re.sub(f"[^{kept}]", "_", word)[:most] or f"peer{number}"
            taken[label if label not in taken else _free(label[: most - 6], taken)] = None
        return tuple(taken)


def preshared_key(peer: wireguard.Peer) -> str:
    """Return the preshared key of a peer, a placeholder if it was redacted, or an empty text."""
    return PRESHARED_PLACEHOLDER if peer.preshared_key in UNKNOWN else str(peer.preshared_key or "")


def networks(peer: wireguard.Peer) -> tuple[str, ...]:
    """Return each allowed IP of a peer once, without host bits, which some programs refuse."""
    return tuple(dict.fromkeys(str(cidr.masked()) for cidr in peer.allowed_ips))


def endpoint(peer: wireguard.Peer) -> str:
    """Return the endpoint of a peer as HOST:PORT, with an IPv6 address in brackets, or an empty text."""
    if peer.endpoint is None:
        return ""
    return f"{peer.endpoint.name}:{peer.endpoint.port}" if peer.endpoint.name else str(peer.endpoint)


def useless_dns(tunnel: Tunnel) -> Iterator[Notice]:
    """Warn about unused name servers: without a domain, no name is resolved in the tunnel."""
    if tunnel.name_servers() and not tunnel.domains and not tunnel.takes_all():
        servers = ", ".join(tunnel.name_servers())
        yield warning(
            f"no domain is set, so the machine does not use the name servers {servers}",
            f"add a domain: --dns {servers},cluster.local",
        )


def router_dns(tunnel: Tunnel) -> Iterator[Notice]:
    """Report the DNS settings, which a file for a router only has in comments, for each server and domain."""
    servers, domains = ", ".join(tunnel.name_servers()), ", ".join(tunnel.domains)
    if servers and domains:
        yield note("note: the file does not change the DNS of the router; comments at its end say how to do that")
    elif servers:
        yield warning(
            f"no domain is set, so the file does not use the name servers {servers}",
            f"add a domain: --dns {','.join((*tunnel.name_servers(), 'cluster.local'))}",
        )
    elif domains:
        yield warning(
            f"no name server is set, so the file does not use the domains {domains}",
            f"add a name server, for example: --dns {','.join(('10.96.0.10', *tunnel.domains))}",
        )


def _free(label: str, taken: dict[str, None]) -> str:
    number = 2
    while f"{label}_{number}" in taken:
        number += 1
    return f"{label}_{number}"
