"""The cluster IPs that a probe asks in another cluster: its DNS and its API server, if they are routed."""

from collections.abc import Iterable

from kgctl_py.errors import KgctlError
from kgctl_py.kilo.find_networks import DEFAULT_DOMAIN
from kgctl_py.kube.objects import kinds
from kgctl_py.kube.objects.kinds import PortedService
from kgctl_py.kube.objects.reader import UnreadableError
from kgctl_py.mesh.address import host_cidr
from kgctl_py.peering.members.member import Member
from kgctl_py.peering.members.read_members import SYSTEM, Side, named
from kgctl_py.peering.planning.problem import PeeringCode, Problem, note
from kgctl_py.value import Value
from kgctl_py.wireguard.endpoint import parse_ip

NAMESPACE, NAME = "default", "kubernetes"
"""The Service of the API servers, which every cluster has."""

_HTTPS = 443


class ServiceTargets(Value, frozen=True, kw_only=True):
    """The domain and the address of the DNS, and HOST:PORT of the API server; empty if not tested."""

    domain: str = ""
    dns: str = ""
    api_server: str = ""
    left_out: tuple[Problem, ...] = ()
    """Why the DNS or the API server is not asked."""


class _NotAskedError(Exception):
    """The reason why a Service is not tested, and what to do."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


def find_service_targets(side: Side, own: Member, other: Member) -> ServiceTargets:
    """Return the Services of `other` that pods of `own` can test; raise KgctlError if `other` does not respond."""
    found: dict[str, str] = {}
    left_out = []
    for what, find in (("DNS", _dns), ("API server", _api_server)):
        try:
            found |= find(side, other)
        except _NotAskedError as error:
            message = f"kgctl does not probe the {what} of {other.name}: {error.reason}"
            left_out.append(note(PeeringCode.PROBE, own.name, message, error.hint))
        except KgctlError as error:
            raise named(side, error) from None
    return ServiceTargets(**found, left_out=tuple(left_out))


def _dns(side: Side, other: Member) -> dict[str, str]:
    networks = side.cluster.networks()
    if not networks.dns:
        raise _NotAskedError(f"no Service for it found in {SYSTEM}")
    domain = networks.domain.values[0] if networks.domain else DEFAULT_DOMAIN
    return {"domain": domain, "dns": _routed(networks.dns.values, other)}


def _api_server(side: Side, other: Member) -> dict[str, str]:
    try:
        found = side.cluster.objects().of(kinds.PORTED_SERVICE, namespace=NAMESPACE, name=NAME)
    except UnreadableError as error:
        rule = f'{{apiGroups: [""], resources: ["services"], resourceNames: ["{NAME}"], verbs: ["list"]}}'
        raise _NotAskedError(error.message, f"ask for this RBAC rule in {NAMESPACE}: {rule}") from None
    if not found:
        raise _NotAskedError(f'the Service "{NAMESPACE}/{NAME}" is missing')
    address = _routed(found[0].addresses, other)
    host = f"[{address}]" if ":" in address else address
    return {"api_server": f"{host}:{_port(found[0])}"}


def _port(service: PortedService) -> int:
    ports = service.spec.ports or ()
    return next((port.port for port in ports if port.name == "https" and port.port), _HTTPS)


def _routed(texts: Iterable[str], other: Member) -> str:
    """Return the first address in a Service CIDR that is routed."""
    addresses = [ip for text in texts if (ip := parse_ip(text))]
    inside = (ip for ip in addresses if any(cidr.overlaps(host_cidr(ip)) for cidr in other.services))
    if found := next(inside, None):
        return str(found)
    if not addresses:
        raise _NotAskedError("its Service has no cluster IP")
    outside, routed = (", ".join(map(str, some)) for some in (addresses, other.services))
    raise _NotAskedError(
        f"its cluster IP {outside} is not in the Service CIDR {routed}", f"add --service-cidr {other.name}=CIDR"
    )
