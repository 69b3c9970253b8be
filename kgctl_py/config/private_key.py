"""The private key that the user gives for a configuration."""

import functools

from kgctl_py import wireguard
from kgctl_py.errors import KgctlError
from kgctl_py.render.config.wireguard_conf import PLACEHOLDER
from kgctl_py.terminal import terminal
from kgctl_py.value import Value


class PrivateKey(Value, frozen=True, kw_only=True, dict=True):
    """The key in the file `source`, or on stdin for `-`, read once; without one, the one `kept_in` a file."""

    source: str | None
    kept: wireguard.Key | None = None
    kept_in: str | None = None

    def of(self, public: wireguard.Key | None, title: str) -> wireguard.Key | None:
        """Give the key; without one, say what will be missing.

        Raises KgctlError when it is not the key of `title`, whose public key the mesh knows.
        """
        if self._key is None:
            text = f"the PrivateKey is missing: replace {PLACEHOLDER}, or give it with --private-key FILE"
            terminal.say(f"note: {text}")
            return None
        from kgctl_py.wireguard.keygen import public_key

        own = public_key(self._key)
        if own != public:
            raise KgctlError(
                f'the private key of "{self.source or self.kept_in}" is not that of {title}: '
                f"its public key is {own}, {title} has {public}"
            )
        return self._key

    @functools.cached_property
    def _key(self) -> wireguard.Key | None:
        if self.source is None:
            return self.kept
        from kgctl_py.fs import key_file

        key, notices = key_file.read_key(self.source)
        for notice in notices:
            terminal.warn(notice.text, notice.hint)
        return key
