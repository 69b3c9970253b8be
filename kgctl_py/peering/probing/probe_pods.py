"""The pods of a probe: some wait for packets, and the others send packets and report in their status."""

import re
from collections.abc import Mapping, Sequence

from kgctl_py import names
from kgctl_py.cluster.interface import Manifest
from kgctl_py.kube.objects import decoding
from kgctl_py.value import Value, field

LABEL = {"app.kubernetes.io/name": "kgctl-peering-probe", names.MANAGED_BY: "kgctl"}
LIFETIME = 300
"""Seconds after which Kubernetes ends the pods, if kgctl could not delete them."""

SCRIPT = """\
domain=$1 dns=$2 out=${OUT:-/dev/termination-log} number=0
shift 2
for ip; do
  (
    small=0 large=0
    ping -c 4 -W 2 -s 56 "$ip" > /dev/null 2>&1 && small=1
    [ $small = 0 ] || { ping -c 4 -W 2 -s 1372 "$ip" > /dev/null 2>&1 && large=1; }
    echo "$number $small $large" >> "$out"
  ) &
  number=$((number + 1))
done
if [ -n "$dns" ]; then
  answered=0
  timeout 12 nslookup "kubernetes.default.svc.$domain" "$dns" 2>&1 |
    grep -q -e Name: -e "server can't find" && answered=1
  echo "dns $answered" >> "$out"
fi
wait
"""
"""Calls each address with small and with large packets, and asks the DNS server; Linux does not fragment them.

The image of Kilo has BusyBox, whose nslookup "can't find" a name if the server answers with an error.
"""

_CALLED = re.compile(r"(\d{1,4}) ([01]) ([01])")
_ASKED = re.compile(r"dns ([01])")


class Call(Value, frozen=True):
    """Whether an address answers small packets, and large ones."""

    small: bool
    large: bool


class Report(Value, frozen=True, kw_only=True):
    """What a pod reports: its calls by the number of the address, and whether the DNS server answers."""

    calls: Mapping[int, Call]
    dns: bool | None


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
    """The state of a pod in Kubernetes: its address, whether it runs or has ended, its report, and its trouble."""

    ip: str
    is_running: bool
    has_ended: bool
    text: str
    trouble: str


def waiting_pod(node: str, image: str) -> Manifest:
    """Return a pod that waits to be called."""
    return _pod(node, image, ["sleep", str(LIFETIME)])


def calling_pod(node: str, image: str, ips: Sequence[str], dns: tuple[str, str]) -> Manifest:
    """Return a pod that calls addresses, and asks a DNS server, given by its domain and address, if it has one."""
    return _pod(node, image, ["sh", "-c", SCRIPT, "probe", *dns, *ips])


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


def parse_report(text: str) -> Report:
    """Return what a pod reports; lines in another form are left out."""
    calls = {
        int(found[1]): Call(found[2] == "1", found[3] == "1")
        for found in map(_CALLED.fullmatch, text.splitlines())
        if found
    }
    dns = next((found[1] == "1" for found in map(_ASKED.fullmatch, text.splitlines()) if found), None)
    return Report(calls=calls, dns=dns)


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
