"""Create the pods of a probe in one cluster, and delete all of them at the end."""

import secrets
import time
from collections.abc import Callable

from kgctl_py.cluster.interface import Manifest
from kgctl_py.errors import KgctlError
from kgctl_py.notice import Tell, warning
from kgctl_py.peering.members.read_members import SYSTEM, Side, named
from kgctl_py.peering.probing.probe_pods import LABEL, PodState, pod_state

_LOOK = 0.5
_NOT_FOUND = 404
_RULE = '{apiGroups: [""], resources: ["pods"], verbs: ["create", "get", "delete"]}'


class PodRunner:
    """Runs pods in the namespace kube-system of one cluster."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._pods = side.cluster.pods(SYSTEM)
        self._names: list[str] = []

    def start(self, manifest: Manifest) -> str:
        """Create a pod with a new name, and return the name; raise KgctlError."""
        name = f"kgctl-peering-probe-{secrets.token_hex(4)}"
        self._names.append(name)  # before the request, because its response may be lost
        try:
            self._pods.create({**manifest, "metadata": {**manifest["metadata"], "name": name}})
        except KgctlError as error:
            hint = error.hint or f"ask for this RBAC rule in {SYSTEM}: {_RULE}"
            raise named(self._side, KgctlError(error.message, hint=hint)) from None
        return name

    def wait(self, name: str, is_so: Callable[[PodState], bool], deadline: float) -> PodState:
        """Return the state of a pod when it `is_so`, or after the timeout; raise KgctlError."""
        while True:
            try:
                state = pod_state(self._pods.get(name))
            except ValueError as error:
                raise named(self._side, KgctlError(f'the pod "{name}" cannot be read: {error}')) from None
            except KgctlError as error:
                raise named(self._side, error) from None
            if is_so(state) or state.has_ended or time.monotonic() >= deadline:
                return state
            time.sleep(_LOOK)

    def delete_all(self, tell: Tell) -> None:
        """Delete all pods, and report those that could not be deleted."""
        for name in self._names:
            try:
                self._pods.delete(name)
            except KgctlError as error:
                if getattr(error, "status", None) != _NOT_FOUND:
                    label = next(f"{key}={value}" for key, value in LABEL.items())
                    tell(
                        warning(
                            f'cluster "{self._side.name}": cannot delete the pod "{name}": {error.message}',
                            f"to delete it: {self._side.kubectl} -n {SYSTEM} delete pods -l {label}",
                        )
                    )
