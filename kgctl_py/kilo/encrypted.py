"""Files that are encrypted, whole or in part: what is in them is not what is applied."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

SOPS = "SOPS"
ENCRYPTED_VALUE = "ENC["
"""How a value that SOPS has encrypted begins."""
_BEGINNINGS = (
    (b"\0GITCRYPT\0", "git-crypt"),
    (b"$ANSIBLE_VAULT;", "Ansible Vault"),
    (b"age-encryption.org/", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP"),
)
_SOPS_KEY = re.compile(rb"""sops["']?[ \t]*:""")


def encryption(text: bytes) -> str:
    """Return the program that has encrypted a file; an empty text for one that is not encrypted."""
    return encryption_of_all(text) or (SOPS if _SOPS_KEY.search(text) and _has_sops(text) else "")


def encryption_of_all(text: bytes) -> str:
    """Return the program that has made one secret of a whole file; an empty text for any other file."""
    start = text.lstrip()[:64]
    for beginning, program in _BEGINNINGS:
        if start.startswith(beginning):
            return program
    return ""


def is_sops(value: Any) -> bool:
    """Return whether SOPS has encrypted an object: it leaves a mapping of its own, with a code over all values."""
    sops = value.get("sops") if isinstance(value, Mapping) else None
    return isinstance(sops, Mapping) and not {"mac", "lastmodified", "version"}.isdisjoint(sops)


def encrypted_fields(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of an object that SOPS has encrypted, as `spec.publicKey`."""
    return tuple(_encrypted({key: item for key, item in value.items() if key != "sops"}, ""))


def _encrypted(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(ENCRYPTED_VALUE):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _encrypted(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _encrypted(item, f"{path}[{index}]")


def _has_sops(text: bytes) -> bool:
    from kgctl_py.kube.objects.yaml_text import load_all

    try:
        return any(map(is_sops, load_all(text)))
    except ValueError:
        return False
