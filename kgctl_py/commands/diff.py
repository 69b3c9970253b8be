"""`kgctl diff`: whether a configuration is still what the mesh needs; exit codes as `kubectl diff` has them."""

import contextlib
import enum
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.commands.comparison import Comparison
from kgctl_py.commands.groups import grouped
from kgctl_py.commands.names import complete_peers
from kgctl_py.commands.quick_options import QuickOptions
from kgctl_py.errors import ExitCode, KgctlError
from kgctl_py.files import explained
from kgctl_py.lookup import ready_peer
from kgctl_py.render.difference import difference_data, difference_text
from kgctl_py.render.document import as_json
from kgctl_py.session import Session
from kgctl_py.terminal import terminal
from kgctl_py.wireguard.parse import parse_conf

app = typer.Typer(help="Tell whether a configuration is still what the mesh needs.", rich_markup_mode=None)

_DIFFERS = 1
_STDIN = "-"


class Output(enum.StrEnum):
    """How a difference is printed."""

    TEXT = "text"
    JSON = "json"


@app.callback()
def _diff() -> None:
    """Keep `peer` a word of its own, though it is the only one."""


@app.command()
@grouped
def peer(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The peer.", autocompletion=complete_peers)],
    quick: QuickOptions,
    conf: Annotated[str, typer.Option("--conf", metavar="FILE|-", help="A file for wg-quick or wg, or stdin.")],
    output: Annotated[Output, typer.Option("--output", "-o", help="How to print it.")] = Output.TEXT,
) -> None:
    """Compare the configuration of a peer with what the mesh needs now.

    Each line is something to change: + is missing, - is too much, ~ is another.
    The options for DNS, MTU, Services… are compared only when they are given.

    For example: kgctl diff peer laptop --conf laptop.conf || kgctl showconf peer laptop -o wg-quick
    """
    with _trouble():
        quick.check()
        there = _read(conf)
        session: Session = context.obj
        mesh = session.mesh()
        asked = ready_peer(mesh, name)
        comparison = Comparison(session=session, topology=session.topology(mesh), peer=asked, options=quick)
        found = comparison.difference(there, _public_key(there))
    typer.echo(as_json(difference_data(found)) if output is Output.JSON else difference_text(found), nl=False)
    if found:
        raise typer.Exit(_DIFFERS)


@contextlib.contextmanager
def _trouble() -> Iterator[None]:
    """Tell every error by its own exit code: 1 says that something differs."""
    try:
        yield
    except KgctlError as error:
        error.exit_code = ExitCode.USAGE
        raise


def _read(source: str) -> wireguard.Conf:
    """Read a configuration, and tell what of it is not compared."""
    shown = "stdin" if source == _STDIN else source
    with explained("read", shown):
        data = sys.stdin.buffer.read() if source == _STDIN else Path(source).read_bytes()
    try:
        parsed = parse_conf(data.decode())
    except UnicodeDecodeError:
        raise KgctlError(f'"{shown}" is no text') from None
    except ValueError as error:
        raise KgctlError(f'"{shown}" is no configuration of WireGuard: {error}') from None
    if parsed.ignored:
        terminal.say(f"note: not compared: {', '.join(parsed.ignored)}")
    return parsed.conf


def _public_key(conf: wireguard.Conf) -> wireguard.Key | None:
    if not (conf.interface and conf.interface.private_key):
        return None
    from kgctl_py.wireguard.keygen import public_key

    return public_key(conf.interface.private_key)
