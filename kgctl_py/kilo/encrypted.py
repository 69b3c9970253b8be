"""Encrypted files: their content differs from the content that is applied."""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any

SOPS = "SOPS"
ENCRYPTED_VALUE = "ENC["
"""The first characters of a value that SOPS encrypted."""
_BEGINNINGS = (
    (b"\0GITCRYPT\0", "git-crypt"),
    (b"$ANSIBLE_VAULT;", "Ansible Vault"),
    (b"age-encryption.org/", "age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP"),
)
_SOPS_KEY = re.compile(rb"""sops["']?[ \t]*:""")


def encryption(text: bytes) -> str:
    """Return the program that encrypted a file; empty if the file is not encrypted."""
    return encryption_of_all(text) or (SOPS if _SOPS_KEY.search(text) and _has_sops(text) else "")


def encryption_of_all(text: bytes) -> str:
    """Return the program that encrypted a whole file as one secret; empty for any other file."""
    start = text[:4096].removeprefix(codecs.BOM_UTF8).lstrip()[:64]
    for beginning, program in _BEGINNINGS:
        if start.startswith(beginning):
            return program
    return ""


def is_sops(value: Any) -> bool:
    """Return whether SOPS encrypted an object: it adds a mapping with a code over all values."""
    sops = value.get("sops") if isinstance(value, Mapping) else None
    return isinstance(sops, Mapping) and not {"mac", "lastmodified", "version"}.isdisjoint(sops)


def encrypted_fields(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of an object that SOPS encrypted, such as `spec.publicKey`."""
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
