"""TLS as in Go: which servers are trusted, and the client certificate of the user."""

import binascii
import contextlib
import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

from kgctl_py import limits, os_errors
from kgctl_py.errors import KgctlError
from kgctl_py.kube.auth import Access, User

_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s((?:(?!-----BEGIN).)*?)-----END CERTIFICATE-----", re.DOTALL
)
"""A certificate in PEM; the text around it is ignored, in any encoding."""

_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----((?:(?!-----BEGIN).)*?)-----END (?:[A-Z]+ )?PRIVATE KEY-----",
    re.DOTALL,
)
_ENCRYPTED_KEY = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED", re.MULTILINE)


def tls_context(access: Access, user: User) -> ssl.SSLContext:
    """Return the TLS context of `access` for `user`; raise KgctlError with the unusable part."""
    context = client_context()
    _trust(context, access)
    if user.client_certificate_data or user.client_certificate:
        _identify(context, access, user)
    return context


def client_context() -> ssl.SSLContext:
    """Return a TLS context without a CA yet, as strict as Go with certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # on in other contexts since Python 3.13; many CAs fail it
    context.hostname_checks_common_name = False
    return context


def _trust(context: ssl.SSLContext, access: Access) -> None:
    cluster = access.cluster
    if cluster.insecure_skip_tls_verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return
    pem = _pem(access, cluster.certificate_authority_data, cluster.certificate_authority)
    if pem is None:
        context.load_default_certs()
    elif not trust_pem(context, pem):
        raise KgctlError(f"{access.source}: certificate-authority contains no certificate")


def trust_pem(context: ssl.SSLContext, pem: bytes) -> int:
    """Trust each certificate in PEM as an anchor; return the number of certificates."""
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return sum(_add(context, match[1]) for match in _CERTIFICATE.finditer(pem))


def _add(context: ssl.SSLContext, block: bytes) -> bool:
    """Trust a certificate; return False for a block without one, which Go also skips."""
    try:
        context.load_verify_locations(cadata=binascii.a2b_base64(block, strict_mode=False))
    except (ssl.SSLError, ValueError):
        return False
    return True


def _identify(context: ssl.SSLContext, access: Access, user: User) -> None:
    certificate = _pem(access, user.client_certificate_data, user.client_certificate) or b""
    key = _pem(access, user.client_key_data, user.client_key) or b""
    if not _CERTIFICATE.search(certificate):
        raise KgctlError(f"{access.who}: client-certificate contains no certificate{_other_half(certificate)}")
    if not _KEY.search(key):
        raise KgctlError(f"{access.who}: client-key contains no private key{_other_half(key)}")
    if _ENCRYPTED_KEY.search(key):
        hint = "decrypt it first: openssl pkey -in KEY -out DECRYPTED"
        raise KgctlError(f"{access.who}: client-key is encrypted with a passphrase", hint=hint)
    try:
        with _as_file(_KEY.sub(b"", certificate) + b"\n" + _CERTIFICATE.sub(b"", key)) as path:
            context.load_cert_chain(path, password="")
    except (OSError, ValueError) as error:
        mismatch = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        why = "do not belong together" if mismatch else "are not a certificate and its key"
        raise KgctlError(f"{access.who}: client-certificate and client-key {why}") from None


def _other_half(pem: bytes) -> str:
    """Return that a file contains the other half, for a message."""
    if _KEY.search(pem):
        return ", but a private key; perhaps the two are swapped"
    return ", but a certificate; perhaps the two are swapped" if _CERTIFICATE.search(pem) else ""


def _pem(access: Access, data: str | None, path: str | None) -> bytes | None:
    """Return the data in the kubeconfig, or the content of the file that it refers to."""
    try:
        if data:
            return binascii.a2b_base64(data.replace("\r", "").replace("\n", ""), strict_mode=True)
        return limits.read_bytes(path, most=limits.LARGEST_SETTING) if path else None
    except ValueError:  # binascii.Error is a ValueError
        raise KgctlError(f"{access.source} cannot be used: a field that ends in -data is not base64") from None
    except OSError as error:
        reason = os_errors.reason(error)
        raise KgctlError(f'{access.source} cannot be used: cannot read "{path}": {reason}') from None


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """Yield the path of a file with `content` for OpenSSL, which reads keys from files only."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("certificate"), "wb") as memory:
            memory.write(content)
            memory.flush()
            yield f"/proc/self/fd/{memory.fileno()}"
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:  # only its owner can read it
        path = Path(folder) / "certificate"
        path.write_bytes(content)
        yield str(path)
