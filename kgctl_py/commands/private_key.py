"""The private key that the user gives for a configuration."""

import shlex

from kgctl_py import keyfile, wireguard
from kgctl_py.errors import KgctlError
from kgctl_py.render.wireguard import PLACEHOLDER
from kgctl_py.terminal import terminal


def read_private_key(source: str | None, public: wireguard.Key | None, title: str) -> wireguard.Key | None:
    """Read the private key in a file, or on stdin for `-`; without one, say what will be missing.

    Raises KgctlError when it is not the key of `title`, whose public key the mesh knows.
    """
    if source is None:
        terminal.say(f"note: the PrivateKey is missing: replace {PLACEHOLDER}, or give it with --private-key FILE")
        return None
    from kgctl_py.wireguard.keygen import public_key

    key, warning = keyfile.read_key(source)
    if warning:
        terminal.warn(warning, f"chmod 600 {shlex.quote(source)}")
    if public_key(key) != public:
        raise KgctlError(
            f'the private key of "{source}" is not that of {title}: '
            f"its public key is {public_key(key)}, {title} has {public}"
        )
    return key
