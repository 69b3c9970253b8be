"""Content that kgctl cannot read, because it is encrypted or another program replaces it later."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgctl_py.foreign_files import ENCRYPTED_VALUE, SOPS, StandIn, encryption_of_all, is_sops
from kgctl_py.mesh.nodes_and_peers import IgnoredValue, Peer
from kgctl_py.value import replace

_SOPS_KEY = re.compile(rb"""sops["']?[ \t]*:""")
_VALUES = (
    (re.compile(r"\$\{[A-Za-z_][^{}]*\}"), "Flux"),
    (re.compile(r"<path:[^<>]+>"), "Argo CD Vault Plugin"),
    (re.compile(r"\{\{"), "Helm"),
)
"""The placeholders in values, and the program that replaces them."""
_REPLACE = {
    "Flux": "replace the variables first, for example with flux envsubst",
    "Argo CD Vault Plugin": "replace the placeholders first, for example with argocd-vault-plugin generate",
    "Helm": "render the template first, for example with helm template",
}
_LFS = b"version https://git-lfs.github.com/spec/v"
_TEMPLATE = re.compile(rb"^[ \t]*(?:- +)*(?:[\w.\-]+:[ \t]+)?\{\{", re.MULTILINE)


SEALED = StandIn("encrypted", "decrypt it first")
"""A file with a Peer that SOPS encrypted in part."""


def encryption(text: bytes) -> str:
    """Return the program that encrypted a file; empty if the file is not encrypted."""
    return encryption_of_all(text) or (SOPS if _SOPS_KEY.search(text) and _has_sops(text) else "")


def encrypted_fields(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of an object that SOPS encrypted, such as `spec.publicKey`."""
    own = {key: item for key, item in value.items() if key != "sops"}
    return tuple(path for path, text in _texts(own, "") if text.startswith(ENCRYPTED_VALUE))


def stand_in(text: bytes) -> StandIn | None:
    """Return the description of an encrypted file or a Git LFS pointer; None for another file."""
    if program := encryption(text):
        return StandIn(f"encrypted by {program}", "decrypt it first")
    if text.startswith(_LFS):
        return StandIn("a Git LFS pointer", "replace it with its content first: git lfs pull", is_piped=False)
    return None


def template(text: bytes) -> StandIn | None:
    """Return the description of a template: a file that is not valid YAML, with actions; None for another file."""
    return StandIn("a template", "render it first") if _TEMPLATE.search(text) else None


def placeholders(resource: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the fields of a Peer that have a placeholder, each with the program that replaces it.

    An object from an API server has a uid, or in a bundle a creation time, and no placeholders.
    """
    metadata = resource.get("metadata")
    head = metadata if isinstance(metadata, Mapping) else {}
    if head.get("uid") or head.get("creationTimestamp"):
        return {}
    return dict((*_found(head.get("name"), "metadata.name"), *_found(resource.get("spec"), "spec")))


def unjudged(peer: Peer, found: Mapping[str, str]) -> Peer:
    """Return a Peer in which the fields with placeholders are unknown instead of invalid."""
    unknown = (
        IgnoredValue(
            field=field, text="", why=f"is unknown, because {program} replaces it", hint=_REPLACE[program]
        )
        for field, program in found.items()
    )
    others = (fault for fault in peer.faults if fault.field not in found)
    values = tuple(value for value in peer.ignored_values if value.field not in found)
    return replace(peer, faults=(*unknown, *others), ignored_values=values)


def explain(name: str, found: Mapping[str, str]) -> str:
    """Return what is unknown about a Peer, for a message."""
    fields, programs = " and ".join(found), " and ".join(dict.fromkeys(found.values()))
    them = "them" if len(found) > 1 else "it"
    return f'kgctl does not know {fields} of peer "{name}", because {programs} replaces {them}'


def _found(value: Any, path: str) -> Iterator[tuple[str, str]]:
    for place, text in _texts(value, path):
        yield from ((place, program) for pattern, program in _VALUES if pattern.search(text))


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the texts in a value with their paths, such as `spec.publicKey`."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")


def _has_sops(text: bytes) -> bool:
    from kgctl_py.kube.objects.yaml_text import load_all

    try:
        return any(map(is_sops, load_all(text)))
    except ValueError:
        return False
