"""The least that a Typer program can do: one command, one option."""

from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def greet(name: Annotated[str, typer.Option(help="Whom to greet.")] = "world") -> None:
    """Greet somebody."""
    typer.echo(f"hello {name}")


app()
