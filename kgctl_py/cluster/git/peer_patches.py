"""The patches of a kustomization that can change or remove Peers, which kgctl does not follow and reports."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgctl_py import names
from kgctl_py.kube.objects.yaml_text import load_all

ReadFile = Callable[[str], str]


def changes_peers(patches: Any, read_file: ReadFile) -> bool:
    """Return whether one of the patches in a field can apply to a Peer; true for a patch that cannot be read."""
    entries = patches if isinstance(patches, list) else []
    return any(_concerns_peers(entry, read_file) for entry in entries)


def _concerns_peers(entry: Any, read_file: ReadFile) -> bool:
    target = entry.get("target") if isinstance(entry, Mapping) else None
    if isinstance(target, Mapping):
        return _selects(target.get("group"), names.GROUP) and _selects(target.get("kind"), names.PEER_KIND)
    try:
        documents = list(_documents(entry, read_file))
    except ValueError:
        return True
    return any(isinstance(one, Mapping) and one.get("kind") == names.PEER_KIND for one in documents)


def _selects(pattern: Any, name: str) -> bool:
    """Return whether a selector of Kustomize, an anchored pattern, selects `name`; an empty one selects all."""
    try:
        return not pattern or re.fullmatch(str(pattern), name) is not None
    except re.error:
        return True


def _documents(entry: Any, read_file: ReadFile) -> Iterator[Any]:
    """Yield the objects of a patch, which is in the kustomization or in a file."""
    if isinstance(entry, str):
        text = entry if "\n" in entry else read_file(entry)
    elif isinstance(entry, Mapping):
        text = str(entry.get("patch") or "") or read_file(str(entry.get("path") or ""))
    else:
        return
    for document in load_all(text.encode()):
        yield from document if isinstance(document, list) else [document]
