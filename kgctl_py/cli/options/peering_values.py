"""Parse the values of the options of a peering, many of which start with the name of a cluster."""

from collections.abc import Mapping, Sequence

from kgctl_py.cli.options.list_values import cidrs, networks
from kgctl_py.errors import UsageError, either
from kgctl_py.mesh.address import IPInterface, masked, unusable_endpoint
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import parse_endpoint

_VALUES = {
    "--services-via": ("SEGMENT", "berlin"),
    "--service-cidr": ("CIDR", "10.96.0.0/12"),
    "--git": ("DIR", "clusters/aws"),
}
"""The form and an example of what follows NAME= in an option."""


def services_of(text: str, known: tuple[str, ...]) -> frozenset[str] | None:
    """Return the clusters whose Services are routed, None for all; raise UsageError."""
    if text == "all":
        return None
    return (
        frozenset()
        if text == "none"
        else frozenset(known_name("--services", one, known) for one in text.split(","))
    )


def service_cidrs(name: str, text: str) -> tuple[IPInterface, ...]:
    """Return the Service CIDRs of a cluster; raise UsageError, also for host bits, as `kgctl manifests` does."""
    found = networks("--service-cidr", [text])
    for cidr in found:
        if masked(cidr) != cidr:
            raise UsageError(
                f'--service-cidr "{name}={cidr}" has host bits set',
                hint=f"use --service-cidr {name}={masked(cidr)}",
            )
    return found


def location_ips(text: str) -> tuple[IPInterface, ...] | None:
    """Return the allowed location IPs that are routed, None for all; raise UsageError."""
    if text == "all":
        return None
    return () if text == "none" else cidrs("--location-ips", [text])


def keepalive(text: str) -> int | None:
    """Return the seconds between keepalives, None for auto; raise UsageError."""
    if text == "auto":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_KEEPALIVE)) + 1) or (
        int(text) > MAX_KEEPALIVE
    ):
        raise UsageError(
            f'--keepalive "{text}" is neither auto nor a number of seconds from 0 to {MAX_KEEPALIVE}',
            hint="for example: --keepalive 25",
        )
    return int(text)


def endpoints(texts: Sequence[str], known: tuple[str, ...]) -> Mapping[tuple[str, str], Endpoint | None]:
    """Return the endpoints by cluster and segment, None for none; raise UsageError."""
    found: dict[tuple[str, str], Endpoint | None] = {}
    for text in texts:
        place, endpoint = _endpoint(text, known)
        if place in found:
            raise _given_twice("--endpoint", "/".join(place))
        found[place] = endpoint
    return found


def _endpoint(text: str, known: tuple[str, ...]) -> tuple[tuple[str, str], Endpoint | None]:
    """Return the cluster, the segment and the endpoint of an option."""
    place, equals, where = text.partition("=")
    name, slash, segment = place.partition("/")
    if not (equals and slash and segment):
        raise UsageError(
            f'--endpoint "{text}" is not NAME/SEGMENT=HOST:PORT',
            hint="for example: --endpoint edge/berlin=203.0.113.1:51820",
        )
    _check_place("--endpoint", text, name, known)
    if where == "none":
        return (name, segment), None
    try:
        parsed = parse_endpoint(where)
        if why := unusable_endpoint(parsed):
            raise ValueError(why)
    except ValueError as error:
        raise UsageError(
            f'--endpoint "{text}" {error}', hint="for example: --endpoint edge/berlin=203.0.113.1:51820"
        ) from None
    return (name, segment), parsed


def named_values(option: str, texts: Sequence[str], known: tuple[str, ...]) -> Mapping[str, str]:
    """Return the values of an option by the names of clusters; raise UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, value = _named_value(option, text, known)
        if name in found:
            raise _given_twice(option, name)
        found[name] = value
    return found


def _named_value(option: str, text: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return the cluster and the value of NAME=VALUE; raise UsageError."""
    name, _, value = text.partition("=")
    if not value:
        form, example = _VALUES[option]
        raise UsageError(
            f'{option} "{text}" is not NAME={form}', hint=f"for example: {option} {known[0]}={example}"
        )
    _check_place(option, text, name, known)
    return name, value


def _given_twice(option: str, place: str) -> UsageError:
    return UsageError(f'{option} has two values for "{place}"', hint="leave out one of them")


def known_name(option: str, name: str, known: tuple[str, ...]) -> str:
    """Return the name of a cluster; raise UsageError if no cluster has it."""
    if name not in known:
        raise UsageError(f'{option} "{name}" is not one of the clusters', hint=f"use {either(known)}")
    return name


def _check_place(option: str, text: str, name: str, known: tuple[str, ...]) -> None:
    """Raise UsageError if no cluster has the name with which a value begins."""
    if name not in known:
        raise UsageError(
            f'{option} "{text}" does not start with the name of one of the clusters',
            hint=f"use the name {either(known)}",
        )
