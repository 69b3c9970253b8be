"""From the names of files to what there is to say of the Peers in them."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kgctl_py import names
from kgctl_py.findings import Code, Finding, Kind, Severity, Subject
from kgctl_py.findings.rules import peer_files, peers
from kgctl_py.fs.files import explained
from kgctl_py.kilo.peer_manifests import PeerManifest, peer_manifests
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.kube.objects.yaml_text import UnparsableError
from kgctl_py.render.checks.remarks import Remark
from kgctl_py.render.checks.sarif import Rule
from kgctl_py.value import Value

_ENDINGS = (".yaml", ".yml", ".json")
_LEVELS = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}

_HINTS = {Code.PEER_ROAM: "persistentKeepalive: 25", Code.KEY_TWICE: "kgctl keygen makes another"}
"""What to write where the usual advice is about a cluster."""


class Linted(Value, frozen=True, kw_only=True):
    """What there is to say, in the order of the files, and how much was looked at."""

    remarks: tuple[Remark, ...]
    files: int
    peers: int


def linted(paths: Sequence[str]) -> Linted:
    """Look at files, those in folders, and stdin for `-`; raise KgctlError when one cannot be read."""
    found: list[tuple[str, PeerManifest]] = []
    remarks: list[Remark] = []
    order: dict[str, int] = {}
    for name, text, by_name in _texts(paths):
        order[name] = len(order)
        try:
            found += ((name, manifest) for manifest in peer_manifests(text))
        except UnparsableError as error:
            if by_name or names.GROUP.encode() in text:
                remarks.append(_unparsable(name, error))
    for name, manifest in found:
        remarks += (_remark(name, manifest, finding) for finding in _alone(manifest))
    for number, finding in peer_files.between(
        [one.peer for _, one in found], lambda number: _place(*found[number])
    ):
        remarks.append(_remark(*found[number], finding))
    remarks.sort(key=lambda remark: (order[remark.file], remark.line, remark.column))
    return Linted(remarks=tuple(remarks), files=len(order), peers=len(found))


def rules() -> Iterator[Rule]:
    """Give what each code means."""
    for code in Code:
        level = _LEVELS[code.severity]
        yield Rule(code=code.value, level=level, meaning=code.meaning, why=code.why, mend=code.mend)


def _texts(paths: Sequence[str]) -> Iterator[tuple[str, bytes, bool]]:
    """Give each file once: its name, its text, and whether it was named and not found in a folder."""
    seen: set[str] = set()
    for path in paths:
        if path == "-":
            yield "stdin", sys.stdin.buffer.read(), True
            continue
        with explained("read", path):
            for file in _below(path) if Path(path).is_dir() else [path]:
                if os.path.realpath(file) not in seen:
                    seen.add(os.path.realpath(file))
                    yield file, Path(file).read_bytes(), file == path


def _below(folder: str) -> Iterator[str]:
    """Give the YAML and JSON files of a folder by name; what starts with a dot is not for us."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(parent, name)
            if name.endswith(_ENDINGS) and not name.startswith(".") and file.is_file():
                yield str(file)


def _alone(manifest: PeerManifest) -> Iterator[Finding]:
    yield from peer_files.dropped_fields(manifest.peer.name, manifest.dropped)
    yield from peers.by_itself(manifest.peer)


def _place(file: str, manifest: PeerManifest) -> str:
    return f"{file}:{manifest.region('metadata.name').line}"


def _remark(file: str, manifest: PeerManifest, finding: Finding) -> Remark:
    return _said(file, finding, manifest.region(finding.field))


def _unparsable(file: str, error: UnparsableError) -> Remark:
    line = error.line or 1
    finding = Finding(
        code=Code.FILE,
        subject=Subject(Kind.FILE, file),
        message=f"it is neither YAML nor JSON, or is cut off: {error.reason}",
    )
    return _said(file, finding, Region(line=line, end_line=line))


def _said(file: str, finding: Finding, region: Region) -> Remark:
    return Remark(
        file=file,
        line=region.line,
        column=region.column,
        end_line=region.end_line,
        end_column=region.end_column,
        level=_LEVELS[finding.severity],
        code=finding.code,
        subject=str(finding.subject),
        field=finding.field,
        message=finding.message,
        hint=finding.hint or _HINTS.get(finding.code, ""),
    )
