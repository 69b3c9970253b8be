"""The Peer that a cluster needs for a segment of another one."""

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.kilo.peers import manifest
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Peer
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint, Key


class RemotePeer(Value, frozen=True, kw_only=True):
    """A Peer for a segment of `cluster`; `leader` and `node_count` are for people."""

    name: str
    cluster: str
    uid: str
    segment: str
    leader: str
    node_count: int
    allowed_ips: tuple[IPInterface, ...]
    endpoint: Endpoint | None
    keepalive: int
    public_key: Key
    preshared_key: Key | None = None
    services: tuple[IPInterface, ...] = ()
    """The Service CIDRs among the allowed IPs."""
    options: str | None = None
    """The options to store in the Peer for `status` and `verify`; None to keep the stored ones."""

    def manifest(self) -> Manifest:
        """Return the Peer as a resource."""
        peer = Peer(
            name=self.name,
            allowed_ips=self.allowed_ips,
            endpoint=self.endpoint,
            public_key=self.public_key,
            preshared_key=self.preshared_key,
            persistent_keepalive=self.keepalive,
        )
        made = manifest(peer, self.annotations)
        made["metadata"]["labels"] = {names.MANAGED_BY: "kgctl", names.PEERING: self.cluster}
        made["spec"]["persistentKeepalive"] = self.keepalive
        return made

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of the resource."""
        annotations = {names.PEERING_UID: self.uid} if self.uid else {}
        annotations |= {names.PEERING_SEGMENT: self.segment, names.PEERING_LEADER: self.leader}
        if self.services:
            annotations[names.PEERING_SERVICES] = ",".join(map(str, self.services))
        if self.options:
            annotations[names.PEERING_OPTIONS] = self.options
        return annotations

    def differences(self, peer: Peer) -> tuple[str, ...]:
        """Return the differences to the existing Peer as text; another key means another leader."""
        stated = peer.annotations.get
        same = {
            f"leader {self.leader}": peer.public_key == self.public_key,
            "allowed IPs": peer.allowed_ips == self.allowed_ips,
            "endpoint": str(peer.endpoint) == str(self.endpoint),
            "keepalive": peer.persistent_keepalive == self.keepalive,
            "preshared key": peer.preshared_key == self.preshared_key,
            "Services": stated(names.PEERING_SERVICES, "") == ",".join(map(str, self.services)),
            "options": self.options is None or stated(names.PEERING_OPTIONS, "") == self.options,
            "annotations": stated(names.PEERING_SEGMENT) == self.segment,
            "faults": not peer.faults,
        }
        return tuple(what for what, is_same in same.items() if not is_same)
