"""Adopt an existing configuration for a Peer: a file in any format, or an interface."""

from pathlib import Path

from kgctl_py import wireguard
from kgctl_py.config.read_configuration import STDIN, read_configuration, shown_source
from kgctl_py.errors import KgctlError
from kgctl_py.fs.key_file import read_key
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.notice import Notice, note
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import Peer, is_interface_name
from kgctl_py.wireguard.keygen import public_key
from kgctl_py.wireguard.sections import Parsed


class Adopted(Value, frozen=True, kw_only=True):
    """The keys, the addresses, and the port of a configuration, and remarks about it.

    The private key of an interface cannot be read. `peers` are the current peers of the configuration.
    """

    public_key: wireguard.Key
    private_key: wireguard.Key | None = None
    allowed_ips: tuple[IPInterface, ...] = ()
    listen_port: int | None = None
    peers: tuple[Peer, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def keepalive(self) -> int | None:
        """The keepalive, or None without peers."""
        return max((peer.persistent_keepalive for peer in self.peers), default=None)

    def preshared_key(self, mesh: Mesh) -> wireguard.Key | None:
        """Return the preshared key if the configuration has the same one for every node of `mesh`."""
        keys = {node.key for node in mesh.nodes}
        found = {peer.preshared_key for peer in self.peers if peer.public_key in keys}
        return found.pop() if len(found) == 1 else None


def adopt(source: str) -> Adopted:
    """Return the values from a file, from stdin, or from an interface that is up; raise KgctlError."""
    if source != STDIN and is_interface_name(source) and not Path(source).exists():
        return _of_interface(source)
    parsed = read_configuration(source)
    name, interface = shown_source(source), parsed.conf.interface
    if interface is None:
        raise KgctlError(f"{name} has no [Interface]", hint="use --public-key KEY and --ip CIDR instead")
    private, notices = _private_key(name, parsed)
    return Adopted(
        public_key=public_key(private),
        private_key=private,
        allowed_ips=_hosts(interface.addresses),
        listen_port=interface.listen_port,
        peers=parsed.conf.peers,
        notices=(*notices, *_not_taken(parsed)),
    )


def _private_key(name: str, parsed: Parsed) -> tuple[wireguard.Key, tuple[Notice, ...]]:
    """Return the private key, which can be in another file."""
    if parsed.conf.interface and parsed.conf.interface.private_key:
        return parsed.conf.interface.private_key, ()
    if parsed.private_key_file:
        return read_key(parsed.private_key_file)
    raise KgctlError(f"{name} has no private key", hint="use --public-key KEY and --ip CIDR instead")


def _of_interface(name: str) -> Adopted:
    from kgctl_py.net.read_device import read_device  # only interfaces need netlink

    device = read_device(name)
    if device is None:
        raise KgctlError(f'"{name}" is neither a file nor an interface of this machine')
    if device.public_key is None:
        raise KgctlError(f'interface "{name}" has no key')
    peers = (
        Peer(public_key=peer.public_key, persistent_keepalive=peer.persistent_keepalive) for peer in device.peers
    )
    return Adopted(
        public_key=device.public_key,
        allowed_ips=_hosts(device.addresses),
        listen_port=device.listen_port,
        peers=tuple(peers),
    )


def _hosts(addresses: tuple[IPInterface, ...]) -> tuple[IPInterface, ...]:
    """Return each address of an interface as a single host, because Kilo routes nothing else to the peer."""
    return tuple(dict.fromkeys(address.host() for address in addresses))


def _not_taken(parsed: Parsed) -> tuple[Notice, ...]:
    if not parsed.ignored:
        return ()
    return (note(f"note: kgctl does not use {', '.join(parsed.ignored)}"),)
