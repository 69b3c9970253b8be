"""Check that a format supports the options for its interface, its key file, and its output."""

import re
from pathlib import Path

from kgctl_py.config import Format
from kgctl_py.errors import UsageError, either
from kgctl_py.wireguard.conf import MAX_INTERFACE_NAME, is_interface_name

_PLAIN_PATH = re.compile(r"/[a-zA-Z0-9_./@+=-]*[a-zA-Z0-9_@+=-]")


def check_interface(name: str | None, output: Format) -> None:
    """Raise UsageError for --interface if the format does not support it, or if the name is invalid."""
    if name is None:
        return
    if output is Format.WG_QUICK:
        raise UsageError(
            "--interface does not work with wg-quick: the file name becomes the interface name",
            hint="use -O NAME.conf",
        )
    if not is_interface_name(name):
        hint = f"use --interface NAME, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-"
        raise UsageError(f'--interface "{name}" is not a valid interface name', hint=hint)


def check_key_path(path: str | None, output: Format) -> None:
    """Raise UsageError for --private-key-path if the format does not support it, or if the path is invalid."""
    if path is None:
        return
    if not output.names_key_file:
        takes = either([other for other in Format if other.names_key_file])
        raise UsageError(f"--private-key-path does not work with -o {output}", hint=f"use -o {takes}")
    if not _PLAIN_PATH.fullmatch(path):
        hint = "for example: --private-key-path /etc/wireguard/kilo.key"
        raise UsageError(
            f'--private-key-path "{path}" is not an absolute path of letters, digits, or any of _./@+=-',
            hint=hint,
        )


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


def check_conf_name(file: str) -> None:
    """Raise UsageError for a file name that wg-quick(8) refuses, because it becomes the name of the interface."""
    path = Path(file)
    if path.suffix != ".conf" or not is_interface_name(path.stem):
        raise UsageError(
            f'wg-quick cannot use "{path.name}": the file name becomes the interface name',
            hint=f"use -O NAME.conf, where NAME is 1 to {MAX_INTERFACE_NAME} letters, digits, or any of _=+.-",
        )
