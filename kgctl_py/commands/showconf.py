"""`kgctl showconf`: the WireGuard configuration of a node or a peer."""

import enum
from typing import Annotated, assert_never

import typer

from kgctl_py import wireguard
from kgctl_py.commands import report
from kgctl_py.commands.names import complete_nodes, complete_peers
from kgctl_py.errors import KgctlError, UsageError
from kgctl_py.k8s import peers as k8s_peers
from kgctl_py.lookup import ready_node, ready_peer
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.mesh.model import Node, Peer
from kgctl_py.mesh.topology import Topology, as_wireguard
from kgctl_py.render.document import as_json, as_yaml
from kgctl_py.render.wireguard import wireguard_conf
from kgctl_py.session import Session

app = typer.Typer(help="Show the WireGuard configuration of a node or a peer.", rich_markup_mode=None)


class Output(enum.StrEnum):
    """The formats that a configuration can be shown in."""

    WIREGUARD = "wireguard"
    YAML = "yaml"
    JSON = "json"


AsPeer = Annotated[
    bool, typer.Option("--as-peer", help="Show it as a peer of some other interface, or as a Peer resource.")
]
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="The format; yaml and json need --as-peer.")]
AllowedIPs = Annotated[
    list[str], typer.Option("--allowed-ips", metavar="CIDR[,CIDR…]", help="Add these; needs --as-peer.")
]


@app.command()
def node(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The node.", autocompletion=complete_nodes)],
    as_peer: AsPeer = False,
    output: OutputOption = Output.WIREGUARD,
    allowed_ips: AllowedIPs = [],  # noqa: B006 # typer copies it
) -> None:
    """Show the WireGuard configuration of a node, which leads its location."""
    added = _added(as_peer, output, allowed_ips)
    session: Session = context.obj
    mesh = session.mesh()
    asked = ready_node(mesh, name)
    topology = session.topology(mesh, viewpoint=name)
    asked = _leader(topology, asked)
    if as_peer:
        text = _shown_as_peer(topology.node_as_peer(name), added, output)
    else:
        port = session.port or (asked.endpoint.port if asked.endpoint else 0)
        text = wireguard_conf(topology.node_conf(asked, port))
    report.warn(session.findings(mesh, topology, node=asked))
    typer.echo(text, nl=False)


@app.command()
def peer(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    as_peer: AsPeer = False,
    output: OutputOption = Output.WIREGUARD,
    allowed_ips: AllowedIPs = [],  # noqa: B006 # typer copies it
) -> None:
    """Show the WireGuard configuration of a peer: every location of the mesh, and the other peers."""
    added = _added(as_peer, output, allowed_ips)
    session: Session = context.obj
    mesh = session.mesh()
    asked = ready_peer(mesh, name)
    topology = session.topology(mesh)
    conf: wireguard.Conf | None = None
    if as_peer:
        text = _shown_as_peer(asked, added, output)
    else:
        conf = topology.peer_conf(name)
        text = wireguard_conf(conf)
    report.warn(session.findings(mesh, topology, peer=asked, conf=conf))
    typer.echo(text, nl=False)


def _added(as_peer: bool, output: Output, allowed_ips: list[str]) -> tuple[IPInterface, ...]:
    """Check what goes only with --as-peer, and give the masked CIDRs of --allowed-ips."""
    if not as_peer and (allowed_ips or output is not Output.WIREGUARD):
        option = "--allowed-ips" if allowed_ips else f"-o {output}"
        raise UsageError(f'"{option}" shows a resource as a peer', hint="add --as-peer")
    try:
        return tuple(masked(parse_cidr(text)) for texts in allowed_ips for text in texts.split(","))
    except ValueError as error:
        raise UsageError(f'--allowed-ips "{",".join(allowed_ips)}" {error}') from None


def _leader(topology: Topology, asked: Node) -> Node:
    segment = topology.segment_of(asked.name)
    if segment.leader.name != asked.name:
        raise KgctlError(
            f'node "{asked.name}" is not a leader: "{segment.leader.name}" leads "{segment.name}"',
            hint=f"kgctl showconf node {segment.leader.name}",
        )
    return segment.leader


def _shown_as_peer(shown: Peer, added: tuple[IPInterface, ...], output: Output) -> str:
    shown = shown.with_allowed_ips(dict.fromkeys(shown.allowed_ips + added))
    match output:
        case Output.WIREGUARD:
            return wireguard_conf(wireguard.Conf(peers=(as_wireguard(shown),)))
        case Output.YAML:
            return as_yaml(k8s_peers.manifest(shown))
        case Output.JSON:
            return as_json(k8s_peers.manifest(shown))
        case _:
            assert_never(output)
