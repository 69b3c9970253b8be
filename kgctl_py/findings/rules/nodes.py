"""What is odd about a node by itself."""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.findings.cluster_facts import KgPod
from kgctl_py.findings.code import Code
from kgctl_py.findings.finding import Finding, Kind, Subject, typed
from kgctl_py.findings.ignored_values import code_of_ignored
from kgctl_py.mesh.model import READY_SECONDS, Node, Term, ago
from kgctl_py.wireguard.conf import MAX_KEEPALIVE

_TERMS = {
    Term.ENDPOINT: (Code.NODE_NOENDPOINT, names.ENDPOINT),
    Term.KEY: (Code.NODE_NOKEY, names.KEY),
    Term.SUBNET: (Code.NODE_NOCIDR, "spec.podCIDR"),
    Term.SEEN: (Code.NODE_UNSEEN, names.LAST_SEEN),
    Term.FRESH: (Code.NODE_STALE, names.LAST_SEEN),
}
_WRITTEN_BY_KILO = {Term.ENDPOINT, Term.KEY, Term.SEEN}
_PODS = "kubectl get pods -A -o wide -l app.kubernetes.io/name=kilo"


def not_ready(node: Node, now: float, pod: KgPod | None = None) -> Iterator[Finding]:
    """Find each term of readiness that the node does not meet at the Unix time `now`.

    What Kilo itself would write is one finding when all of it is missing: then no kg has been there.
    """
    unmet = node.unmet(now)
    hint = _logs(pod) if pod else _PODS
    untouched = _WRITTEN_BY_KILO.issubset(unmet)
    if untouched:
        message = "Kilo has never written anything to it, so it is not in the mesh"
        yield Finding(code=Code.NODE_NOKILO, subject=_subject(node), message=message, hint=hint)
    for term in unmet:
        if untouched and term in _WRITTEN_BY_KILO:
            continue
        code, field = _TERMS[term]
        message = f"it is not in the mesh: {_words(term, node, now)}"
        if pod and pod.trouble:
            message += f"; its pod {pod.namespace}/{pod.name}: {pod.trouble}"
        hint_of_term = "" if term in (Term.SUBNET, Term.ENDPOINT) else hint
        yield Finding(code=code, subject=_subject(node), field=field, message=message, hint=hint_of_term)


def broken_pod(node: Node, pod: KgPod | None) -> Iterator[Finding]:
    """Find that the pod of Kilo on the node is in trouble."""
    if pod and pod.trouble:
        message = f"the pod of Kilo on it, {pod.namespace}/{pod.name}, is in trouble: {pod.trouble}"
        yield Finding(code=Code.KG_POD, subject=_subject(node), message=message, hint=_logs(pod))


def unusable_values(node: Node) -> Iterator[Finding]:
    """Find the values that Kilo passes over without a word."""
    for value in node.unusable:
        yield Finding(code=code_of_ignored(value), subject=_subject(node), field=value.field, message=str(value))


def keepalive_out_of_range(node: Node) -> Iterator[Finding]:
    """Find a keepalive that WireGuard does not take."""
    if not 0 <= node.persistent_keepalive <= MAX_KEEPALIVE:
        yield Finding(
            code=Code.KEEPALIVE,
            subject=_subject(node),
            field=names.PERSISTENT_KEEPALIVE,
            message=f"persistent-keepalive {node.persistent_keepalive} is printed as 0: "
            f"WireGuard takes 0 to {MAX_KEEPALIVE}",
        )


def unread_subnets(node: Node) -> Iterator[Finding]:
    """Find pod CIDRs that Kilo does not read."""
    for cidr in node.unread_subnets:
        yield Finding(
            code=Code.POD_CIDR_UNREAD,
            subject=_subject(node),
            field="spec.podCIDRs",
            message=f'its pod CIDR "{cidr}" is not routed: Kilo reads spec.podCIDR alone',
        )


def _words(term: Term, node: Node, now: float) -> str:
    if term is Term.FRESH:
        return f"last seen {ago(int(now) - node.last_seen)} ago, {READY_SECONDS}s is the limit"
    return str(term.value)


def _logs(pod: KgPod) -> str:
    return f"kubectl -n {typed(pod.namespace)} logs {typed(pod.name)} -c kilo"


def _subject(node: Node) -> Subject:
    return Subject(Kind.NODE, node.name)
