"""Two Peers with the same public key: if one is removed, agents also drop the key of the other one.

Agents store Peers by public key, and read the other Peer again only at their next resync, up to five minutes later
(kilo pkg/mesh/mesh.go, syncPeers; pkg/k8s/backend.go). An update of the other Peer makes them read it at once.
"""

from collections.abc import Mapping

from kgctl_py.cluster.interface import PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.notice import Tell, note, warning
from kgctl_py.wireguard import Key


def update_sharers(store: PeerStore, released: Mapping[str, Key | None], tell: Tell) -> None:
    """Update the Peers that had a released key when they were read.

    `released` has the name of each Peer that was changed or removed, and the key that it no longer has, if any.
    """
    keys = {key for key in released.values() if key}
    for peer in store.known_peers() if keys else ():
        if peer.public_key in keys and peer.name not in released:
            _update(store, peer, tell)


def _update(store: PeerStore, peer: Peer, tell: Tell) -> None:
    try:
        store.touch(peer.name)
    except KgctlError as error:
        text = f'peer "{peer.name}" has the same public key, so agents may not know it for up to five minutes'
        tell(warning(f"{text}: {error.message}"))
    else:
        tell(note(f'peer "{peer.name}" has the same public key; kgctl updated it, so that agents keep it'))
