"""The first section: whether the cluster can be read; what an API server refuses is a finding, not the end."""

import http
from collections.abc import Iterator, Mapping

from kgctl_py import names
from kgctl_py.cluster.api_access import PEERS
from kgctl_py.cluster.interface import Access, Cluster
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.findings.report import CheckResult, SectionResult, section_result
from kgctl_py.findings.sections import KUBERNETES
from kgctl_py.kube.api_error import ApiError
from kgctl_py.mesh.model import Mesh
from kgctl_py.value import Value, field, replace

_CLUSTER = Subject(Kind.CLUSTER)
_NOT_ASKED = dict.fromkeys((Code.RBAC, Code.CRD, Code.CLOCK), "the API server could not be asked")


class Read(Value, frozen=True, kw_only=True):
    """The mesh, if it could be had, and what there is to tell of the cluster."""

    mesh: Mesh | None
    remark: str = ""
    findings: tuple[Finding, ...] = ()
    unjudged: Mapping[Code, str] = field(default_factory=dict)


def read(cluster: Cluster) -> Read:
    """Read the mesh; a file that cannot be used is an error as for every command."""
    if not cluster.is_live:
        return Read(mesh=cluster.mesh(), remark=cluster.access().summary)
    try:
        access = cluster.access()
    except KgctlError as error:
        return Read(mesh=None, findings=(_finding(Code.API, error),), unjudged=_NOT_ASKED)
    refused = {resource: _finding(_code(error, resource), error) for resource, error in access.refusals.items()}
    if refused:
        found = tuple(refused.values())
        return Read(mesh=None, remark=access.summary, findings=found, unjudged=_unjudged(refused))
    try:
        return Read(mesh=cluster.mesh(), remark=access.summary, findings=tuple(_scope(access)))
    except KgctlError as error:
        return Read(mesh=None, remark=access.summary, findings=(_finding(Code.API, error),), unjudged=_NOT_ASKED)


def kubernetes(cluster: Cluster, done: Read, findings: tuple[Finding, ...]) -> SectionResult:
    """Return the section about the cluster; of one in a file, only that it is one."""
    if not cluster.is_live:
        return SectionResult(name=KUBERNETES.name, results=(CheckResult(title=done.remark),))
    result = section_result(KUBERNETES, (*done.findings, *findings), done.unjudged)
    first, *others = result.results
    return replace(result, results=(replace(first, remark=done.remark), *others))


def _unjudged(refused: Mapping[str, Finding]) -> Mapping[Code, str]:
    """Give what stays open when these lists cannot be had; the clock is that of the list of Nodes."""
    unjudged = {Code.CLOCK: "the mesh could not be read"}
    if PEERS in refused:
        unjudged[Code.CRD] = "Peers could not be listed"
    if all(finding.code is Code.API for finding in refused.values()):
        unjudged[Code.RBAC] = "the API server gives no answer of use"
    return unjudged


def _code(error: KgctlError, resource: str) -> Code:
    status = error.status if isinstance(error, ApiError) else 0
    if status == http.HTTPStatus.FORBIDDEN:
        return Code.RBAC
    return Code.CRD if status == http.HTTPStatus.NOT_FOUND and resource == PEERS else Code.API


def _scope(access: Access) -> Iterator[Finding]:
    if access.peers_are_namespaced:
        message = f"its CRD {names.PEERS_RESOURCE} is namespaced, Kilo's is not"
        yield Finding(code=Code.CRD_SCOPE, subject=_CLUSTER, message=message)


def _finding(code: Code, error: KgctlError) -> Finding:
    return Finding(code=code, subject=_CLUSTER, message=error.message, hint=error.hint)
