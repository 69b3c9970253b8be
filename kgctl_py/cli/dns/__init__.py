"""`kgctl dns`: names for the nodes and peers of the mesh."""

from kgctl_py.cli.dns import export
from kgctl_py.cli.help_layout import HelpfulCommand, group

app = group("Export DNS names of nodes and peers")
app.command("export", cls=HelpfulCommand)(export.export)
