"""The options that describe a peering."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from kgctl_py.cli import ROUTING
from kgctl_py.cli.options import peering_values as values
from kgctl_py.mesh.address import IPInterface
from kgctl_py.peering.planning.settings import InternalIPs, PeeringSettings
from kgctl_py.value import Value


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
            services=values.services_of(self.services, known),
            services_via=values.named_values("--services-via", self.services_via, known),
            internal_ips=self.internal_ips,
            location_ips=values.location_ips(self.location_ips),
            endpoints=values.endpoints(self.endpoint, known),
            keepalive=values.keepalive(self.keepalive),
            prunes=self.prune,
            grace=int(grace),
        )

    def service_cidrs(self, names: Iterable[str]) -> Mapping[str, tuple[IPInterface, ...]]:
        """Return --service-cidr by cluster; raise UsageError."""
        stated = values.named_values("--service-cidr", self.service_cidr, tuple(names))
        return {name: values.service_cidrs(name, text) for name, text in stated.items()}
