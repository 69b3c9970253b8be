"""The configuration of a peer with new keys: build it, and print it, draw it as a QR code, or write a file."""

import contextlib
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kgctl_py import wireguard
from kgctl_py.cli.invocation import Invocation
from kgctl_py.cli.options.change_options import public_key_option
from kgctl_py.cli.peer.delivery_options import DeliveryOptions, Print
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Form, Format, WgQuickSettings
from kgctl_py.errors import UsageError
from kgctl_py.mesh.nodes_and_peers import Mesh, Peer
from kgctl_py.render import ConfigFile

if TYPE_CHECKING:
    from kgctl_py.config.smaller_settings import Smaller


def key_pair(public_key: str | None, options: DeliveryOptions) -> tuple[wireguard.Key | None, wireguard.Key]:
    """Return a new private key and its public key, or only --public-key."""
    if public_key is not None:
        if options.printed is Print.QR:
            raise UsageError(
                "--public-key and --print qr exclude each other: a QR code needs the private key",
                hint="leave out --public-key",
            )
        return None, public_key_option(public_key)
    if not options.file and options.printed in (Print.YAML, Print.NONE):
        raise UsageError(
            f"--print {options.printed} does not print the generated private key, which would be lost",
            hint="add -O NAME.conf, or --public-key KEY",
        )
    from kgctl_py.wireguard import keygen

    private = keygen.generate_private_key()
    return private, keygen.public_key(private)


def configuration_files(
    run: Invocation, mesh: Mesh, peer: Peer, form: Form, private_key: wireguard.Key | None
) -> tuple[ConfigFile, ...]:
    """Return the configuration of `peer`, in `mesh` or new to it, and print the remarks about it."""
    from kgctl_py.config.configuration import peer_subject  # with --git often nothing is shown
    from kgctl_py.config.whole_files import whole_files

    topology = run.topology(mesh.with_peer(peer))
    shown = whole_files(run.cluster, topology, peer_subject(topology, peer), form, private_key)
    run.tell(shown.remarks)
    return shown.files


def smaller_configurations(
    run: Invocation, mesh: Mesh, peer: Peer, form: Form, private_key: wireguard.Key | None
) -> "Smaller":
    """Return a function that finds the options with which the configuration fits a QR code."""
    from kgctl_py.config.configuration import peer_subject
    from kgctl_py.config.smaller_settings import smaller_options  # only a QR code can be too large
    from kgctl_py.config.wg_quick import wg_quick_configuration, wg_quick_text

    topology = run.topology(mesh.with_peer(peer))
    subject = peer_subject(topology, peer)

    def text_of(settings: WgQuickSettings) -> str:
        return wg_quick_text(wg_quick_configuration(run.cluster, topology, subject, settings, private_key))

    return lambda fits: smaller_options(text_of, topology, form.settings, fits)


@contextlib.contextmanager
def staged(
    made: Sequence[ConfigFile], peer: str, options: DeliveryOptions, smaller: "Smaller | None" = None
) -> Iterator[Callable[[], None]]:
    """Write a temporary file, draw the QR code, and yield the function that delivers both.

    If the code does not fit, the error suggests the options of `smaller`.
    """
    printed = _printed(made, peer, options, smaller)
    if options.file is None:
        yield lambda: _echo(printed, options)
        return
    if options.is_picture:
        made, printed = (ConfigFile("", printed),), ""
    from kgctl_py.cli.write_files import stage_files  # most configurations are printed
    from kgctl_py.render.wireguard_conf import PLACEHOLDER

    in_folder = options.format.is_folder
    with stage_files(made, Path(options.file), in_folder=in_folder, replace=options.force) as move:

        def deliver() -> None:
            move()
            _say_where(options, lacks_key=any(PLACEHOLDER in str(file.content) for file in made))
            _echo(printed, options)

        yield deliver


def _printed(
    made: Sequence[ConfigFile], peer: str, options: DeliveryOptions, smaller: "Smaller | None"
) -> str | bytes:
    if options.printed not in (Print.CONF, Print.QR):
        return ""
    (file,) = made
    if options.printed is Print.CONF:
        return file.content
    from kgctl_py.cli.join.qr_drawing import no_smaller, qr_content
    from kgctl_py.cli.options.file_options import FileOptions

    picture = FileOptions(file=options.file if options.is_picture else None)
    return qr_content(str(file.content), picture, peer, smaller=smaller or no_smaller)


def _echo(printed: str | bytes, options: DeliveryOptions) -> None:
    if options.printed is Print.CONF:
        terminal.warn_if_exposed()
    typer.echo(printed, nl=False)


def _say_where(options: DeliveryOptions, *, lacks_key: bool) -> None:
    file = options.file or ""
    where = shlex.quote(file if "/" in file else f"./{file}")
    if lacks_key:
        from kgctl_py.render.wireguard_conf import PLACEHOLDER

        terminal.say(f'wrote "{file}"; before you use it, replace {PLACEHOLDER} with the private key')
        return
    if options.format is not Format.WG_QUICK:  # a note says how to use the other formats
        terminal.say(f'wrote "{file}"')
        return
    use = "scan it with the WireGuard app" if options.is_picture else f"sudo wg-quick up {where}"
    terminal.say(f'wrote "{file}"; to use it: {use}')
