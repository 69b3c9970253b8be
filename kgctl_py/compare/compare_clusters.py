"""`kgctl changes`: compare two clusters, or two states of one cluster."""

from kgctl_py.changes.change import Changes
from kgctl_py.changes.mesh_changes import compare
from kgctl_py.cluster.interface import Cluster
from kgctl_py.cluster.open import Options
from kgctl_py.compare.read_state import any_state
from kgctl_py.diagnose.read_cluster_facts import read_cluster_facts
from kgctl_py.kilo.agent_flags import known_flags
from kgctl_py.mesh.build_with_agreed_settings import look_nothing_up


def compare_clusters(old: Cluster, new: Cluster, options: Options) -> Changes:
    """Return what differs in `new`; raise KgctlError if one of them cannot be read.

    Host names are resolved for both or for neither, because they can decide the leader.
    """
    looks_up = not (old.lookups_off or new.lookups_off)
    flags = {cluster: known_flags(cluster.objects) for cluster in (old, new)}
    states = (
        any_state(
            mesh := cluster.mesh(),
            options.granularity,
            cluster.look_up if looks_up else look_nothing_up,
            read_cluster_facts(cluster, options, mesh).facts,
            flags[cluster].known_in(flags[other]),
        )
        for cluster, other in ((old, new), (new, old))
    )
    return compare(*states)
