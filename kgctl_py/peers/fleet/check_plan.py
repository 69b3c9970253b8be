"""Check a plan for a fleet before anything is written."""

from collections.abc import Callable, Iterable, Iterator

from kgctl_py import names
from kgctl_py.cluster.interface import PeerStore
from kgctl_py.errors import KgctlError
from kgctl_py.escape_text import typed
from kgctl_py.findings import Finding, Severity
from kgctl_py.findings.all_findings import all_findings
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh import free_address
from kgctl_py.mesh.address import IPInterface, host_addresses, unusable
from kgctl_py.mesh.network_owners import OverlapIndex
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.mesh.topology import Topology
from kgctl_py.peers.fleet.declared_peer import DeclaredPeer, PlacedError
from kgctl_py.peers.fleet.fleet_plan import Creation, FleetPlan, without
from kgctl_py.wireguard import Key
from kgctl_py.wireguard.cidr import IPV4

_EXPECTED = (Code.PEER_UNSEEN, Code.KEEPALIVE_OWN, Code.PEER_DISABLED)
"""Findings that every new peer has until it connects, and one that kgctl itself causes."""


def problems(plan: FleetPlan, store: PeerStore, set_name: str, *, ipv4_only: bool = False) -> Iterator[KgctlError]:
    """Yield each reason not to carry out the plan, except findings.

    `ipv4_only` means that new configurations have no IPv6.
    """
    yield from _of_store(plan, store)
    for update in plan.updates:
        yield from _owner(update.declared, update.before, set_name)
    changed = [(one.declared, one.after) for one in plan.updates]
    changed += [(one.declared, one.peer) for one in plan.creations]
    yield from _keys(changed, plan.new)
    yield from _addresses(plan)
    for declared, peer in changed:
        if not peer.public_key and not peer.faults:
            yield PlacedError(declared.place, f'peer "{peer.name}": its public key is all zeros')
        for fault in peer.faults:
            yield PlacedError(declared.place, f'peer "{peer.name}": {fault}', hint=fault.hint)
    for creation in plan.creations:
        if creation.private_key:
            yield from _configuration(creation, ipv4_only=ipv4_only)


def new_findings(plan: FleetPlan, build: Callable[[Mesh], Topology | None]) -> tuple[Finding, ...]:
    """Return the findings that appear in the mesh if the plan is carried out."""
    before = set(all_findings(plan.old, build(plan.old)))
    after = all_findings(plan.new, build(plan.new))
    return tuple(one for one in after if one not in before and one.code not in _EXPECTED)


def errors(findings: Iterable[Finding]) -> Iterator[KgctlError]:
    """Yield the findings that are errors."""
    for finding in findings:
        if finding.severity is Severity.ERROR:
            yield KgctlError(str(finding), hint=finding.advice)


def _configuration(creation: Creation, *, ipv4_only: bool) -> Iterator[KgctlError]:
    """Yield why kgctl cannot generate a configuration with the new key."""
    where, peer = creation.declared.place, creation.peer
    if creation.declared.is_disabled:
        message = f'peer "{peer.name}" is disabled and has no public key'
        yield PlacedError(where, message, hint="declare its public key")
    elif not peer.faults:
        yield from _interface_address(where, peer, ipv4_only=ipv4_only)


def _interface_address(where: str, peer: Peer, *, ipv4_only: bool) -> Iterator[KgctlError]:
    addresses = host_addresses(peer.allowed_ips)
    if not addresses:
        message = f'peer "{peer.name}" has no /32 or /128 allowed IP to use as the interface address'
        yield PlacedError(where, message, hint="declare an address, such as 10.5.0.7/32, or a public key")
    elif ipv4_only and not any(cidr.version == IPV4 for cidr in addresses):
        message = f'peer "{peer.name}" has no IPv4 address, which --ipv4-only needs'
        yield PlacedError(where, message, hint="declare one, such as 10.5.0.7/32, or leave out --ipv4-only")


def _of_store(plan: FleetPlan, store: PeerStore) -> Iterator[KgctlError]:
    """Yield what the store refuses: names in another place, and files that cannot be changed."""
    for creation in plan.creations:
        yield from _raised(store.check_new, creation.peer.name)
    for name in (*(update.before.name for update in plan.updates), *(peer.name for peer in plan.removals)):
        yield from _raised(store.check_existing, name)


def _raised(check: Callable[[str], None], name: str) -> Iterator[KgctlError]:
    try:
        check(name)
    except KgctlError as error:
        yield error


def _owner(declared: DeclaredPeer, peer: Peer, set_name: str) -> Iterator[KgctlError]:
    """Yield that a Peer belongs to another set, a peering, or a ClusterMesh."""
    other = peer.labels.get(names.SET)
    if other not in (None, set_name):
        yield PlacedError(
            declared.place,
            f'peer "{peer.name}" belongs to the set "{other}"',
            hint=f"use --set {typed(other or '')}, or choose another name",
        )
    for label, what in ((names.PEERING, "peering"), (names.CLUSTERMESH, "ClusterMesh")):
        if label in peer.labels:
            message = f'peer "{peer.name}" belongs to the {what} "{peer.labels[label]}"'
            yield PlacedError(declared.place, message, hint="choose another name")


def _keys(changed: Iterable[tuple[DeclaredPeer, Peer]], mesh: Mesh) -> Iterator[KgctlError]:
    """Yield each public key of a changed Peer that something else in the mesh has afterwards."""
    holders: dict[Key | None, list[tuple[str, str]]] = {}
    for node in mesh.nodes:
        holders.setdefault(node.key, []).append((f'node "{node.name}"', ""))
    for peer in mesh.peers:
        holders.setdefault(peer.public_key, []).append((f'peer "{peer.name}"', peer.name))
    for declared, peer in changed:
        others = [what for what, name in holders.get(peer.public_key, ()) if name != peer.name]
        if peer.public_key and others:
            message = f'peer "{peer.name}": the public key {peer.public_key} is already in use by {others[0]}'
            yield PlacedError(declared.place, message)


def _addresses(plan: FleetPlan) -> Iterator[KgctlError]:
    """Yield each allowed IP that a changed Peer gets, and that something else in the mesh has."""
    changed = [(one.declared, one.after) for one in plan.updates if _reserved(one.after) != _reserved(one.before)]
    changed += [(one.declared, one.peer) for one in plan.creations]
    others = without(plan.new, (peer.name for _, peer in changed))
    claims: OverlapIndex[str] = OverlapIndex()
    for cidr, what in free_address.used_networks(others, plan.services).items():
        claims.add(cidr, f"{cidr} is {what}")
    for declared, peer in changed:
        for cidr in _reserved(peer):
            if why := unusable(cidr):
                message = f'peer "{peer.name}": the allowed IP "{cidr}" {why}, so no peer can have it'
                yield PlacedError(declared.place, message)
            holder = claims.overlapping(cidr)
            if holder is not None:
                message = f'peer "{peer.name}": the allowed IP "{cidr}" is already in use: {holder}'
                yield PlacedError(declared.place, message)
        for cidr in _reserved(peer):
            claims.add(cidr, f'{cidr} is an allowed IP of peer "{peer.name}"')


def _reserved(peer: Peer) -> tuple[IPInterface, ...]:
    return peer.allowed_ips or peer.disabled_ips
