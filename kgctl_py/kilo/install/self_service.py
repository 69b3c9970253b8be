"""Self-service: a policy that lets the members of a group manage only their own Peers.

The expressions are CEL for an API server of Kubernetes 1.30 or later. They avoid its library for networks, which
came later, so the pool is a pattern.
"""

from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.kilo.install.installation import Installation
from kgctl_py.kilo.install.rbac import USERS, ClusterRole
from kgctl_py.mesh.address import IPInterface
from kgctl_py.value import Value, replace

NAME = "kgctl-self-service"
_ADMINISTRATORS = "system:masters"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_BITS, _BYTE_BITS = 32, 8


class Rule(Value, frozen=True, kw_only=True):
    """A CEL expression that must be true for a change, and the message if it is not."""

    expression: str
    message: str


ROLE: ClusterRole = replace(
    next(role for role in USERS if role.name == "kgctl-edit"),
    name=NAME,
    note="For users who manage their own Peers. They can read all Peers, including preshared keys.",
)


class SelfService(Value, frozen=True, kw_only=True):
    """The policy and the permissions of a group."""

    group: str
    condition: str
    rules: tuple[Rule, ...]
    role: ClusterRole = ROLE


def self_service(installation: Installation) -> SelfService | None:
    """Return the policy of the installation, if it has one."""
    group, pool = installation.self_service, installation.self_service_pool
    if not group or pool is None:
        return None
    return SelfService(group=group, condition=condition(group), rules=rules(pool))


def condition(group: str) -> str:
    """Return the expression that is true for the users whom the policy restricts."""
    return f"'{group}' in request.userInfo.groups && !('{_ADMINISTRATORS}' in request.userInfo.groups)"


def rules(pool: IPInterface) -> tuple[Rule, ...]:
    """Return the rules for a change of a Peer; `object` is the new Peer, and `oldObject` the old one."""
    return tuple(_rules(pool))


def _rules(pool: IPInterface) -> Iterator[Rule]:
    yield _of_old(
        f"({_is_owner('oldObject')})",
        f"the Peer is not yours: its annotation {names.OWNER} is not your user name",
    )
    yield _of_old(
        f"!({_has_annotation('oldObject', names.DISABLED_IPS)})",
        "the Peer is disabled: only an administrator can change it",
    )
    yield _of_new(f"({_is_owner('object')})", f"the annotation {names.OWNER} must be your user name")
    yield _of_new(
        "(has(object.spec.allowedIPs) && size(object.spec.allowedIPs) == 1"
        f" && object.spec.allowedIPs[0].matches('{pattern(pool)}'))",
        f"spec.allowedIPs must be one address of {pool.masked()}, with /32",
    )
    yield _of_new("!has(object.spec.endpoint)", "spec.endpoint is not allowed")
    yield _of_new(
        f"!({_has_annotation('object', names.DISABLED_IPS)})",
        f"the annotation {names.DISABLED_IPS} is not allowed",
    )
    yield _of_new(
        "!has(object.metadata.labels)"
        f" || object.metadata.labels.all(label, !label.startsWith('kgctl.{names.PREFIX}')"
        f" && label != '{names.CLUSTERMESH}')",
        "labels of kgctl and of a ClusterMesh are not allowed",
    )


def _of_old(condition: str, message: str) -> Rule:
    """Return the rule that a Peer must meet to be changed or deleted."""
    return Rule(expression=f"request.operation == 'CREATE' || {condition}", message=message)


def _of_new(condition: str, message: str) -> Rule:
    """Return the rule that a Peer must meet to be created or changed."""
    return Rule(expression=f"request.operation == 'DELETE' || {condition}", message=message)


def pattern(pool: IPInterface) -> str:
    """Return the pattern of the allowed IPs that are a single address of an IPv4 network."""
    first = int(pool.network.network_address)
    parts = [
        _byte(first >> shift & 0xFF, pool.prefixlen - at)
        for at, shift in zip((0, 8, 16, 24), (24, 16, 8, 0), strict=True)
    ]
    return f"^{'[.]'.join(parts)}/{_BITS}$"


def _byte(first: int, bits: int) -> str:
    """Return the pattern of a byte whose leading `bits` are those of `first`."""
    if bits <= 0:
        return _BYTE
    if bits >= _BYTE_BITS:
        return str(first)
    return f"({'|'.join(map(str, range(first, first + 2 ** (_BYTE_BITS - bits))))})"


def _has_annotation(what: str, name: str) -> str:
    return f"has({what}.metadata.annotations) && '{name}' in {what}.metadata.annotations"


def _is_owner(what: str) -> str:
    name = names.OWNER
    return f"{_has_annotation(what, name)} && {what}.metadata.annotations['{name}'] == request.userInfo.username"
