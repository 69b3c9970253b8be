"""`kgctl events`: compare each mesh with the previous one."""

from collections.abc import Callable, Iterable, Iterator

from kgctl_py.changes.events import Event, EventKind, events_of, seen_peers
from kgctl_py.changes.mesh_changes import State, compare
from kgctl_py.errors import KgctlError
from kgctl_py.findings.rules.whole_mesh import granularity_disagreement
from kgctl_py.mesh.build_with_agreed_settings import LookUp, build_topology
from kgctl_py.mesh.claims import Place
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.value import Value


class MeshEvent(Value, frozen=True):
    """An event, and the Unix time of the mesh that shows it."""

    time: float
    event: Event


def event_state(mesh: Mesh, granularity: Granularity | None, look_up: LookUp) -> State:
    """Return the state to compare; its topology is None if the mesh has none, for example without a ready node."""
    findings = tuple(granularity_disagreement(mesh.ready_nodes))
    try:
        topology = build_topology(mesh, granularity=granularity, look_up=look_up)
    except KgctlError:
        return State(mesh=mesh, topology=None, findings=findings)
    return State(mesh=mesh, topology=topology, findings=findings)


def follow_events(meshes: Iterable[Mesh], state_of: Callable[[Mesh], State]) -> Iterator[MeshEvent]:
    """Yield the events since the first mesh; each peer is seen only once, until it is removed."""
    before: State | None = None
    seen: set[Place | None] = set()
    for mesh in meshes:
        after = state_of(mesh)
        for event in _events(before or after, after):
            if event.kind is EventKind.PEER_SEEN:
                if event.place in seen:
                    continue
                seen.add(event.place)
            elif event.kind is EventKind.PEER_REMOVED:
                seen.discard(event.place)
            yield MeshEvent(mesh.now, event)
        before = after


def _events(before: State, after: State) -> Iterator[Event]:
    """Yield the events between two meshes, and those of new peers that agents see already."""
    events = tuple(events_of(compare(before, after, reach=False)))
    yield from events
    added = {event.place for event in events if event.kind is EventKind.PEER_ADDED}
    if added:
        yield from (event for event in seen_peers(after) if event.place in added)
