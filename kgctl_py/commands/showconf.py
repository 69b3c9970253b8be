"""`kgctl showconf`: the WireGuard configuration of a node or a peer."""

import dataclasses
import enum
from typing import Annotated, assert_never

import typer

from kgctl_py import wireguard
from kgctl_py.commands import report
from kgctl_py.commands.groups import grouped
from kgctl_py.commands.names import complete_nodes, complete_peers
from kgctl_py.commands.output import FileOptions, check_conf_name, put
from kgctl_py.commands.private_key import read_private_key
from kgctl_py.commands.quick import Owner, peer_quick_text, quick_conf
from kgctl_py.commands.quick_options import NONE, QuickOptions
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.k8s import peers as k8s_peers
from kgctl_py.lookup import ready_node, ready_peer
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.model import Node, Peer
from kgctl_py.mesh.topology import Topology, as_wireguard
from kgctl_py.render.document import as_json, as_yaml
from kgctl_py.render.visible import visible
from kgctl_py.render.wireguard import wg_quick_conf, wireguard_conf
from kgctl_py.session import Session

app = typer.Typer(help="Show the WireGuard configuration of a node or a peer.", rich_markup_mode=None)


class Output(enum.StrEnum):
    """The formats that a configuration can be shown in."""

    WIREGUARD = "wireguard"
    WG_QUICK = "wg-quick"
    YAML = "yaml"
    JSON = "json"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions:
    """How a configuration is shown, and where it goes."""

    as_peer: Annotated[
        bool, typer.Option("--as-peer", help="Show it as a peer of some other interface, or as a Peer resource.")
    ] = False
    output: Annotated[
        Output,
        typer.Option("--output", "-o", help="wg-quick is a whole configuration; yaml and json need --as-peer."),
    ] = Output.WIREGUARD
    allowed_ips: Annotated[
        list[str], typer.Option("--allowed-ips", metavar="CIDR[,CIDR…]", help="Add these; needs --as-peer.")
    ]
    private_key: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="The private key to put in; needs -o wg-quick.")
    ] = None


@app.command()
@grouped
def node(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The node.", autocompletion=complete_nodes)],
    show: ShowOptions,
    quick: QuickOptions,
    file: FileOptions,
) -> None:
    """Show the WireGuard configuration of a node, which leads its location."""
    added = _checked(show, quick, file)
    session: Session = context.obj
    mesh = session.mesh()
    asked = ready_node(mesh, name)
    topology = session.topology(mesh, viewpoint=name)
    asked = _leader(topology, asked)
    port = session.port or (asked.endpoint.port if asked.endpoint else 0)
    conf = topology.node_conf(asked, port)
    report.warn(session.findings(mesh, topology, node=asked))
    if show.output is Output.WG_QUICK:
        owner = Owner(
            title=f'node "{name}"',
            addresses=(topology.interface_address(name),),
            private_key=read_private_key(show.private_key, asked.key, f'node "{name}"'),
            services=NONE,
            listen_port=port,
        )
        put(wg_quick_conf(quick_conf(session, topology, conf, owner, quick), f"node {name}"), file)
    else:
        put(_text(conf, topology.node_as_peer(name), added, show), file)


@app.command()
@grouped
def peer(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    show: ShowOptions,
    quick: QuickOptions,
    file: FileOptions,
) -> None:
    """Show the WireGuard configuration of a peer: every location of the mesh, and the other peers."""
    added = _checked(show, quick, file)
    session: Session = context.obj
    mesh = session.mesh()
    asked = ready_peer(mesh, name)
    topology = session.topology(mesh)
    conf = topology.peer_conf(name)
    plain = show.output is Output.WIREGUARD and not show.as_peer
    report.warn(session.findings(mesh, topology, peer=asked, conf=conf if plain else None))
    if show.output is Output.WG_QUICK:
        key = read_private_key(show.private_key, asked.public_key, f'peer "{name}"')
        put(peer_quick_text(session, topology, asked, key, quick), file)
    else:
        put(_text(conf, asked, added, show), file)


def _checked(show: ShowOptions, quick: QuickOptions, file: FileOptions) -> tuple[IPInterface, ...]:
    """Refuse options that go with other formats, and give the masked CIDRs of --allowed-ips."""
    if show.as_peer and show.output is Output.WG_QUICK:
        raise UsageError('"-o wg-quick" is a whole configuration, "--as-peer" only a part of one')
    if not show.as_peer and (show.allowed_ips or show.output in (Output.YAML, Output.JSON)):
        option = "--allowed-ips" if show.allowed_ips else f"-o {show.output}"
        raise UsageError(f'"{option}" shows a resource as a peer', hint="add --as-peer")
    if show.output is Output.WG_QUICK:
        quick.check()
        if file.file is not None:
            check_conf_name(file.file)
    if show.output is not Output.WG_QUICK and (quick.given() or show.private_key is not None):
        option = (quick.given() or ["--private-key"])[0]
        raise UsageError(f'"{option}" belongs to a whole configuration', hint="add -o wg-quick")
    try:
        return tuple(masked(parse_cidr(text)) for texts in show.allowed_ips for text in texts.split(","))
    except ValueError as error:
        message = f'--allowed-ips "{",".join(show.allowed_ips)}" {error}'
        raise UsageError(message, hint="--allowed-ips 10.6.0.0/24,192.168.0.7/32") from None


def _leader(topology: Topology, asked: Node) -> Node:
    segment = topology.segment_of(asked.name)
    if segment.leader.name != asked.name:
        raise KgctlError(
            f'node "{asked.name}" is not a leader: "{segment.leader.name}" leads "{segment.name}"',
            hint=f"kgctl showconf node {visible(segment.leader.name)}",
        )
    return segment.leader


def _text(conf: wireguard.Conf, as_peer: Peer, added: tuple[IPInterface, ...], show: ShowOptions) -> str:
    if not show.as_peer:
        return wireguard_conf(conf)
    as_peer = as_peer.with_allowed_ips(dict.fromkeys(as_peer.allowed_ips + added))
    match show.output:
        case Output.WIREGUARD:
            return wireguard_conf(wireguard.Conf(peers=(as_wireguard(as_peer),)))
        case Output.YAML:
            return as_yaml(k8s_peers.manifest(as_peer))
        case Output.JSON:
            return as_json(k8s_peers.manifest(as_peer))
        case Output.WG_QUICK:
            raise AssertionError("refused before")
        case _:
            assert_never(show.output)
