"""Check a configuration in a file in the same way as the tunnel of this machine, without bringing it up."""

from pathlib import Path

from kgctl_py import wireguard
from kgctl_py.config.read_configuration import read_configuration
from kgctl_py.findings.rules.this_machine import Local
from kgctl_py.fs.key_file import read_key
from kgctl_py.kilo.find_networks import Networks
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.wireguard.conf import Peer
from kgctl_py.wireguard.device import DevicePeer
from kgctl_py.wireguard.difference import effective
from kgctl_py.wireguard.sections import Parsed


def is_file(name: str) -> bool:
    """Return whether a name is a file or a folder, not an interface."""
    return "/" in name or (bool(name) and Path(name).exists())


def look_at_file(name: str, networks: Networks) -> Local:
    """Return the configuration in a file as the tunnel of this machine; raise KgctlError if it cannot be read."""
    parsed = read_configuration(name)
    own_key = _public_key(parsed)
    services = networks.service_cidrs.values if networks.service_cidrs else ()
    return Local(
        interface=name,
        is_file=True,
        public_key=own_key,
        addresses=parsed.conf.interface.addresses if parsed.conf.interface else (),
        peers=tuple(_as_device_peer(key, peer) for key, peer in effective(parsed.conf).items()),
        services=tuple(map(parse_cidr, services)),
    )


def _public_key(parsed: Parsed) -> wireguard.Key | None:
    """Return the public key; None if the file has no private key and does not refer to one."""
    private = parsed.conf.interface.private_key if parsed.conf.interface else None
    if private is None and parsed.private_key_file:
        private, _ = read_key(parsed.private_key_file)
    if private is None:
        return None
    from kgctl_py.wireguard.keygen import public_key

    return public_key(private)


def _as_device_peer(key: wireguard.Key, peer: Peer) -> DevicePeer:
    return DevicePeer(
        public_key=key,
        endpoint=peer.endpoint,
        allowed_ips=peer.allowed_ips,
        persistent_keepalive=peer.persistent_keepalive,
        has_preshared_key=peer.preshared_key is not None,
    )
