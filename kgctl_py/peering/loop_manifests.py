"""The manifests of a Deployment that keeps a cluster joined: it writes only to its own cluster."""

from collections.abc import Iterable, Iterator
from typing import Any

from kgctl_py.kilo.install.rbac import USERS, Rule
from kgctl_py.peering.loop_leases import lease_name
from kgctl_py.peering.members.read_members import SYSTEM
from kgctl_py.value import Value

Manifest = dict[str, Any]

READER = "kgctl-peering-reader"
WRITER = "kgctl-peering"
_FOLDER = "/etc/kgctl"
_RBAC = "rbac.authorization.k8s.io"
_NOBODY = 65532


class Loop(Value, frozen=True, kw_only=True):
    """The loop in the cluster `own` that keeps it joined with `other`; `arguments` are options of connect."""

    own: str
    other: str
    namespace: str
    image: str
    arguments: tuple[str, ...] = ()
    replicas: int = 1
    """The number of pods; if there are several, only the holder of a Lease writes."""

    @property
    def name(self) -> str:
        """The name of the Deployment, and of the Secret with the kubeconfig of the other cluster."""
        return lease_name(self.other)


def loop_manifests(loop: Loop) -> Iterator[Manifest]:
    """Yield the objects of one cluster: the roles of both clusters, and the Deployment."""
    yield from _account(READER, loop.namespace, _rules(writes=False))
    yield {
        **_object("v1", "Secret", READER, loop.namespace),
        "type": "kubernetes.io/service-account-token",
    } | _annotated(READER, loop.namespace)
    yield from _account(WRITER, loop.namespace, [*_rules(writes=True), *_annotating(loop.arguments)])
    if loop.replicas > 1:
        yield from _lease_role(loop)
    yield _deployment(loop)


def _rules(*, writes: bool) -> list[Manifest]:
    """Return the rules of `kgctl-edit` or `kgctl-view`, which the loop needs to write or to read a cluster."""
    role = next(role for role in USERS if role.name == ("kgctl-edit" if writes else "kgctl-view"))
    return [_rule(rule) for rule in role.rules]


def _annotating(arguments: Iterable[str]) -> Iterator[Manifest]:
    """Yield the rule that `--annotate` needs."""
    if "--annotate" in arguments:
        yield {"apiGroups": [""], "resources": ["nodes"], "verbs": ["patch"]}


def _rule(rule: Rule) -> Manifest:
    named = {"resourceNames": list(rule.names)} if rule.names else {}
    return {"apiGroups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)} | named


def _object(api_version: str, kind: str, name: str, namespace: str = "") -> Manifest:
    metadata = {"name": name, "labels": {"app.kubernetes.io/name": WRITER}}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": metadata | ({"namespace": namespace} if namespace else {}),
    }


def _annotated(account: str, namespace: str) -> Manifest:
    metadata = _object("v1", "Secret", account, namespace)["metadata"]
    return {"metadata": metadata | {"annotations": {"kubernetes.io/service-account.name": account}}}


def _account(name: str, namespace: str, rules: list[Manifest]) -> Iterator[Manifest]:
    yield _object("v1", "ServiceAccount", name, namespace)
    yield {**_object(f"{_RBAC}/v1", "ClusterRole", name), "rules": rules}
    yield {
        **_object(f"{_RBAC}/v1", "ClusterRoleBinding", name),
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    }


def _lease_role(loop: Loop) -> Iterator[Manifest]:
    """Yield the rights on one Lease; RBAC cannot restrict the creation of objects by name."""
    leases = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"]}
    name = lease_name(loop.other)
    yield {
        **_object(f"{_RBAC}/v1", "Role", name, SYSTEM),
        "rules": [
            {**leases, "verbs": ["create"]},
            {**leases, "resourceNames": [name], "verbs": ["get", "update"]},
        ],
    }
    yield {
        **_object(f"{_RBAC}/v1", "RoleBinding", name, SYSTEM),
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": WRITER, "namespace": loop.namespace}],
    }


def _deployment(loop: Loop) -> Manifest:
    labels = {"app.kubernetes.io/name": WRITER, "app.kubernetes.io/instance": loop.name}
    pod = _pod(loop)
    if loop.replicas > 1:
        pod["topologySpreadConstraints"] = [_on_several_nodes(labels)]
    deployment = _object("apps/v1", "Deployment", loop.name, loop.namespace)
    deployment["spec"] = {
        "replicas": loop.replicas,
        # two pods would write the same Peers, unless one waits for the Lease
        "strategy": {"type": "RollingUpdate" if loop.replicas > 1 else "Recreate"},
        "selector": {"matchLabels": dict(labels)},
        "template": {"metadata": {"labels": dict(labels)}, "spec": pod},
    }
    return deployment


def _pod(loop: Loop) -> Manifest:
    return {
        "serviceAccountName": WRITER,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "fsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(loop)],
        "volumes": [
            {"name": "kubeconfig", "secret": {"secretName": loop.name, "defaultMode": 0o440}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }


def _container(loop: Loop) -> Manifest:
    clusters = [f"{loop.own}=in-cluster", f"{loop.other}={_FOLDER}/kubeconfig#"]
    following = ["--watch", *(["--leader-elect"] if loop.replicas > 1 else [])]
    return {
        "name": "kgctl",
        "image": loop.image,
        "args": ["peering", "connect", *clusters, "--write", loop.own, *following, *loop.arguments],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [
            {"name": "kubeconfig", "mountPath": _FOLDER, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 # a volume of the pod
        ],
    }


def _on_several_nodes(labels: Manifest) -> Manifest:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(labels)},
    }


def namespaces(namespace: str) -> Iterator[Manifest]:
    """Yield the Namespace, unless it is one that every cluster has."""
    if namespace not in (SYSTEM, "default"):
        yield _object("v1", "Namespace", namespace)
