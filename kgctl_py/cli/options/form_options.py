"""The options for the form of a configuration: its format, and the names of its interface and key file."""

from typing import TYPE_CHECKING, Annotated

import typer

from kgctl_py import wireguard
from kgctl_py.cli import INTERFACE, OUTPUT
from kgctl_py.cli.options.wg_quick_options import WgQuickOptions
from kgctl_py.config import Form, Format, PrivateKey, WgQuickSettings, WholeFormat
from kgctl_py.errors import UsageError, either
from kgctl_py.mesh.address import IPInterface, masked, parse_cidr
from kgctl_py.value import Value, replace

if TYPE_CHECKING:
    from kgctl_py.cli.options.file_options import FileOptions

KEY_PATH_HELP = (
    "Path of a file with the private key, on the machine that uses the configuration: the configuration contains "
    "this path, and not the key; only for wg-quick, networkd, netplan, and nixos"
)


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
            help=KEY_PATH_HELP,
            rich_help_panel=INTERFACE,
        ),
    ] = None

    def given(self) -> list[str]:
        """Return the names of the given options."""
        options = {"--interface": self.interface, "--private-key-path": self.private_key_path}
        return [option for option, value in options.items() if value is not None]

    def form(self, output: Format, settings: WgQuickSettings) -> Form:
        """Return the form of a complete configuration; raise UsageError for unsupported options."""
        if self.given():
            from kgctl_py.cli.options.format_checks import check_interface, check_key_path  # rarely given

            check_interface(self.interface, output)
            check_key_path(self.private_key_path, output)
        return Form(
            format=output,
            settings=settings,
            interface=self.interface or output.default_interface,
            private_key_path=self.private_key_path or "",
        )


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
            help=f"Format: wireguard, the format of wg (default); {either(tuple(WholeFormat))} for a complete "
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
            help="File with the private key, or - for stdin (default the key in a file that -O updates or "
            "replaces, or a placeholder); required with -o zip",
            rich_help_panel=INTERFACE,
        ),
    ] = None

    def form(self, wg_quick: WgQuickOptions, host: HostOptions, file: "FileOptions | None") -> Form:
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
        from kgctl_py.cli.options.format_checks import check_place  # not for [Peer] sections

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


def read_private_key(
    source: str | None, kept: wireguard.Key | None = None, kept_in: str | None = None
) -> PrivateKey | None:
    """Return the key in the file `source`, or on stdin for `-`; without one, the key already in the file."""
    if source is None:
        return PrivateKey(key=kept, source=kept_in or "") if kept else None
    from kgctl_py.fs.key_file import read_key  # most configurations have a placeholder

    key, notices = read_key(source)
    return PrivateKey(key=key, source=source, notices=notices)
