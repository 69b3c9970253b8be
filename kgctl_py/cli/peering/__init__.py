"""`kgctl peering`: two clusters joined; one file a command."""

from kgctl_py.cli.help_layout import HelpfulCommand, group
from kgctl_py.cli.peering import connect, remove

app = group("Join two clusters, so that their pods reach each other")
app.command("connect", cls=HelpfulCommand)(connect.connect)
app.command("rm", cls=HelpfulCommand)(remove.remove_)
