"""`kgctl get peers`: the peers, their owners, and the nodes that have seen them."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgctl_py import names
from kgctl_py.findings import Finding, Kind, Severity
from kgctl_py.findings.all_findings import worst
from kgctl_py.listing.resource import (
    Column,
    Resource,
    View,
    address_order,
    findings_data,
    keepalive,
    marked,
    short_key,
    summary,
    text_or_none,
    yes_no,
)
from kgctl_py.mesh.nodes_and_peers import Node, Peer
from kgctl_py.mesh.topology import LostAllowedIP
from kgctl_py.render.columns import brief
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint


class PeerItem(Value, frozen=True, kw_only=True):
    """A peer, the nodes that have seen it and its endpoint there, and the allowed IPs that go to others."""

    peer: Peer
    seen: tuple[tuple[str, Endpoint], ...]
    discovered: Endpoint | None
    lost: tuple[LostAllowedIP, ...]
    findings: Sequence[Finding]

    @property
    def name(self) -> str:
        """The name of the peer."""
        return self.peer.name

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the Peer resource."""
        return self.peer.labels


def _items(view: View) -> list[PeerItem]:
    topology = view.topology
    seen = _seen(view.mesh.ready_nodes)
    return [
        PeerItem(
            peer=peer,
            seen=tuple(seen.get(str(peer.public_key), ())),
            discovered=topology.discovered_endpoint(peer.public_key, peer.persistent_keepalive)
            if topology
            else None,
            lost=tuple(loss for loss in topology.lost if loss.peer == peer.name) if topology else (),
            findings=view.about(Kind.PEER, peer.name),
        )
        for peer in view.mesh.peers
    ]


def _seen(nodes: Sequence[Node]) -> Mapping[str, Sequence[tuple[str, Endpoint]]]:
    """Return the nodes that have seen each public key, and the endpoint; only leaders see any."""
    seen: dict[str, list[tuple[str, Endpoint]]] = {}
    for node in nodes:
        for key, endpoint in node.discovered_endpoints.items():
            seen.setdefault(key, []).append((node.name, endpoint))
    return seen


def _state(item: PeerItem) -> str:
    why, codes = item.peer.why_not_ready(), summary(item.findings)
    if item.peer.is_disabled:
        return "Disabled"
    if why:
        return f"Invalid: {why}"
    if not codes:
        return "Ok"
    return f"{'Error' if worst(item.findings) is Severity.ERROR else 'Warn'}: {codes}"


def _status(item: PeerItem) -> dict[str, Any]:
    peer = item.peer
    return {
        "allowedIPs": [str(cidr) for cidr in peer.allowed_ips],
        "lostIPs": [{"cidr": str(loss.cidr), "holder": loss.holder} for loss in item.lost],
        "endpoint": text_or_none(peer.endpoint),
        "discoveredEndpoint": text_or_none(item.discovered),
        "seenBy": [{"node": node, "endpoint": str(endpoint)} for node, endpoint in item.seen],
        "persistentKeepalive": peer.persistent_keepalive,
        "presharedKey": peer.preshared_key is not None,
        "publicKey": text_or_none(peer.public_key),
        "owner": peer.annotations.get(names.OWNER),
        "description": peer.annotations.get(names.DESCRIPTION),
        "expires": peer.annotations.get(names.EXPIRES),
        "ready": not peer.why_not_ready(),
        "reason": peer.why_not_ready() or None,
        "findings": findings_data(item.findings),
    }


PEERS: Resource[PeerItem] = Resource(
    names=("peer", "peers"),
    items=_items,
    columns=(
        Column(heading="NAME", text=lambda item: item.name),
        Column(
            heading="ALLOWED IPS",
            text=lambda item: ",".join(map(str, item.peer.allowed_ips)),
            brief=lambda item: brief(item.peer.allowed_ips),
            order=lambda item: [address_order(cidr.ip) for cidr in item.peer.allowed_ips],
        ),
        Column(heading="ENDPOINT", text=lambda item: marked(item.discovered, item.peer.endpoint)),
        Column(
            heading="KEEPALIVE",
            text=lambda item: keepalive(item.peer.persistent_keepalive),
            order=lambda item: item.peer.persistent_keepalive,
            wide=True,
        ),
        Column(heading="PSK", text=lambda item: yes_no(item.peer.preshared_key is not None), wide=True),
        Column(heading="SEEN BY", text=lambda item: ",".join(node for node, _ in item.seen), wide=True),
        Column(heading="KEY", text=lambda item: short_key(item.peer.public_key), wide=True),
        Column(heading="OWNER", text=lambda item: item.peer.annotations.get(names.OWNER, ""), wide=True),
        Column(
            heading="DESCRIPTION",
            text=lambda item: item.peer.annotations.get(names.DESCRIPTION, ""),
            wide=True,
        ),
        Column(heading="EXPIRES", text=lambda item: item.peer.annotations.get(names.EXPIRES, ""), wide=True),
        Column(heading="STATUS", text=_state),
    ),
    status=_status,
    state=lambda item: (item.peer, item.seen, item.discovered, item.lost, summary(item.findings)),
)
