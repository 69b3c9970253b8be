"""The name servers and search domains of the interface of this machine."""

import contextlib
import time
from collections.abc import Iterable, Iterator

from kgctl_py.cluster.interface import Cluster
from kgctl_py.config import AUTO, Auto
from kgctl_py.config.services_and_dns import cluster_dns
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.event_queue import Event
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPInterface
from kgctl_py.net import set_name_servers
from kgctl_py.notice import Notice, warning
from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import parse_ip


class NameServers(Value, frozen=True):
    """The name servers, and the domains that they resolve."""

    servers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


def choose_name_servers(
    cluster: Cluster, setting: tuple[str, ...] | Auto, routed: tuple[IPInterface, ...]
) -> tuple[NameServers, tuple[Notice, ...]]:
    """Return the name servers for `setting`, and remarks about those of the cluster."""
    if setting is not AUTO:
        return _split(setting), ()
    words, notices = cluster_dns(cluster)
    unreachable = (
        warning(f"no route to the cluster DNS {ip}", "add --services auto")
        for ip in filter(None, map(parse_ip, words))
        if not any(ip in cidr.network for cidr in routed)
    )
    return _split(words), (*notices, *unreachable)


@contextlib.contextmanager
def use_name_servers(
    resolver: set_name_servers.Resolver | None, interface: str, name_servers: NameServers, *, clean_up: bool
) -> Iterator[None]:
    """Set the name servers of the interface, if any, for the block."""
    if not resolver or not name_servers.servers:
        yield
        return
    set_name_servers.set_dns(resolver, interface, name_servers.servers, name_servers.domains)
    try:
        yield
    finally:
        if clean_up:
            set_name_servers.unset_dns(resolver, interface)


class NameServerKeeper:
    """Sets the name servers of the interface again if another program removed them; checks every `seconds`."""

    def __init__(
        self,
        resolver: set_name_servers.Resolver | None,
        interface: str,
        name_servers: NameServers,
        seconds: float,
        event_log: EventLog,
    ) -> None:
        self._resolver, self._interface, self._wanted = resolver, interface, name_servers
        self._seconds, self._event_log = seconds, event_log
        self._checked = time.monotonic()

    def checking(self, events: Iterable[Event]) -> Iterator[Event]:
        """Return the events, and check after each of them if it is time."""
        for event in events:
            yield event
            if self._resolver and self._wanted.servers and time.monotonic() - self._checked >= self._seconds:
                self._checked = time.monotonic()
                self._check(self._resolver)

    def _check(self, resolver: set_name_servers.Resolver) -> None:
        servers, domains = self._wanted.servers, self._wanted.domains
        try:
            if not set_name_servers.has_dns(resolver, self._interface, servers, domains):
                set_name_servers.set_dns(resolver, self._interface, servers, domains)
                self._event_log.warn("dns", f"name servers restored: {', '.join(servers)}")
        except KgctlError as error:
            self._event_log.warn("dns", error.message)


def _split(words: tuple[str, ...]) -> NameServers:
    servers = tuple(word for word in words if parse_ip(word))
    return NameServers(servers, tuple(word for word in words if word not in servers))
