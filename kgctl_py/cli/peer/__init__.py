"""`kgctl peer`: Peers as something one manages; one file a command."""

import typer

from kgctl_py.cli.peer import add, change, remove, rotate

app = typer.Typer(help="Add, change, rotate and remove peers.", rich_markup_mode=None)
app.command("add")(add.add)
app.command("set")(change.change)
app.command("rotate")(rotate.rotate)
app.command("rm")(remove.remove)
