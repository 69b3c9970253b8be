"""The global options as a plain value."""

from kgctl_py import names
from kgctl_py.mesh.model import Granularity
from kgctl_py.value import Value


class Options(Value, frozen=True, kw_only=True):
    """What the user says for all commands. Times are in seconds; None leaves a choice to the cluster."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str = ""
    user: str = ""
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""
    """Cluster, user and impersonation instead of the kubeconfig's."""
    request_timeout: float = 15.0
    granularity: Granularity | None = None
    topology_label: str = names.TOPOLOGY_LABEL
    port: int | None = None
    from_file: tuple[str, ...] = ()
    resolve: bool = True
    attended: bool = True
    """Whether a credential plugin may talk to the user; not while the shell completes a word."""
