"""`kgctl graph`: the mesh as a picture, or as the DOT text that pictures are made from."""

import sys

import typer

from kgctl_py.commands import report
from kgctl_py.render.dot import dot
from kgctl_py.session import Session


def graph(context: typer.Context) -> None:
    """Draw the mesh: locations, leaders and peers, and which of them have a tunnel.

    For example: kgctl graph -o svg -O mesh.svg
    """
    session: Session = context.obj
    mesh = session.mesh()
    topology = session.topology(mesh)
    report.warn(session.findings(mesh, topology))
    sys.stdout.writelines(dot(topology))
