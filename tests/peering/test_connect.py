"""`kgctl peering connect`: what is written into two clusters, and that nothing is when something is wrong."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from tests.in_memory import key, node, peer
from tests.peering.clusters import Fault, Server, World, aws, edge, edge_node, segments_of


def test_each_cluster_gets_a_peer_for_every_segment_of_the_other() -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stderr) == (0, "")
    assert segments_of(world.peers("aws")) == {
        "edge.loc.berlin": "location:berlin",
        "edge.loc.home": "location:home",
    }
    assert segments_of(world.peers("edge")) == {"aws.loc.eu-west": "location:eu-west"}
    made = world.peers("aws")["edge.loc.berlin"]
    assert made["metadata"]["labels"] == {names.MANAGED_BY: "kgctl", names.PEERING: "edge"}
    assert made["metadata"]["annotations"] == {
        names.PEERING_UID: "uid-edge",
        names.PEERING_SEGMENT: "location:berlin",
        names.PEERING_LEADER: "berlin-1",
        names.PEERING_SERVICES: "10.45.0.0/16",
    }
    assert made["spec"] == {
        "allowedIPs": [
            *("10.44.11.0/24", "10.9.0.11/32", "10.44.12.0/24", "10.9.0.12/32"),
            *("10.6.0.1/32", "10.45.0.0/16"),
        ],
        "endpoint": {"dnsOrIP": {"ip": "198.51.100.11"}, "port": 51820},
        "persistentKeepalive": 0,
        "publicKey": key("edge berlin-1"),
    }
    assert "3 created, 0 changed, 0 removed; 2 x 1 tunnels" in run.stdout


def test_a_segment_behind_nat_has_no_endpoint_and_a_keepalive() -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "edge")
    spec = world.peers("aws")["edge.loc.home"]["spec"]
    assert "endpoint" not in spec
    assert spec["persistentKeepalive"] == 25


def test_a_second_run_makes_no_changes() -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "edge")
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stderr) == (0, "")
    assert "edge in aws: no change\naws in edge: no change\n0 created, 0 changed, 0 removed" in run.stdout


def test_a_new_leader_changes_the_peer_and_no_name() -> None:
    server = edge()
    world = World(aws=aws(), edge=server)
    world.kgctl("connect", "aws", "edge")
    server.nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    run = world.kgctl("connect", "aws", "edge")
    assert "~ edge.loc.berlin" in run.stdout
    assert world.peers("aws")["edge.loc.berlin"]["spec"]["publicKey"] == key("edge berlin-2")
    assert world.peers("aws")["edge.loc.berlin"]["metadata"]["annotations"][names.PEERING_LEADER] == "berlin-2"
    assert world.kgctl("connect", "aws", "edge").stdout.count("no change") == 2


def test_three_clusters_are_joined_with_each_other() -> None:
    nodes = [node("o1", 31, "o", pod_cidr="10.46.1.0/24", key=key("o1"), wireguard_ip="10.7.0.1/16")]
    office = Server(nodes, uid="uid-office", services="10.47.0.0/16")
    world = World(aws=aws(), edge=edge(), office=office)
    run = world.kgctl("connect", "aws", "edge", "office")
    assert run.exit_code == 0, run.output
    assert sorted(world.peers("office")) == ["aws.loc.eu-west", "edge.loc.berlin", "edge.loc.home"]
    assert len(world.peers("aws")) == len(world.peers("edge")) + 1 == 3


def test_a_cluster_is_called_as_the_user_says() -> None:
    world = World(aws=aws(), **{"edge@Admin_1": edge()})
    world.kgctl("connect", "aws", "edge@Admin_1")
    assert sorted(world.peers("aws")) == ["edge-admin-1.loc.berlin", "edge-admin-1.loc.home"]
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "far=edge")
    assert sorted(world.peers("aws")) == ["far.loc.berlin", "far.loc.home"]


def test_a_psk_is_one_for_all_peers_of_the_pair_and_stays() -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "edge", "--psk")
    peers = (*world.peers("aws").values(), *world.peers("edge").values())
    (psk,) = {one["spec"]["presharedKey"] for one in peers}
    run = world.kgctl("connect", "aws", "edge")
    assert run.stdout.count("no change") == 2
    assert psk not in world.kgctl("connect", "aws", "edge", "-o", "json").stdout


def test_two_psks_that_were_generated_at_the_same_time_become_one() -> None:
    world = World(aws=aws(), edge=edge())
    near, far = ("connect", "aws", "edge", "--write", "aws"), ("connect", "edge", "aws", "--write", "edge")
    world.kgctl(*near, "--psk")
    other = World(aws=aws(), edge=edge())
    other.kgctl(*far, "--psk")
    world.servers["edge"] = other.servers["edge"]  # neither saw the key of the other
    for args in (near, far):
        assert world.kgctl(*args, "--psk").exit_code == 0
    peers = (*world.peers("aws").values(), *world.peers("edge").values())
    assert len(peers) == 3
    assert len({one["spec"]["presharedKey"] for one in peers}) == 1
    for args in (near, far):
        assert "0 created, 0 changed, 0 removed" in world.kgctl(*args).stdout


def test_the_services_of_a_cluster_go_to_one_peer_which_keeps_them() -> None:
    server = edge()
    world = World(aws=aws(), edge=server)
    world.kgctl("connect", "aws", "edge", "--services-via", "edge=home")
    carriers = [name for name, one in world.peers("aws").items() if "10.45.0.0/16" in one["spec"]["allowedIPs"]]
    assert carriers == ["edge.loc.home"]
    assert world.kgctl("connect", "aws", "edge").stdout.count("no change") == 2
    world.kgctl("connect", "aws", "edge", "--services", "aws")
    assert all("10.45.0.0/16" not in one["spec"]["allowedIPs"] for one in world.peers("aws").values())
    assert all(names.PEERING_SERVICES not in one["metadata"]["annotations"] for one in world.peers("aws").values())


def test_a_leader_that_must_dial_is_given_a_keepalive_or_nothing_is_written() -> None:
    server = edge()
    del server.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE]
    world = World(aws=aws(), edge=server)
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, world.peers("aws"), world.peers("edge")) == (1, {}, {})
    assert "K-PEERING-KEEPALIVE" in run.stderr
    assert "kubectl --context edge annotate node home-1 kilo.squat.ai/persistent-keepalive=25" in run.stderr
    assert world.kgctl("connect", "aws", "edge", "--annotate").exit_code == 0
    assert server.nodes[2]["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE] == "25"


def test_a_node_behind_nat_that_may_lead_next_is_given_a_keepalive_too() -> None:
    far = edge()
    far.nodes.append(edge_node("home-2", 22, "home", endpoint="192.168.7.22:51820", internal_ip="192.168.7.22/24"))
    world = World(aws=aws(), edge=far)
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    assert names.PERSISTENT_KEEPALIVE not in far.nodes[3]["metadata"]["annotations"]
    assert world.kgctl("connect", "aws", "edge", "--annotate").exit_code == 0
    keepalives = [one["metadata"]["annotations"].get(names.PERSISTENT_KEEPALIVE) for one in far.nodes]
    assert keepalives == [None, None, "25", "25"]
    far.nodes[2]["metadata"]["annotations"][names.LAST_SEEN] = "1"
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    assert world.peers("aws")["edge.loc.home"]["spec"]["publicKey"] == key("edge home-2")


def test_segments_that_both_must_dial_have_no_tunnel_and_the_others_have() -> None:
    nodes = [
        node("n1", 1, "eu-west", pod_cidr="10.42.1.0/24", key=key("aws n1")),
        node("d1", 3, "den", pod_cidr="10.42.3.0/24", endpoint="10.1.0.3:1", persistent_keepalive="25"),
    ]
    world = World(aws=aws(nodes=nodes), edge=edge())
    run = world.kgctl("connect", "aws", "edge")
    assert run.exit_code == 1
    assert (
        '‼ K-PEERING-NOWAY aws: no tunnel from "location:den" to "location:home" of edge: neither has a public '
        "endpoint\n"
        '    hint: if edge can reach "location:den" of aws, add --endpoint aws/location:den=HOST:PORT\n'
        '    hint: if aws can reach "location:home" of edge, add --endpoint edge/location:home=HOST:PORT\n'
    ) in run.stdout
    assert len(world.peers("aws")) == len(world.peers("edge")) == 2


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_a_dry_run_shows_the_plan_and_writes_nothing(dry_run: str) -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("connect", "aws", "edge", "--dry-run", dry_run)
    assert (run.exit_code, world.peers("aws"), world.peers("edge")) == (0, {}, {})
    assert "+ edge.loc.berlin" in run.stdout
    assert "3 created" in run.stdout


def test_a_dry_run_of_the_server_reports_what_it_refuses() -> None:
    server = aws()
    server.fault = lambda verb, _: ApiError("not allowed", status=403) if verb == "create" else None
    world = World(aws=server, edge=edge())
    assert world.kgctl("connect", "aws", "edge", "--dry-run", "client").exit_code == 0
    run = world.kgctl("connect", "aws", "edge", "--dry-run", "server")
    assert (run.exit_code, "not allowed" in run.stderr) == (1, True)


def test_json_has_the_plan_and_whether_it_was_carried_out() -> None:
    world = World(aws=aws(), edge=edge())
    told = json.loads(world.kgctl("connect", "aws", "edge", "-o", "json").stdout)
    assert (told["kind"], told["applied"], told["refused"]) == ("PeeringPlan", True, False)
    assert {(one["in"], one["name"], one["action"]) for one in told["peers"]} == {
        ("aws", "edge.loc.berlin", "create"),
        ("aws", "edge.loc.home", "create"),
        ("edge", "aws.loc.eu-west", "create"),
    }
    world = World(aws=aws(), edge=edge(services="10.43.0.0/16"))
    run = world.kgctl("connect", "aws", "edge", "-o", "json")
    told = json.loads(run.stdout)
    assert (run.exit_code, told["applied"], told["refused"]) == (1, False, True)


def test_yaml_is_printed_for_each_cluster_and_nothing_written() -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("connect", "aws", "edge", "--print", "yaml")
    assert world.peers("aws") == {}
    assert run.stdout.startswith("# cluster aws\n---\n")
    assert run.stdout.index("# cluster edge") > run.stdout.index("edge.loc.home")
    for args in (("--dry-run", "client"), ("-o", "json")):
        both = world.kgctl("connect", "aws", "edge", "--print", "yaml", *args)
        assert (both.exit_code, both.stdout, "exclude each other" in both.stderr) == (2, "", True)


def test_a_removed_segment_is_pruned_and_one_that_is_temporarily_down_is_not() -> None:
    server = edge()
    world = World(aws=aws(), edge=server)
    world.kgctl("connect", "aws", "edge")
    annotations = server.nodes[2]["metadata"]["annotations"]
    annotations[names.LAST_SEEN] = str(int(server.now) - 300)
    assert world.kgctl("connect", "aws", "edge", "--yes").stdout.count("no change") == 2
    annotations[names.LAST_SEEN] = str(int(server.now) - 700)
    assert world.kgctl("connect", "aws", "edge", "--no-prune").exit_code == 0
    assert "edge.loc.home" in world.peers("aws")
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "refusing to remove 1 Peer without --yes" in run.stderr) == (2, True)
    run = world.kgctl("connect", "aws", "edge", "--yes")
    assert list(world.peers("aws")) == ["edge.loc.berlin"]
    assert "0 created, 0 changed, 1 removed" in run.stdout


def test_leaders_that_swap_their_keys_never_have_one_key_twice() -> None:
    server = edge()
    near = aws()
    world = World(aws=near, edge=server)
    world.kgctl("connect", "aws", "edge")
    first, second = (server.nodes[n]["metadata"]["annotations"] for n in (0, 2))
    first[names.KEY], second[names.KEY] = second[names.KEY], first[names.KEY]
    run = world.kgctl("connect", "aws", "edge", "--yes")
    assert run.exit_code == 0, run.output
    assert near.clashes == []
    assert near.log[2:] == [
        ("delete", "edge.loc.berlin"),
        ("update", "edge.loc.home"),
        ("create", "edge.loc.berlin"),
    ]
    assert world.kgctl("connect", "aws", "edge").stdout.count("no change") == 2


def test_peers_of_the_documented_loop_are_adopted_on_request() -> None:
    near = aws(peers=[peer("berlin-1", publicKey=key("edge berlin-1"), allowedIPs=["10.44.11.0/24"])])
    world = World(aws=near, edge=edge())
    run = world.kgctl("connect", "aws", "edge")
    assert run.exit_code == 1
    assert 'K-PEERING-OWNED aws: peer "berlin-1" has the key of node "berlin-1" of edge' in run.stderr
    assert list(near.peers) == ["berlin-1"]
    assert world.kgctl("connect", "aws", "edge", "--adopt").exit_code == 0
    assert near.log[0] == ("delete", "berlin-1")
    assert sorted(near.peers) == ["edge.loc.berlin", "edge.loc.home"]


def test_a_peering_is_renamed_by_adopting_it() -> None:
    near = aws()
    world = World(aws=near, edge=edge())
    world.kgctl("connect", "aws", "edge")
    run = world.kgctl("connect", "aws", "far=edge")
    assert (run.exit_code, "or call the cluster edge, as before" in run.stderr) == (1, True)
    assert world.kgctl("connect", "aws", "far=edge", "--adopt").exit_code == 0
    assert sorted(near.peers) == ["far.loc.berlin", "far.loc.home"]
    assert near.clashes == []


def test_peers_of_another_operator_are_left_alone() -> None:
    other = peer("x", publicKey=key("edge berlin-1"), allowedIPs=["10.44.11.0/24"])
    other["metadata"]["labels"] = {names.CLUSTERMESH: "blue"}
    world = World(aws=aws(peers=[other]), edge=edge())
    run = world.kgctl("connect", "aws", "edge", "--adopt")
    assert run.exit_code == 1
    assert 'peer "x" of the ClusterMesh "blue" has the key' in run.stderr
    assert list(world.peers("aws")) == ["x"]


def test_a_cluster_that_was_made_again_is_another_one() -> None:
    world = World(aws=aws(), edge=edge())
    world.kgctl("connect", "aws", "edge")
    world.servers["edge"] = edge(uid="uid-new")
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, 'K-PEERING-NAME aws: "edge" is not the same cluster as before' in run.stderr) == (
        1,
        True,
    )
    assert world.kgctl("connect", "aws", "edge", "--yes-replace").exit_code == 0
    uids = {one["metadata"]["annotations"][names.PEERING_UID] for one in world.peers("aws").values()}
    assert uids == {"uid-new"}


def test_a_name_that_another_peer_has_is_refused() -> None:
    world = World(aws=aws(peers=[peer("edge.loc.home")]), ctx=edge())
    run = world.kgctl("connect", "aws", "edge=ctx")
    assert run.stderr.endswith("give edge another name: NAME=ctx\n")
    assert (run.exit_code, 'K-PEERING-NAME aws: peer "edge.loc.home" already exists' in run.stderr) == (1, True)
    assert list(world.peers("aws")) == ["edge.loc.home"]


TWICE_CIDR = ("--service-cidr", "edge=10.45.0.0/16", "--service-cidr", "edge=10.46.0.0/16")
TWICE_ENDPOINT = ("--endpoint", "edge/home=none", "--endpoint", "edge/home=192.0.2.1:1")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "peering connect needs at least two clusters"),
        (("aws",), 2, "peering connect needs at least two clusters"),
        (
            ("aws", "edge", "--endpoint", "c/x=1.2.3.4:1"),
            2,
            '--endpoint "c/x=1.2.3.4:1" does not start with the name',
        ),
        (("aws", "aws"), 2, 'the cluster "aws" is given twice\nhint: name each cluster once'),
        (("aws", "again=aws"), 2, '"aws" and "again" are the same cluster'),
        (("aws", "nowhere"), 2, 'context "nowhere" does not exist'),
        (("aws", "dead"), 1, 'cluster "dead": it does not answer'),
        (("aws", "Edge_1=edge"), 2, '"Edge_1" cannot be the name of a cluster'),
        (("aws", "edge-=edge"), 2, 'digits, and "-"; start and end with a letter or digit'),
        (("aws", "edge", "--services", "x"), 2, '"x" is not one of the clusters'),
        (("aws", "edge", "--endpoint", "edge/x=1.2.3.4:1"), 2, '"edge" has no ready segment "x"'),
        (("aws", "edge", "--endpoint", "edge=1.2.3.4:1"), 2, "is not NAME/SEGMENT=HOST:PORT"),
        (
            ("aws", "edge", "--services-via", "edge=home", "--services", "aws"),
            2,
            '--services-via "edge=home" and --services "aws" exclude each other',
        ),
        (("aws", "edge", "--services-via", "edge=x"), 2, '"edge" has no ready segment "x"'),
        (
            ("aws", "edge", "--service-cidr", "edge="),
            2,
            '--service-cidr "edge=" is not NAME=CIDR\nhint: for example: --service-cidr aws=10.96.0.0/12',
        ),
        (
            ("aws", "edge", "--print", "json"),
            2,
            '--print "json" is not yaml\n',
        ),
        (
            ("aws", "edge", "--service-cidr", "edge=10.45.0.1/16"),
            2,
            '--service-cidr "edge=10.45.0.1/16" has host bits set\nhint: use --service-cidr edge=10.45.0.0/16',
        ),
        (("aws", "edge", *TWICE_CIDR), 2, '--service-cidr has two values for "edge"\nhint: leave out one of them'),
        (("aws", "edge", *TWICE_ENDPOINT), 2, '--endpoint has two values for "edge/home"'),
        (("aws", "edge", "--keepalive", "often"), 2, "is neither auto nor a number of seconds from 0 to 65535"),
        (("--context", "x", "aws", "edge"), 2, "--context does not work with this command"),
    ],
)
def test_an_impossible_peering_is_one_error_and_nothing_is_written(
    args: tuple[str, ...], code: int, words: str
) -> None:
    world = World(aws=aws(), edge=edge(), dead=KgctlError("it does not answer"))
    run = world.kgctl("connect", *args)
    assert (run.exit_code, words in run.stderr) == (code, True), run.output
    assert world.peers("aws") == world.peers("edge") == {}


def failing_once(status: int, after: int) -> Fault:
    """Return a fault of the write after some others."""
    answers = iter([None] * after + [ApiError("no", status=status)])
    return lambda *_: next(answers, None)


def test_after_a_conflict_the_summary_counts_what_all_attempts_wrote() -> None:
    near = aws()
    near.fault = failing_once(409, after=1)
    world = World(aws=near, edge=edge())
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stdout.splitlines()[-1]) == (0, "3 created, 0 changed, 0 removed; 2 x 1 tunnels")
    assert len(near.peers) == 2


def test_after_a_conflict_json_has_what_all_attempts_wrote() -> None:
    near = aws()
    near.fault = failing_once(409, after=1)
    run = World(aws=near, edge=edge()).kgctl("connect", "aws", "edge", "-o", "json")
    assert [one["action"] for one in json.loads(run.stdout)["peers"]] == ["create"] * 3


def test_a_conflict_that_stays_is_an_error_about_its_peer_and_says_what_was_written() -> None:
    far = edge()
    world = World(aws=aws(), edge=far)
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    for raw in far.nodes:
        raw["metadata"]["annotations"][names.KEY] = key("new " + raw["metadata"]["name"])
    near = world.servers["aws"]
    assert isinstance(near, Server)
    near.fault = lambda _, name: ApiError("no", status=409) if name == "edge.loc.home" else None
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, run.stderr.splitlines()) == (
        1,
        [
            "kgctl: warning: made 1 change in aws; the others were not made",
            "hint: run the command again",
            'kgctl: cluster "aws": cannot update peer "edge.loc.home": no',
        ],
    )
    near.fault = lambda *_: None
    assert world.kgctl("connect", "aws", "edge").stdout.endswith(
        "0 created, 1 changed, 0 removed; 2 x 1 tunnels\n"
    )


def test_the_peers_of_a_file_are_not_counted_as_written(tmp_path: Path) -> None:
    world, file = World(aws=aws(), edge=edge()), tmp_path / "edge.yaml"
    assert world.kgctl("export", "edge", "-O", str(file)).exit_code == 0
    run = world.kgctl("connect", "aws", str(file))
    assert (run.exit_code, run.stdout.splitlines()[-1]) == (0, "2 created, 0 changed, 0 removed; 2 x 1 tunnels")
    again = json.loads(world.kgctl("connect", "aws", str(file), "-o", "json").stdout)
    assert [one["writable"] for one in again["clusters"]] == [True, False]


@pytest.mark.parametrize("failing", ["edge.loc.home", "aws.loc.eu-west"])
def test_a_first_connect_that_fails_leaves_nothing(failing: str) -> None:
    def fault(verb: str, name: str) -> KgctlError | None:
        return ApiError("no", status=403) if (verb, name) == ("create", failing) else None

    world = World(aws=aws(), edge=edge())
    for server in world.servers.values():
        assert isinstance(server, Server)
        server.fault = fault
    run = world.kgctl("connect", "aws", "edge")
    assert run.exit_code == 1
    assert f'cannot create peer "{failing}": no' in run.stderr
    assert world.peers("aws") == world.peers("edge") == {}


def test_a_peer_whose_creation_was_not_answered_is_removed_again() -> None:
    near = aws()

    def fault(verb: str, name: str) -> KgctlError | None:
        if (verb, name) == ("create", "edge.loc.home") and name not in near.peers:
            near.fault = lambda *_: None
            near.create({"metadata": {"name": name}, "spec": {"publicKey": key("edge home-1")}})
            return KgctlError("the API server did not answer")
        return None

    near.fault = fault
    world = World(aws=near, edge=edge())
    assert world.kgctl("connect", "aws", "edge").exit_code == 1
    assert world.peers("aws") == world.peers("edge") == {}


def test_what_was_adopted_is_there_again_after_a_failure() -> None:
    old = peer("berlin-1", publicKey=key("edge berlin-1"), allowedIPs=["10.44.11.0/24"])
    near = aws(peers=[old])
    near.fault = lambda verb, name: ApiError("no", status=403) if verb == "create" and name != "berlin-1" else None
    world = World(aws=near, edge=edge())
    assert world.kgctl("connect", "aws", "edge", "--adopt").exit_code == 1
    assert near.peers["berlin-1"]["spec"] == old["spec"]
    assert world.peers("edge") == {}


def test_a_concurrent_write_is_noticed_and_the_plan_is_made_again() -> None:
    near, far = aws(), edge()
    world = World(aws=near, edge=far)
    world.kgctl("connect", "aws", "edge")
    far.nodes[1]["metadata"]["annotations"][names.LEADER] = ""
    conflicts = iter([ApiError("modified", status=409)] * 2)
    near.fault = lambda verb, _: next(conflicts, None) if verb == "update" else None
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    near.fault = lambda verb, _: ApiError("modified", status=409) if verb == "update" else None
    del far.nodes[1]["metadata"]["annotations"][names.LEADER]
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "modified" in run.stderr) == (1, True)


def test_ctrl_c_in_a_first_connect_leaves_nothing() -> None:
    near = aws()

    def fault(verb: str, name: str) -> KgctlError | None:
        if (verb, name) == ("create", "edge.loc.home"):
            raise KeyboardInterrupt
        return None

    near.fault = fault
    world = World(aws=near, edge=edge())
    assert world.kgctl("connect", "aws", "edge").exit_code == 130
    assert world.peers("aws") == world.peers("edge") == {}


@pytest.mark.parametrize("granularity", ["full", "cross"])
def test_full_and_cross_granularity_have_a_peer_for_each_node(granularity: str) -> None:
    nodes = [
        edge_node("berlin-1", 11, "berlin", granularity=granularity),
        edge_node("berlin-2", 12, "berlin", granularity=granularity),
    ]
    world = World(aws=aws(), edge=edge(nodes=nodes))
    assert world.kgctl("connect", "aws", "edge").exit_code == 0
    assert segments_of(world.peers("aws")) == {
        "edge.node.berlin-1": "node:berlin-1",
        "edge.node.berlin-2": "node:berlin-2",
    }


def test_clusters_without_any_endpoint_are_not_joined() -> None:
    near, far = aws(), edge()
    for server in (near, far):
        for number, one in enumerate(server.nodes):
            one["metadata"]["annotations"][names.ENDPOINT] = f"10.99.0.{number}:51820"
            one["metadata"]["annotations"][names.PERSISTENT_KEEPALIVE] = "25"
    world = World(aws=near, edge=far)
    run = world.kgctl("connect", "aws", "edge")
    assert (run.exit_code, "nothing was written: K-PEERING-NOWAY aws: no tunnel" in run.stderr) == (1, True)
    assert world.peers("aws") == world.peers("edge") == {}
    assert world.kgctl("connect", "aws", "edge", "--endpoint", "edge/berlin=10.99.0.9:51820").exit_code == 1
    assert len(world.peers("aws")) == 2


def test_a_signal_in_a_first_connect_lets_the_request_end_and_leaves_nothing() -> None:
    near, interrupted = aws(), threading.Event()

    def handle(*_: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    def fault(verb: str, name: str) -> None:
        if (verb, name) == ("create", "edge.loc.home"):
            os.kill(os.getpid(), signal.SIGINT)
            assert interrupted.wait(60)

    near.fault = fault
    world = World(aws=near, edge=edge())
    before = signal.signal(signal.SIGINT, handle)
    try:
        run = world.kgctl("connect", "aws", "edge")
    finally:
        signal.signal(signal.SIGINT, before)
    assert run.exit_code == 130
    assert ("create", "edge.loc.home") in near.log
    assert world.peers("aws") == world.peers("edge") == {}
