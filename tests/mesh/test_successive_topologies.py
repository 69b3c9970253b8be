"""Each topology of a changing mesh is the one that `build_topology` computes, and keeps what did not change."""

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import IPAddress
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.live.successive_topologies import SuccessiveTopologies
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace
from kgctl_py.wireguard.endpoint import parse_ip
from tests.in_memory import NOW, Cluster, key, node, peer

Event = tuple[str, str, Any]
"""The kind of object, its name, and its new fields; None removes it."""

_NAMES = ("a", "b", "c", "d")
_SEEN = f'{{"{key("p1")}": {{"IP": "192.0.2.7", "Port": 1, "Zone": ""}}}}'
_FIELDS: dict[str, Sequence[str | None]] = {
    "location": ("west", "east", ""),
    "endpoint": ("203.0.113.1:1", "10.0.0.1:1", "203.0.113.2:1", "vpn.example.com:1", None),
    "leader": (None, "true"),
    "key": (key("a"), key("another"), None),
    "internal_ip": ("10.1.0.1/24", "10.1.0.9/24", None),
    "last_seen": (str(NOW), str(NOW - 30), str(NOW - 70)),
    "persistent_keepalive": (None, "25"),
    "granularity": ("location", "full", None),
    "wireguard_ip": ("10.4.0.1/16", "10.8.0.1/30", None),
    "discovered_endpoints": (None, _SEEN, _SEEN.replace("192.0.2.7", "192.0.2.8")),
    "allowed_location_ips": (None, "10.5.0.1/32", "10.9.0.0/24"),
}
_THEMES = (
    ("endpoint", "leader", "location", "last_seen"),
    ("allowed_location_ips", "internal_ip", "last_seen"),
    ("granularity", "wireguard_ip", "last_seen"),
    ("discovered_endpoints", "persistent_keepalive", "key"),
)


def _events(fields: Sequence[str]) -> Sequence[Event]:
    """Return events of a few fields, so that one meets what another one has done."""
    peers: tuple[dict[str, Any] | None, ...] = (
        None,
        {"number": 1},
        {"number": 2, "persistentKeepalive": 25},
        {"publicKey": ""},
    )
    return (
        *(("node", name, {field: value}) for name in _NAMES for field in fields for value in _FIELDS[field]),
        *(("node", name, None) for name in _NAMES),
        *(("peer", name, fields) for name in ("p1", "p2") for fields in peers),
    )


class _Cluster:
    """A cluster that events change."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Any]] = {name: {"location": "west"} for name in _NAMES[:3]}
        self._peers: dict[str, dict[str, Any]] = {"p1": {"number": 1}}
        self._known = Mesh((), (), NOW)

    def apply(self, event: Event) -> None:
        kind, name, fields = event
        objects: dict[str, Any] = self._nodes if kind == "node" else self._peers
        if fields is None:
            objects.pop(name, None)
        else:
            objects[name] = {**objects.get(name, {}), **fields} if kind == "node" else fields

    def mesh(self) -> Mesh:
        """Return the mesh, in which an object that did not change is the same value as before."""
        nodes = [
            node(name, _NAMES.index(name) + 1, **{"location": "west", **fields})
            for name, fields in self._nodes.items()
        ]
        peers = [peer(name, **fields) for name, fields in self._peers.items()]
        mesh = Cluster(nodes, peers).mesh()
        known = {each.name: each for each in self._known.nodes}
        kept = (known[each.name] if known.get(each.name) == each else each for each in mesh.nodes)
        self._known = replace(mesh, nodes=tuple(kept))
        return self._known


class _Names:
    """A resolver that knows one name, whose address changes."""

    def __init__(self) -> None:
        self._addresses = itertools.cycle(("203.0.113.8", "10.0.0.8"))
        self.change()

    def change(self) -> None:
        self._address = parse_ip(next(self._addresses))

    def look_up(self, _: set[str]) -> Mapping[str, IPAddress]:
        assert self._address
        return {"vpn.example.com": self._address}


def _outcome(compute: Callable[[], Topology]) -> Topology | str:
    """Return the topology, or the message of its error."""
    try:
        return compute()
    except KgctlError as error:
        return error.message


def _comparable(outcome: Topology | str) -> object:
    """Return all of a topology, with the order of its mappings and without last-seen times."""

    def segment(old: Segment) -> Segment:
        return replace(old, nodes=tuple(node.ageless() for node in old.nodes), leader=old.leader.ageless())

    if isinstance(outcome, str):
        return outcome
    ageless = replace(outcome, segments=tuple(map(segment, outcome.segments)))
    homes = {name: outcome.segment_of(name).name for name in outcome.ready_names}
    return ageless, list(outcome.discovered.items()), list(outcome.given_peers), homes


@pytest.mark.parametrize("fields", _THEMES, ids=" ".join)
@given(data=st.data())
def test_after_each_event_the_topology_is_the_same_as_one_that_is_built_from_nothing(
    fields: Sequence[str], data: st.DataObject
) -> None:
    granularity = data.draw(st.none() | st.sampled_from(Granularity))
    names = _Names()
    topologies, cluster = SuccessiveTopologies(granularity=granularity, look_up=names.look_up), _Cluster()
    topologies.topology(cluster.mesh())
    for event in data.draw(st.lists(st.sampled_from(_events(fields)), min_size=3, max_size=20)):
        cluster.apply(event)
        names.change()
        mesh = cluster.mesh()
        built = _outcome(functools.partial(build_topology, mesh, granularity=granularity, look_up=names.look_up))
        updated = _outcome(functools.partial(topologies.topology, mesh))
        assert _comparable(updated) == _comparable(built)


def _mesh(**changes: Any) -> Mesh:
    """Return three nodes in two locations, and node-3 with other annotations."""
    nodes = [node("node-1", 1, "west"), node("node-2", 2, "east")]
    return Cluster([*nodes, node("node-3", 3, "east", **changes)], [peer("laptop")]).mesh()


def test_a_changed_endpoint_changes_one_segment_and_nothing_else() -> None:
    topologies = SuccessiveTopologies()
    before = topologies.topology(_mesh())
    after = topologies.topology(_mesh(endpoint="198.51.100.1:1"))
    assert [seg.name for seg, old in zip(after.segments, before.segments, strict=True) if seg is not old] == [
        "location:east"
    ]
    assert after.peers is before.peers


def test_a_node_that_is_only_alive_changes_nothing() -> None:
    topologies = SuccessiveTopologies()
    before = topologies.topology(_mesh())
    assert topologies.topology(_mesh(last_seen=str(NOW - 5))) is before


def test_a_node_that_leaves_its_location_behind_changes_that_segment() -> None:
    topologies = SuccessiveTopologies()
    before = topologies.topology(_mesh())
    after = topologies.topology(_mesh(last_seen=str(NOW - 90)))
    east, west = after.segments
    assert [node.name for node in east.nodes] == ["node-2"]
    assert west is before.segments[1]


def test_a_subnet_that_only_a_stale_node_states_can_change() -> None:
    def mesh(subnet: str) -> Mesh:
        stale = node("node-2", 2, last_seen=str(NOW - 90), wireguard_ip=subnet)
        return Cluster([node("node-1", 1, wireguard_ip=None), stale]).mesh()

    topologies = SuccessiveTopologies()
    subnets = [str(topologies.topology(mesh(subnet)).subnet) for subnet in ("10.4.0.1/16", "10.8.0.1/24")]
    assert subnets == ["10.4.0.0/16", "10.8.0.0/24"]


@pytest.mark.parametrize(
    "missing", [{}, {"endpoint": None}, {"key": None}, {"pod_cidr": "x"}, {"last_seen": str(NOW - 60)}]
)
def test_a_node_is_ready_if_it_meets_every_condition(missing: dict[str, Any]) -> None:
    (read,) = Cluster([node("node-1", **missing)]).mesh().nodes
    assert read.is_ready(NOW) == (not read.why_not_ready(NOW)) == (not missing)
