"""Problems of a single node."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kgctl_py import names
from kgctl_py.duration_text import elapsed
from kgctl_py.escape_text import typed
from kgctl_py.findings import Finding, Kind, Subject, code_of_ignored
from kgctl_py.findings.codes_and_fixes import Code
from kgctl_py.mesh.nodes_and_peers import READY_SECONDS, Condition, Node
from kgctl_py.wireguard.conf import MAX_KEEPALIVE, OUT_OF_RANGE

if TYPE_CHECKING:
    from kgctl_py.findings.cluster_facts import KgPod

_CONDITIONS = {
    Condition.ENDPOINT: (Code.NODE_NOENDPOINT, names.ENDPOINT),
    Condition.KEY: (Code.NODE_NOKEY, names.KEY),
    Condition.SUBNET: (Code.NODE_NOCIDR, "spec.podCIDR"),
    Condition.SEEN: (Code.NODE_UNSEEN, names.LAST_SEEN),
    Condition.FRESH: (Code.NODE_STALE, names.LAST_SEEN),
}
_WRITTEN_BY_KILO = {Condition.ENDPOINT, Condition.KEY, Condition.SEEN}
_FIND_POD = (
    "to list the Kilo pods and their nodes",
    "kubectl get pods -A -o wide -l app.kubernetes.io/part-of=kilo",
)
READ_LOG = "to read the log of kg on the node"


def not_ready(node: Node, now: float, pod: "KgPod | None" = None) -> Iterator[Finding]:
    """Yield each condition of readiness that the node does not meet at the Unix time `now`.

    If everything that kg writes is missing, yield one finding for all, because kg has probably never run there.
    """
    unmet = node.unmet(now)
    advice = _read_pod(pod) if pod else _FIND_POD
    untouched = _WRITTEN_BY_KILO.issubset(unmet)
    if untouched:
        message = "it is not in the mesh: kg has not set its annotations"
        yield _seen_with(advice, Code.NODE_NOKILO, node, message)
    for condition in unmet:
        if untouched and condition in _WRITTEN_BY_KILO:
            continue
        code, field = _CONDITIONS[condition]
        message = f"it is not in the mesh{_words(condition, node, now)}"
        if pod and pod.trouble:
            message += f"; its pod {pod.namespace}/{pod.name}: {pod.trouble}"
        in_words = condition in (Condition.SUBNET, Condition.ENDPOINT)
        yield _seen_with(("", "") if in_words else advice, code, node, message, field)


def broken_pod(node: Node, pod: "KgPod | None") -> Iterator[Finding]:
    """Yield a finding if the pod of Kilo on the node has a problem."""
    if pod and pod.trouble:
        message = f"its Kilo pod {pod.namespace}/{pod.name} is not running correctly: {pod.trouble}"
        yield _seen_with(_read_pod(pod), Code.KG_POD, node, message)


def ignored_values(node: Node) -> Iterator[Finding]:
    """Yield the values that Kilo ignores."""
    if not node.ignored_values:
        return
    from kgctl_py.findings.rules.node_corrections import correction  # most nodes have none

    for value in node.ignored_values:
        hint, command = correction(value, node)
        yield Finding(
            code=code_of_ignored(value),
            subject=_subject(node),
            field=value.field,
            message=str(value),
            hint=hint,
            command=command,
        )


def clock_ahead(node: Node, now: float) -> Iterator[Finding]:
    """Yield a finding if the node reported a time more than READY_SECONDS in the future."""
    seconds = node.last_seen - int(now)
    if node.key and seconds > READY_SECONDS:
        message = f"it reported a time {elapsed(seconds)} in the future: its clock is ahead"
        yield Finding(code=Code.NODE_CLOCK_AHEAD, subject=_subject(node), field=names.LAST_SEEN, message=message)


def keepalive_out_of_range(node: Node) -> Iterator[Finding]:
    """Yield a keepalive that WireGuard does not accept."""
    if not 0 <= node.persistent_keepalive <= MAX_KEEPALIVE:
        yield Finding(
            code=Code.KEEPALIVE,
            subject=_subject(node),
            field=names.PERSISTENT_KEEPALIVE,
            message=f"persistent-keepalive {node.persistent_keepalive} {OUT_OF_RANGE}",
            command=annotate(node, f"{names.PERSISTENT_KEEPALIVE}=25"),
        )


def unread_subnets(node: Node) -> Iterator[Finding]:
    """Yield pod CIDRs that Kilo does not read."""
    for cidr in node.unread_subnets:
        yield Finding(
            code=Code.POD_CIDR_UNREAD,
            subject=_subject(node),
            field="spec.podCIDRs",
            message=f'its pod CIDR "{cidr}" is not routed: Kilo reads only spec.podCIDR',
        )


def annotate(node: Node, change: str) -> str:
    """Return the command that sets an annotation, or removes one if `change` ends in a dash."""
    overwrite = "" if change.endswith("-") else "--overwrite "
    return f"kubectl annotate {overwrite}node {typed(node.name)} {change}"


def _words(condition: Condition, node: Node, now: float) -> str:
    if condition is Condition.FRESH:
        return f": last seen {elapsed(int(now) - node.last_seen)} ago"
    return f": {condition.value}"


def logs(pod: "KgPod") -> str:
    """Return the command that shows the log of kg."""
    return f"kubectl -n {typed(pod.namespace)} logs {typed(pod.name)} -c kilo"


def _read_pod(pod: "KgPod") -> tuple[str, str]:
    """Return the hint and the command that show the log of kg, or the events of its pod if it has no log."""
    if pod.has_log:
        return READ_LOG, logs(pod)
    return "to see the events of the pod", f"kubectl -n {typed(pod.namespace)} describe pod {typed(pod.name)}"


def _seen_with(advice: tuple[str, str], code: Code, node: Node, message: str, field: str = "") -> Finding:
    """Return a finding with `advice`: a hint, and a command that shows more."""
    hint, command = advice
    return Finding(code=code, subject=_subject(node), field=field, message=message, hint=hint, command=command)


def _subject(node: Node) -> Subject:
    return Subject(Kind.NODE, node.name)
