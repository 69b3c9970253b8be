"""The cluster and the user to connect as, by kubectl's rules for kubeconfig files and pods.

`kubernetes.config` differs: it lets the last file choose the context, resolves the paths of a user beside the
cluster's file, prefers a token to a token file, and quotes credentials in its messages.
"""

import difflib
import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import kubeconfig
from kgctl_py.kube.auth.kubeconfig import Cluster, User
from kgctl_py.value import Value

T = TypeVar("T")

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Access(Value, frozen=True, kw_only=True):
    """A cluster and a user; in a pod, without a kubeconfig, their names are empty."""

    cluster: Cluster
    user: User
    context: str = ""
    user_name: str = ""
    source: str = "the pod's service account"

    @property
    def server(self) -> str:
        """The URL of the API server, without a final slash."""
        return (self.cluster.server or "").rstrip("/")

    @property
    def is_encrypted(self) -> bool:
        """Whether the server is asked by TLS; without, no credentials are sent."""
        return urlsplit(self.server).scheme == "https"

    @property
    def withholds_credentials(self) -> bool:
        """Whether the user has credentials that are not sent."""
        user = self.user
        some = user.token or user.token_file or user.exec or user.auth_provider or user.username
        return not self.is_encrypted and bool(some)

    @property
    def who(self) -> str:
        """The user as messages name it."""
        return f'user "{self.user_name}" in {self.source}' if self.user_name else self.source


def load(explicit: str | None, context: str | None) -> Access:
    """Return the cluster and the user that kubectl chooses; raise KgctlError when there is none."""
    paths = _paths(explicit)
    if paths:
        return _chosen(paths, context)
    pod = _pod()
    if pod is None or context:
        hint = "name one with --kubeconfig or KUBECONFIG, or read a saved cluster with --from-file"
        raise KgctlError('did not find any kubeconfig, not even "~/.kube/config"', hint=hint)
    return pod


def is_url(text: str, *schemes: str) -> bool:
    """Return whether `text` is a URL with a host and one of `schemes`."""
    try:
        url = urlsplit(text)
        return url.scheme in schemes and bool(url.hostname) and _is_host(url.hostname or "") and url.port != 0
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    """Return whether `name` can be that of a host; TLS and the resolver fail in odd ways for others."""
    if name.isascii():
        return name.isprintable() and " " not in name
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def may_need_proxy(access: Access) -> bool:
    """Return whether a proxy is named, for this cluster or in the environment; it may be for other hosts."""
    if access.cluster.proxy_url:
        return True
    named = any(os.environ.get(name) or os.environ.get(name.lower()) for name in _VARIABLES)
    return named and not is_loopback(urlsplit(access.server).hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _paths(explicit: str | None) -> list[Path]:
    if explicit:
        return [Path(explicit)]
    listed = [Path(path) for path in os.environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    if not listed:
        default = Path(os.path.expanduser("~/.kube/config"))  # noqa: PTH111 - Path's raises without a home
        return [default] if default.exists() else []
    existing = [path for path in listed if path.exists()]
    if not existing:  # kubectl reads nothing then; ~/.kube/config may well be another cluster
        raise KgctlError(f'KUBECONFIG names no file that exists: "{os.environ["KUBECONFIG"]}"')
    return existing


def _chosen(paths: list[Path], wanted: str | None) -> Access:
    files = [kubeconfig.read(path) for path in paths]
    source = f'kubeconfig "{os.pathsep.join(str(path) for path in paths)}"'
    name = wanted or next((file.current_context for file in files if file.current_context), "")
    contexts = _first((entry.name, entry.context) for file in files for entry in file.contexts or ())
    if name not in contexts:
        raise _no_context(name, list(contexts), source)
    context = contexts[name]
    clusters = _first((entry.name, entry.cluster) for file in files for entry in file.clusters or ())
    users = _first((entry.name, entry.user or User()) for file in files for entry in file.users or ())
    if context.cluster not in clusters or (context.user and context.user not in users):
        missing = ("user", context.user) if context.cluster in clusters else ("cluster", context.cluster)
        raise KgctlError(f'context "{name}" in {source} names a {missing[0]} that is not there: "{missing[1]}"')
    server, server_name = clusters[context.cluster].server or "", clusters[context.cluster].tls_server_name or ""
    if not _is_host(server_name):
        raise KgctlError(f'cluster "{context.cluster}" in {source} has a tls-server-name that is no host name')
    if not is_url(server, "https", "http"):
        raise KgctlError(f'cluster "{context.cluster}" in {source} has a server that is no URL: "{server}"')
    return Access(
        cluster=clusters[context.cluster],
        user=users.get(context.user, User()),
        context=name,
        user_name=context.user,
        source=source,
    )


def _first(entries: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Return the first entry of each name, as kubectl merges files."""
    named: dict[str, T] = {}
    for name, value in entries:
        named.setdefault(name, value)
    return named


def _no_context(name: str, known: list[str], source: str) -> KgctlError:
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there is {', '.join(known) or 'none'}"
    if name:
        return KgctlError(f'did not find any context named "{name}" in {source}', hint=hint)
    return KgctlError(f"no context is chosen in {source}", hint=f"choose one with --context: {hint}")


def _pod() -> Access | None:
    """Return the access that Kubernetes gives every pod."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT")
    token, certificate = SERVICE_ACCOUNT / "token", SERVICE_ACCOUNT / "ca.crt"
    if not (host and port and token.is_file()):
        return None
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return Access(
        cluster=Cluster(server=server, certificate_authority=str(certificate)), user=User(token_file=str(token))
    )
