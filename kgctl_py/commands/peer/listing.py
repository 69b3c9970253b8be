"""`kgctl peer list`: who is in the mesh besides its nodes, and whose they are."""

from typing import Any

import typer

from kgctl_py.commands.formats import Format, FormatOption, formatted
from kgctl_py.k8s import names
from kgctl_py.mesh.model import Peer
from kgctl_py.render.columns import columns
from kgctl_py.session import Session

_HEADINGS = ("NAME", "ALLOWED IPS", "ENDPOINT", "KEEPALIVE", "PSK", "OWNER", "DESCRIPTION", "STATUS")


def list_(context: typer.Context, output: FormatOption = Format.TEXT) -> None:
    """List the peers; of keys only the public ones are shown."""
    session: Session = context.obj
    peers = session.mesh().peers
    data = {"peers": [_data(peer) for peer in peers]}
    typer.echo(formatted(output, data, lambda: columns(_HEADINGS, [_row(peer) for peer in peers])), nl=False)


def _data(peer: Peer) -> dict[str, Any]:
    return {
        "name": peer.name,
        "allowedIPs": [str(cidr) for cidr in peer.allowed_ips],
        "endpoint": str(peer.endpoint) if peer.endpoint else None,
        "persistentKeepalive": peer.persistent_keepalive,
        "presharedKey": peer.preshared_key is not None,
        "publicKey": str(peer.public_key) if peer.public_key else None,
        "owner": peer.annotations.get(names.OWNER),
        "description": peer.annotations.get(names.DESCRIPTION),
        "invalid": peer.why_not_ready() or None,
    }


def _row(peer: Peer) -> tuple[str, ...]:
    return (
        peer.name,
        ",".join(map(str, peer.allowed_ips)),
        str(peer.endpoint or ""),
        f"{peer.persistent_keepalive}s" if peer.persistent_keepalive else "off",
        "yes" if peer.preshared_key else "no",
        peer.annotations.get(names.OWNER, ""),
        peer.annotations.get(names.DESCRIPTION, ""),
        f"invalid: {peer.why_not_ready()}" if peer.why_not_ready() else "ok",
    )
