"""The section "kubernetes" of `check`: whether kgctl can read the cluster. A failure is a finding."""

import http
from collections.abc import Iterator

from kgctl_py import names
from kgctl_py.cluster.interface import PEERS, Access, Cluster
from kgctl_py.diagnose.skipped_checks import NO_ANSWER, SkipReasons, without_lists
from kgctl_py.errors import KgctlError, UnusableFolderError
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.findings.check_sections import KUBERNETES
from kgctl_py.findings.report import CheckResult, SectionResult, section_result
from kgctl_py.mesh.nodes_and_peers import Mesh
from kgctl_py.value import Value, field, replace

_CLUSTER = Subject(Kind.CLUSTER)


class ReadMesh(Value, frozen=True, kw_only=True):
    """The mesh if it could be read, with a remark and findings about its cluster."""

    mesh: Mesh | None
    remark: str = ""
    findings: tuple[Finding, ...] = ()
    skip_reasons: SkipReasons = field(default_factory=dict)


def read_mesh(cluster: Cluster) -> ReadMesh:
    """Return the mesh, with the errors of an API server as findings; raise KgctlError for an unusable file."""
    if not cluster.is_live:
        return ReadMesh(mesh=cluster.mesh(), remark=cluster.access().summary)
    try:
        access = cluster.access()
    except UnusableFolderError:
        raise
    except KgctlError as error:
        return ReadMesh(mesh=None, findings=(_finding(Code.API, error),), skip_reasons=NO_ANSWER)
    if access.refusals:
        return _refused(access)
    try:
        return ReadMesh(mesh=cluster.mesh(), remark=access.summary, findings=tuple(_scope(access)))
    except KgctlError as error:
        finding = _finding(Code.API, error)
        return ReadMesh(mesh=None, remark=access.summary, findings=(finding,), skip_reasons=NO_ANSWER)


def kubernetes_section(cluster: Cluster, read: ReadMesh, findings: tuple[Finding, ...]) -> SectionResult:
    """Return the section about the cluster; for a file, it says only that it is a file."""
    if not cluster.is_live:
        return SectionResult(name=KUBERNETES.name, results=(CheckResult(title=read.remark),))
    result = section_result(KUBERNETES, (*read.findings, *findings), read.skip_reasons)
    first, *others = result.results
    return replace(result, results=(replace(first, remark=read.remark), *others))


def _refused(access: Access) -> ReadMesh:
    findings = {resource: _finding(_code(error, resource), error) for resource, error in access.refusals.items()}
    skip_reasons = without_lists({resource: finding.code for resource, finding in findings.items()})
    return ReadMesh(mesh=None, remark=access.summary, findings=tuple(findings.values()), skip_reasons=skip_reasons)


def _code(error: KgctlError, resource: str) -> Code:
    from kgctl_py.kube.api_error import ApiError  # files have no permissions

    status = error.status if isinstance(error, ApiError) else 0
    if status == http.HTTPStatus.FORBIDDEN:
        return Code.RBAC
    return Code.CRD if status == http.HTTPStatus.NOT_FOUND and resource == PEERS else Code.API


def _scope(access: Access) -> Iterator[Finding]:
    if access.peers_are_namespaced:
        message = (
            f"the CustomResourceDefinition {names.PEERS_RESOURCE} has the scope Namespaced, "
            "but Kilo needs the scope Cluster"
        )
        yield Finding(code=Code.CRD_SCOPE, subject=_CLUSTER, message=message)


def _finding(code: Code, error: KgctlError) -> Finding:
    hint = "" if code is Code.CRD else error.hint  # the code has a hint of its own
    return Finding(code=code, subject=_CLUSTER, message=error.message, hint=hint)
