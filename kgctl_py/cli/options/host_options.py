"""The options of a complete configuration about its host, and the formats that support them."""

import re
from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli import INTERFACE, OUTPUT
from kgctl_py.cli.options.file_options import check_conf_name
from kgctl_py.config.form import Form, Format, WgQuickSettings, WholeFormat
from kgctl_py.errors import UsageError
from kgctl_py.value import Value
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name

WholeFormatOption = Annotated[
    WholeFormat,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help=f"Format: {', '.join(WholeFormat)} (default wg-quick)",
        rich_help_panel=OUTPUT,
    ),
]

_PLAIN_PATH = re.compile(r"/[a-zA-Z0-9_./@+=-]*[a-zA-Z0-9_@+=-]")


class HostOptions(Value, frozen=True, kw_only=True):
    """The names of the interface and the key file on the host of a configuration."""

    interface: Annotated[
        str | None,
        typer.Option(
            "--interface",
            metavar="NAME",
            help="Name of the interface (default kilo, or wg0 with -o vyos); with wg-quick, the file name sets it",
            rich_help_panel=INTERFACE,
        ),
    ] = None
    private_key_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Path of the file with the private key on the host of the peer; the configuration refers to it",
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
                '"--interface" does not work with wg-quick: the file name becomes the interface name',
                hint="use -O NAME.conf",
            )
        if not is_interface_name(self.interface):
            hint = (
                f"use --interface NAME, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-"
            )
            raise UsageError(f'"{self.interface}" is not a valid interface name', hint=hint)

    def _check_key_path(self, output: Format) -> None:
        if self.private_key_path is None:
            return
        if not output.names_key_file:
            takes = ", ".join(str(other) for other in Format if other.names_key_file)
            raise UsageError(f'"--private-key-path" does not work with "-o {output}"', hint=f"use -o {takes}")
        if not _PLAIN_PATH.fullmatch(self.private_key_path):
            hint = "use --private-key-path /etc/wireguard/kilo.key"
            raise UsageError(
                f'"{self.private_key_path}" is not an absolute path of letters, digits, or any of _./@+=-',
                hint=hint,
            )


def check_place(output: Format, file: str | None, *, is_printed: bool = False) -> None:
    """Raise UsageError if a format cannot go to the file or to stdout."""
    if (file is None or is_printed) and not output.is_text:
        where = "-O DIR" if output.is_folder else f"-O NAME{output.ending}"
        raise UsageError(f'"-o {output}" needs a file', hint=f"add {where}")
    if file is None:
        return
    if output is Format.WG_QUICK:
        check_conf_name(file)
    elif output.is_whole and not output.is_folder and Path(file).suffix != output.ending:
        raise UsageError(
            f'"-o {output}" cannot use "{file}": the name must end in {output.ending}',
            hint=f"use -O NAME{output.ending}",
        )
