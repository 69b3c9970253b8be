"""The list of commands: a command is imported when it is named, so that none waits for what another needs."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import typer
import typer.main


class Row(NamedTuple):
    """A command: where it is, what the list of commands says of it, and whether it asks no cluster."""

    name: str
    place: str
    help: str
    offline: bool = False


ROWS = (
    Row("showconf", "join.showconf:app", "Show the WireGuard configuration of a node or a peer."),
    Row("diff", "inspect.diff:app", "Tell whether a configuration is what the mesh needs."),
    Row("get", "inspect.get:get", "List nodes, peers or locations."),
    Row("trace", "inspect.trace:trace_", "Show the way of a packet through the mesh, and back."),
    Row("whois", "inspect.whois:whois_", "Tell who has an address or a key."),
    Row("graph", "inspect.graph:graph", "Draw the mesh."),
    Row("check", "inspect.check:check", "Look for what is wrong, and tell how to mend it."),
    Row("info", "inspect.info:info", "Show what the cluster's network is, with its sources."),
    Row("peer", "peer:app", "Add, change, rotate and remove peers."),
    Row("connect", "join.connect:connect", "Join the mesh for as long as it runs."),
    Row("disconnect", "join.disconnect:disconnect", "Remove what a connect that was killed has left."),
    Row("qr", "join.qr:app", "Show a configuration as a QR code, for a phone to scan."),
    Row("manifests", "install.manifests:manifests", "Print the manifests that install Kilo."),
    Row("lint", "install.lint:lint", "Tell what is wrong with Peers in files.", offline=True),
    Row("gather", "inspect.gather:gather", "Pack what a bug report needs, without secrets."),
    Row("init", "install.init:init", "Write a folder to keep Kilo and its Peers in Git."),
    Row("keygen", "keys.keygen:keygen", "Make a WireGuard key pair.", offline=True),
    Row("genkey", "keys.genkey:genkey", "Print a new private key, as `wg genkey` does.", offline=True),
    Row("genpsk", "keys.genkey:genpsk", "Print a new preshared key, as `wg genpsk` does.", offline=True),
    Row("pubkey", "keys.genkey:pubkey", "Print the public key of a private key on stdin.", offline=True),
    Row("completion", "keys.completion:completion", "Print the completion script of a shell.", offline=True),
    Row("help", "keys.help:help_", "Show the help of a command.", offline=True),
)

COMPLETION_VARIABLE = "_KGCTL_COMPLETE"
"""The variable by which a shell's completion script asks which commands and words there are."""

OFFLINE = frozenset(row.name for row in ROWS if row.offline)
"""The commands for which no cluster is chosen."""


class Commands(Mapping[str, Any]):
    """The commands of `ROWS` by name, each made when it is asked for; `prepare` is then given it, too."""

    def __init__(self, prepare: Callable[[Any], None]) -> None:
        self._rows = {row.name: row for row in ROWS}
        self._made: dict[str, Any] = {}
        self._prepare = prepare

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(self._rows[name])
            self._prepare(self._made[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _made(row: Row) -> Any:
    module, _, attribute = row.place.partition(":")
    command = getattr(importlib.import_module(f"kgctl_py.cli.{module}"), attribute)
    if isinstance(command, typer.Typer):
        group = typer.main.get_group(command)
        group.name = row.name
        return group
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(row.name)(command)
    return typer.main.get_command(app)
