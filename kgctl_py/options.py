"""The global options as a value."""

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value

REQUEST_TIMEOUT = 15.0
"""The default of `--request-timeout` in seconds."""


class Options(Value, frozen=True, kw_only=True):
    """The options of all commands. Times are in seconds; None means that the cluster decides."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str = ""
    user: str = ""
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""
    """The cluster, user, and impersonation that override the kubeconfig."""
    request_timeout: float = REQUEST_TIMEOUT
    granularity: Granularity | None = None
    topology_label: str = names.TOPOLOGY_LABEL
    port: int | None = None
    from_file: tuple[str, ...] = ()
    resolve: bool = True
    attended: bool = True
    """Whether a credential plugin can prompt the user; false while the shell completes a word."""
