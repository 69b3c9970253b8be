"""The flags of kg that a trace depends on are those of all its DaemonSets, or unknown."""

import msgspec
import pytest

from kgctl_py.cluster.saved import redaction
from kgctl_py.kilo.agent_flags import agent_flags
from kgctl_py.kilo.install.installation import Installation
from kgctl_py.kube.objects import kinds
from kgctl_py.mesh.routing.agent_flags import UNKNOWN, AgentFlags, Encapsulate
from kgctl_py.value import replace
from tests.kilo.installations import POSSIBLE, name, of_kind
from tests.kube.objects import Cluster, Manifest, kilo

DEFAULT = AgentFlags(encapsulate=Encapsulate.ALWAYS, compatibility="", local=True, cni=True)


def read(*manifests: Manifest) -> AgentFlags:
    return agent_flags(Cluster(*manifests).of)


def test_without_a_daemon_set_the_flags_are_unknown() -> None:
    assert read() == UNKNOWN


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ((), DEFAULT),
        (
            ("--encapsulate=never", "--cni=false", "--local=F", "--compatibility=flannel"),
            AgentFlags(encapsulate=Encapsulate.NEVER, compatibility="flannel", local=False, cni=False),
        ),
        (("--encapsulate", "crosssubnet"), replace(DEFAULT, encapsulate=Encapsulate.CROSS_SUBNET)),
        (("--encapsulate=never", "--encapsulate=always"), DEFAULT),
        (("--cni", "--local", "--compatibility="), DEFAULT),
        (("--cni", "false"), DEFAULT),
        (("--compatibility=calico",), DEFAULT),
        (("--cni-path=/etc/cni", "--local-x=false"), DEFAULT),
        (("--encapsulate=Never",), replace(DEFAULT, encapsulate=None)),
        (("--encapsulate=$(MODE)",), replace(DEFAULT, encapsulate=None)),
        (("--compatibility=$(MODE)",), replace(DEFAULT, compatibility=None)),
        (("--local=no",), replace(DEFAULT, local=None)),
        (("--cni=",), replace(DEFAULT, cni=None)),
        (("$(MORE)",), UNKNOWN),
    ],
)
def test_flags_are_read_as_kg_does(words: tuple[str, ...], flags: AgentFlags) -> None:
    assert read(kilo(*words)) == flags


def test_a_bundle_of_kgctl_gather_keeps_the_flags() -> None:
    words = (
        "--encapsulate",
        "never",
        "--cni=false",
        "--local=false",
        "--compatibility=flannel",
        "--secret=hunter2",
    )
    cluster = Cluster(kilo(*words, command=("/opt/bin/kg",)))
    kept = tuple(redaction.other(one) for one in cluster.of(kinds.DAEMON_SET))
    assert "hunter2" not in str(kept)
    redacted = Cluster(*({**msgspec.to_builtins(one), "kind": "DaemonSet"} for one in kept))
    assert agent_flags(redacted.of) == agent_flags(cluster.of) != DEFAULT


def test_a_script_whose_flags_are_not_in_the_daemon_set_makes_them_unknown() -> None:
    script = kilo(command=("/start",))
    script["spec"]["template"]["spec"]["containers"] = [{"name": "kilo", "command": ["/start"]}]
    assert read(script) == UNKNOWN


def test_only_flags_in_which_all_daemon_sets_agree_are_known() -> None:
    one, two = kilo("--encapsulate=never", "--cni=false"), kilo("--cni=false", place="kube-system/kilo-userspace")
    assert read(one, two) == replace(DEFAULT, encapsulate=None, cni=False)


@pytest.mark.parametrize("installation", POSSIBLE, ids=name)
def test_the_flags_of_each_installation_of_kgctl_are_known(installation: Installation) -> None:
    found = read(*of_kind("DaemonSet", installation).values())
    plugin = "" if installation.cni == "kilo" else str(installation.cni)
    assert (found.compatibility, found.cni) == (plugin, not plugin)
    assert found.encapsulate
    assert found.local is not None
