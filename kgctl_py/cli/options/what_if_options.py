"""The options that describe a hypothetical mesh."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from kgctl_py.changes.new_node import NewNode
from kgctl_py.cli import completion
from kgctl_py.cli.duration import keepalive_seconds
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import MAX_KEEPALIVE
from kgctl_py.wireguard.endpoint import NAME_RULE, is_dns_name, parse_endpoint

_EXAMPLE = "--with-node rome-1,location=rome,endpoint=203.0.113.9:51820"


class WhatIfOptions(Value, frozen=True, kw_only=True):
    """The hypothetical changes; without an option, the mesh stays unchanged."""

    without: Annotated[
        list[str],
        typer.Option(
            "--without",
            metavar="NODE,...",
            help="Remove these nodes; repeatable",
            autocompletion=completion("nodes"),
        ),
    ]
    with_node: Annotated[
        list[str],
        typer.Option(
            "--with-node",
            metavar="NAME,KEY=VALUE,...",
            help="Add a node with any of the keys location, endpoint, internal-ip, pod-cidr, "
            "allowed-location-ips, leader, and keepalive; kgctl chooses the endpoint, internal-ip, and pod-cidr "
            "if you leave them out; repeatable",
        ),
    ]
    peer_file: Annotated[
        list[str],
        typer.Option(
            "--peer-file",
            metavar="FILE|-",
            help="Add the Peers in FILE (- for stdin), and replace those with the same names; repeatable",
        ),
    ]
    granularity: Annotated[
        Granularity | None,
        typer.Option("--granularity", help="Change the granularity of the mesh"),
    ] = None
    subnet: Annotated[
        str | None,
        typer.Option("--subnet", metavar="CIDR", help="Change the Kilo subnet"),
    ] = None

    def suppose_nothing(self) -> bool:
        """Return whether no option is given."""
        return not (
            self.without or self.with_node or self.peer_file or self.granularity or self.subnet is not None
        )

    def removed_nodes(self) -> tuple[str, ...]:
        """Return the names of the nodes that leave; raise UsageError."""
        for text in self.without:
            if "" in text.split(","):
                raise UsageError(f'--without "{text}" has an empty name', hint="for example: --without berlin-1")
        return tuple(dict.fromkeys(name for text in self.without for name in text.split(",")))

    def kilo_subnet(self) -> IPInterface | None:
        """Return the Kilo subnet; raise UsageError."""
        if self.subnet is None:
            return None
        try:
            return masked(parse_cidr(self.subnet))
        except ValueError as error:
            raise UsageError(
                f'--subnet "{self.subnet}" {error}', hint="for example: --subnet 10.4.0.0/16"
            ) from None

    def new_nodes(self) -> tuple[NewNode, ...]:
        """Return the nodes that join; raise UsageError."""
        new = tuple(map(_new_node, self.with_node))
        names = [node.name for node in new]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise UsageError(f'--with-node has node "{twice}" twice', hint="leave out one of them")
        return new


def _new_node(text: str) -> NewNode:
    """Read NAME,KEY=VALUE,...; a key that is repeated adds to a list."""
    name, *pairs = text.split(",")
    if not is_dns_name(name):
        raise UsageError(
            f'--with-node "{name}" is not a valid node name: use {NAME_RULE}',
            hint=f"for example: {_EXAMPLE}",
        )
    given: dict[str, Any] = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        if key not in _KEYS:
            raise UsageError(
                f'--with-node "{text}" has the unknown key "{key}"',
                hint=f"use {', '.join([*_KEYS][:-1])}, or {[*_KEYS][-1]}",
            )
        field, parse, example = _KEYS[key]
        if field in given and field != "allowed_location_ips":
            raise UsageError(f'--with-node "{text}" has {key} twice', hint=f"give {key} once")
        try:
            parsed = parse(value)
        except ValueError as error:
            raise UsageError(
                f'--with-node "{text}": {key} "{value}" {error}', hint=f"for example: {example}"
            ) from None
        given[field] = (*given.get(field, ()), parsed) if field == "allowed_location_ips" else parsed
    return NewNode(name=name, **given)


def _flag(text: str) -> bool:
    if text not in ("", "true"):
        raise ValueError('is not "true"')
    return True


def _keepalive(text: str) -> int:
    try:
        return keepalive_seconds(text)
    except typer.BadParameter:
        raise ValueError(f"is not a number of seconds from 0 to {MAX_KEEPALIVE}") from None


_KEYS: Mapping[str, tuple[str, Callable[[str], Any], str]] = {
    "location": ("location", str, "location=rome"),
    "endpoint": ("endpoint", parse_endpoint, "endpoint=203.0.113.9:51820"),
    "internal-ip": ("internal_ip", parse_cidr, "internal-ip=10.1.0.9/24"),
    "pod-cidr": ("subnet", lambda text: masked(parse_cidr(text)), "pod-cidr=10.42.9.0/24"),
    "allowed-location-ips": ("allowed_location_ips", parse_cidr, "allowed-location-ips=10.9.0.0/24"),
    "leader": ("leader", _flag, "leader=true"),
    "keepalive": ("persistent_keepalive", _keepalive, "keepalive=25"),
}
"""The keys of a new node: the field that each is, how it is read, and an example."""
