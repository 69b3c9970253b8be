"""Merge kubeconfig files, and choose the server and the user from them, or in a pod, by kubectl's rules.

`kubernetes.config` differs: the last file chooses the context, the paths of a user are relative to the file of the
cluster, a token overrides a token file, and its messages quote credentials.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from kgctl_py.errors import KgctlError, NoKubeconfigError
from kgctl_py.kube.auth import NOTHING_SAID, Access, Cluster, Context, Overrides, User, kubeconfig_file
from kgctl_py.kube.auth.check_access import checked
from kgctl_py.kube.auth.kubeconfig_file import Entry, Kubeconfig
from kgctl_py.kube.auth.url_and_headers import hidden_userinfo, is_host, is_url
from kgctl_py.value import replace

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def load(
    explicit: str | None,
    context: str | None,
    overrides: Overrides = NOTHING_SAID,
    service_account: Path = SERVICE_ACCOUNT,
) -> Access:
    """Return the cluster and the user that kubectl would choose; raise KgctlError if there is none."""
    paths = _paths(explicit)
    if paths:
        return checked(_impersonating(_chosen(paths, context, overrides), overrides))
    pod = _pod(service_account)
    if pod is None or context or overrides.cluster or overrides.user:
        message = 'cannot find a kubeconfig: KUBECONFIG is not set, and "~/.kube/config" does not exist'
        raise NoKubeconfigError(message, hint="use --kubeconfig FILE")
    return checked(_impersonating(pod, overrides))


def _impersonating(access: Access, overrides: Overrides) -> Access:
    """Return `access` with the impersonation of the command line."""
    user = access.user
    user = msgspec.structs.replace(
        user,
        as_=overrides.as_ or user.as_,
        as_uid=overrides.as_uid or user.as_uid,
        as_groups=list(overrides.as_groups) or user.as_groups,
    )
    return replace(access, user=user)


def _paths(explicit: str | None) -> list[Path]:
    if explicit:
        return [Path(explicit)]
    listed = [Path(path) for path in os.environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    if not listed:
        default = Path(os.path.expanduser("~/.kube/config"))  # noqa: PTH111 - Path's raises without a home
        return [default] if default.exists() else []
    existing = [path for path in listed if path.exists()]
    if not existing:  # kubectl reads no file then; ~/.kube/config can be another cluster
        raise KgctlError(
            f'no file in KUBECONFIG exists: "{os.environ["KUBECONFIG"]}"',
            hint="to use ~/.kube/config: unset KUBECONFIG",
        )
    return existing


def _chosen(paths: list[Path], wanted: str | None, overrides: Overrides) -> Access:
    files = [kubeconfig_file.read(path) for path in paths]
    source = f'kubeconfig "{os.pathsep.join(str(path) for path in paths)}"'
    name = wanted or next((file.current_context for file in files if file.current_context), "")
    context = _context(files, name, overrides, source)
    cluster_name, user_name = overrides.cluster or context.cluster, overrides.user or context.user
    clusters, users = _first(file.clusters for file in files), _first(file.users for file in files)
    if cluster_name not in clusters or (user_name and user_name not in users):
        missing = ("user", user_name) if cluster_name in clusters else ("cluster", cluster_name)
        said = overrides.cluster if missing[0] == "cluster" else overrides.user
        by = "" if said else f', but context "{name}" refers to it'
        raise KgctlError(f'{missing[0]} "{missing[1]}" not found in {source}{by}')
    access = Access(
        cluster=kubeconfig_file.cluster_in(clusters[cluster_name]),
        user=kubeconfig_file.user_in(users[user_name]) if user_name else User(),
        context=name,
        user_name=user_name,
        source=source,
    )
    if not is_host(access.cluster.tls_server_name or ""):
        raise KgctlError(f'cluster "{cluster_name}" in {source} has a tls-server-name that is not a host name')
    if not is_url(access.server, "https", "http"):
        shown = hidden_userinfo(access.cluster.server or "")
        raise KgctlError(f'cluster "{cluster_name}" in {source} has a server that is not a URL: "{shown}"')
    return access


def _context(files: list[Kubeconfig], name: str, overrides: Overrides, source: str) -> Context:
    """Return a context; a missing one is allowed if --cluster names a cluster."""
    contexts = _first(file.contexts for file in files)
    if not name and overrides.cluster:
        return Context()
    if not name or name not in contexts:
        from kgctl_py.kube.auth.kubeconfig_errors import no_context

        raise no_context(name, list(contexts), source)
    return contexts[name].convert(Context)


def _first(files: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    """Return the first entry of each name, as kubectl merges files."""
    named: dict[str, Entry] = {}
    for entries in files:
        named = {**entries, **named}
    return named


def _pod(service_account: Path) -> Access | None:
    """Return the access of the service account of a pod."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT")
    token, certificate = service_account / "token", service_account / "ca.crt"
    if not (host and port and token.is_file()):
        return None
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return Access(
        cluster=Cluster(server=server, certificate_authority=str(certificate)), user=User(token_file=str(token))
    )
