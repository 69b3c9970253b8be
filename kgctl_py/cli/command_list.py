"""The list of commands; each command is imported only when it runs, so that the others do not slow it down."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import typer
import typer.main

from kgctl_py.cli import HelpfulCommand

SEE, JOIN, CHANGE = "See the mesh", "Join it", "Change it"
INSTALL, KEYS, HIDDEN = "Install Kilo", "Keys and shell", ""


class Row(NamedTuple):
    """A command: its group and help in the list of commands, its module, and whether it works offline."""

    group: str
    name: str
    place: str
    help: str
    offline: bool = False


ROWS = (
    Row(SEE, "check", "inspect.check:check", "Check the mesh for problems and suggest fixes"),
    Row(SEE, "get", "inspect.get:get", "List nodes, peers, or locations"),
    Row(SEE, "graph", "inspect.graph:graph", "Draw the mesh as a picture, a web page, or text"),
    Row(SEE, "trace", "inspect.trace:trace_", "Show the path of a packet through the mesh and back"),
    Row(SEE, "reach", "inspect.reach:reach", "Show which nodes, peers, and networks reach each other"),
    Row(SEE, "whois", "inspect.whois:whois_", "Show who has an address or a public key"),
    Row(SEE, "simulate", "inspect.simulate:simulate_", "Show what a change would do to the mesh"),
    Row(
        SEE, "changes", "inspect.changes:changes", "Show what changed between two clusters, or since one was saved"
    ),
    Row(SEE, "events", "inspect.events:events", "Show what happens in the mesh, and run a command for each event"),
    Row(SEE, "info", "inspect.info:info", "Show the network settings of the cluster"),
    Row(SEE, "dns", "dns:app", "Export DNS names of nodes and peers"),
    Row(SEE, "gather", "inspect.gather:gather", "Collect the state of Kilo for a bug report, without secrets"),
    Row(JOIN, "showconf", "join.showconf:app", "Print the WireGuard configuration of a node or peer"),
    Row(JOIN, "qr", "join.qr:app", "Show the configuration of a peer as a QR code"),
    Row(JOIN, "diff", "inspect.diff:app", "Compare a configuration with the current mesh"),
    Row(JOIN, "connect", "join.connect:connect", "Connect this machine to the mesh until you stop kgctl"),
    Row(JOIN, "disconnect", "join.disconnect:disconnect", 'Clean up after an interrupted "kgctl connect"'),
    Row(JOIN, "heal", "join.heal:heal", "Restart WireGuard sessions that broke when the mesh changed"),
    Row(JOIN, "sync", "join.sync:sync", "Apply a configuration to a running WireGuard interface", offline=True),
    Row(CHANGE, "peer", "peer:app", "Add, change, rotate, and remove peers"),
    Row(CHANGE, "peering", "peering:app", "Join clusters, so that their pods and Services reach each other"),
    Row(CHANGE, "lint", "install.lint:lint", "Check Peers and configurations in files for mistakes", offline=True),
    Row(INSTALL, "manifests", "install.manifests:manifests", "Print the manifests that install Kilo"),
    Row(INSTALL, "init", "install.init:init", "Create a folder to keep Kilo and its Peers in Git"),
    Row(KEYS, "keygen", "keys.keygen:keygen", "Generate a WireGuard key pair", offline=True),
    Row(KEYS, "completion", "keys.completion:completion", "Print the completion script for a shell", offline=True),
    Row(KEYS, "help", "keys.help:help_", "Show help for a command", offline=True),
    Row(HIDDEN, "genkey", "keys.genkey:genkey", "Print a new private key, as wg genkey does", offline=True),
    Row(HIDDEN, "genpsk", "keys.genkey:genpsk", "Print a new preshared key, as wg genpsk does", offline=True),
    Row(HIDDEN, "pubkey", "keys.genkey:pubkey", "Print the public key of a private key on stdin", offline=True),
    Row(HIDDEN, "options", "keys.help:options", "List the global options", offline=True),
)

COMPLETION_VARIABLE = "_KGCTL_COMPLETE"
"""The variable by which a shell's completion script asks which commands and words there are."""

OFFLINE = frozenset(row.name for row in ROWS if row.offline)
"""The commands for which no cluster is chosen."""


class Commands(Mapping[str, Any]):
    """The commands of rows by name; each is created when it is used."""

    def __init__(self, rows: Iterable[Row] = ROWS) -> None:
        self._rows = {row.name: row for row in rows}
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(self._rows[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


COMMANDS = Commands()
"""All commands of kgctl, made once, also if the process runs several."""


def _made(row: Row) -> Any:
    module, _, attribute = row.place.partition(":")
    command = getattr(importlib.import_module(f"kgctl_py.cli.{module}"), attribute)
    if isinstance(command, typer.Typer):
        group = typer.main.get_group(command)
        group.name = row.name
        return group
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(row.name, cls=HelpfulCommand)(command)
    return typer.main.get_command(app)
