"""A bundle: a cluster in one file, which `kgctl gather` writes and `--from-file` reads."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kgctl_py.findings.cluster_facts import AgentMetrics
from kgctl_py.kube import decoding
from kgctl_py.kube.decoding import Refused
from kgctl_py.value import Value, field

FOLDER = "kilo-gather"

_FORMAT = 1
_MANIFEST = "manifest.json"
_OBJECTS = re.compile(r"objects/[A-Za-z]+\.json")


class Manifest(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The description of a bundle: its Unix time by the server's clock, the versions, and what is missing."""

    format: int
    kgctl: str = ""
    python: str = ""
    server: str = ""
    taken: float
    clock_skew: float = 0.0
    secrets: bool = False
    files: tuple[str, ...] = ()
    unreadable: tuple[Refused, ...] = ()
    unread_logs: Mapping[str, str] = msgspec.field(default_factory=dict)
    agents: Mapping[str, AgentMetrics] = msgspec.field(default_factory=dict)
    """The metrics of agents by the names of their nodes."""


class Bundle(Value, frozen=True, kw_only=True):
    """A manifest, the objects of each requested kind, and texts for people by name."""

    manifest: Manifest
    lists: tuple["ObjectList", ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, asked: Refused) -> str:
        """Return why a request failed when the bundle was written; None if it succeeded."""
        same = (one for one in self.manifest.unreadable if msgspec.structs.replace(one, why="") == asked)
        return next((one.why for one in same), "")


class ObjectList(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All recorded objects of a kind, in the JSON of Kubernetes."""

    api_version: str
    kind: str
    items: tuple[dict[str, Any], ...] = ()

    @property
    def of(self) -> str:
        """The kind of the items."""
        return self.kind.removesuffix("List")


def object_list(kind: str, api_version: str, objects: Iterable[object]) -> ObjectList:
    """Return a list of structs, sorted by name, without absent fields."""
    items = (_without_nulls(msgspec.to_builtins(one)) for one in objects)
    ordered = sorted(items, key=lambda one: (one["metadata"].get("namespace", ""), one["metadata"]["name"]))
    return ObjectList(api_version=api_version, kind=f"{kind}List", items=tuple(ordered))


def pack(bundle: Bundle) -> bytes:
    """Return the file; the same bundle always gives the same bytes."""
    files = {f"objects/{one.of}.json": _json(one) for one in bundle.lists}
    files |= {name: text.encode(errors="replace") for name, text in bundle.texts.items()}
    manifest = msgspec.structs.replace(bundle.manifest, format=_FORMAT, files=tuple(sorted(files)))
    files[_MANIFEST] = _json(manifest)
    from kgctl_py.fs import archive  # it imports tarfile

    return archive.pack(files, folder=FOLDER, mtime=int(bundle.manifest.taken))


def unpack(data: bytes) -> Bundle:
    """Return the bundle in a file of `pack`; raise ArchiveError for any other or a malicious file."""
    from kgctl_py.fs.archive import ArchiveError, unpack

    files = unpack(data)
    if _MANIFEST not in files:
        raise ArchiveError(f'it has no "{_MANIFEST}", so it is not from kgctl gather')
    manifest = _decoded(files[_MANIFEST], Manifest, _MANIFEST)
    if manifest.format != _FORMAT:
        raise ArchiveError(f"it has format {manifest.format}, but this kgctl supports {_FORMAT}")
    lists = tuple(_decoded(files[name], ObjectList, name) for name in sorted(files) if _OBJECTS.fullmatch(name))
    return Bundle(manifest=manifest, lists=lists)


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _decoded(text: bytes, kind: type[decoding.T], name: str) -> decoding.T:
    from kgctl_py.fs.archive import ArchiveError

    try:
        return decoding.decode(text, kind, name)
    except RecursionError:
        raise ArchiveError(f'"{name}" is nested too deeply') from None
    except decoding.MalformedError as error:
        raise ArchiveError(error.message) from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list | tuple) else value
