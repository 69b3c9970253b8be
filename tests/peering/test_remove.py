"""`kgctl peering rm`: the Peers of the peering go, and nothing else."""

import copy

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from tests.in_memory import peer
from tests.peering.clusters import Server, World, aws, edge


def joined(*args: str) -> World:
    world = World(aws=aws(peers=[peer("laptop")]), edge=edge())
    assert world.kgctl("connect", "aws", "edge", *args).exit_code == 0
    return world


def test_both_clusters_are_as_they_were() -> None:
    world = joined()
    run = world.kgctl("rm", "aws", "edge")
    assert run.stderr == "kgctl: 2 Peers for edge removed from aws\nkgctl: 1 Peer for aws removed from edge\n"
    assert (run.exit_code, list(world.peers("aws")), list(world.peers("edge"))) == (0, ["laptop"], [])
    again = world.kgctl("rm", "aws", "edge")
    assert (again.exit_code, again.stderr) == (0, "kgctl: aws and edge: no Peers to remove\n")


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_a_dry_run_removes_nothing(dry_run: str) -> None:
    world = joined()
    run = world.kgctl("rm", "aws", "edge", "--dry-run", dry_run)
    who, server = "edge.loc.berlin, edge.loc.home", "2 Peers for edge would be removed from aws (dry run)\n"
    told = server if dry_run == "server" else f"aws: {who} would be removed (dry run)\n"
    assert (run.exit_code, f"kgctl: {told}" in run.stderr) == (0, True)
    assert (len(world.peers("aws")), len(world.peers("edge"))) == (3, 1)


def test_one_cluster_alone_forgets_the_other() -> None:
    world = joined()
    world.servers["edge"] = KgctlError("it does not answer")
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, 'cluster "edge": it does not answer' in run.stderr) == (1, True)
    assert len(world.peers("aws")) == 3
    assert world.kgctl("rm", "aws", "--peering", "edge").exit_code == 0
    assert list(world.peers("aws")) == ["laptop"]


def test_a_cluster_with_several_peerings_is_asked_for_one() -> None:
    world = joined()
    other = edge(uid="uid-2", services="")
    for number, one in enumerate(other.nodes):
        one["spec"]["podCIDR"] = f"10.50.{number}.0/24"
        one["metadata"]["annotations"]["kilo.squat.ai/wireguard-ip"] = "10.7.0.1/16"
        one["metadata"]["annotations"]["kilo.squat.ai/internal-ip"] = f"10.8.{number}.1/24"
        one["metadata"]["annotations"]["kilo.squat.ai/key"] = peer(f"second {number}")["spec"]["publicKey"]
    world.servers["second"] = other
    assert world.kgctl("connect", "aws", "second").exit_code == 0
    run = world.kgctl("rm", "aws")
    assert (run.exit_code, '"aws" has several peerings: edge, second' in run.stderr) == (1, True)
    assert world.kgctl("rm", "aws", "second").exit_code == 0
    assert sorted(world.peers("aws")) == ["edge.loc.berlin", "edge.loc.home", "laptop"]


def test_a_cluster_that_was_made_again_keeps_its_hands_off() -> None:
    world = joined()
    world.servers["edge"] = edge(uid="uid-new")
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, '"edge" is not the same cluster as before' in run.stderr) == (1, True)
    assert len(world.peers("aws")) == 3


def test_a_cluster_under_another_name_is_pointed_out() -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "far=edge")
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, "kgctl peering rm aws far=edge" in run.stderr) == (1, True)
    assert world.kgctl("rm", "aws", "far=edge").exit_code == 0
    assert world.peers("aws") == world.peers("edge") == {}


def test_a_removal_that_fails_says_where_and_can_be_repeated() -> None:
    world = joined()
    server = world.servers["aws"]
    assert not isinstance(server, KgctlError)
    server.fault = lambda _, name: ApiError("no", status=403) if name == "edge.loc.home" else None
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, 'cluster "aws": cannot delete peer "edge.loc.home": no' in run.stderr) == (1, True)
    server.fault = lambda *_: None
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert (list(world.peers("aws")), world.peers("edge")) == (["laptop"], {})


def test_a_removal_that_fails_leaves_the_keys_of_removed_peers_to_peers_that_share_them() -> None:
    world = joined()
    server = world.servers["aws"]
    assert not isinstance(server, KgctlError)
    first, second = [name for name in server.peers if name != "laptop"]
    server.peers["twin"] = peer("twin", 40, publicKey=server.peers[first]["spec"]["publicKey"])
    server.fault = lambda verb, name: ApiError("no", status=403) if (verb, name) == ("delete", second) else None
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, first in server.peers, second in server.peers) == (1, False, True)
    assert 'kgctl: peer "twin" has the same public key; kgctl updated it, so that agents keep it\n' in run.stderr
    assert server.log[-1] == ("touch", "twin")


def behind_nat() -> tuple[World, Server]:
    """Two clusters, joined with --annotate, so that home-1 has a keepalive."""
    far = edge()
    del far.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE]
    world = World(aws=aws(peers=[peer("laptop")]), edge=far)
    assert world.kgctl("connect", "aws", "edge", "--annotate").exit_code == 0
    return world, far


def keepalive(server: Server) -> str | None:
    value: str | None = server.nodes[2]["metadata"]["annotations"].get(names.PERSISTENT_KEEPALIVE)
    return value


def test_all_objects_are_as_they_were_also_those_that_were_annotated() -> None:
    before = copy.deepcopy(edge().nodes)
    del before[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE]
    world, far = behind_nat()
    assert keepalive(far) == "25"
    for how in ("client", "server"):
        run = world.kgctl("rm", "aws", "edge", "--dry-run", how)
        assert (run.exit_code, keepalive(far)) == (0, "25"), run.output
    run = world.kgctl("rm", "aws", "edge")
    assert 'edge: keepalive of node "home-1" removed' in run.stderr
    assert far.nodes == before
    assert {name: one["spec"] for name, one in world.peers("aws").items()} == {"laptop": peer("laptop")["spec"]}


def test_a_keepalive_of_somebody_else_stays() -> None:
    world = joined()
    far = world.servers["edge"]
    assert isinstance(far, Server)
    before = copy.deepcopy(far.nodes)
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert far.nodes == before
    world, far = behind_nat()
    far.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE] = "10"
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert (keepalive(far), names.PEERING_KEEPALIVE in far.nodes[2]["metadata"]["annotations"]) == ("10", False)


def test_a_keepalive_that_another_peering_needs_stays_until_that_ends() -> None:
    world, far = behind_nat()
    other = peer("office.loc.x", allowedIPs=["10.99.0.0/16"])
    other["metadata"]["labels"] = {names.PEERING: "office"}
    far.create(other)
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert keepalive(far) == "25"
    assert world.kgctl("rm", "edge", "--peering", "office").exit_code == 0
    assert (keepalive(far), far.peers) == (None, {})


def test_a_keepalive_that_cannot_be_removed_is_told_and_can_be_tried_again() -> None:
    world, far = behind_nat()
    far.fault = lambda verb, _: ApiError("no", status=403) if verb == "annotate" else None
    run = world.kgctl("rm", "aws", "edge")
    assert (run.exit_code, far.peers, keepalive(far)) == (0, {}, "25")
    assert 'cluster "edge": node "home-1" still has the keepalive that kgctl set: no' in run.stderr
    assert f"kubectl --context edge annotate node home-1 {names.PERSISTENT_KEEPALIVE}-" in run.stderr
    far.fault = lambda *_: None
    assert world.kgctl("rm", "aws", "edge").exit_code == 0
    assert keepalive(far) is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("aws", "edge", "x"), 'unexpected argument "x"'),
        (("aws", "edge", "--peering", "x"), "--peering does not work with two clusters"),
        (("aws", "edge.yaml"), "to change only aws: kgctl peering rm aws --peering edge"),
        (("a.yaml", "edge.yaml"), "the folder with its Peers: --git a=DIR\n"),
        (("aws", "edge", "--git", "aws=x", "--dry-run", "server"), "use --dry-run client"),
        (("aws", "edge", "--git", "x=y"), '--git "x=y" does not start with the name of one of the clusters'),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(args: tuple[str, ...], words: str) -> None:
    world = joined()
    run = world.kgctl("rm", *args)
    assert (run.exit_code, words in run.stderr) == (2, True), run.output
