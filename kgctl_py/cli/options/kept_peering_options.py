"""The options of a peering as text: the Peers store it, so that `status` and `verify` can compare."""

import itertools
import shlex
from collections.abc import Iterable, Mapping, Sequence

from kgctl_py.cli.options.peering_options import PeeringOptions
from kgctl_py.cli.options.peering_values import services_of
from kgctl_py.errors import UsageError
from kgctl_py.peering.planning.settings import InternalIPs
from kgctl_py.value import replace

Pair = frozenset[str]
"""The names of two clusters."""

DEFAULTS = PeeringOptions(services_via=[], service_cidr=[], endpoint=[])
_LISTS = {"--service-cidr": "service_cidr", "--endpoint": "endpoint"}
_TEXTS = {"--internal-ips": "internal_ips", "--location-ips": "location_ips", "--keepalive": "keepalive"}


def texts_by_pair(options: PeeringOptions, names: Sequence[str]) -> Mapping[Pair, str]:
    """Return for each pair of clusters the options that concern it and differ from their defaults.

    --services-via is not among them, because the Peer that carries the Services keeps them without it.
    """
    pairs = map(frozenset, itertools.combinations(names, 2))
    return {pair: shlex.join(_words(options, names, pair)) for pair in pairs}


def options_in(texts: Mapping[Pair, Iterable[str]]) -> PeeringOptions:
    """Return the options that the Peers of each pair have kept; raise UsageError if they are not readable.

    If the Peers of two clusters have kept different values of one option, the last one applies.
    """
    found, routed, routes_all = DEFAULTS, set[str](), True
    for pair, several in texts.items():
        services = "all"
        for word in dict.fromkeys(itertools.chain.from_iterable(map(shlex_words, several))):
            flag, _, value = word.partition("=")
            if flag == "--services":
                services = value
            else:
                found = _with(found, flag, value)
        of_pair = services_of(services, tuple(pair))
        routes_all &= of_pair is None
        routed |= pair if of_pair is None else of_pair
    return found if routes_all else replace(found, services=",".join(sorted(routed)) or "none")


def shlex_words(text: str) -> list[str]:
    """Return the words of a text; raise UsageError if a quote is not closed."""
    try:
        return shlex.split(text)
    except ValueError:
        raise UsageError(f'cannot read the options "{text}"') from None


def _words(options: PeeringOptions, names: Sequence[str], pair: Pair) -> Iterable[str]:
    routed = services_of(options.services, tuple(names))
    if routed is not None and not pair <= routed:
        yield f"--services={','.join(sorted(pair & routed)) or 'none'}"
    for flag, field in _LISTS.items():
        for value in sorted(getattr(options, field)):
            if value.partition("=")[0].partition("/")[0] in pair:
                yield f"{flag}={value}"
    for flag, field in _TEXTS.items():
        if getattr(options, field) != getattr(DEFAULTS, field):
            yield f"{flag}={getattr(options, field)}"


def _with(options: PeeringOptions, flag: str, value: str) -> PeeringOptions:
    if flag in _LISTS:
        field, place = _LISTS[flag], value.partition("=")[0]
        others = [one for one in getattr(options, field) if one.partition("=")[0] != place]
        return replace(options, **{field: [*others, value]})
    if flag == "--internal-ips" and value in tuple(InternalIPs):
        return replace(options, internal_ips=InternalIPs(value))
    if flag in ("--location-ips", "--keepalive"):
        return replace(options, **{_TEXTS[flag]: value})
    raise UsageError(f'unknown option "{flag}"')
