"""`kgctl dns`: names for the nodes and peers of the mesh."""

from kgctl_py.cli import HelpfulCommand, group
from kgctl_py.cli.dns import export

app = group("Export DNS names of nodes and peers")
app.command("export", cls=HelpfulCommand)(export.export)
