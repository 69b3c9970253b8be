"""`kgctl manifests`: what is typed, and what is printed or refused."""

import itertools
import shlex

import pytest
import yaml

from kgctl_py.errors import either
from kgctl_py.kilo.install.installation import Cni, Distribution, Installation, Part, WireGuard
from kgctl_py.render.kilo_manifests import manifests, stream
from tests.cli.kgctl import kgctl, shell
from tests.kilo.installations import ALL, is_possible, name


@pytest.mark.parametrize("installation", ALL, ids=name)
def test_every_combination_is_either_printed_or_refused_with_the_reason(
    installation: Installation,
) -> None:
    chosen = name(installation).split("-")
    words = itertools.chain.from_iterable(zip(("--distribution", "--cni", "--wireguard"), chosen, strict=True))
    done = kgctl("manifests", *words)
    if is_possible(installation):
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == stream(manifests(installation))
    else:
        assert (done.exit_code, done.stdout) == (2, "")
        assert "only with --distribution k3s and --cni kilo" in done.stderr


def test_by_default_kilo_is_added_to_flannel_on_kubeadm() -> None:
    text = kgctl("manifests").stdout
    assert "manifests/kilo-kubeadm-flannel.yaml" in text


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        ("crds", ["CustomResourceDefinition"]),
        ("rbac", ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"]),
        ("daemonset", ["DaemonSet"]),
        ("users", ["ClusterRole", "ClusterRole"]),
        ("users,crds", ["CustomResourceDefinition", "ClusterRole", "ClusterRole"]),
        ("monitoring", ["PodMonitor"]),
    ],
)
def test_only_the_parts_that_are_named_are_printed(only: str, kinds: list[str]) -> None:
    done = kgctl("manifests", "--only", only)
    assert [one["kind"] for one in yaml.safe_load_all(done.stdout)] == kinds


def test_options_of_all_commands_say_what_the_agent_is_told_wherever_they_stand() -> None:
    chosen = ("--mesh-granularity", "full", "--port", "51821", "--topology-label", "example.com/rack")
    before, after = kgctl(*chosen, "manifests"), kgctl("manifests", *chosen)
    assert before.stdout == after.stdout
    (agent,) = [one for one in yaml.safe_load_all(after.stdout) if one["kind"] == "DaemonSet"]
    flags = agent["spec"]["template"]["spec"]["containers"][0]["args"]
    assert flags[-3:] == ["--port=51821", "--mesh-granularity=full", "--topology-label=example.com/rack"]


def test_settings_that_are_not_chosen_are_left_to_kilo() -> None:
    text = kgctl("manifests", "--mesh-granularity", "auto").stdout
    assert not [flag for flag in ("--mesh-granularity", "--port", "--topology-label", "--subnet") if flag in text]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--only daemonsets", '--part "daemonsets" is not one of crds, '),
        ("--only ''", '--part "" is not one of crds, '),
        ("--namespace Kilo", '--namespace "Kilo" is not a valid namespace'),
        ("--namespace vpn", '--namespace "vpn" does not work here'),
        ("--image 'a b'", '--image "a b" is not a valid image name'),
        ("--image ''", '--image "" is not a valid image name'),
        ("--wireguard-image 'a\\nb'", "is not a valid image name"),
        ("--topology-label 'a b'", '--topology-label "a b" is not a valid label name'),
        ("--subnet 10.4.0.1/16", '--subnet "10.4.0.1/16" has host bits set'),
        ("--subnet 10.4.0.0/16,10.5.0.0/16", "is more than one network"),
        ("--subnet 10.4", '--subnet "10.4" is not a CIDR'),
        ("--service-cidr 10.96.0.0/12,x", '--service-cidr "10.96.0.0/12,x" is not a CIDR'),
        (
            "--service-cidr 10.0.0.0/8",
            'the Kilo subnet "10.4.0.0/16" is already in use: 10.0.0.0/8 is a Service CIDR',
        ),
        ("--mtu 100", '--mtu "100" is not between 576 and 65535'),
        ("--distribution minikube", '--distribution "minikube" is not one of kubeadm, k3s, typhoon, or bootkube'),
        ("--cni calico", '--cni "calico" is not one of flannel, kilo, or cilium'),
        ("extra", "unexpected argument"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: str, said: str) -> None:
    done = kgctl("manifests", *shlex.split(words))
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if not line.startswith("hint: ")]) == 1


def test_a_reader_that_goes_away_is_no_trouble() -> None:
    done = shell("kgctl manifests | head -1")
    assert done.stdout == b"apiVersion: apiextensions.k8s.io/v1\n"
    assert done.stderr == b""


def test_the_choices_are_those_that_the_help_names() -> None:
    text = kgctl("manifests", "--help").stdout
    for choices in (Distribution, Cni, WireGuard):
        assert f"{'|'.join(choices)}" in text
    assert either(list(Part)) in " ".join(text.split())
