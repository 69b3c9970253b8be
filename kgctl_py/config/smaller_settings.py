"""Find options that make a configuration small enough for a QR code, by trying them."""

import re
import shlex
from collections.abc import Callable, Iterator

from kgctl_py.config import WgQuickSettings
from kgctl_py.config.wg_quick import segments_by_name
from kgctl_py.escape_text import visible
from kgctl_py.mesh.segments_and_leaders import Segment
from kgctl_py.mesh.topology import Topology
from kgctl_py.value import replace

_WORD = re.compile(r"[\w.-]+")

Fits = Callable[[str], bool]
"""Whether a text is small enough."""

Smaller = Callable[[Fits], Iterator[str]]
"""A function that yields options with which a configuration fits."""


def smaller_options(
    text_of: Callable[[WgQuickSettings], str], topology: Topology, settings: WgQuickSettings, fits: Fits
) -> Iterator[str]:
    """Yield options that make the text fit if they are added to `settings`.

    They choose as many locations as fit, or one location as the gateway.
    """

    def fitting(names: tuple[str, ...], gateway: str | None = settings.gateway) -> bool:
        return fits(text_of(replace(settings, only=names, gateway=gateway)))

    names = tuple(map(_name, _segments(topology, settings)))
    count = _most(len(names), lambda number: fitting(names[:number]))
    if count:
        yield f"--only {shlex.quote(visible(','.join(names[:count])))}"
    if names and settings.gateway is None and count < len(names) and fitting(names[:1], names[0]):
        name = shlex.quote(visible(names[0]))
        yield f"--only {name} --gateway {name}"


def _segments(topology: Topology, settings: WgQuickSettings) -> list[Segment]:
    """Return the segments to choose from: the gateway first, then those with the fewest allowed IPs."""
    by_name = segments_by_name(topology)
    wanted = [by_name[name] for name in settings.only] or topology.segments
    gateway = by_name[settings.gateway].name if settings.gateway is not None else ""
    unique = {segment.name: segment for segment in wanted}.values()
    return sorted(unique, key=lambda segment: (segment.name != gateway, _size(segment)))


def _size(segment: Segment) -> int:
    return len(segment.allowed_ips) + len(segment.allowed_location_ips)


def _name(segment: Segment) -> str:
    return segment.location if _WORD.fullmatch(segment.location) else segment.leader.name


def _most(highest: int, holds: Callable[[int], bool]) -> int:
    """Return the highest number from 1 up to which `holds` is true, or 0."""
    low, high = 0, highest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
