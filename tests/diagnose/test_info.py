"""`kgctl info` over files: what a person reads, what a program reads, and what is not known."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.cli.kgctl import kgctl
from tests.kube.objects import Manifest, config_map, kilo, service, service_cidr

EXAMPLE = str(Path(__file__).parents[2] / "docs/example-cluster.yaml")

TEXT = """\
Context:         unknown           (not in "cluster.json")
Server:          unknown           (not in "cluster.json")
Server version:  unknown           (not in "cluster.json")
Granularity:     full              (annotation kilo.squat.ai/granularity of 2/3 ready nodes)
Topology label:  rack              (--topology-label in DaemonSet kube-system/kilo)
Kilo subnet:     10.4.0.0/16       (annotation kilo.squat.ai/wireguard-ip of 2/3 ready nodes)
Port:            4000              (--port in DaemonSet kube-system/kilo)
Interface:       kilo0             (default of kg in DaemonSet kube-system/kilo)
MTU:             auto              (default of kg in DaemonSet kube-system/kilo)
Pod CIDRs:       10.2.1.0/24, 10.2.2.0/24, 10.2.3.0/24, and 1 more  (spec.podCIDR of 4/4 nodes)
Service CIDR:    10.96.0.0/16      (ServiceCIDR kubernetes)
Cluster DNS:     10.96.0.10        (Service kube-system/kube-dns)
Cluster domain:  kube.example.org  (ConfigMap kube-system/coredns)
"""


def node(number: int, granularity: str, wireguard_ip: str, last_seen: int = 1_700_000_000) -> Manifest:
    annotations = {
        "endpoint": f"192.0.2.{number}:5182{number % 2}",
        "granularity": granularity,
        "key": f"{'A' * 42}{'EIMQ'[number % 4]}=",
        "last-seen": str(last_seen),
        "wireguard-ip": wireguard_ip,
    }
    metadata = {
        "name": f"n{number}",
        "annotations": {f"kilo.squat.ai/{name}": value for name, value in annotations.items()},
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"podCIDR": f"10.2.{number}.0/24"}}


NODES = (
    node(1, "full", "10.4.0.1/16"),
    node(2, "location", "10.4.0.2/16"),
    node(3, "full", ""),
    node(4, "full", "10.9.0.4/16", last_seen=1_600_000_000),
)
CLUSTER = (
    *NODES,
    kilo("--port=4000", "--topology-label=rack"),
    service_cidr("10.96.0.0/16"),
    service("kube-system/kube-dns", "10.96.0.10"),
    config_map("coredns", Corefile="kubernetes kube.example.org {"),
    config_map("kubeadm-config", ClusterConfiguration="kind: ClusterConfiguration"),
)


def saved(folder: Path, *manifests: Manifest) -> str:
    file = folder / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
    return str(file)


def facts(*args: str) -> dict[str, Any]:
    result = kgctl("info", "-o", "json", *args)
    assert result.exit_code == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_each_value_stands_beside_the_place_it_was_read_from(tmp_path: Path) -> None:
    file = saved(tmp_path, *CLUSTER)
    result = kgctl("--from-file", file, "info")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == TEXT.replace("cluster.json", file)


def test_json_and_yaml_tell_the_same_and_always_in_one_shape(tmp_path: Path) -> None:
    file = saved(tmp_path, *CLUSTER)
    full, empty = facts("--from-file", file), facts("--from-file", EXAMPLE)
    assert full["serviceCIDR"] == {"value": ["10.96.0.0/16"], "source": "ServiceCIDR kubernetes", "guess": False}
    assert full["port"] == {"value": 4000, "source": "--port in DaemonSet kube-system/kilo", "guess": False}
    assert full["unreadable"] == []
    assert yaml.safe_load(kgctl("--from-file", file, "info", "-o", "yaml").stdout) == full
    assert full.keys() == empty.keys()
    for key in full.keys() - {"unreadable"}:
        assert full[key].keys() == empty[key].keys() == {"value", "source", "guess"}
        assert isinstance(full[key]["value"], list) == isinstance(empty[key]["value"], list)


def test_what_a_file_does_not_hold_is_unknown_and_why() -> None:
    result = kgctl("--from-file", EXAMPLE, "info")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line.split()[:4] for line in lines if line.startswith("MTU:")] == [
        ["MTU:", "unknown", "(no", "DaemonSet"]
    ]
    found = facts("--from-file", EXAMPLE)
    assert found["serviceCIDR"]["value"] == []
    assert found["serviceCIDR"]["source"] == "not found in any source"
    assert found["unreadable"] == [
        f"no {kind} in the file" for kind in ("DaemonSet", "Pod", "ConfigMap", "Service")
    ]
    assert "kgctl: no Service in the file\n" in kgctl("--from-file", EXAMPLE, "info", "--verbose").stderr


def test_a_saved_cluster_without_an_object_says_so(tmp_path: Path) -> None:
    found = facts("--from-file", saved(tmp_path, *NODES))
    for key, what in (("mtu", "DaemonSet of Kilo"), ("clusterDNS", "Service kube-dns")):
        assert found[key]["source"] == f"no {what} in the saved cluster"


def test_without_a_daemon_set_the_port_and_the_label_are_guessed(tmp_path: Path) -> None:
    found = facts("--from-file", saved(tmp_path, *NODES))
    assert found["port"] == {"value": 51821, "source": "endpoint of 2/3 ready nodes", "guess": True}
    assert found["topologyLabel"] == {
        "value": "topology.kubernetes.io/region",
        "source": "default of kg",
        "guess": True,
    }


def test_options_win_over_what_the_cluster_says(tmp_path: Path) -> None:
    options = ("--mesh-granularity", "location", "--port", "7", "--topology-label", "zone")
    found = facts("--from-file", saved(tmp_path, *CLUSTER), *options)
    for key, value, source in (
        ("granularity", "location", "--mesh-granularity"),
        ("port", 7, "--port"),
        ("topologyLabel", "zone", "--topology-label"),
    ):
        assert found[key] == {"value": value, "source": source, "guess": False}


def test_with_no_ready_node_kilo_is_asked_and_the_others(tmp_path: Path) -> None:
    bare = {**NODES[0], "metadata": {"name": "n1"}}
    found = facts("--from-file", saved(tmp_path, bare, NODES[3], kilo("--mesh-granularity=location")))
    assert found["kiloSubnet"]["value"] == "10.9.0.0/16"
    gone = {**NODES[3]["metadata"]["annotations"], "kilo.squat.ai/last-seen": "0"}
    never = {**NODES[3], "metadata": {"name": "n4", "annotations": gone}}
    found = facts("--from-file", saved(tmp_path, never, kilo("--mesh-granularity=location")))
    assert found["granularity"]["source"] == "--mesh-granularity in DaemonSet kube-system/kilo"
    assert (
        found["kiloSubnet"]["source"] == "annotation kilo.squat.ai/wireguard-ip of 1/1 nodes, none of them ready"
    )


def test_a_cluster_on_stdin_is_read_once_for_all(tmp_path: Path) -> None:
    file = Path(saved(tmp_path, *CLUSTER))
    result = kgctl("--from-file", "-", "info", stdin=file.read_bytes())
    assert (result.exit_code, result.stdout.replace("stdin", str(file))) == (
        0,
        TEXT.replace("cluster.json", str(file)),
    )


def test_an_object_that_is_malformed_spoils_only_its_own_facts(tmp_path: Path) -> None:
    broken = {**kilo(), "spec": "none"}
    found = facts("--from-file", saved(tmp_path, *NODES, broken, service("kube-system/kube-dns", "10.96.0.10")))
    assert found["clusterDNS"]["value"] == ["10.96.0.10"]
    assert found["interface"]["value"] is None
    assert [line for line in found["unreadable"] if 'DaemonSet "kilo"' in line]


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    hostile = kilo("--port=4000", place="kube-system/\x1b[2J\n")
    result = kgctl("--from-file", saved(tmp_path, *NODES, hostile), "info")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert len(result.stdout.splitlines()) == len(TEXT.splitlines())
