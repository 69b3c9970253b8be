"""Kubeconfig files as structs."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from kgctl_py import os_errors
from kgctl_py.errors import KgctlError


class Cluster(msgspec.Struct, rename="kebab", frozen=True, omit_defaults=True):
    """`clusters[].cluster`: the URL of an API server, and how to verify its certificate."""

    server: str | None = None
    certificate_authority: str | None = None
    certificate_authority_data: str | None = None
    insecure_skip_tls_verify: bool | None = None
    tls_server_name: str | None = None
    proxy_url: str | None = None
    extensions: list[dict[str, Any]] | None = None


class Exec(msgspec.Struct, rename="camel", frozen=True):
    """`users[].user.exec`: the credential plugin."""

    command: str
    api_version: str
    args: list[str] | None = None
    env: list[Mapping[str, str]] | None = None
    install_hint: str | None = None
    interactive_mode: str | None = None
    provide_cluster_info: bool | None = None


class User(msgspec.Struct, rename="kebab", frozen=True, omit_defaults=True):
    """`users[].user`: the credentials of a user."""

    client_certificate: str | None = None
    client_certificate_data: str | None = None
    client_key: str | None = None
    client_key_data: str | None = None
    token: str | None = None
    token_file: str | None = msgspec.field(name="tokenFile", default=None)
    username: str | None = None
    password: str | None = None
    as_: str | None = msgspec.field(name="as", default=None)
    as_uid: str | None = None
    as_groups: list[str] | None = None
    as_user_extra: dict[str, list[str]] | None = None
    exec: Exec | None = None
    auth_provider: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return "User(…)"  # most of it is secret


class Context(msgspec.Struct, frozen=True):
    """`contexts[].context`: a cluster and a user."""

    cluster: str = ""
    user: str = ""


class NamedCluster(msgspec.Struct, frozen=True):
    """An entry of `clusters`."""

    name: str
    cluster: Cluster


class NamedUser(msgspec.Struct, frozen=True):
    """An entry of `users`."""

    name: str
    user: User | None = None


class NamedContext(msgspec.Struct, frozen=True):
    """An entry of `contexts`."""

    name: str
    context: Context


class Kubeconfig(msgspec.Struct, rename="kebab", frozen=True):
    """A kubeconfig file, its paths made absolute."""

    clusters: tuple[NamedCluster, ...] | None = None
    users: tuple[NamedUser, ...] | None = None
    contexts: tuple[NamedContext, ...] | None = None
    current_context: str | None = None


def read(path: Path) -> Kubeconfig:
    """Return the kubeconfig at `path`; raise KgctlError, which quotes nothing from it."""
    try:
        return _absolute(msgspec.convert(_value(path.read_bytes()), type=Kubeconfig), path.parent)
    except OSError as error:
        raise KgctlError(f'cannot read kubeconfig "{path}": {os_errors.reason(error)}') from None
    except msgspec.ValidationError as error:
        reason = str(error).replace("`$.", "`").replace("`", '"')
        raise KgctlError(f'kubeconfig "{path}" is malformed: {reason[0].lower()}{reason[1:]}') from None
    except ValueError as error:
        raise KgctlError(f'kubeconfig "{path}" is not YAML: {error}') from None


def _value(text: bytes) -> Any:
    """Return the content of a kubeconfig; JSON is read without loading the YAML parser."""
    if text.startswith(b"{"):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return msgspec.json.decode(text)
    from kgctl_py.kube.objects.yaml_text import load_all

    return next(iter(load_all(text)), {})


def _absolute(config: Kubeconfig, folder: Path) -> Kubeconfig:
    def beside(path: str | None) -> str | None:
        return str(folder.absolute() / path) if path else None

    def cluster(raw: Cluster) -> Cluster:
        return replace(raw, certificate_authority=beside(raw.certificate_authority))

    def user(raw: User) -> User:
        return replace(
            raw,
            client_certificate=beside(raw.client_certificate),
            client_key=beside(raw.client_key),
            token_file=beside(raw.token_file),
            exec=raw.exec and replace(raw.exec, command=command(raw.exec.command)),
        )

    def command(name: str) -> str:  # a bare name is looked up in PATH
        return name if Path(name).name == name else str(folder.absolute() / name)

    return replace(
        config,
        clusters=tuple(NamedCluster(entry.name, cluster(entry.cluster)) for entry in config.clusters or ()),
        users=tuple(NamedUser(entry.name, user(entry.user or User())) for entry in config.users or ()),
    )
