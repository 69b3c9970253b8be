"""The base classes of all PeerStores: name checks without a request, and a store that refuses changes."""

from collections.abc import Callable
from typing import NoReturn

from kgctl_py.cluster.interface import Manifest
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.escape_text import typed
from kgctl_py.mesh.find_by_name import existing_peer
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer


class PeerNames:
    """The checks of names for all clusters except folders."""

    def __init__(self, read_mesh: Callable[[], Mesh]) -> None:
        self._read_mesh = read_mesh

    def title(self, name: str) -> str:
        """Return the name of a Peer for messages."""
        return f'peer "{name}"'

    def known_peers(self) -> tuple[Peer, ...]:
        """Return the Peers of the mesh."""
        return self._read_mesh().peers

    def check_new(self, name: str) -> None:
        """Raise KgctlError if the mesh has a peer with this name."""
        if any(peer.name == name for peer in self._read_mesh().peers):
            raise KgctlError(
                f'peer "{name}" already exists', hint=f"to replace its key: kgctl peer rotate {typed(name)}"
            )

    def check_existing(self, *names: str) -> None:
        """Raise KgctlError unless the mesh has a peer with each of these names."""
        for name in names:
            existing_peer(self._read_mesh(), name)


class ReadOnlyPeers(PeerNames):
    """A PeerStore in which every change raises UsageError with `hint`; without `get_saved`, also `get` does."""

    def __init__(
        self, read_mesh: Callable[[], Mesh], hint: str, get_saved: Callable[[str], Manifest] | None = None
    ) -> None:
        super().__init__(read_mesh)
        self._hint = hint
        self._get_saved = get_saved

    def get(self, name: str) -> Manifest:
        """Return a Peer with all its fields."""
        return self._get_saved(name) if self._get_saved else self._refuse()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Raise UsageError."""
        raise UsageError("cannot change Peers with --from-file", hint=self._hint)

    def check_existing(self, *names: str) -> None:
        """Raise UsageError without names, and KgctlError unless the mesh has a peer with each of them."""
        if not names:
            self._refuse()
        super().check_existing(*names)

    create = replace = touch = delete = _refuse
