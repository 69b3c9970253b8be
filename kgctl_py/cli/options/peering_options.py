"""The options that describe a peering."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import typer

from kgctl_py.cli import ROUTING
from kgctl_py.cli.options.wg_quick_options import cidrs, networks
from kgctl_py.errors import UsageError, either
from kgctl_py.mesh.address import IPInterface, masked, unusable_endpoint
from kgctl_py.peering.planning.settings import InternalIPs, PeeringSettings
from kgctl_py.value import Value
from kgctl_py.wireguard import Endpoint
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import parse_endpoint

_VALUES = {
    "--services-via": ("SEGMENT", "berlin"),
    "--service-cidr": ("CIDR", "10.96.0.0/12"),
    "--git": ("DIR", "clusters/aws"),
}
"""The form and an example of what follows NAME= in an option."""


class PeeringOptions(Value, frozen=True, kw_only=True):
    """The options of a peering: what to route, and which side opens a tunnel."""

    services_via: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=SEGMENT",
            help="Segment through which other clusters reach the Services of a cluster; repeatable (default one "
            "that kgctl chooses)",
            rich_help_panel=ROUTING,
        ),
    ]
    service_cidr: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=CIDR,...",
            help="Service CIDRs of a cluster; repeatable (default those that kgctl finds)",
            rich_help_panel=ROUTING,
        ),
    ]
    endpoint: Annotated[
        list[str],
        typer.Option(
            metavar="NAME/SEGMENT=HOST:PORT|none",
            help="Endpoint of a segment, or none if the segment must open the tunnel; repeatable (default the "
            "public endpoint of its leader)",
            rich_help_panel=ROUTING,
        ),
    ]
    services: Annotated[
        str,
        typer.Option(
            metavar="all|none|NAME,...",
            help="Clusters whose Services the other clusters can reach",
            rich_help_panel=ROUTING,
        ),
    ] = "all"
    internal_ips: Annotated[
        InternalIPs,
        typer.Option(
            help="Which internal IPs of nodes to route; auto leaves out those that overlap a network of the other "
            "cluster",
            rich_help_panel=ROUTING,
        ),
    ] = InternalIPs.AUTO
    location_ips: Annotated[
        str,
        typer.Option(
            metavar="none|all|CIDR,...",
            help="Which allowed location IPs to route",
            rich_help_panel=ROUTING,
        ),
    ] = "none"
    keepalive: Annotated[
        str,
        typer.Option(
            metavar="auto|SECONDS",
            help="Keepalive of the Peers; auto means 25 for segments behind NAT, and 0 for the others",
            rich_help_panel=ROUTING,
        ),
    ] = "auto"
    prune: Annotated[
        bool,
        typer.Option(
            "--prune/--no-prune",
            help="Remove or keep Peers of segments that no longer exist (default remove)",
        ),
    ] = True

    def settings(self, names: Iterable[str], grace: float) -> PeeringSettings:
        """Return the settings for clusters of these names; raise UsageError."""
        known = tuple(names)
        return PeeringSettings(
            services=services_of(self.services, known),
            services_via=named_values("--services-via", self.services_via, known),
            internal_ips=self.internal_ips,
            location_ips=_location_ips(self.location_ips),
            endpoints=_endpoints(self.endpoint, known),
            keepalive=_keepalive(self.keepalive),
            prunes=self.prune,
            grace=int(grace),
        )

    def service_cidrs(self, names: Iterable[str]) -> Mapping[str, tuple[IPInterface, ...]]:
        """Return --service-cidr by cluster; raise UsageError."""
        stated = named_values("--service-cidr", self.service_cidr, tuple(names))
        return {name: _service_cidrs(name, text) for name, text in stated.items()}


def services_of(text: str, known: tuple[str, ...]) -> frozenset[str] | None:
    """Return the clusters whose Services are routed, None for all; raise UsageError."""
    if text == "all":
        return None
    return (
        frozenset()
        if text == "none"
        else frozenset(known_name("--services", one, known) for one in text.split(","))
    )


def _service_cidrs(name: str, text: str) -> tuple[IPInterface, ...]:
    """Return the Service CIDRs of a cluster; raise UsageError, also for host bits, as `kgctl manifests` does."""
    found = networks("--service-cidr", [text])
    for cidr in found:
        if masked(cidr) != cidr:
            raise UsageError(
                f'--service-cidr "{name}={cidr}" has host bits set',
                hint=f"use --service-cidr {name}={masked(cidr)}",
            )
    return found


def _location_ips(text: str) -> tuple[IPInterface, ...] | None:
    if text == "all":
        return None
    return () if text == "none" else cidrs("--location-ips", [text])


def _keepalive(text: str) -> int | None:
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


def _endpoints(texts: Sequence[str], known: tuple[str, ...]) -> Mapping[tuple[str, str], Endpoint | None]:
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
