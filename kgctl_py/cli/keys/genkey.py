"""`kgctl genkey`, `genpsk`, and `pubkey`: the commands of wg(8), with identical output."""

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.fs import key_file
from kgctl_py.wireguard import keygen


def genkey() -> None:
    """Print a new private key, as wg genkey does.

    Examples:
      umask 077
      kgctl genkey | tee privatekey | kgctl pubkey > publickey
    """
    terminal.warn_if_exposed()
    typer.echo(str(keygen.generate_private_key()))


def genpsk() -> None:
    """Print a new preshared key, as wg genpsk does.

    Examples:
      umask 077
      kgctl genpsk > laptop.psk
    """
    terminal.warn_if_exposed()
    typer.echo(str(keygen.generate_preshared_key()))


def pubkey() -> None:
    """Print the public key of a private key on stdin, as wg pubkey does.

    Examples:
      kgctl pubkey < laptop.key
    """
    private, _ = key_file.read_key(key_file.STDIN)
    typer.echo(str(keygen.public_key(private)))
