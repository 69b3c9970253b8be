"""`kgctl keygen`: generate a key pair, and print it or write it to files."""

from pathlib import Path
from typing import Annotated

import typer

from kgctl_py.cli.data_formats import Format, FormatOption, formatted
from kgctl_py.cli.terminal import terminal
from kgctl_py.errors import UsageError
from kgctl_py.fs import file_set, files, key_file
from kgctl_py.fs.file_set import FileChange, folder_lock
from kgctl_py.wireguard import Key
from kgctl_py.wireguard import keygen as wireguard_keygen

PRIVATE, PUBLIC, PRESHARED = "privateKey", "publicKey", "presharedKey"
_LABELS = {PRIVATE: "private key:   ", PUBLIC: "public key:    ", PRESHARED: "preshared key: "}
_FILES = {PRIVATE: (".key", files.SECRET), PUBLIC: (".pub", files.PUBLIC), PRESHARED: (".psk", files.SECRET)}


def keygen(
    psk: Annotated[bool, typer.Option("--psk", help="Also generate a preshared key")] = False,
    pub_from: Annotated[
        str,
        typer.Option(
            metavar="FILE|-",
            help="Show the public key of the private key in FILE, or - for stdin, instead of a new key pair",
        ),
    ] = "",
    basename: Annotated[
        str | None,
        typer.Option(
            "-O",
            "--output-file",
            metavar="BASENAME",
            help="Write each key to a file: BASENAME.key (private), BASENAME.pub (public), BASENAME.psk "
            "(preshared)",
        ),
    ] = None,
    output: FormatOption = Format.TEXT,
    force: Annotated[bool, typer.Option("--force", help="Replace existing key files")] = False,
) -> None:
    """Generate a WireGuard key pair.

    Keep the private key secret, and put the public key into the Peer.

    Examples:
      # Write laptop.key and laptop.pub
      kgctl keygen -O laptop
    """
    if basename is not None and output is not Format.TEXT:
        raise UsageError("-O and -o exclude each other: -O writes the keys to files", hint="use one of them")
    keys = _pair(pub_from) | ({PRESHARED: wireguard_keygen.generate_preshared_key()} if psk else {})
    if basename is not None:
        _write(keys, basename, replace=force)
        return
    if keys.keys() != {PUBLIC}:
        terminal.warn_if_exposed()
    shown = {name: str(key) for name, key in keys.items()}
    typer.echo(formatted(output, shown, lambda: _text(shown)), nl=False)


def _pair(pub_from: str) -> dict[str, Key]:
    """Return a new key pair, or only the public key of an existing private key."""
    if not pub_from:
        private = wireguard_keygen.generate_private_key()
        return {PRIVATE: private, PUBLIC: wireguard_keygen.public_key(private)}
    private, notices = key_file.read_key(pub_from)
    terminal.tell(notices)
    return {PUBLIC: wireguard_keygen.public_key(private)}


def _write(keys: dict[str, Key], basename: str, *, replace: bool) -> None:
    """Write each key to its own file, after checking that all of them can be written."""
    if basename.rpartition("/")[2] in ("", "-", ".", ".."):
        raise UsageError(f'-O "{basename}" is not a valid file name', hint="for example: kgctl keygen -O laptop")
    places = {Path(basename + _FILES[name][0]): (key, _FILES[name][1]) for name, key in keys.items()}
    with folder_lock(next(iter(places)).parent):
        for place in places:
            files.check_writable(place, replace=replace)
        file_set.apply(
            [
                FileChange(path=place, content=f"{key}\n", mode=mode, replace=replace)
                for place, (key, mode) in places.items()
            ]
        )
    *others, last = (f'"{place}"' for place in places)
    terminal.say(f"wrote {', '.join(others)}{',' if others[1:] else ''} and {last}" if others else f"wrote {last}")


def _text(keys: dict[str, str]) -> str:
    """Return one key without a label, several with their labels."""
    if len(keys) == 1:
        return "".join(keys.values()) + "\n"
    return "".join(f"{_LABELS[name]}{key}\n" for name, key in keys.items())
