"""Records of a TLS 1.3 server that a test encrypts itself (RFC 8446), for what `ssl` cannot be told to send."""

import ssl
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tests.kube.tls_server import server_context

HANDSHAKE, DATA = 22, 23
KEY_UPDATE = bytes([24, 0, 0, 1, 1])
"""The message that announces a new key, and asks the client for one."""

_HASHES: dict[str, tuple[hashes.HashAlgorithm, int]] = {
    "TLS_AES_256_GCM_SHA384": (hashes.SHA384(), 32),
    "TLS_AES_128_GCM_SHA256": (hashes.SHA256(), 16),
}


def context_with_key_log(file: Path) -> ssl.SSLContext:
    """Return the context of a server that writes its secrets to a file, and sends nothing after the handshake."""
    context = server_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    context.keylog_filename = str(file)
    return context


class OwnRecords:
    """Encrypts what a server sends after the handshake of its only connection."""

    def __init__(self, tls: ssl.SSLObject, key_log: Path) -> None:
        cipher = tls.cipher()
        assert cipher
        self._hash, self._key_size = _HASHES[cipher[0]]
        lines = [line.split() for line in key_log.read_text().splitlines()]
        self._use(*(bytes.fromhex(line[2]) for line in lines if line[0] == "SERVER_TRAFFIC_SECRET_0"))

    def record(self, content: bytes, kind: int = DATA) -> bytes:
        """Return a record; after `KEY_UPDATE`, the next one has the new key."""
        inside = content + bytes([kind])
        head = bytes([DATA, 3, 3]) + (len(inside) + 16).to_bytes(2, "big")
        nonce = (int.from_bytes(self._iv, "big") ^ self._number).to_bytes(12, "big")
        self._number += 1
        return head + AESGCM(self._key).encrypt(nonce, inside, head)

    def update_key(self) -> bytes:
        """Return the record that announces a new key, and use it from now on."""
        record = self.record(KEY_UPDATE, HANDSHAKE)
        self._use(self._expand("traffic upd", self._hash.digest_size))
        return record

    def _use(self, secret: bytes) -> None:
        self._secret, self._number = secret, 0
        self._key, self._iv = self._expand("key", self._key_size), self._expand("iv", 12)

    def _expand(self, label: str, size: int) -> bytes:
        name = b"tls13 " + label.encode()
        info = size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\x00"
        return HKDFExpand(self._hash, size, info).derive(self._secret)
