"""A connection of this machine to the mesh: plan it, and keep it until the end."""

from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.config import Auto, ServiceCIDRs
from kgctl_py.config.services_and_dns import service_cidrs
from kgctl_py.connect.controller import Controller, Membership
from kgctl_py.connect.end_on_signal import SignalHandler
from kgctl_py.connect.endpoint_addresses import EndpointAddresses
from kgctl_py.connect.event_log import EventLog
from kgctl_py.connect.event_queue import Events
from kgctl_py.connect.healing.healer import Healer
from kgctl_py.connect.interface.marked_interface import create_tunnel
from kgctl_py.connect.interface.resync import Resync
from kgctl_py.connect.name_servers import (
    NameServerKeeper,
    NameServers,
    choose_name_servers,
    use_name_servers,
)
from kgctl_py.connect.pace import Pace
from kgctl_py.connect.registration import HostPeer, register
from kgctl_py.connect.status_reporter import StatusReporter
from kgctl_py.mesh.address import IPInterface
from kgctl_py.net.set_name_servers import Resolver
from kgctl_py.notice import Level, Notice, Tell
from kgctl_py.render.live.screen import Screen
from kgctl_py.value import Value
from kgctl_py.wireguard import Key


class InterfaceSettings(Value, frozen=True, kw_only=True):
    """The settings of the interface; the MTU is in bytes."""

    name: str
    mtu: int
    networks: tuple[IPInterface, ...]
    services: ServiceCIDRs
    dns: tuple[str, ...] | Auto
    resync_seconds: float
    clean_up: bool
    all_peers: bool


class Connection(Value, frozen=True, kw_only=True):
    """The plan of a connection, made before anything is created."""

    host_peer: HostPeer
    private_key: Key
    interface: InterfaceSettings
    networks: tuple[IPInterface, ...]
    name_servers: NameServers
    resolver: Resolver | None


def plan_connection(
    cluster: Cluster,
    host_peer: HostPeer,
    private_key: Key,
    interface: InterfaceSettings,
    resolver: Resolver | None,
) -> tuple[Connection, tuple[Notice, ...]]:
    """Return the connection for the settings on this cluster, and remarks about it."""
    services, service_notices = service_cidrs(cluster, interface.services)
    networks = (*services, *interface.networks)
    name_servers, dns_notices = choose_name_servers(cluster, interface.dns, networks)
    connection = Connection(
        host_peer=host_peer,
        private_key=private_key,
        interface=interface,
        networks=networks,
        name_servers=name_servers,
        resolver=resolver,
    )
    return connection, (*service_notices, *dns_notices)


def hold_connection(
    cluster: Cluster,
    options: Options,
    connection: Connection,
    event_log: EventLog,
    screen: Screen | None,
    signals: SignalHandler,
    tell: Tell,
) -> None:
    """Register the Peer and create the interface, follow the mesh until a signal, and remove both.

    Notes are logged as events; warnings go to `tell`.
    """
    peer, interface = connection.host_peer, connection.interface
    name, clean_up = interface.name, interface.clean_up
    pace = Pace()
    events = Events(cluster, interface.resync_seconds, pace.seconds)
    with (
        register(cluster, options, peer, _logged(event_log, "peer", tell), clean_up=clean_up),
        create_tunnel(
            name,
            peer.name,
            connection.private_key,
            Resync(interface.resync_seconds),
            _logged(event_log, "interface", tell),
            clean_up=clean_up,
        ) as tunnel,
        use_name_servers(connection.resolver, name, connection.name_servers, clean_up=clean_up),
        signals.on_signal(events.end),
    ):
        membership = Membership(
            peer=peer.name,
            key=peer.key,
            mtu=interface.mtu,
            extra_networks=connection.networks,
            all_peers=interface.all_peers,
        )
        reporter = StatusReporter(f"{name} ({tunnel.implementation_name}) · peer {peer.name}", event_log, screen)
        addresses = EndpointAddresses(interface.resync_seconds, cluster.look_up)
        healer = Healer(event_log, tunnel.restart_session)
        keeper = NameServerKeeper(
            connection.resolver, name, connection.name_servers, interface.resync_seconds, event_log
        )
        controller = Controller(cluster, options, tunnel, membership, reporter, healer, addresses, pace)
        controller.run(keeper.checking(events))
        event_log.info("end", "stopping")


def _logged(event_log: EventLog, event: str, tell: Tell) -> Tell:
    """Return a function that logs a note as an event of the kind `event`, and passes a warning to `tell`."""

    def log_or_tell(notice: Notice) -> None:
        if notice.level is Level.WARNING:
            tell(notice)
        else:
            event_log.info(event, notice.text)

    return log_or_tell
