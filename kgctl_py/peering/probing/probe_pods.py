"""The pods of a probe: some wait for packets, and others send them."""

from collections.abc import Sequence

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.kube import decoding
from kgctl_py.peering.probing.probe_script import SCRIPT
from kgctl_py.peering.probing.service_targets import ServiceTargets
from kgctl_py.value import Value, field

LABEL = {"app.kubernetes.io/name": "kgctl-peering-probe", names.MANAGED_BY: "kgctl"}
LIFETIME = 300
"""Seconds after which Kubernetes ends the pods, if kgctl could not delete them."""


class _Terminated(Value, frozen=True):
    message: str = ""
    reason: str = ""


class _State(Value, frozen=True):
    terminated: _Terminated | None = None
    waiting: _Terminated | None = None


class _Container(Value, frozen=True):
    state: _State = _State()


class _Status(Value, frozen=True):
    phase: str = ""
    reason: str = ""
    ip: str = field(name="podIP", default="")
    containers: tuple[_Container, ...] | None = field(name="containerStatuses", default=None)


class _Pod(Value, frozen=True):
    status: _Status = _Status()


class PodState(Value, frozen=True, kw_only=True):
    """The state of a pod in Kubernetes: its address, whether it runs or has ended, its report, and its problem."""

    ip: str
    is_running: bool
    has_ended: bool
    text: str
    trouble: str


def waiting_pod(node: str, image: str) -> Manifest:
    """Return a pod that waits for packets."""
    return _pod(node, image, ["sleep", str(LIFETIME)])


def calling_pod(node: str, image: str, ips: Sequence[str], targets: ServiceTargets) -> Manifest:
    """Return a pod that sends packets to addresses and Services."""
    services = (targets.domain, targets.dns, targets.api_server)
    return _pod(node, image, ["sh", "-c", SCRIPT, "probe", *services, *ips])


def pod_state(manifest: Manifest) -> PodState:
    """Return the state of a pod; raise ValueError for a status that cannot be read."""
    status = decoding.convert(manifest, _Pod).status
    states = [container.state for container in status.containers or ()]
    ended = next((state.terminated for state in states if state.terminated), None)
    waiting = next((state.waiting for state in states if state.waiting), None)
    return PodState(
        ip=status.ip,
        is_running=status.phase == "Running" and bool(status.ip),
        has_ended=status.phase in ("Succeeded", "Failed") or ended is not None,
        text=ended.message if ended else "",
        trouble=status.reason or (waiting.reason if waiting else "") or (ended.reason if ended else ""),
    )


def _pod(node: str, image: str, command: list[str]) -> Manifest:
    container = {
        "name": "probe",
        "image": image,
        "command": command,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"], "add": ["NET_RAW"]},  # ping needs it
        },
        "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}, "limits": {"memory": "64Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": dict(LABEL)},
        "spec": {
            "nodeName": node,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LIFETIME,
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "tolerations": [{"operator": "Exists"}],
            "containers": [container],
        },
    }
