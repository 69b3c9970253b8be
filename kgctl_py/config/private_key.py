"""Whether a private key is that of a node or peer, and what is missing without one."""

from kgctl_py import wireguard
from kgctl_py.config.settings import PrivateKey
from kgctl_py.config.subject import Subject
from kgctl_py.errors import KgctlError
from kgctl_py.notice import Notice, note
from kgctl_py.render.config.wireguard_conf import PLACEHOLDER
from kgctl_py.wireguard.keygen import public_key


def key_of(subject: Subject, private_key: PrivateKey | None) -> tuple[wireguard.Key | None, tuple[Notice, ...]]:
    """Return the private key of `subject`, None for a placeholder, and what the user should know about it.

    Raise KgctlError when the key does not belong to the public key that the mesh knows.
    """
    if private_key is None:
        text = f"the PrivateKey is missing: replace {PLACEHOLDER}, or pass --private-key FILE"
        return None, (note(f"note: {text}"),)
    if private_key.key == subject.public_key:
        message = f'"{private_key.source}" contains the public key of {subject}, not its private key'
        raise KgctlError(message, hint="use the file that contains the private key")
    own = public_key(private_key.key)
    if own != subject.public_key:
        raise KgctlError(
            f'the private key in "{private_key.source}" does not belong to {subject}: '
            f"its public key is {own}, but {subject} has {subject.public_key}"
        )
    return private_key.key, private_key.notices
