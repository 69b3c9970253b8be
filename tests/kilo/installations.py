"""Installations to test: each combination of distribution, CNI and WireGuard that is not refused."""

import functools
import itertools
import json
from typing import Any

import yaml

from kgctl_py.errors import UsageError
from kgctl_py.kilo.install import supported_choices
from kgctl_py.kilo.install.installation import Cni, Distribution, Installation, Part, WireGuard
from kgctl_py.render.kilo_manifests import manifests, stream

Manifest = dict[str, Any]

ALL = [
    Installation(distribution=distribution, cni=cni, wireguard=wireguard)
    for distribution, cni, wireguard in itertools.product(Distribution, Cni, WireGuard)
]


def is_possible(installation: Installation) -> bool:
    try:
        supported_choices.check(installation)
    except UsageError:
        return False
    return True


POSSIBLE = [installation for installation in ALL if is_possible(installation)]


def name(installation: Installation) -> str:
    return f"{installation.distribution}-{installation.cni}-{installation.wireguard}"


def documents(installation: Installation, *only: Part) -> list[Manifest]:
    """The objects that are applied, in order."""
    made: list[Manifest] = json.loads(_as_json(installation, only))
    return made


@functools.cache
def _as_json(installation: Installation, only: tuple[Part, ...]) -> str:
    """Return the objects as JSON, which is read in a tenth of the time of YAML."""
    return json.dumps(list(yaml.load_all(stream(manifests(installation, only)), Loader=yaml.CSafeLoader)))


def of_kind(kind: str, installation: Installation) -> dict[str, Manifest]:
    """The objects of a kind, by name."""
    return {one["metadata"]["name"]: one for one in documents(installation) if one["kind"] == kind}


def pod(installation: Installation, daemon_set: str = "kilo") -> Manifest:
    """The spec of the pods of a DaemonSet."""
    spec: Manifest = of_kind("DaemonSet", installation)[daemon_set]["spec"]["template"]["spec"]
    return spec
