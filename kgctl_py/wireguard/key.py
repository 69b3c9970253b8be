"""Keys in the format of WireGuard: 32 bytes in base64."""

import binascii
import re

from kgctl_py.value import Value

_LENGTH = 44
_BASE64_OF_32_BYTES = re.compile(r"[A-Za-z0-9+/]{43}=")


class Key(Value, frozen=True):
    """A public, private, or preshared key of 32 bytes; its `repr` does not show the key."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Parse standard base64 as Go's `base64.StdEncoding` does; raise ValueError if it is not 32 bytes.

        CR and LF are skipped anywhere, and stray bits of the last character are ignored.
        """
        plain = text if len(text) == _LENGTH else text.replace("\r", "").replace("\n", "")
        if not _BASE64_OF_32_BYTES.fullmatch(plain):
            raise ValueError("is not a WireGuard key (32 bytes in base64)")
        return cls(binascii.a2b_base64(plain))

    @classmethod
    def parse_or_none(cls, text: str) -> "Key | None":
        """Return the key; None for an invalid key or zeros, which WireGuard treats as no key."""
        try:
            key = cls.parse(text)
        except ValueError:
            return None
        return key if any(key.raw) else None

    def __str__(self) -> str:
        return binascii.b2a_base64(self.raw, newline=False).decode()

    def __repr__(self) -> str:
        return "Key(…)"


REDACTED = Key.parse("REDACTED+REDACTED+REDACTED+REDACTED+REDACTE=")
"""The key that replaces a preshared key that must stay secret; no peer has it."""
ENCRYPTED = Key.parse("ENCRYPTED+ENCRYPTED+ENCRYPTED+ENCRYPTED+ENC=")
"""The key that replaces an encrypted preshared key; no peer has it."""
UNKNOWN = (REDACTED, ENCRYPTED)
