"""The plan for a fleet: which Peers are created, changed, and removed, and the mesh afterwards."""

from collections.abc import Iterable, Iterator, Mapping

from kgctl_py import names
from kgctl_py.cluster.interface import Cluster
from kgctl_py.kilo.peers import manifest, read_peer
from kgctl_py.mesh.address import IPInterface
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.notice import Notice, note
from kgctl_py.peers.address_choice import DEFAULT_POOL, default_pool
from kgctl_py.peers.fleet.choose_keys_and_addresses import completed
from kgctl_py.peers.fleet.declared_peer import DeclaredPeer
from kgctl_py.peers.fleet.differences import Difference, differences
from kgctl_py.value import Value, replace
from kgctl_py.wireguard import Key


class FleetSettings(Value, frozen=True, kw_only=True):
    """The name of the set, empty for none; whether its other Peers are removed; and the time.

    Without a `pool`, addresses are from the default one.
    """

    set_name: str = ""
    prunes: bool = False
    pool: IPInterface | None = None
    now: float = 0.0


class Creation(Value, frozen=True, kw_only=True):
    """A Peer to create, and its private key if kgctl generates it."""

    declared: DeclaredPeer
    peer: Peer
    private_key: Key | None = None
    takes_address: bool = False
    """Whether kgctl chose its address, and can choose another one."""


class Update(Value, frozen=True, kw_only=True):
    """A Peer to change."""

    declared: DeclaredPeer
    before: Peer
    after: Peer
    differences: tuple[Difference, ...]


class FleetPlan(Value, frozen=True, kw_only=True):
    """What is removed, changed, and created, in this order, and the mesh before and afterwards."""

    removals: tuple[Peer, ...]
    updates: tuple[Update, ...]
    creations: tuple[Creation, ...]
    unchanged: int
    old: Mesh
    new: Mesh
    services: tuple[IPInterface, ...] = ()
    pool: IPInterface = DEFAULT_POOL
    notices: tuple[Notice, ...] = ()

    @property
    def changes(self) -> int:
        """The number of changes."""
        return len(self.removals) + len(self.updates) + len(self.creations)

    @property
    def generates_keys(self) -> bool:
        """Whether there are private keys, which must be delivered."""
        return any(creation.private_key for creation in self.creations)


def plan_fleet(cluster: Cluster, declared: Iterable[DeclaredPeer], settings: FleetSettings) -> FleetPlan:
    """Return the plan, unchecked; raise KgctlError if the pool has no free address."""
    old, services = cluster.mesh(), cluster.networks().services
    pool = settings.pool or default_pool(old)
    known = {peer.name: peer for peer in cluster.peers().known_peers()}
    declared = [_labelled(one, settings.set_name) for one in declared]
    removals = tuple(_pruned(known.values(), {one.name for one in declared}, settings))
    updates, unchanged = _updates(declared, known)
    kept = without(old, (peer.name for peer in removals))
    for update in updates:
        kept = kept.with_peer(update.after)
    new = [one for one in declared if one.name not in known]
    due = [one for one in new if one.peer().is_expired(settings.now)]
    creations = tuple(
        Creation(declared=one, peer=one.peer(), private_key=key, takes_address=chosen)
        for one, key, chosen in completed([one for one in new if one not in due], (old, kept), pool, services)
    )
    return FleetPlan(
        removals=removals,
        updates=updates,
        creations=creations,
        unchanged=unchanged,
        old=old,
        new=with_peers(kept, (creation.peer for creation in creations)),
        services=services,
        pool=pool,
        notices=tuple(note(f'peer "{one.name}" not created: it has expired ({one.place})') for one in due),
    )


def without(mesh: Mesh, gone: Iterable[str]) -> Mesh:
    """Return the mesh without some peers."""
    gone = set(gone)
    return replace(mesh, peers=tuple(peer for peer in mesh.peers if peer.name not in gone))


def with_peers(mesh: Mesh, peers: Iterable[Peer]) -> Mesh:
    """Return the mesh with more peers, which replace those with the same names."""
    by_name = {peer.name: peer for peer in (*mesh.peers, *peers)}
    return Mesh.of(mesh.nodes, by_name.values(), mesh.now, mesh.clock_skew)


def _labelled(declared: DeclaredPeer, set_name: str) -> DeclaredPeer:
    return replace(declared, labels={**declared.labels, names.SET: set_name}) if set_name else declared


def _pruned(known: Iterable[Peer], declared: set[str], settings: FleetSettings) -> Iterator[Peer]:
    """Yield the Peers of the set that the files do not declare."""
    if settings.prunes and settings.set_name:
        for peer in known:
            if peer.labels.get(names.SET) == settings.set_name and peer.name not in declared:
                yield peer


def _updates(declared: Iterable[DeclaredPeer], known: Mapping[str, Peer]) -> tuple[tuple[Update, ...], int]:
    """Return the changes of existing Peers, and the number of those without a change."""
    pairs = [(_for_existing(one, known[one.name]), known[one.name]) for one in declared if one.name in known]
    updates = []
    for one, before in pairs:
        after = declared_peer(one, before)
        found = differences(before, after)
        if found:
            updates.append(Update(declared=one, before=before, after=after, differences=found))
    return tuple(updates), len(pairs) - len(updates)


def declared_peer(declared: DeclaredPeer, before: Peer) -> Peer:
    """Return the existing Peer `before` with the declared fields."""
    resource = manifest(before, before.annotations)
    resource["metadata"]["labels"] = dict(before.labels)
    return read_peer(declared.apply(resource))


def _for_existing(declared: DeclaredPeer, peer: Peer) -> DeclaredPeer:
    """Return the declaration for an existing Peer, which stays enabled or disabled whatever the file says."""
    annotations = {name: text for name, text in declared.annotations.items() if name != names.DISABLED_IPS}
    spec = dict(declared.spec)
    if peer.is_disabled and "allowedIPs" in spec:
        annotations[names.DISABLED_IPS] = ",".join(spec.pop("allowedIPs"))
    return replace(declared, spec=spec, annotations=annotations)
