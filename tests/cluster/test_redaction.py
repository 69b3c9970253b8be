"""Of command lines, annotations and files of other objects a bundle has what kgctl reads, and nothing else."""

import json

import pytest
import yaml

from kgctl_py.cluster.saved import redaction
from kgctl_py.kilo import resources
from kgctl_py.kube import decoding
from kgctl_py.kube.objects import kinds
from tests.kube.objects import config_map, server_node

SECRET = "hush"


def kept(**data: str) -> dict[str, str]:
    """Return the data of a ConfigMap that are left."""
    one = decoding.convert(config_map("kubeadm-config", **data), kinds.ConfigMap)
    return dict(redaction.other(one).data or {})


def test_of_the_configuration_of_kubeadm_the_networks_are_kept() -> None:
    networking = {"serviceSubnet": "10.96.0.0/12", "dnsDomain": "cluster.test", "podSubnet": "10.42.0.0/16"}
    text = yaml.safe_dump({"networking": networking, "etcd": {"password": SECRET}, "apiServer": {"x": SECRET}})
    data = kept(ClusterConfiguration=text, other=SECRET)
    assert SECRET not in str(data)
    assert json.loads(data["ClusterConfiguration"])["networking"]["serviceSubnet"] == "10.96.0.0/12"


@pytest.mark.parametrize("text", ["", f"networking: [{SECRET}", f"networking: {SECRET}", f"- {SECRET}"])
def test_a_config_map_that_is_not_of_kubeadm_is_left_out(text: str) -> None:
    assert SECRET not in str(kept(ClusterConfiguration=text))


@pytest.mark.parametrize(
    "args", [f'["server", "--token", "{SECRET}"', f'"{SECRET}"', f'{{"a": "{SECRET}"}}', "[1]"]
)
def test_node_args_that_are_no_list_of_words_are_left_out(args: str) -> None:
    raw = decoding.convert(server_node(args), resources.Node)
    assert redaction.node(raw, ()).metadata.annotations == {}


def test_of_node_args_the_networks_are_kept() -> None:
    words = ["server", "--token", SECRET, "--cluster-domain", "cluster.test", f"--datastore-endpoint={SECRET}"]
    raw = decoding.convert(server_node(json.dumps(words)), resources.Node)
    (args,) = (redaction.node(raw, ()).metadata.annotations or {}).values()
    assert json.loads(args) == [
        "server",
        "(redacted)",
        "(redacted)",
        "--cluster-domain",
        "cluster.test",
        "(redacted)",
    ]
