"""The output of a new configuration: text or a QR code on stdout, a file, or nothing."""

import contextlib
import enum
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import OUTPUT
from kgctl_py.cli.options.file_options import FileOptions, stage_files
from kgctl_py.cli.options.form_options import HostOptions, WholeFormatOption, check_place
from kgctl_py.cli.options.peer_options import public_key_option
from kgctl_py.cli.terminal import terminal
from kgctl_py.config import Form, Format, WgQuickSettings, WholeFormat
from kgctl_py.errors import UsageError
from kgctl_py.render import ConfigFile
from kgctl_py.render.wireguard_conf import PLACEHOLDER
from kgctl_py.value import Value, replace
from kgctl_py.wireguard import keygen

if TYPE_CHECKING:
    from kgctl_py.config.smaller_settings import Smaller


class Print(enum.StrEnum):
    """`--print`: the content of stdout."""

    CONF = "conf"
    QR = "qr"
    YAML = "yaml"
    NONE = "none"


_PRINT_DEFAULT = "default conf; none with -O, or with --git if kgctl does not generate the key"


class DeliveryOptions(Value, frozen=True, kw_only=True):
    """The output of the configuration: stdout, unless it is a file."""

    print_: Annotated[
        Print | None,
        typer.Option(
            "--print",
            help="What to print: conf (the configuration), qr (its QR code), yaml (the Peer, without creating "
            f"it), or none ({_PRINT_DEFAULT})",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    file: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="FILE",
            help="Write to FILE, which is a folder with -o networkd or nixos; only you can read files with keys; "
            "with --print qr, a FILE that ends in .png or .svg gets the QR code",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace FILE if it exists; the old file may contain the only copy of a private key",
            rich_help_panel=OUTPUT,
        ),
    ] = False

    output: WholeFormatOption = WholeFormat.WG_QUICK

    @property
    def format(self) -> Format:
        """The format of the configuration."""
        return Format(self.output)

    def form(self, settings: WgQuickSettings, host: HostOptions, public_key: str | None) -> Form:
        """Return the form; raise UsageError, before any change, if it cannot be printed or written."""
        form = replace(host.form(self.format, settings), target=self.file or "")
        if self.printed is Print.QR:
            self._check_qr(settings)
            form = replace(form, for_phone=True)
        elif self.printed is Print.CONF or self.file:
            check_place(self.format, self.file, is_printed=self.print_ is Print.CONF)
        if form.private_key_path and public_key is None:
            raise UsageError(
                "--private-key-path needs --public-key, because a generated key would be lost",
                hint="add --public-key KEY",
            )
        return form

    def _check_qr(self, settings: WgQuickSettings) -> None:
        from kgctl_py.cli.join.qr_drawing import check_qr

        if self.format is not Format.WG_QUICK:
            raise UsageError(f"-o {self.format} and --print qr exclude each other", hint="use one of them")
        if self.file and not self.is_picture:
            check_place(self.format, self.file)
        check_qr(settings, FileOptions(file=self.file if self.is_picture else None))

    @property
    def is_picture(self) -> bool:
        """Whether the file contains the QR code, not the configuration."""
        if self.printed is not Print.QR or self.file is None:
            return False
        from kgctl_py.cli.join.qr_drawing import is_picture

        return is_picture(self.file)

    @property
    def shows_configuration(self) -> bool:
        """Whether the configuration is printed or written."""
        return self.file is not None or self.printed in (Print.CONF, Print.QR)

    @property
    def printed(self) -> Print:
        """The content of stdout."""
        return self.print_ or (Print.NONE if self.file else Print.CONF)


class RotatedDeliveryOptions(DeliveryOptions, frozen=True, kw_only=True):
    """The output of the new configuration of an existing Peer; `--print yaml` is for new Peers."""

    print_: Annotated[
        Print | None,
        typer.Option(
            "--print",
            metavar="conf|qr|none",
            help=f"What to print: conf (the configuration), qr (its QR code), or none ({_PRINT_DEFAULT})",
            rich_help_panel=OUTPUT,
        ),
    ] = None


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
    private = keygen.generate_private_key()
    return private, keygen.public_key(private)


@contextlib.contextmanager
def staged(
    made: Sequence[ConfigFile], options: DeliveryOptions, smaller: "Smaller | None" = None
) -> Iterator[Callable[[], None]]:
    """Write a temporary file, draw the QR code, and yield the function that delivers both.

    If the code does not fit, the error suggests the options of `smaller`.
    """
    printed = _printed(made, options, smaller)
    if options.file is None:
        yield lambda: _echo(printed, options)
        return
    if options.is_picture:
        made, printed = (ConfigFile("", printed),), ""
    in_folder = options.format.is_folder
    with stage_files(made, Path(options.file), in_folder=in_folder, replace=options.force) as move:

        def deliver() -> None:
            move()
            _say_where(options, lacks_key=any(PLACEHOLDER in str(file.content) for file in made))
            _echo(printed, options)

        yield deliver


def _printed(made: Sequence[ConfigFile], options: DeliveryOptions, smaller: "Smaller | None") -> str | bytes:
    if options.printed not in (Print.CONF, Print.QR):
        return ""
    (file,) = made
    if options.printed is Print.CONF:
        return file.content
    from kgctl_py.cli.join.qr_drawing import no_smaller, qr_content

    picture = FileOptions(file=options.file if options.is_picture else None)
    return qr_content(str(file.content), picture, smaller=smaller or no_smaller)


def _echo(printed: str | bytes, options: DeliveryOptions) -> None:
    if options.printed is Print.CONF:
        terminal.warn_if_exposed()
    typer.echo(printed, nl=False)


def _say_where(options: DeliveryOptions, *, lacks_key: bool) -> None:
    file = options.file or ""
    where = shlex.quote(file if "/" in file else f"./{file}")
    if lacks_key:
        terminal.say(f'wrote "{file}"; before you use it, replace {PLACEHOLDER} with the private key')
        return
    if options.format is not Format.WG_QUICK:  # a note says how to use the other formats
        terminal.say(f'wrote "{file}"')
        return
    use = "scan it with the WireGuard app" if options.is_picture else f"sudo wg-quick up {where}"
    terminal.say(f'wrote "{file}"; to use it: {use}')
