"""`kgctl connect`: this host is a peer of the mesh for as long as it runs."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli.complete_names import complete_peers
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.option_groups import grouped
from kgctl_py.cli.options.connect_options import InterfaceChoices, LogLevel, Output, PeerChoices
from kgctl_py.cli.options.peer_options import check_name
from kgctl_py.config.cluster_settings import cluster_dns, service_cidrs
from kgctl_py.config.settings import AUTO
from kgctl_py.connect import tunnel
from kgctl_py.connect.event_log import Journal
from kgctl_py.connect.events import Events
from kgctl_py.connect.registration import Asked, registered
from kgctl_py.connect.run import Joining, Names, Run
from kgctl_py.connect.signals import SignalHandler
from kgctl_py.connect.status_report import Report
from kgctl_py.fs.key_file import read_key
from kgctl_py.mesh.address import IPInterface
from kgctl_py.net import dns, permission
from kgctl_py.net.lock import interface_lock
from kgctl_py.render.live.journal import Level, as_json_line, as_line
from kgctl_py.render.live.screen import Screen
from kgctl_py.terminal import terminal
from kgctl_py.value import Value
from kgctl_py.wireguard import keygen
from kgctl_py.wireguard.endpoint import parse_ip

NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The peer; else the name of this host.", autocompletion=complete_peers),
]


@grouped
def connect(
    context: typer.Context,
    peer: PeerChoices,
    interface: InterfaceChoices,
    name: NameArgument = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much to tell.")] = LogLevel.INFO,
    output: Annotated[Output, typer.Option("--output", "-o", help="How to tell it.")] = Output.TEXT,
) -> None:
    """Join the mesh: make this host a peer, keep its tunnel up to date, and clean up when told to end.

    It needs Linux and root: sudo --preserve-env=KUBECONFIG kgctl connect
    """
    allowed_ips, name = peer.addresses(), peer_name(name)
    interface.check()
    permission.check(
        f"kgctl showconf peer {name} -o wg-quick", f"sudo --preserve-env=KUBECONFIG kgctl connect {name}"
    )
    resolver = dns.find_resolver() if interface.wants_dns else None
    private = _private_key(peer.private_key)
    asked = Asked(
        name=name,
        mark=mark(interface.interface),
        key=keygen.public_key(private),
        allowed_ips=allowed_ips,
        keepalive=peer.persistent_keepalive,
        update=peer.update,
    )
    signals = SignalHandler()
    with interface_lock(interface.interface), signals.installed():
        tunnel.check_free(interface.interface)
        connection = _Connection(context.obj, asked, private, interface, resolver)
        with _journal(output, log_level.level) as (journal, screen):
            connection.hold(journal, screen, signals)


class _Connection(Value, frozen=True):
    """All that was decided before anything is made."""

    invocation: Invocation
    asked: Asked
    private: wireguard.Key
    interface: InterfaceChoices
    resolver: dns.Resolver | None

    def hold(self, journal: Journal, screen: Screen | None, signals: SignalHandler) -> None:
        """Make what there must be, follow the mesh until told to end, and take it all away again."""
        asked, name, clean_up = self.asked, self.interface.interface, self.interface.clean_up
        services, notices = service_cidrs(self.invocation.cluster, self.interface.settings().services or ())
        terminal.tell(notices)
        networks = (*services, *self.interface.networks())
        joining = Joining(peer=asked.name, key=asked.key, mtu=self.interface.mtu, through_first=networks)
        servers = self._name_servers(networks)
        events = Events(self.invocation.cluster, self.interface.resync_period)
        with (
            registered(
                self.invocation.cluster, self.invocation.options, asked, journal.saying("peer"), clean_up=clean_up
            ),
            tunnel.up(name, asked.name, self.private, journal.saying("interface"), clean_up=clean_up) as up,
            self._dns(servers),
            signals.on_signal(events.end),
        ):
            names = Names(self.interface.resync_period, self.invocation.cluster.look_up)
            report = Report(f"{name} ({up.words}) · peer {asked.name}", journal, screen)
            Run(self.invocation.cluster, self.invocation.options, up, joining, report, names).until_ended(events)
            journal.info("end", "told to end")

    def _name_servers(self, networks: tuple[IPInterface, ...]) -> tuple[str, ...]:
        """Give name servers and search domains, and tell when no route will lead to those of the cluster."""
        dns = self.interface.settings().dns
        if dns is not AUTO:
            return dns or ()
        servers, notices = cluster_dns(self.invocation.cluster)
        terminal.tell(notices)
        for ip in filter(None, map(parse_ip, servers)):
            if not any(ip in cidr.network for cidr in networks):
                terminal.warn(f"no route will lead to the cluster's DNS {ip}", "--services auto")
        return servers

    @contextlib.contextmanager
    def _dns(self, given: tuple[str, ...]) -> Iterator[None]:
        name, servers = self.interface.interface, tuple(word for word in given if parse_ip(word))
        if not self.resolver or not servers:
            yield
            return
        dns.set_dns(self.resolver, name, servers, tuple(word for word in given if word not in servers))
        try:
            yield
        finally:
            if self.interface.clean_up:
                dns.unset_dns(self.resolver, name)


def peer_name(name: str | None) -> str:
    """Give the name of the peer: the host's own unless another one is said."""
    name = name or socket.gethostname().lower()
    check_name(name)
    return name


def mark(interface: str) -> str:
    """Give what connect writes on the Peers that it makes."""
    return f"{socket.gethostname().lower()}/{interface}"


def _private_key(source: str | None) -> wireguard.Key:
    if source is None:
        return keygen.generate_private_key()
    key, notices = read_key(source)
    terminal.tell(notices)
    return key


@contextlib.contextmanager
def _journal(output: Output, level: Level) -> Iterator[tuple[Journal, Screen | None]]:
    """Open where everything is told: lines, and above a live state when a person looks on."""
    if output is Output.JSON:
        yield Journal(level, as_json_line, _print), None
    elif not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        yield Journal(level, as_line, _print), None
    else:
        with Screen(colour=terminal.coloured) as screen:
            yield Journal(level, as_line, screen.line), screen


def _print(line: str) -> None:
    print(line, flush=True)
