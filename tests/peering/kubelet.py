"""Pods in memory, which get an address, run, and report as a test wants it."""

import copy
import itertools
from collections.abc import Callable

from kgctl_py.cluster.interface import Manifest
from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError

Refusal = Callable[[str, str], KgctlError | None]
"""Given a verb and the name of a pod, returns what the server says instead of doing it."""


def is_calling(manifest: Manifest) -> bool:
    """Return whether a pod calls others."""
    return bool(manifest["spec"]["containers"][0]["command"][0] == "sh")


class Kubelet:
    """The pods of one cluster; a pod that calls others reports `report(its node, the addresses)`."""

    def __init__(self, subnet: str) -> None:
        self._addresses = (f"{subnet}.{number}" for number in itertools.count(10))
        self.pods: dict[str, Manifest] = {}
        self.created: list[Manifest] = []
        self.report: Callable[[str, list[str]], str] = self.all_well
        self.refuse: Refusal = lambda *_: None
        self.broken: set[str] = set()
        """The nodes on which no pod starts."""

    @staticmethod
    def all_well(_: str, ips: list[str]) -> str:
        return "".join(f"{number} 1 1\n" for number in range(len(ips))) + "dns 1\napi 1\n"

    def create(self, manifest: Manifest) -> None:
        name = manifest["metadata"]["name"]
        self._ask("create", name)
        self.created.append(manifest)
        self.pods[name] = {**copy.deepcopy(manifest), "status": self._status(manifest)}

    def get(self, name: str) -> Manifest:
        self._ask("get", name)
        return self.pods[name]

    def delete(self, name: str) -> None:
        self._ask("delete", name)
        if self.pods.pop(name, None) is None:
            raise ApiError(f'pods "{name}" not found', status=404)

    def _ask(self, verb: str, name: str) -> None:
        if error := self.refuse(verb, name):
            raise error

    def _status(self, manifest: Manifest) -> Manifest:
        node = manifest["spec"]["nodeName"]
        if node in self.broken:
            return {"phase": "Failed", "reason": "OutOfpods"}
        if not is_calling(manifest):
            return {"phase": "Running", "podIP": next(self._addresses)}
        text = self.report(node, manifest["spec"]["containers"][0]["command"][7:])
        state = {"terminated": {"exitCode": 0, "reason": "Completed", "message": text}}
        return {"phase": "Succeeded", "podIP": next(self._addresses), "containerStatuses": [{"state": state}]}
