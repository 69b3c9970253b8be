"""Replace the keys of a Peer, and restore the old ones if the new configuration is not written."""

import contextlib
import copy
from collections.abc import Iterator

from kgctl_py.cluster.interface import Manifest, PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.kube.api_error import ApiError
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Tell, note, warning
from kgctl_py.peers.address_choice import check_key_free
from kgctl_py.value import replace
from kgctl_py.wireguard import Key, keygen

_KEYS = ("publicKey", "presharedKey")


def with_new_keys(mesh: Mesh, peer: Peer, public_key: Key, *, preshared: bool) -> Peer:
    """Return the peer with a new key, and with a new preshared key if it has one or `preshared` is set.

    Raise KgctlError if something in the mesh has the key.
    """
    check_key_free(mesh, public_key)
    key = keygen.generate_preshared_key() if preshared or peer.preshared_key else None
    return replace(peer, public_key=public_key, preshared_key=key)


@contextlib.contextmanager
def rotate_keys(store: PeerStore, current: Manifest, renewed: Peer, tell: Tell) -> Iterator[None]:
    """Replace the keys of the Peer `current` with those of `renewed` for the block.

    If the block fails or is interrupted, or the server does not respond, the old keys are restored.
    """
    resource = _with_keys(current, renewed)
    try:
        store.replace(resource)
        yield
    except BaseException as error:  # also for Ctrl-C: the old key must work again
        if not (isinstance(error, ApiError) and error.refused):
            _restore(store, current, resource, tell)
        raise


def _with_keys(current: Manifest, renewed: Peer) -> Manifest:
    resource = copy.deepcopy(current)
    resource["spec"]["publicKey"] = str(renewed.public_key)
    if renewed.preshared_key:
        resource["spec"]["presharedKey"] = str(renewed.preshared_key)
    return resource


def _restore(store: PeerStore, old: Manifest, renewed: Manifest, tell: Tell) -> None:
    """Restore the old keys of the Peer if it has the new ones; other changes since then stay."""
    name = old["metadata"]["name"]
    try:
        present = store.get(name)
        if present["spec"]["publicKey"] != renewed["spec"]["publicKey"]:
            return
        present["spec"] = {
            **{field: value for field, value in present["spec"].items() if field not in _KEYS},
            **{field: old["spec"][field] for field in _KEYS if field in old["spec"]},
        }
        store.replace(present)
        tell(note(f'peer "{name}" has its old key again'))
    except KgctlError as error:
        text = f'peer "{name}" may keep the new key, which is lost: {error.message}'
        tell(warning(text, f"to give it another key: kgctl peer rotate {typed(name)}"))
