"""A new Peer stays only with its configuration: without that, nobody would have its key."""

import contextlib
import http
from collections.abc import Iterator
from typing import Any

from kgctl_py.cluster.interface import PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.terminal import terminal


@contextlib.contextmanager
def created(store: PeerStore, resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Create the Peer, and take it away again when the block fails, is stopped, or the server does not say."""
    made: dict[str, Any] | None = None
    try:
        made = store.create(resource)
        yield made
    except BaseException as error:  # Ctrl-C, too: whatever ends this, the Peer must not stay
        if made or not (isinstance(error, ApiError) and error.refused):  # refused: it exists and is another's
            _remove(store, resource)
        raise


def _remove(store: PeerStore, resource: dict[str, Any]) -> None:
    """Remove the Peer if it is there and ours; tell when that cannot be known or done."""
    name = resource["metadata"]["name"]
    try:
        if store.get(name)["spec"]["publicKey"] != resource["spec"]["publicKey"]:
            return
        store.delete(name)
        terminal.say(f'peer "{name}" was removed again')
    except KgctlError as error:
        if getattr(error, "status", None) != http.HTTPStatus.NOT_FOUND:
            terminal.warn(f'peer "{name}" may be left on the cluster: {error.message}', f"kgctl peer rm {name}")
