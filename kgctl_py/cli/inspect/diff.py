"""`kgctl diff`: compare a configuration with the mesh; the exit codes are those of `kubectl diff`."""

import contextlib
import enum
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import HelpfulCommand, completion, group
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options import grouped
from kgctl_py.cli.options.compared_options import ComparedWgQuickOptions
from kgctl_py.cli.remarks import tell_remarks
from kgctl_py.cli.terminal import terminal
from kgctl_py.cluster.interface import Cluster
from kgctl_py.config.comparison import compare
from kgctl_py.config.configuration import peer_subject
from kgctl_py.config.device_conf import device_conf
from kgctl_py.config.read_configuration import read_configuration, shown_source
from kgctl_py.errors import ExitCode, KgctlError, UsageError
from kgctl_py.mesh.find_by_name import ready_peer
from kgctl_py.net.host_interfaces import Device
from kgctl_py.render.config.conf_difference import difference_data, difference_text
from kgctl_py.render.json_yaml import as_json
from kgctl_py.wireguard.difference import Difference

app = group("Compare a configuration with the current mesh")

_DIFFERS = 1


class Output(enum.StrEnum):
    """The forms of a difference."""

    TEXT = "text"
    JSON = "json"


@app.callback()
def _diff() -> None:
    """Keep `peer` as a subcommand, although it is the only one."""


@app.command(cls=HelpfulCommand)
@grouped
def peer(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the peer", autocompletion=completion("peers"))
    ],
    wg_quick: ComparedWgQuickOptions,
    conf: Annotated[
        str | None,
        typer.Option(
            "--conf",
            metavar="FILE|-",
            help="Configuration file of wg-quick, wg, NetworkManager, or systemd-networkd, or - for stdin",
        ),
    ] = None,
    interface: Annotated[
        str | None, typer.Option(metavar="NAME", help="WireGuard interface of this machine; needs root")
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="Format")] = Output.TEXT,
) -> None:
    """Compare the configuration of a peer with the current mesh.

    Needs either --conf or --interface. If you created the configuration with --gateway, --only, or --ipv4-only,
    pass the same options; otherwise, kgctl reports their effects as differences. With -o text, each line is a
    change to make to the configuration: + to add, - to remove, ~ to change. Exits with 0 if nothing differs, with
    1 if something differs, and with 2 if kgctl cannot compare.

    Examples:
      # Compare a configuration file
      kgctl diff peer laptop --conf laptop.conf

      # Compare the running interface
      sudo --preserve-env=KUBECONFIG kgctl diff peer laptop --interface wg0
    """
    with _usage_exit_code():
        settings = wg_quick.settings()
        source = _read(conf, interface, wg_quick)
        run: Invocation = context.obj
        mesh = run.mesh()
        peer = ready_peer(mesh, name)
        topology = run.topology(mesh)
        subject = peer_subject(topology, peer)
        actual = _as_conf(source, subject.conf, run.cluster) if isinstance(source, Device) else source
        key = source.public_key if isinstance(source, Device) else _public_key(source)
        comparison = compare(run.cluster, topology, subject, settings, actual, key)
        tell_remarks(comparison.remarks)
    _print(comparison.difference, output)
    if comparison.difference:
        raise typer.Exit(_DIFFERS)


def _print(difference: Difference, output: Output) -> None:
    text = as_json(difference_data(difference)) if output is Output.JSON else difference_text(difference)
    typer.echo(text, nl=False)


@contextlib.contextmanager
def _usage_exit_code() -> Iterator[None]:
    """Use the exit code of invalid usage for every error, because 1 means that something differs."""
    try:
        yield
    except KgctlError as error:
        error.exit_code = ExitCode.USAGE
        raise


def _read(conf: str | None, interface: str | None, wg_quick: ComparedWgQuickOptions) -> wireguard.Conf | Device:
    """Return the configuration or the interface to compare."""
    if conf is not None and interface is None:
        actual = _read_conf(conf)
        wg_quick.check_file(shown_source(conf), actual)
        return actual
    if conf is not None:
        raise UsageError("--conf and --interface exclude each other", hint="use one of them")
    if interface is None:
        raise UsageError("missing option --conf or --interface", hint="add --conf FILE or --interface NAME")
    wg_quick.check_device()
    from kgctl_py.net.read_device import read_device

    device = read_device(interface)
    if device is None:
        raise KgctlError(f'interface "{interface}" not found', hint="to list the interfaces: ip link")
    return device


def _as_conf(device: Device, desired: wireguard.Conf, cluster: Cluster) -> wireguard.Conf:
    names = {peer.endpoint.name for peer in desired.peers if peer.endpoint and peer.endpoint.name}
    return device_conf(device, desired, cluster.look_up(names), time.time())


def _read_conf(source: str) -> wireguard.Conf:
    """Return the configuration in a file or on stdin, and print the fields that are not compared."""
    parsed = read_configuration(source)
    if parsed.ignored:
        terminal.say(f"note: kgctl does not compare {', '.join(parsed.ignored)}")
    return parsed.conf


def _public_key(conf: wireguard.Conf) -> wireguard.Key | None:
    if not (conf.interface and conf.interface.private_key):
        return None
    from kgctl_py.wireguard.keygen import public_key

    return public_key(conf.interface.private_key)
