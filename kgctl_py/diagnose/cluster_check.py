"""The first section: whether the cluster can be read; what an API server refuses is a finding, not the end."""

import http
import time
from collections.abc import Iterator, Mapping

from kgctl_py import names
from kgctl_py.errors import KgctlError
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.findings.report import CheckResult, SectionResult, section_result
from kgctl_py.findings.sections import KUBERNETES
from kgctl_py.kilo import resources
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.discovery import is_namespaced
from kgctl_py.mesh.model import Mesh
from kgctl_py.session import Session
from kgctl_py.value import Value, field, replace

_CLUSTER = Subject(Kind.CLUSTER)
_NOT_ASKED = dict.fromkeys((Code.RBAC, Code.CRD, Code.CLOCK), "the API server could not be asked")


class Read(Value, frozen=True, kw_only=True):
    """The mesh, if it could be had, and what there is to tell of the cluster."""

    mesh: Mesh | None
    remark: str = ""
    findings: tuple[Finding, ...] = ()
    unjudged: Mapping[Code, str] = field(default_factory=dict)


def read(session: Session) -> Read:
    """Read the mesh; a file that cannot be used is an error as for every command."""
    if session.files:
        return Read(mesh=session.mesh())
    try:
        remark = _server(session)
    except KgctlError as error:
        return Read(mesh=None, findings=(_finding(Code.API, error),), unjudged=_NOT_ASKED)
    refused = dict(_refusals(session))
    if refused:
        return Read(mesh=None, remark=remark, findings=tuple(refused.values()), unjudged=_unjudged(refused))
    try:
        return Read(mesh=session.mesh(), remark=remark, findings=tuple(_scope(session)))
    except KgctlError as error:
        return Read(mesh=None, remark=remark, findings=(_finding(Code.API, error),), unjudged=_NOT_ASKED)


def kubernetes(session: Session, done: Read, findings: tuple[Finding, ...]) -> SectionResult:
    """Tell of the cluster; of one in a file only that."""
    if session.files:
        files = ", ".join("stdin" if path == "-" else path for path in session.from_file)
        from_file = CheckResult(title=f"the cluster is read from a file: {files}")
        return SectionResult(name=KUBERNETES.name, results=(from_file,))
    result = section_result(KUBERNETES, (*done.findings, *findings), done.unjudged)
    first, *others = result.results
    return replace(result, results=(replace(first, remark=done.remark), *others))


def _server(session: Session) -> str:
    """Ask the server for its version, and tell how long it took."""
    session.client.connect()
    started = time.monotonic()
    origin = session.objects().origin()
    milliseconds = round(1000 * (time.monotonic() - started))
    return f"{origin.server}, {origin.version or 'version unknown'}, {milliseconds} ms"


def _refusals(session: Session) -> Iterator[tuple[str, Finding]]:
    """Give the path of each of the two lists that cannot be had; both are asked for: one run tells of both."""
    for path in (resources.NODES_PATH, resources.PEERS_PATH):
        try:
            session.client.get(path, {"limit": "1"})
        except KgctlError as error:
            yield path, _finding(_code(error, path), error)


def _unjudged(refused: Mapping[str, Finding]) -> Mapping[Code, str]:
    """Give what stays open when these lists cannot be had; the clock is that of the list of Nodes."""
    unjudged = {Code.CLOCK: "the mesh could not be read"}
    if resources.PEERS_PATH in refused:
        unjudged[Code.CRD] = "Peers could not be listed"
    if all(finding.code is Code.API for finding in refused.values()):
        unjudged[Code.RBAC] = "the API server gives no answer of use"
    return unjudged


def _code(error: KgctlError, path: str) -> Code:
    status = error.status if isinstance(error, ApiError) else 0
    if status == http.HTTPStatus.FORBIDDEN:
        return Code.RBAC
    return Code.CRD if status == http.HTTPStatus.NOT_FOUND and path == resources.PEERS_PATH else Code.API


def _scope(session: Session) -> Iterator[Finding]:
    try:
        namespaced = is_namespaced(session.client, resources.GROUP_PATH, resources.PEERS)
    except KgctlError:
        return  # who may not ask what is served has had the Peers all the same
    if namespaced:
        message = f"its CRD {names.PEERS_RESOURCE} is namespaced, Kilo's is not"
        yield Finding(code=Code.CRD_SCOPE, subject=_CLUSTER, message=message)


def _finding(code: Code, error: KgctlError) -> Finding:
    return Finding(code=code, subject=_CLUSTER, message=error.message, hint=error.hint)
