"""Annotations and labels of Nodes that look like those of Kilo, but that Kilo does not read."""

from collections.abc import Iterator, Mapping

from kgctl_py import names
from kgctl_py.mesh.nodes_and_peers import IgnoredReason, IgnoredValue

_FORMER = {names.PREFIX + "force-external-ip": names.FORCE_ENDPOINT, names.PREFIX + "external-ip": names.ENDPOINT}
"""The annotations of older versions of Kilo, and their current names (kilo aa376ff0)."""
_ALIKE = 0.8


def unread_annotations(annotations: Mapping[str, str]) -> Iterator[IgnoredValue]:
    """Yield each annotation with Kilo's prefix that no program reads, with the intended one if it is known."""
    for name in annotations:
        if name in names.NODE_ANNOTATIONS:
            continue
        if name in _FORMER:
            yield _unread(
                name, "is not read by current versions of Kilo", f"{_FORMER[name]} replaces this annotation"
            )
        elif name.startswith(names.PREFIX) or _is_near_prefix(name):
            meant = _meant(name)
            yield _unread(name, "is not an annotation of Kilo", f'did you mean "{meant}"?' if meant else "")


def unread_labels(labels: Mapping[str, str], topology_label: str) -> Iterator[IgnoredValue]:
    """Yield each label of a Node that Kilo reads only as an annotation, except the label of the location."""
    for name in labels:
        if name in names.NODE_ANNOTATIONS and name != topology_label:
            hint = "unless kg reads locations from the label, replace it with an annotation of the same name"
            yield _unread(f"label {name}", "has no effect: Kilo reads it only as an annotation", hint)


def _meant(name: str) -> str:
    import difflib

    rest = name.partition("/")[2]
    known = sorted(full.removeprefix(names.PREFIX) for full in names.NODE_ANNOTATIONS)
    near = [rest] if rest in known else difflib.get_close_matches(rest, known, n=1, cutoff=_ALIKE)
    return names.PREFIX + near[0] if near else ""


def _is_near_prefix(name: str) -> bool:
    """Return whether an annotation has a known name and a prefix that is similar to Kilo's."""
    domain, slash, rest = name.partition("/")
    return bool(slash) and names.PREFIX + rest in names.NODE_ANNOTATIONS and names.is_like_group(domain)


def _unread(field: str, why: str, hint: str) -> IgnoredValue:
    return IgnoredValue(field=field, text="", why=why, reason=IgnoredReason.UNREAD_ANNOTATION, hint=hint)
