"""`kgctl genkey`, `genpsk` and `pubkey`: wg(8)'s own words, byte for byte what `wg` prints."""

import typer

from kgctl_py.cli.terminal import terminal
from kgctl_py.fs import key_file
from kgctl_py.wireguard import keygen

_STDOUT = 1


def genkey() -> None:
    """Print a new private key, as `wg genkey` does.

    For example: kgctl genkey | tee privatekey | kgctl pubkey > publickey
    """
    warn_if_exposed()
    typer.echo(str(keygen.generate_private_key()))


def genpsk() -> None:
    """Print a new preshared key, as `wg genpsk` does."""
    warn_if_exposed()
    typer.echo(str(keygen.generate_preshared_key()))


def pubkey() -> None:
    """Read a private key on stdin and print its public key, as `wg pubkey` does."""
    private, _ = key_file.read_key(key_file.STDIN)
    typer.echo(str(keygen.public_key(private)))


def warn_if_exposed() -> None:
    """Warn that a secret is about to be printed into a file that everybody may read."""
    if key_file.is_exposed(_STDOUT):
        terminal.warn("the key goes to a file that every user of this machine can read", "umask 077")
