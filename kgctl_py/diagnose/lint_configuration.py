"""Lint a WireGuard configuration in a file, in any format; each finding has its line."""

import re
from collections.abc import Iterator
from pathlib import Path

from kgctl_py import wireguard
from kgctl_py.findings import Code, Finding, Kind, Subject
from kgctl_py.findings.rules.configurations import numbered_problems
from kgctl_py.kube.objects.yaml_places import Region
from kgctl_py.render.findings.file_finding import FileFinding
from kgctl_py.wireguard.field_values import decode
from kgctl_py.wireguard.parse_any import is_configuration, parse_any
from kgctl_py.wireguard.sections import Parsed

ENDINGS = (".conf", ".nmconnection", ".netdev")
"""The names of configurations in a folder; the .network of a .netdev has no peers."""
_ENDINGS = (*ENDINGS, ".network")
_SECTION = re.compile(
    r"^\s*\[\s*(interface|peer|wireguard|wireguardpeer|wireguard-peer\..*)\s*\]", re.MULTILINE | re.IGNORECASE
)
_FIELD = re.compile(
    r"(private|public|preshared)-?key|allowed-?ips|endpoint|(listen|persistent)-?(port|keepalive)"
    r"|\[wireguard-peer\.",
    re.IGNORECASE,
)
_KEY = re.compile(r"^\s*(Private|Public|Preshared)Key\s*=", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"line (\d+)(:? )")


def holds_configuration(file: str, data: bytes) -> bool:
    """Return whether a file contains a WireGuard configuration, by its name or its text."""
    if Path(file).suffix in _ENDINGS:
        return True
    try:
        return is_configuration(decode(data))
    except ValueError:
        return False


def is_surely_configuration(data: bytes) -> bool:
    """Return whether a file in a folder is a WireGuard configuration: many other programs have a .conf."""
    try:
        text = decode(data)
    except ValueError:
        return False
    return bool(_KEY.search(text) or (_SECTION.search(text) and _FIELD.search(text)))


def lint_configuration(file: str, data: bytes) -> tuple[int, tuple[FileFinding, ...]]:
    """Return the number of peers in a configuration, and its findings."""
    try:
        parsed = parse_any(decode(data))
    except ValueError as error:
        return 0, (_unparsable(file, str(error)),)
    return len(parsed.conf.peers), tuple(_findings(file, parsed))


def _findings(file: str, parsed: Parsed) -> Iterator[FileFinding]:
    for number, finding in numbered_problems(parsed.conf, _own_key(parsed.conf)):
        line = parsed.peer_lines[number]
        yield FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)


def _own_key(conf: wireguard.Conf) -> wireguard.Key | None:
    if not (conf.interface and conf.interface.private_key):
        return None
    from kgctl_py.wireguard.keygen import public_key

    return public_key(conf.interface.private_key)


def _unparsable(file: str, reason: str) -> FileFinding:
    line = int(found[1]) if (found := _LINE.match(reason)) else 1
    cause = f"it {reason}" if reason.startswith("is ") else _without_line(reason)
    message = f"it is not a WireGuard configuration: {cause}"
    finding = Finding(code=Code.FILE, subject=Subject(Kind.FILE, file), message=message)
    return FileFinding(file=file, region=Region(line=line, end_line=line), finding=finding)


def _without_line(reason: str) -> str:
    """Return the reason without the number of the line, which is in the place of the finding."""
    return _LINE.sub(lambda found: "" if found[2] == ": " else "this line ", reason, count=1)
