"""The tunnel of this machine: read the interface, and test it if necessary."""

import socket
import sys
import time
from collections.abc import Iterator, Mapping

from kgctl_py import wireguard
from kgctl_py.diagnose.local_file import is_file, look_at_file
from kgctl_py.errors import KgctlError
from kgctl_py.findings.rules.this_machine import Local
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.address import IPAddress, IPInterface, host_cidr, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.net.host_interfaces import Device
from kgctl_py.net.probe import SECONDS, dns_failure, send_byte
from kgctl_py.net.read_device import output_interface, read_device
from kgctl_py.value import replace
from kgctl_py.wireguard.endpoint import parse_ip

_PAUSE = 0.2


def look(name: str, mesh: Mesh | None, topology: Topology | None, networks: Networks) -> Local:
    """Return the tunnel of this machine: the interface or the file `name`; if empty, the interface of the mesh.

    For an interface, send one byte to each leader without a recent handshake, and wait for a few seconds.
    """
    if is_file(name):
        return look_at_file(name, networks)
    try:
        device = _named(name) if name else _of_the_mesh(mesh)
    except KgctlError as error:
        return Local(interface=name, missing=error.message, missing_hint=error.hint)
    tried = _knocked(device, topology) if topology and device.up else frozenset()
    device = _after_answers(device, tried)
    services = networks.service_cidrs.values if networks.service_cidrs else ()
    return Local(
        interface=device.name,
        up=device.up,
        public_key=device.public_key,
        addresses=device.addresses,
        peers=device.peers,
        now=time.time(),
        astray=dict(_astray(device)) if device.up else {},
        tried=tried,
        services=tuple(map(parse_cidr, services)),
        dns=_dns(device, networks),
    )


def _named(name: str) -> Device:
    device = read_device(name)
    if device is None:
        raise KgctlError("this machine has no interface of this name", hint="to list the interfaces: ip link")
    return device


def _of_the_mesh(mesh: Mesh | None) -> Device:
    """Return the WireGuard interface with a key of the mesh, or any; raise KgctlError if none can be read."""
    devices, denials = [], []
    for _, name in socket.if_nameindex():
        try:
            device = read_device(name)
        except KgctlError as error:
            if error.hint or sys.platform != "linux":  # otherwise, it is another kind of interface
                denials.append(error)
            continue
        devices += [device] if device else []
    keys = {peer.public_key for peer in mesh.peers} | {node.key for node in mesh.nodes} if mesh else set()
    devices.sort(key=lambda device: device.public_key not in keys)
    if not devices:
        raise (
            denials[0]
            if denials
            else KgctlError("it has no WireGuard interface", hint="bring up a configuration with wg-quick")
        )
    return devices[0]


def _knocked(device: Device, topology: Topology) -> frozenset[wireguard.Key]:
    """Send a byte to each leader without a recent handshake, if the tunnel routes it; return their keys."""
    stale = {peer.public_key for peer in device.peers if not peer.has_session(time.time())}
    leaders = ((seg.leader.key, seg.wireguard_ip) for seg in topology.segments)
    return frozenset(
        key for key, ip in leaders if key in stale and output_interface(ip) == device.name and send_byte(ip)
    )


def _after_answers(device: Device, tried: frozenset[wireguard.Key]) -> Device:
    """Return the interface when all leaders have answered, or the time is over."""
    deadline, left = time.monotonic() + SECONDS, tried
    while left and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        device = read_device(device.name) or replace(device, up=False)
        left = left & {peer.public_key for peer in device.peers if not peer.has_session(time.time())}
    return device


def _astray(device: Device) -> Iterator[tuple[IPInterface, str]]:
    """Find the allowed IPs to which packets leave by another interface."""
    for cidr in dict.fromkeys(cidr.masked() for peer in device.peers for cidr in peer.allowed_ips):
        name = output_interface(_some_host(cidr)) if cidr.prefixlen else device.name
        if name != device.name:
            yield cidr, f"leave by {name}, not through it" if name else "have no route"


def _some_host(cidr: IPInterface) -> IPAddress:
    """Return an address of a network that is neither its network nor its broadcast address, if any."""
    has_hosts = cidr.max_prefixlen - cidr.prefixlen > 1
    return cidr._replace(number=cidr.number + has_hosts).ip


def _dns(device: Device, networks: Networks) -> Mapping[str, str]:
    """Query each name server of the cluster that the tunnel routes."""
    domain = networks.domain.values[0] if networks.domain else "cluster.local"
    routed = [cidr for peer in device.peers for cidr in peer.allowed_ips]
    servers = networks.dns.values if networks.dns and device.up else ()
    return {
        server: dns_failure(server, f"kubernetes.default.svc.{domain}")
        for server in servers
        if (ip := parse_ip(server)) and any(cidr.overlaps(host_cidr(ip)) for cidr in routed)
    }
