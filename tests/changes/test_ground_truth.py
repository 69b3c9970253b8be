"""What `simulate` says before a change is what `changes` says after it, once all agents have reported."""

import copy
import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kgctl_py import names
from kgctl_py.cluster.saved.snapshot import taken_at
from kgctl_py.errors import KgctlError
from kgctl_py.mesh.address import parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from tests.cli.kgctl import kgctl
from tests.in_memory import NOW, Cluster, Raw, node
from tests.strategies import clusters, distinct_clusters

WIREGUARD_IP = names.PREFIX + "wireguard-ip"
GRANULARITY = names.PREFIX + "granularity"


def reported(
    nodes: Sequence[Raw], peers: Sequence[Raw], granularity: Granularity, subnet: str = "10.4.0.0/16"
) -> Cluster:
    """Return the cluster as agents report it that have computed it: leaders alone have a WireGuard IP."""
    nodes = copy.deepcopy(nodes)
    for raw in nodes:
        raw["metadata"]["annotations"] |= {GRANULARITY: granularity.value}
        raw["metadata"]["annotations"].pop(WIREGUARD_IP, None)
    mesh = Cluster(nodes, peers).mesh()
    assume(mesh.ready_nodes)
    try:
        topology = Topology.build(
            nodes=mesh.ready_nodes,
            peers=mesh.ready_peers,
            granularity=granularity,
            subnet=parse_cidr(subnet),
        )
    except KgctlError:
        assume(False)
    leaders = {segment.leader.name: segment.wireguard_ip for segment in topology.segments}
    for raw in nodes:
        if raw["metadata"]["name"] in leaders:
            ip = f"{leaders[raw['metadata']['name']]}/{subnet.partition('/')[2]}"
            raw["metadata"]["annotations"][WIREGUARD_IP] = ip
    return Cluster(nodes, peers)


odd_clusters = clusters() | distinct_clusters()
granularities = st.sampled_from(Granularity)


@st.composite
def a_change(draw: st.DrawFn, old: Cluster, granularity: Granularity) -> tuple[Cluster, list[str], Sequence[Raw]]:
    """A change of a cluster: the cluster after it, the options that describe it, and Peers for stdin."""
    nodes, peers = old.nodes, old.peers
    kind = draw(st.sampled_from(("without", "with-node", "granularity", "subnet", "peers")))
    if kind == "without":
        gone = draw(st.lists(st.sampled_from([_name(raw) for raw in nodes]), min_size=1, max_size=2, unique=True))
        kept = [raw for raw in nodes if _name(raw) not in gone]
        return reported(kept, peers, granularity), ["--without", ",".join(gone)], ()
    if kind == "with-node":
        location, keepalive = draw(st.sampled_from("abz")), draw(st.sampled_from((None, "25")))
        new = node("zz", 77, location, leader="true", persistent_keepalive=keepalive)
        addresses = "endpoint=203.0.113.77:51820,internal-ip=10.1.0.77/24,pod-cidr=10.42.77.0/24"
        option = f"zz,location={location},{addresses},leader" + (f",keepalive={keepalive}" if keepalive else "")
        return reported([*nodes, new], peers, granularity), ["--with-node", option], ()
    if kind == "granularity":
        other = draw(granularities)
        return reported(nodes, peers, other), ["--granularity", other.value], ()
    if kind == "subnet":
        subnet = draw(st.sampled_from(("10.9.0.0/24", "10.4.0.0/20", "10.0.0.0/8", "fd00:4::/112")))
        return reported(nodes, peers, granularity, subnet), ["--subnet", subnet], ()
    added = draw(odd_clusters).peers
    kept = [raw for raw in peers if _name(raw) not in {_name(other) for other in added}]
    return reported(nodes, [*kept, *added], granularity), ["--peer-file", "-"], added


def _name(raw: Raw) -> str:
    name: str = raw["metadata"]["name"]
    return name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_clusters, granularities, st.data())
def test_what_is_simulated_is_what_then_changes(
    tmp_path: Path, cluster: Cluster, granularity: Granularity, data: st.DataObject
) -> None:
    old = reported(cluster.nodes, cluster.peers, granularity)
    new, options, peers = data.draw(a_change(old, granularity))
    assume(taken_at(old.mesh().nodes) == taken_at(new.mesh().nodes) == NOW)  # a file has no other time
    for name, state in (("old", old), ("new", new)):
        (tmp_path / f"{name}.json").write_text(state.as_list())
    before, after = str(tmp_path / "old.json"), str(tmp_path / "new.json")
    given_peers = json.dumps({"kind": "List", "items": list(peers)}).encode()
    simulated = kgctl("--from-file", before, "simulate", *options, "-o", "json", stdin=given_peers)
    changed = kgctl("--from-file", after, "changes", before, "-o", "json")
    assert simulated.exit_code == changed.exit_code, (simulated.stderr, changed.stderr)
    assert json.loads(simulated.stdout) == json.loads(changed.stdout)
