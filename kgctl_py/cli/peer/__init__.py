"""`kgctl peer`: add, change, rotate, and remove Peers; one file a command."""

from kgctl_py.cli.help_layout import HelpfulCommand, group
from kgctl_py.cli.peer import add, change, disable, expire, remove, rotate

app = group("Add, change, rotate, and remove peers")
app.command("add", cls=HelpfulCommand)(add.add)
app.command("set", cls=HelpfulCommand)(change.change)
app.command("rotate", cls=HelpfulCommand)(rotate.rotate)
app.command("disable", cls=HelpfulCommand)(disable.disable)
app.command("enable", cls=HelpfulCommand)(disable.enable)
app.command("expire", cls=HelpfulCommand)(expire.expire)
app.command("rm", cls=HelpfulCommand)(remove.remove)
