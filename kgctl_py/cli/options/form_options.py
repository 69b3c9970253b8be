"""The options for the form of a configuration: its format, its interface, and its private key."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import INTERFACE, OUTPUT
from kgctl_py.cli.options.file_options import FileOptions, check_conf_name
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.config import Form, Format, PrivateKey, WgQuickSettings, WholeFormat
from kgctl_py.errors import UsageError
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.value import Value, replace
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name


def one_of(words: Iterable[str]) -> str:
    """Return the words as a list that ends in "or"."""
    *others, last = words
    return f"{', '.join(others)}, or {last}"


WholeFormatOption = Annotated[
    WholeFormat,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help=f"Format: {one_of(WholeFormat)} (default wg-quick)",
        rich_help_panel=OUTPUT,
    ),
]

_KEY_PATH = (
    "Path of a file with the private key, on the machine that uses the configuration: the configuration contains "
    "this path, and not the key; only for wg-quick, networkd, netplan, and nixos"
)
_PLAIN_PATH = re.compile(r"/[a-zA-Z0-9_./@+=-]*[a-zA-Z0-9_@+=-]")


class HostOptions(Value, frozen=True, kw_only=True):
    """The names of the interface and the key file on the host of a configuration."""

    interface: Annotated[
        str | None,
        typer.Option(
            "--interface",
            metavar="NAME",
            help="Name of the interface (default kilo, or wg0 with -o vyos); not for wg-quick, which uses the "
            "name of the file",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    private_key_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help=_KEY_PATH,
            rich_help_panel=INTERFACE,
        ),
    ] = None

    def given(self) -> list[str]:
        """Return the names of the given options."""
        options = {"--interface": self.interface, "--private-key-path": self.private_key_path}
        return [option for option, value in options.items() if value is not None]

    def form(self, output: Format, settings: WgQuickSettings) -> Form:
        """Return the form of a complete configuration; raise UsageError for unsupported options."""
        self._check_interface(output)
        self._check_key_path(output)
        return Form(
            format=output,
            settings=settings,
            interface=self.interface or output.default_interface,
            private_key_path=self.private_key_path or "",
        )

    def _check_interface(self, output: Format) -> None:
        if self.interface is None:
            return
        if output is Format.WG_QUICK:
            raise UsageError(
                "--interface does not work with wg-quick: the file name becomes the interface name",
                hint="use -O NAME.conf",
            )
        if not is_interface_name(self.interface):
            hint = (
                f"use --interface NAME, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-"
            )
            raise UsageError(f'--interface "{self.interface}" is not a valid interface name', hint=hint)

    def _check_key_path(self, output: Format) -> None:
        if self.private_key_path is None:
            return
        if not output.names_key_file:
            takes = one_of(other for other in Format if other.names_key_file)
            raise UsageError(f"--private-key-path does not work with -o {output}", hint=f"use -o {takes}")
        if not _PLAIN_PATH.fullmatch(self.private_key_path):
            hint = "for example: --private-key-path /etc/wireguard/kilo.key"
            raise UsageError(
                f'--private-key-path "{self.private_key_path}" is not an absolute path of letters, digits, or any '
                "of _./@+=-",
                hint=hint,
            )


class DeliveredHostOptions(HostOptions, frozen=True, kw_only=True):
    """The same options for a peer whose key pair can be generated here."""

    private_key_path: Annotated[
        str | None,
        typer.Option(metavar="PATH", help=f"{_KEY_PATH}; needs --public-key", rich_help_panel=INTERFACE),
    ] = None


class AddedHostOptions(HostOptions, frozen=True, kw_only=True):
    """The same options for a new peer, which can also have the keys of --adopt."""

    private_key_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help=f"{_KEY_PATH}; needs --public-key or --adopt", rich_help_panel=INTERFACE
        ),
    ] = None


class ShowOptions(Value, frozen=True, kw_only=True):
    """The form and the output of a configuration."""

    as_peer: Annotated[
        bool,
        typer.Option(
            "--as-peer",
            help="Print a [Peer] section for the configuration of another machine, or with -o yaml or json a Peer "
            "resource",
            rich_help_panel=OUTPUT,
        ),
    ] = False
    output: Annotated[
        Format,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT",
            help=f"Format: wireguard, the format of wg (default); {one_of(WholeFormat)} for a complete "
            "configuration; yaml or json with --as-peer",
            rich_help_panel=OUTPUT,
        ),
    ] = Format.WIREGUARD
    allowed_ips: Annotated[
        list[str],
        typer.Option(
            "--allowed-ips",
            metavar="CIDR,...",
            help="Add these allowed IPs; needs --as-peer",
            rich_help_panel=OUTPUT,
        ),
    ]
    private_key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|-",
            help="File with the private key, or - for stdin (default a placeholder to replace, or with --watch "
            "the key in the file of -O); required with -o zip",
            rich_help_panel=INTERFACE,
        ),
    ] = None

    def form(self, wg_quick: WgQuickOptions, host: HostOptions, file: FileOptions | None) -> Form:
        """Return the form, without a private key; raise UsageError for options that do not fit together.

        Without `file` it is one of many, which go into a folder.
        """
        self._check_peer_options()
        if not self.output.is_whole:
            self._check_part(wg_quick, host)
            return Form(format=self.output, as_peer=self.as_peer, added_ips=self._added_ips())
        if self.private_key is not None and host.private_key_path is not None:
            raise UsageError("--private-key and --private-key-path exclude each other", hint="use one of them")
        form = host.form(self.output, wg_quick.settings())
        if file is None:
            return form
        check_place(self.output, file.file)
        return replace(form, target=file.file or "")

    def _check_peer_options(self) -> None:
        if self.as_peer and self.output.is_whole:
            raise UsageError(f"-o {self.output} and --as-peer exclude each other", hint="use one of them")
        if not self.as_peer and (self.allowed_ips or self.output in (Format.YAML, Format.JSON)):
            option = "--allowed-ips" if self.allowed_ips else f"-o {self.output}"
            raise UsageError(f"{option} needs --as-peer", hint="add --as-peer")

    def _check_part(self, wg_quick: WgQuickOptions, host: HostOptions) -> None:
        key = ["--private-key"] if self.private_key is not None else []
        given = [*wg_quick.given(), *host.given(), *key]
        if not given:
            return
        if self.as_peer:
            raise UsageError(f"{given[0]} and --as-peer exclude each other", hint="use one of them")
        example = "networkd" if host.interface is not None else "wg-quick"
        raise UsageError(f"{given[0]} needs a complete configuration", hint=f"for example: -o {example}")

    def _added_ips(self) -> tuple[IPInterface, ...]:
        try:
            return tuple(masked(parse_cidr(text)) for texts in self.allowed_ips for text in texts.split(","))
        except ValueError as error:
            message = f'--allowed-ips "{",".join(self.allowed_ips)}" {error}'
            raise UsageError(message, hint="for example: --allowed-ips 10.6.0.0/24,192.168.0.7/32") from None


def check_place(output: Format, file: str | None, *, is_printed: bool = False) -> None:
    """Raise UsageError if a format cannot go to the file or to stdout."""
    if file is not None and is_printed and not output.is_text:
        raise UsageError(f"-o {output} and --print conf exclude each other", hint="leave out --print conf")
    if file is None and not output.is_text:
        where = "-O DIR" if output.is_folder else f"-O NAME{output.ending}"
        raise UsageError(f"-o {output} needs {where}", hint=f"add {where}")
    if file is None:
        return
    if output is Format.WG_QUICK:
        check_conf_name(file)
    elif output.is_whole and not output.is_folder and Path(file).suffix != output.ending:
        raise UsageError(
            f'-o {output} cannot use "{file}": the name must end in {output.ending}',
            hint=f"use -O NAME{output.ending}",
        )


def read_private_key(
    source: str | None, kept: wireguard.Key | None = None, kept_in: str | None = None
) -> PrivateKey | None:
    """Return the key in the file `source`, or on stdin for `-`; without one, the key already in the file."""
    if source is None:
        return PrivateKey(key=kept, source=kept_in or "") if kept else None
    from kgctl_py.fs.key_file import read_key  # most configurations have a placeholder

    key, notices = read_key(source)
    return PrivateKey(key=key, source=source, notices=notices)
