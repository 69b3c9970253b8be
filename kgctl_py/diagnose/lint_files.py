"""Lint Peers and configurations in files; each file is read once, and each finding has its place in a file."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from kgctl_py.diagnose.lint_configuration import (
    ENDINGS,
    holds_configuration,
    is_surely_configuration,
    lint_configuration,
)
from kgctl_py.diagnose.lint_manifests import read_manifests
from kgctl_py.findings import Code, Finding, Severity
from kgctl_py.findings.rules import peer_files, peers
from kgctl_py.foreign_files import describe_foreign
from kgctl_py.fs.manifest_files import MANIFESTS, files_below
from kgctl_py.kilo.peer_manifests import PeerManifest
from kgctl_py.kilo.unknown_content import explain, placeholders, stand_in
from kgctl_py.limits import read_bytes, read_stream
from kgctl_py.notice import Notice, note
from kgctl_py.os_errors import explained
from kgctl_py.render.findings.file_finding import FileFinding
from kgctl_py.value import Value, replace

_HINTS = {
    Code.HOST_BITS: "for one address, use /32, or /128 for IPv6; for a network, set no host bits",
    Code.KEY_TWICE: "to generate a key: kgctl keygen",
    Code.PEER_DNS_AND_IP: "keep only the DNS name, which Kilo uses, or only the IP address",
    Code.PEER_DNS_NUMBER: "write a valid DNS name in dns, or an IP address in ip",
    Code.PEER_NOIPS: "add the addresses of the peer, for example allowedIPs: [10.5.0.7/32]",
    Code.PEER_NOKEY: "to generate a key: kgctl keygen",
    Code.PEER_ROAM: "add persistentKeepalive: 25",
    Code.PEER_UNUSABLE: "write an address that a peer can have",
}
"""Hints for files in place of hints about a cluster."""


class LintResult(Value, frozen=True, kw_only=True):
    """The findings in the order of the files, and the number of files and Peers that were read."""

    findings: tuple[FileFinding, ...]
    files: int
    peers: int
    notices: tuple[Notice, ...] = ()
    """The files that are skipped."""

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(placed.finding.severity is Severity.ERROR for placed in self.findings)

    @property
    def warnings(self) -> int:
        """The number of all other findings."""
        return len(self.findings) - self.errors

    @property
    def summary(self) -> str:
        """The counts as text."""
        counts = ((self.peers, "peer"), (self.files, "file"), (self.errors, "error"), (self.warnings, "warning"))
        peers, files, errors, warnings = (
            f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts
        )
        return f"{peers} in {files}: {errors}, {warnings}"

    def passes(self, *, strict: bool = False) -> bool:
        """Return whether there are no errors and, if `strict`, no warnings."""
        return not self.errors and not (strict and self.warnings)


def lint_files(paths: Sequence[str]) -> LintResult:
    """Lint files, files in folders, and stdin for `-`; raise KgctlError if one cannot be read."""
    manifests: list[tuple[str, PeerManifest]] = []
    findings: list[FileFinding] = []
    order: dict[str, int] = {}
    notices: list[Notice] = []
    others = 0
    unended: set[str] = set()
    for file, text, is_named in _texts(paths):
        if not is_named and file.lower().endswith(ENDINGS) and not is_surely_configuration(text):
            continue
        order[file] = len(order)
        if file.lower().endswith(ENDINGS) or (is_named and holds_configuration(file, text)):
            count, faults = lint_configuration(file, text)
            others += count
            findings += faults
            continue
        if found_instead := stand_in(text):
            notices.append(note(f'note: kgctl skips "{file}", which is {found_instead.what}'))
            continue
        if not text.rstrip(b" ").endswith((b"\n", b"}")) and not describe_foreign(text):
            unended.add(file)
        found, more, remarks = read_manifests(file, text, is_named=is_named)
        manifests += ((file, manifest) for manifest in found)
        findings += more
        notices += (*remarks, *_unknown(file, found))
    findings += _of_each(manifests)
    findings += _between(manifests)
    notices += _perhaps_cut_off({placed.file for placed in findings} & unended, order)
    findings.sort(key=lambda placed: (order[placed.file], placed.region.line, placed.region.column))
    return LintResult(
        findings=tuple(findings), files=len(order), peers=len(manifests) + others, notices=tuple(notices)
    )


def _perhaps_cut_off(files: Set[str], order: Mapping[str, int]) -> Iterator[Notice]:
    """Yield a note for each file that is probably incomplete, because this can be the cause of its findings."""
    for file in sorted(files, key=order.__getitem__):
        yield note(f'note: "{file}" does not end with a line break; if it is incomplete, save it again')


def _texts(paths: Sequence[str]) -> Iterator[tuple[str, bytes, bool]]:
    """Yield each file once: its name, its text, and whether the user named the file itself."""
    seen: set[str] = set()
    for path in paths:
        if path == "-":
            yield "stdin", read_stream(sys.stdin.buffer, "stdin"), True
            continue
        with explained("read", path):
            for file in _files_in(path) if Path(path).is_dir() else [path]:
                if os.path.realpath(file) not in seen:
                    seen.add(os.path.realpath(file))
                    yield file, read_bytes(file), file == path


def _files_in(folder: str) -> Iterator[str]:
    return files_below(folder, (*MANIFESTS, *ENDINGS))


def _of_each(manifests: Sequence[tuple[str, PeerManifest]]) -> Iterator[FileFinding]:
    for file, manifest in manifests:
        for finding in peer_files.dropped_fields(manifest.peer.name, manifest.dropped):
            yield _placed(file, manifest, finding)
        unknown = placeholders(manifest.resource) if not _is_clean(manifest) else {}
        for finding in (*peers.by_itself(manifest.peer), *peer_files.sealed_key(manifest.peer)):
            if finding.field not in unknown:
                yield _placed(file, manifest, finding)


def _is_clean(manifest: PeerManifest) -> bool:
    """Return whether a Peer has no placeholder, which no valid value contains."""
    return not (manifest.peer.faults or manifest.peer.ignored_values)


def _unknown(file: str, manifests: Sequence[PeerManifest]) -> Iterator[Notice]:
    """Yield a note if values of a file are unknown because another program replaces them."""
    found = [
        (manifest.peer.name, fields)
        for manifest in manifests
        if not _is_clean(manifest) and (fields := placeholders(manifest.resource))
    ]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield note(f'note: "{file}": {explain(*found[0])}{more}')


def _between(manifests: Sequence[tuple[str, PeerManifest]]) -> Iterator[FileFinding]:
    """Return the conflicts between two Peers, at the later one."""

    def place(number: int) -> str:
        file, manifest = manifests[number]
        return f"{file}:{manifest.region('metadata.name').line}"

    for number, finding in peer_files.between([manifest.peer for _, manifest in manifests], place):
        yield _placed(*manifests[number], finding)


def _placed(file: str, manifest: PeerManifest, finding: Finding) -> FileFinding:
    hinted = replace(finding, hint=_HINTS.get(finding.code, finding.hint))
    return FileFinding(file=file, region=manifest.region(finding.field), finding=hinted)
