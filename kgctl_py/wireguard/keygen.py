"""Generate keys as wg(8) does; only this module imports cryptography."""

import secrets

from kgctl_py.wireguard.key import Key

_KEY_BYTES = 32


def generate_private_key() -> Key:
    """Generate a private key: random bytes, clamped as `wg genkey` does (RFC 7748, section 5)."""
    raw = bytearray(secrets.token_bytes(_KEY_BYTES))
    raw[0] &= 0b11111000
    raw[31] = raw[31] & 0b01111111 | 0b01000000
    return Key(bytes(raw))


def generate_preshared_key() -> Key:
    """Generate a preshared key: random bytes, as `wg genpsk` does."""
    return Key(secrets.token_bytes(_KEY_BYTES))


def public_key(private: Key) -> Key:
    """Return the public key of `private`, as `wg pubkey` does."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return Key(X25519PrivateKey.from_private_bytes(private.raw).public_key().public_bytes_raw())
