"""The Peers in one file to lint, and the problems of the file itself."""

import json
import re
import shlex
from collections.abc import Sequence
from typing import Any

from kgctl_py import names
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.foreign_files import compression, describe_foreign
from kgctl_py.fs.manifest_files import TABLES
from kgctl_py.kilo.peer_manifests import PeerManifest, peer_manifests
from kgctl_py.kilo.unknown_content import template
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.kube.objects.yaml_text import UnparsableError, nodes
from kgctl_py.notice import Notice, note
from kgctl_py.render.findings.file_finding import FileFinding

_TEMPLATE = b"{{"
_NOT_FOR_KUBECTL = re.compile(rb"^(?:---[ \t]+[^#\s]|%[A-Z])", re.MULTILINE)
"""What separates documents in YAML, but not for kubectl and Kustomize."""

Manifests = tuple[Sequence[PeerManifest], Sequence[FileFinding], Sequence[Notice]]


def read_manifests(file: str, text: bytes, *, is_named: bool) -> Manifests:
    """Return the Peers in a file, its findings, and notes about a file of a folder that kgctl skips."""
    if is_named and (kind := _other_kind(text)):
        return (), (_at(file, 1, kind),), ()
    try:
        manifests = list(peer_manifests(text))
    except UnparsableError as error:
        is_kilos = names.GROUP.encode() in text
        if (is_named or is_kilos) and (found := template(text)):
            return (), (), (_skipped(file, f"is {found.what}"),)
        if is_named or is_kilos:
            return (), (_unparsable(file, error),), ()
        other = describe_foreign(text)
        why = f"is {other.what}" if other else f"is not YAML or JSON: {error}"
        return (), (), () if _TEMPLATE in text else (_skipped(file, why),)
    line = 0 if manifests else _line_of_text(text)
    if line and is_named:
        return (), (_not_a_manifest(file, line),), ()
    return manifests, _as_a_whole(file, text, manifests), (_skipped(file, "contains only text"),) if line else ()


def _other_kind(content: bytes) -> str:
    """Return what a file is if it is not text, such as an archive; otherwise an empty text."""
    if compression(content) == "gzip":
        from kgctl_py.fs.archive import ArchiveError, gunzip  # few files are compressed

        try:
            gunzip(content)
        except ArchiveError as error:
            return f"it is a gzip file, and {error}"
    found = describe_foreign(content)
    return f"it is {found.what}; {found.remedy}" if found else ""


def _as_a_whole(file: str, text: bytes, manifests: Sequence[PeerManifest]) -> tuple[FileFinding, ...]:
    """Return the finding about a file that YAML allows, but that kubectl does not read."""
    if line := _line_of_bare_list(text):
        return (_at(file, line, "it contains a list without a kind; for several Peers, use kind: List"),)
    if manifests and text.lstrip().startswith(b"{") and not _begins_with_json(text):
        why = "kubectl reads a file that begins with { as JSON, but it is not valid JSON"
        return (_at(file, 1, f"{why}; correct it, or begin it with the line ---"),)
    found = _NOT_FOR_KUBECTL.search(text) if manifests and not text.lstrip().startswith(b"{") else None
    if not found:
        return ()
    what = "directives such as %YAML" if found[0].startswith(b"%") else "text after --- on the same line"
    return (_at(file, text.count(b"\n", 0, found.start()) + 1, f"kubectl does not read {what}"),)


def _begins_with_json(text: bytes) -> bool:
    try:
        json.JSONDecoder().raw_decode(text.decode(errors="replace").lstrip())
    except (ValueError, RecursionError):
        return False
    return True


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


def _line_of_bare_list(text: bytes) -> int:
    """Return the line of a document that is a list of Peers; otherwise 0."""
    if names.GROUP.encode() not in text:
        return 0
    try:
        lists = [node for node in nodes(text) if node.id == "sequence"]
    except UnparsableError:  # JSON that YAML does not allow
        return 0
    return next((node.start_mark.line + 1 for node in lists if any(map(_is_of_kilo, node.value))), 0)


def _is_of_kilo(node: Any) -> bool:
    return node.id == "mapping" and any(
        (key.value, str(value.value).partition("/")[0]) == ("apiVersion", names.GROUP) for key, value in node.value
    )


def _at(file: str, line: int, message: str) -> FileFinding:
    finding = Finding(code=Code.FILE, subject=Subject(Kind.FILE, file), message=message)
    return FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)


def _not_a_manifest(file: str, line: int) -> FileFinding:
    message = "it contains neither a Kubernetes object nor a WireGuard configuration"
    hint = (
        f"to check a table of peers: kgctl peer apply --dry-run client -f {shlex.quote(file)}"
        if file.lower().endswith(TABLES)
        else ""
    )
    finding = Finding(code=Code.FILE, subject=Subject(Kind.FILE, file), message=message, hint=hint)
    return FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)


def _unparsable(file: str, error: UnparsableError) -> FileFinding:
    return _at(file, error.line or 1, f"it is incomplete, or not valid YAML or JSON: {error.reason}")
