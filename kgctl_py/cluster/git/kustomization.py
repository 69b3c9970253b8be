"""A kustomization, the list of what `kubectl apply -k` applies: read, add, and remove its resources.

The fields and the three file names are those of "The kustomization file" in the documentation of Kustomize.
"""

import itertools
import posixpath
from collections.abc import Callable
from typing import Any

from kgctl_py.fs import yaml_edit
from kgctl_py.kube.objects import yaml_text
from kgctl_py.value import Value

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

_GROUP = "kustomize.config.k8s.io"
_COMPONENT = "Component"
_VERSIONS = {"Kustomization": f"{_GROUP}/v1beta1", _COMPONENT: f"{_GROUP}/v1alpha1"}
_RENAMING = ("namePrefix", "nameSuffix")
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
_MAY_MAKE_PEERS = ("generators", "helmCharts", "helmChartInflationGenerator", "transformers")
_MAY_CHANGE_PEERS = ("replacements", "vars")
_HARMLESS = frozenset(
    (
        *("apiVersion", "kind", "metadata", "resources", "components", "bases", *_RENAMING, *_PATCHES),
        *(
            *_MAY_MAKE_PEERS,
            *_MAY_CHANGE_PEERS,
            "namespace",
            "commonLabels",
            "commonAnnotations",
            "labels",
            "crds",
        ),
        "configMapGenerator",
        "secretGenerator",
        "generatorOptions",
        "images",
        "imageTags",
        "replicas",
        "configurations",
        "openapi",
        "inventory",
        "validators",
        "buildMetadata",
        "sortOptions",
        "helmGlobals",
    )
)
"""The fields of Kustomize that do not change Peers; other fields can do anything."""


class Listing(Value, frozen=True, kw_only=True):
    """What a kustomization contains: files, folders, components, and its changes of objects."""

    resources: tuple[str, ...]
    components: tuple[str, ...]
    renaming: str = ""
    """The field that renames objects, if any."""
    not_followed: tuple[str, ...] = ()
    """The fields that can add or change Peers in ways that kgctl does not follow."""


def listing(text: str, read_file: Callable[[str], str] = lambda _: "") -> Listing:
    """Return what a kustomization contains; raise ValueError if it is not a kustomization.

    `read_file` returns the text of a patch in a file.
    """
    data = _read(text)
    unknown = [field for field in data if field not in _HARMLESS]
    fields = [field for field in (*_MAY_MAKE_PEERS, *_MAY_CHANGE_PEERS, *unknown) if data.get(field)]
    fields += [field for field in _PATCHES if data.get(field) and _changes_peers(data[field], read_file)]
    return Listing(
        resources=(*_paths(data, "resources"), *_paths(data, "bases")),
        components=tuple(_paths(data, "components")),
        renaming=next((field for field in _RENAMING if data.get(field)), ""),
        not_followed=tuple(fields),
    )


def is_component(text: str) -> bool:
    """Return whether a kustomization is a component; raise ValueError if it is not a kustomization."""
    return _read(text).get("kind") == _COMPONENT


def resources(text: str) -> tuple[str, ...]:
    """Return the `resources` of a kustomization in their order; raise ValueError if it is not a kustomization."""
    return tuple(_paths(_read(text), "resources"))


def with_resource(text: str, resource: str) -> str:
    """Return `text` with `resource` after its other resources; raise ValueError if it is not a kustomization."""
    data = _read(text)
    wanted = [*_paths(data, "resources"), resource]
    new = _with_line(text, _places(text)[-1:], resource)
    return new if _has(new, data, wanted) else yaml_edit.changed(text, lambda kept: _list(kept, resource))


def without_resource(text: str, resource: str) -> str:
    """Return `text` without `resource`, however its path is written; raise ValueError as `with_resource` does."""
    data = _read(text)
    indexes = [index for index, listed in enumerate(_paths(data, "resources")) if same_path(listed, resource)]
    wanted = [listed for listed in _paths(data, "resources") if not same_path(listed, resource)]
    lines = [line for index, (line, _) in enumerate(_places(text)) if index in indexes]
    new = "".join(line for number, line in enumerate(_split(text)) if number not in lines)
    return new if _has(new, data, wanted) else yaml_edit.changed(text, lambda kept: _unlist(kept, indexes))


def same_path(path: str, other: str) -> bool:
    """Return whether two paths of resources are the same: `./peers/a.yaml` is `peers/a.yaml`."""
    return posixpath.normpath(path) == posixpath.normpath(other)


def _changes_peers(patches: Any, read_file: Callable[[str], str]) -> bool:
    from kgctl_py.cluster.git.peer_patches import changes_peers  # few kustomizations have patches

    return changes_peers(patches, read_file)


def _read(text: str) -> dict[str, Any]:
    try:
        documents = yaml_text.load_all(text.encode())
    except ValueError as error:
        raise ValueError(f"is not YAML: {error}") from None
    if len(documents) != 1:
        raise ValueError("is more than one document" if documents else "is empty")
    (data,) = documents
    if not isinstance(data, dict):
        raise ValueError("is not a mapping")
    _check_kind(data)
    for field in ("resources", "components", "bases"):
        _paths(data, field)
    for field in (*_PATCHES, *_MAY_MAKE_PEERS, *_MAY_CHANGE_PEERS):
        if not isinstance(data.get(field) or [], list):
            raise ValueError(f"has {field} that are not a list")
    return data


def _check_kind(data: dict[str, Any]) -> None:
    """Raise ValueError for another kind with the same name, such as the Kustomization of Flux."""
    version, kind = data.get("apiVersion") or "", data.get("kind") or ""
    group = str(version).partition("/")[0]
    if group not in ("", _GROUP) or kind not in ("", "Kustomization", _COMPONENT):
        of = f" of {group}" if group else ""
        raise ValueError(f"is a {kind or 'file'}{of}, not a kustomization of Kustomize")
    wanted = _VERSIONS[str(kind) or "Kustomization"]
    if version not in ("", wanted):
        raise ValueError(f'has the apiVersion "{version}", but Kustomize only reads {wanted}')


def _paths(data: dict[str, Any], field: str) -> list[str]:
    listed = data.get(field) or []
    if not isinstance(listed, list) or not all(isinstance(path, str) for path in listed):
        raise ValueError(f"has {field} that are not a list of paths")
    return [str(path) for path in listed]


def _places(text: str) -> list[tuple[int, int]]:
    """Return the line and the column of each resource."""
    listed: Any = yaml_edit.read(text).get("resources") or []
    return [listed.lc.item(index) for index in range(len(listed))]


def _with_line(text: str, after: list[tuple[int, int]], resource: str) -> str:
    """Return `text` with one more line, which starts like the line of the last resource.

    A comment below the last resource describes the next resources, so the line goes below it.
    """
    lines = _split(text)
    for number, column in after:
        ends = "\r\n" if lines[number].endswith("\r\n") else "\n"
        start, place = lines[number][:column], number + _comments_below(lines[number + 1 :])
        lines[place] = lines[place].rstrip("\r\n") + ends
        lines.insert(place + 1, start + resource + ends)
    return "".join(lines)


def _comments_below(lines: list[str]) -> int:
    """Return the number of lines of a comment, unless it belongs to the field below it."""
    comments = list(itertools.takewhile(lambda line: line.lstrip().startswith("#"), lines))
    following = lines[len(comments) : len(comments) + 1]
    return len(comments) if not any(line.strip() for line in following) else 0


def _split(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")[:-1]] + [line for line in text.split("\n")[-1:] if line]


def _has(text: str, data: dict[str, Any], resources: list[str]) -> bool:
    """Return whether `text` differs from `data` only in the resources; a line edit can have other effects."""
    try:
        new = _read(text)
    except ValueError:
        return False
    return _paths(new, "resources") == resources and {**new, "resources": 0} == {**data, "resources": 0}


def _list(data: dict[str, Any], resource: str) -> None:
    if data.get("resources"):
        data["resources"].append(resource)
    else:
        data["resources"] = [resource]


def _unlist(data: dict[str, Any], indexes: list[int]) -> None:
    for index in reversed(indexes):
        del data["resources"][index]
