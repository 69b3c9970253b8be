"""The options for the configuration of a peer with new keys: its output, and the defaults of other options."""

import enum
from collections.abc import Sequence
from typing import Annotated

import typer

from kgctl_py.cli import INTERFACE, OUTPUT
from kgctl_py.cli.options.form_options import KEY_PATH_HELP, HostOptions
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions, aggregate_option
from kgctl_py.config import Form, Format, WgQuickSettings, WholeFormat
from kgctl_py.errors import UsageError, either
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.endpoint import MAX_PORT

WholeFormatOption = Annotated[
    WholeFormat,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help=f"Format: {either(tuple(WholeFormat))} (default wg-quick)",
        rich_help_panel=OUTPUT,
    ),
]


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

    def check_shown(self, options: Sequence[str]) -> None:
        """Raise UsageError for an option of a configuration that is neither printed nor written."""
        given = [*options, *([f"-o {self.output}"] if self.format is not Format.WG_QUICK else [])]
        if given and not self.shows_configuration:
            raise UsageError(f"{given[0]} needs -O FILE or --print conf", hint="add -O FILE")

    def form(self, peer: str, settings: WgQuickSettings, host: HostOptions, public_key: str | None) -> Form:
        """Return the form; raise UsageError, before any change, if it cannot be printed or written."""
        form = replace(host.form(self.format, settings), target=self.file or "")
        if self.printed is Print.QR:
            self._check_qr(peer, settings)
            form = replace(form, for_phone=True)
        elif self.file or (self.printed is Print.CONF and not self.format.is_text):
            from kgctl_py.cli.options.format_checks import check_place  # any text can go to stdout

            check_place(self.format, self.file, is_printed=self.print_ is Print.CONF)
        if form.private_key_path and public_key is None:
            raise UsageError(
                "--private-key-path needs --public-key, because a generated key would be lost",
                hint="add --public-key KEY",
            )
        return form

    def _check_qr(self, peer: str, settings: WgQuickSettings) -> None:
        from kgctl_py.cli.join.qr_drawing import check_qr
        from kgctl_py.cli.options.file_options import FileOptions
        from kgctl_py.cli.options.format_checks import check_place

        if self.format is not Format.WG_QUICK:
            raise UsageError(f"-o {self.format} and --print qr exclude each other", hint="use one of them")
        if self.file and not self.is_picture:
            check_place(self.format, self.file)
        check_qr(settings, FileOptions(file=self.file if self.is_picture else None), peer)

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


class DeliveredWgQuickOptions(WgQuickOptions, frozen=True, kw_only=True):
    """The same options for a configuration that can be printed as a QR code."""

    aggregate: Annotated[bool | None, aggregate_option("off, or on with --print qr")] = None


class AddedWgQuickOptions(DeliveredWgQuickOptions, frozen=True, kw_only=True):
    """The same options for a new peer, which can take its port from an adopted configuration."""

    listen_port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_PORT,
            metavar="PORT",
            help="UDP port to listen on (default a random free port, or that of --adopt)",
            rich_help_panel=INTERFACE,
        ),
    ] = None


class DeliveredHostOptions(HostOptions, frozen=True, kw_only=True):
    """The same options for a peer whose key pair can be generated here."""

    private_key_path: Annotated[
        str | None,
        typer.Option(metavar="PATH", help=f"{KEY_PATH_HELP}; needs --public-key", rich_help_panel=INTERFACE),
    ] = None


class AddedHostOptions(HostOptions, frozen=True, kw_only=True):
    """The same options for a new peer, which can also have the keys of --adopt."""

    private_key_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help=f"{KEY_PATH_HELP}; needs --public-key or --adopt", rich_help_panel=INTERFACE
        ),
    ] = None
