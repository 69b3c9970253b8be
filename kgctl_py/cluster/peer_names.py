"""The names of Peers that a cluster has: the part of a PeerStore that needs no request of its own."""

from collections.abc import Callable

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.find_by_name import existing_peer
from kgctl_py.mesh.model import Mesh, Peer


class PeerNames:
    """The checks on names that all clusters but folders share."""

    def __init__(self, read_mesh: Callable[[], Mesh]) -> None:
        self._read_mesh = read_mesh

    def title(self, name: str) -> str:
        """Return the words for a Peer in messages."""
        return f'peer "{name}"'

    def known_peers(self) -> tuple[Peer, ...]:
        """Return the Peers of the mesh."""
        return self._read_mesh().peers

    def check_new(self, name: str) -> None:
        """Raise KgctlError when the mesh has a peer of that name."""
        if any(peer.name == name for peer in self._read_mesh().peers):
            raise KgctlError(f'peer "{name}" exists', hint=f"kgctl peer rotate {name}, or kgctl peer rm {name}")

    def check_existing(self, *names: str) -> None:
        """Raise KgctlError when the mesh has no peer of one of these names."""
        for name in names:
            existing_peer(self._read_mesh(), name)
