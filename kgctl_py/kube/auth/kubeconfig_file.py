"""Kubeconfig files as kubectl reads them: null counts as missing, and unused entries can be invalid."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from kgctl_py import limits
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Cluster, User
from kgctl_py.value import Value

T = TypeVar("T")

_KIND, _VERSION = "Config", "v1"


class Entry(Value, frozen=True):
    """The undecoded content of an entry, its place in the file, and the file; empty if it is absent."""

    path: Path
    place: str
    content: Any
    others: tuple[str, ...] = ()
    """The places of other entries of the file with the same name."""

    def __repr__(self) -> str:
        return f"Entry({self.path}, {self.place})"

    def convert(self, kind: type[T]) -> T:
        """Return the content as a struct; raise KgctlError, which does not quote the content."""
        if self.others:
            places = " and ".join((self.place, *self.others))
            raise KgctlError(
                f'kubeconfig "{self.path}" has the same name twice: {places}', hint="rename one of them"
            )
        try:
            return msgspec.convert({} if self.content is None else self.content, type=kind)
        except msgspec.ValidationError as error:
            from kgctl_py.kube.auth.kubeconfig_errors import malformed

            raise malformed(self.path, error, self.place) from None


class Kubeconfig(Value, frozen=True, kw_only=True):
    """A kubeconfig file, its entries by name."""

    current_context: str
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]
    contexts: Mapping[str, Entry]


class _Named(msgspec.Struct, frozen=True):
    """An entry of a list."""

    name: str = ""
    cluster: Any = None
    user: Any = None
    context: Any = None


class _File(msgspec.Struct, rename="kebab", frozen=True):
    """The fields of a kubeconfig file that are read."""

    clusters: tuple[_Named, ...] = ()
    users: tuple[_Named, ...] = ()
    contexts: tuple[_Named, ...] = ()
    current_context: str = ""


def read(path: Path) -> Kubeconfig:
    """Return the kubeconfig at `path`; raise KgctlError, which does not quote the content."""
    try:
        text = limits.read_bytes(path, most=limits.LARGEST_SETTING)
    except OSError as error:
        from kgctl_py.os_errors import reason

        raise KgctlError(f'cannot read kubeconfig "{path}": {reason(error)}') from None
    file = _decoded(path, text)
    return Kubeconfig(
        current_context=file.current_context,
        clusters=_entries(path, "cluster", file.clusters),
        users=_entries(path, "user", file.users),
        contexts=_entries(path, "context", file.contexts),
    )


def _decoded(path: Path, text: bytes) -> _File:
    """Return the fields of a kubeconfig; raise KgctlError with what is wrong, or what the file is instead."""
    try:
        value = _value(text)
        if not isinstance(value, dict) or "sops" in value or not _is_config(value):
            from kgctl_py.kube.auth.kubeconfig_errors import check_is_kubeconfig

            check_is_kubeconfig(path, text, value)
        return msgspec.convert(_with_zeros(value), type=_File)
    except msgspec.ValidationError as error:
        from kgctl_py.kube.auth.kubeconfig_errors import malformed

        raise malformed(path, error) from None
    except ValueError as error:
        from kgctl_py.kube.auth.kubeconfig_errors import unparsable

        raise unparsable(path, text, error) from None


def _is_config(value: Mapping[str, Any]) -> bool:
    return (value.get("kind") or _KIND, value.get("apiVersion") or _VERSION) == (_KIND, _VERSION)


def cluster_in(entry: Entry) -> Cluster:
    """Return a cluster with absolute paths."""
    cluster = entry.convert(Cluster)
    return replace(
        cluster,
        certificate_authority=_beside(entry, cluster.certificate_authority),
        tls_server_name=(cluster.tls_server_name or "").removesuffix(".") or None,
    )


def user_in(entry: Entry) -> User:
    """Return a user with absolute paths."""
    user = entry.convert(User)
    plugin = user.exec and replace(user.exec, command=_command(entry, user.exec.command))
    return replace(
        user,
        client_certificate=_beside(entry, user.client_certificate),
        client_key=_beside(entry, user.client_key),
        token_file=_beside(entry, user.token_file),
        exec=plugin,
    )


def _value(text: bytes) -> Any:
    """Return the content of a kubeconfig; JSON is read without loading the YAML parser."""
    if text.startswith(b"{"):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return msgspec.json.decode(text)
    from kgctl_py.kube.objects.yaml_text import load_all

    return next(iter(load_all(text)), {})


def _with_zeros(value: Any) -> Any:
    """Return `value` as Go decodes it: a null field is absent, and a null in a list is an empty value."""
    if isinstance(value, dict):
        return {key: _with_zeros(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        is_mappings = any(isinstance(item, dict) for item in value)
        return [({} if is_mappings else "") if item is None else _with_zeros(item) for item in value]
    return value


def _entries(path: Path, kind: str, named: tuple[_Named, ...]) -> dict[str, Entry]:
    """Return the entry of each name, which cannot be chosen if the name exists twice, or is empty."""
    entries: dict[str, Entry] = {}
    for index, entry in enumerate(named):
        place, first = f"{kind}s[{index}].{kind}", entries.get(entry.name)
        if first:
            entries[entry.name] = replace(first, others=(*first.others, place))
        elif entry.name:
            entries[entry.name] = Entry(path, place, getattr(entry, kind))
    return entries


def _beside(entry: Entry, path: str | None) -> str | None:
    return str(entry.path.parent.absolute() / path) if path else None


def _command(entry: Entry, name: str) -> str:
    """Return the path of a command; a bare name is searched in PATH."""
    return name if Path(name).name == name else str(entry.path.parent.absolute() / name)
