"""Access to an API server: the cluster and the user of a kubeconfig, credentials, TLS, and proxies."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kgctl_py.kube.auth.url_and_headers import server_url
from kgctl_py.value import Value


class Cluster(msgspec.Struct, rename="kebab", frozen=True, omit_defaults=True):
    """`clusters[].cluster`: the URL of an API server, and how to verify its certificate."""

    server: str | None = None
    certificate_authority: str | None = None
    certificate_authority_data: str | None = None
    insecure_skip_tls_verify: bool | None = None
    tls_server_name: str | None = None
    proxy_url: str | None = None
    extensions: list[dict[str, Any]] | None = None


class Variable(msgspec.Struct, frozen=True):
    """An entry of `users[].user.exec.env`."""

    name: str = ""
    value: str = ""


class Exec(msgspec.Struct, rename="camel", frozen=True):
    """`users[].user.exec`: the credential plugin."""

    command: str
    api_version: str
    args: list[str] | None = None
    env: list[Variable] | None = None
    install_hint: str | None = None
    interactive_mode: str | None = None
    provide_cluster_info: bool | None = None


class AuthProvider(msgspec.Struct, frozen=True):
    """`users[].user.auth-provider`: obtains credentials with its own protocol."""

    name: str = ""
    config: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        return f"AuthProvider({self.name!r}, …)"


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
    auth_provider: AuthProvider | None = None

    def __repr__(self) -> str:
        return "User(…)"  # most fields are secret


class Context(msgspec.Struct, frozen=True):
    """`contexts[].context`: a cluster and a user."""

    cluster: str = ""
    user: str = ""


class Overrides(Value, frozen=True, kw_only=True):
    """Values of the command line that override the kubeconfig, with the names of kubectl's options."""

    cluster: str = ""
    user: str = ""
    as_: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""


NOTHING_SAID = Overrides()


class Access(Value, frozen=True, kw_only=True):
    """A cluster and a user; in a pod without a kubeconfig, their names are empty."""

    cluster: Cluster
    user: User
    context: str = ""
    user_name: str = ""
    source: str = "the pod's service account"

    @property
    def server(self) -> str:
        """The URL of the API server, without a user, a password, and a final slash."""
        return server_url(self.cluster, self.user)

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection uses TLS; without TLS, no credentials are sent."""
        return urlsplit(self.server).scheme == "https"

    @property
    def who(self) -> str:
        """The name of the user for messages."""
        return f'user "{self.user_name}" in {self.source}' if self.user_name else self.source
