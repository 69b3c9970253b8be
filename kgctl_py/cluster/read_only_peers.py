"""The Peers of files, which kgctl never changes."""

from collections.abc import Callable
from typing import NoReturn

from kgctl_py.cluster.peer_names import PeerNames
from kgctl_py.errors import UsageError
from kgctl_py.mesh.model import Mesh


class ReadOnlyPeers(PeerNames):
    """A PeerStore in which every change raises UsageError with `hint`."""

    def __init__(self, read_mesh: Callable[[], Mesh], hint: str) -> None:
        super().__init__(read_mesh)
        self._hint = hint

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Raise UsageError."""
        raise UsageError("cannot change a cluster in a file", hint=self._hint)

    check_existing = get = create = replace = touch = delete = _refuse
