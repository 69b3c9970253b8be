"""The Peers of one file to lint, and what is wrong with the file as a whole."""

import shlex
from collections.abc import Sequence

from kgctl_py import names
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.fs.manifest_files import TABLES
from kgctl_py.kilo.peer_manifests import PeerManifest, peer_manifests
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.kube.objects.yaml_text import UnparsableError, nodes
from kgctl_py.notice import Notice, note
from kgctl_py.render.findings.file_finding import FileFinding

_TEMPLATE = b"{{"

Manifests = tuple[Sequence[PeerManifest], Sequence[FileFinding], Sequence[Notice]]


def read_manifests(file: str, text: bytes, *, is_named: bool) -> Manifests:
    """Return the Peers in a file, its findings, and notes about a file of a folder that kgctl skips."""
    try:
        manifests = list(peer_manifests(text))
    except UnparsableError as error:
        if is_named or names.GROUP.encode() in text:
            return (), (_unparsable(file, error),), ()
        return (), (), () if _TEMPLATE in text else (_skipped(file, f"is not YAML or JSON: {error}"),)
    line = 0 if manifests else _line_of_text(text)
    if line and is_named:
        return (), (_not_a_manifest(file, line),), ()
    return manifests, (), (_skipped(file, "contains only text"),) if line else ()


def _skipped(file: str, reason: str) -> Notice:
    return note(f'note: kgctl skips "{file}", which {reason}')


def _line_of_text(text: bytes) -> int:
    """Return the line of the first document of a file of texts and numbers, which no manifest is; otherwise 0."""
    try:
        documents = [node for node in nodes(text) if node.id != "scalar" or node.value not in ("", "~", "null")]
    except UnparsableError:
        return 0
    is_text = documents and all(node.id == "scalar" for node in documents)
    return documents[0].start_mark.line + 1 if is_text else 0


def _not_a_manifest(file: str, line: int) -> FileFinding:
    message = "it contains text, and neither a Kubernetes object nor a WireGuard configuration"
    hint = f"kgctl peer apply --dry-run client -f {shlex.quote(file)}" if file.lower().endswith(TABLES) else ""
    finding = Finding(code=Code.FILE, subject=Subject(Kind.FILE, file), message=message, hint=hint)
    return FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)


def _unparsable(file: str, error: UnparsableError) -> FileFinding:
    line = error.line or 1
    message = f"not valid YAML or JSON, or cut off: {error.reason}"
    finding = Finding(code=Code.FILE, subject=Subject(Kind.FILE, file), message=message)
    return FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)
