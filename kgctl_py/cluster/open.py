"""The global options as a value, and the cluster that they select; opening a cluster reads nothing."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from kgctl_py import names
from kgctl_py.errors import UsageError
from kgctl_py.limits import REQUEST_TIMEOUT
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value

if TYPE_CHECKING:
    from kgctl_py.cluster.interface import Cluster, Waiting
    from kgctl_py.cluster.recorded_cluster import RecordedCluster


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


def open_cluster(options: Options, waiting: "Waiting" = contextlib.nullcontext) -> "Cluster":
    """Return the cluster: the files of --from-file, or the API server, with folders on top."""
    folders = tuple(path for path in options.from_file if Path(path).is_dir())
    files = tuple(path for path in options.from_file if path not in folders)
    cluster = _open_files(files, options, waiting) if files else _open_api(options, waiting)
    if not folders:
        return cluster
    from kgctl_py.cluster.git.git_cluster import FolderCluster

    return FolderCluster(folders, cluster)


def open_recorded(options: Options, waiting: "Waiting" = contextlib.nullcontext) -> "RecordedCluster":
    """Return the API server with a record of its responses; raise UsageError if the cluster is a file."""
    if options.from_file:
        raise UsageError("cannot gather from a file", hint="leave out --from-file")
    from kgctl_py.cluster.api import ApiCluster
    from kgctl_py.cluster.recorded_cluster import RecordedCluster

    return RecordedCluster(ApiCluster(options, waiting), options.topology_label)


def _open_files(files: tuple[str, ...], options: Options, waiting: "Waiting") -> "Cluster":
    from kgctl_py.cluster.saved.saved_cluster import SavedCluster

    return SavedCluster(files, options.topology_label, waiting)


def _open_api(options: Options, waiting: "Waiting") -> "Cluster":
    from kgctl_py.cluster.api import ApiCluster

    return ApiCluster(options, waiting)
