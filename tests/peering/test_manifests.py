"""`kgctl peering manifests`: Deployments that Kubernetes takes, whose command kgctl takes."""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from kgctl_py.cli.peering.sources import IN_CLUSTER, parse_source
from kgctl_py.cluster.open import Options
from tests.cli.kgctl import kgctl
from tests.peering.clusters import World, aws, edge

IMAGE = ("--image", "registry.example.com/kgctl:1")


def printed(*args: str) -> list[dict[str, Any]]:
    run = kgctl("peering", "manifests", "aws", "edge", *IMAGE, *args)
    assert run.exit_code == 0, run.output
    return [one for one in yaml.safe_load_all(run.stdout) if one]


def the(kind: str, found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (one,) = [one for one in found if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return one


@pytest.mark.parametrize("args", [(), ("--replicas", "3")])
def test_every_object_is_valid(args: tuple[str, ...]) -> None:
    for manifest in printed("--namespace", "peering", *args):
        kubernetes_validate.validate(manifest, "1.32", strict=True)


def test_several_replicas_elect_one_by_a_lease_and_have_no_other_rights_on_leases() -> None:
    one, several = printed("--only", "aws"), printed("--only", "aws", "--replicas", "2", "--namespace", "peering")
    assert "leases" not in str(one)
    spec = the("Deployment", several, "kgctl-peering-edge")["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (2, "RollingUpdate")
    assert spec["template"]["spec"]["containers"][0]["args"][-2:] == ["--watch", "--leader-elect"]
    role, binding = (the(kind, several, "kgctl-peering-edge") for kind in ("Role", "RoleBinding"))
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "kube-system"
    assert [(rule["verbs"], rule.get("resourceNames")) for rule in role["rules"]] == [
        (["create"], None),
        (["get", "update"], ["kgctl-peering-edge"]),
    ]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "kgctl-peering", "namespace": "peering"}]


def test_each_cluster_writes_itself_and_only_reads_the_other() -> None:
    for own, other in (("aws", "edge"), ("edge", "aws")):
        found = printed("--only", own)
        (container,) = the("Deployment", found, f"kgctl-peering-{other}")["spec"]["template"]["spec"]["containers"]
        clusters = [f"{own}=in-cluster", f"{other}=/etc/kgctl/kubeconfig#"]
        assert container["args"] == ["peering", "connect", *clusters, "--write", own, "--watch"]
        rules = the("ClusterRole", found, "kgctl-peering-reader")["rules"]
        assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
        assert not any("secrets" in rule["resources"] for rule in rules)
        writes = [
            rule for rule in the("ClusterRole", found, "kgctl-peering")["rules"] if "create" in rule["verbs"]
        ]
        assert [rule["resources"] for rule in writes] == [["peers"]]


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ("--foo", 'unknown option "--foo"'),
        ("--services=nobody", '--services "nobody" is not one of the clusters'),
        ("--endpoint=edge/a=1.2.3:4", "the last label of a host name cannot be a number"),
        ("--keepalive=often", "is neither auto nor a number of seconds from 0 to 65535"),
        ("--grace=soon", "is not a duration"),
        ("--write=edge", "--write does not work with --option"),
        ("--git=aws=x", "--git does not work with --option"),
        ("--dry-run=client", "--dry-run does not work with --option"),
        ("--print=yaml", "--print does not work with --option"),
        ("--leader-elect", "--leader-elect does not work with --option"),
        ("-o=json", "--output does not work with --option"),
        ("third", '--option "third" is not an option'),
        ("", '--option "" is not an option'),
    ],
)
def test_an_option_that_the_loop_could_not_have_is_refused(option: str, error: str) -> None:
    run = kgctl("peering", "manifests", "aws", "edge", *IMAGE, f"--option={option}")
    assert (run.exit_code, run.stdout, error in run.stderr) == (2, "", True), run.output
    assert "\nhint: " in run.stderr


@pytest.mark.parametrize("option", ["--verbose", "--request-timeout=30s", "--watch", "--services=aws", "--yes"])
def test_an_option_that_the_loop_can_have_is_passed_on(option: str) -> None:
    (container,) = the("Deployment", printed("--only", "aws", f"--option={option}"), "kgctl-peering-edge")["spec"][
        "template"
    ]["spec"]["containers"]
    assert container["args"][-1] == option


def test_options_of_connect_are_passed_on() -> None:
    found = printed("--only", "aws", "--option=--services=none", "--option=--psk")
    (container,) = the("Deployment", found, "kgctl-peering-edge")["spec"]["template"]["spec"]["containers"]
    assert container["args"][-2:] == ["--services=none", "--psk"]


def test_annotate_needs_the_right_to_patch_nodes_and_only_annotate_does() -> None:
    for options, wanted in (((), []), (("--option=--annotate",), [{"patch"}])):
        rules = the("ClusterRole", printed("--only", "aws", *options), "kgctl-peering")["rules"]
        assert [set(rule["verbs"]) for rule in rules if rule["verbs"] == ["patch"]] == wanted


def test_what_the_deployments_run_opens_the_pod_s_cluster_and_a_kubeconfig() -> None:
    own, other = parse_source(f"aws={IN_CLUSTER}"), parse_source("edge=/etc/kgctl/kubeconfig#")
    assert own.options(Options()) == Options()
    assert other.options(Options()) == Options(kubeconfig="/etc/kgctl/kubeconfig")


def test_only_the_clusters_that_are_named_are_written() -> None:
    world = World(aws=aws(), edge=edge())
    run = world.kgctl("connect", "aws", "edge", "--write", "aws")
    assert (run.exit_code, len(world.peers("aws")), world.peers("edge")) == (0, 2, {})
    assert world.kgctl("connect", "aws", "edge", "--write", "edge").exit_code == 0
    assert len(world.peers("edge")) == 1
    assert world.kgctl("connect", "aws", "edge", "--write", "x").exit_code == 2


@pytest.mark.parametrize(
    "args",
    [
        ("aws", *IMAGE),
        ("aws", "edge"),
        ("aws", "aws", *IMAGE),
        ("aws", "edge", *IMAGE, "--only", "x"),
        ("aws", "edge", *IMAGE, "--namespace", "A"),
        ("aws", "edge", "--image", "a b"),
        ("aws", "edge", *IMAGE, "--replicas", "0"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(args: tuple[str, ...]) -> None:
    assert kgctl("peering", "manifests", *args).exit_code == 2
