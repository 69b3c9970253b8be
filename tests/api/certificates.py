"""Certificates for a test: an authority, and what it signs."""

import dataclasses
import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A certificate and its private key, in PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Signs certificates for servers on the loopback and for users."""

    def __init__(self, name: str = "tests", issuer: "Authority | None" = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(name)
        by = issuer or self
        builder = _builder(self._name, by._name, self._key.public_key())
        self._certificate = builder.add_extension(x509.BasicConstraints(True, None), critical=True).sign(
            by._key, hashes.SHA256()
        )

    @property
    def certificate(self) -> bytes:
        return _pem(self._certificate)

    def server(self, name: str = "localhost", *addresses: str) -> Signed:
        """Sign for a server called `name`, at `addresses`."""
        hosts: list[x509.GeneralName] = [x509.DNSName(name)]
        hosts += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        return self._sign(_subject(name), ExtendedKeyUsageOID.SERVER_AUTH, hosts)

    def client(self, user: str, *groups: str) -> Signed:
        """Sign for a user, as Kubernetes reads it: the common name, and groups as organizations."""
        return self._sign(_subject(user, *groups), ExtendedKeyUsageOID.CLIENT_AUTH, [])

    def _sign(self, subject: x509.Name, usage: x509.ObjectIdentifier, hosts: list[x509.GeneralName]) -> Signed:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._name, key.public_key()).add_extension(
            x509.ExtendedKeyUsage([usage]), critical=False
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        return Signed(certificate=_pem(builder.sign(self._key, hashes.SHA256())), key=private_pem(key))


def signing_key() -> ec.EllipticCurvePrivateKey:
    """Make a key that signs tokens of service accounts."""
    return ec.generate_private_key(ec.SECP256R1())


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write a private key as OpenSSL does."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def context_that_trusts(ca: Path) -> ssl.SSLContext:
    """Return a TLS context for a client; like Go's, it does not ask a CA for what RFC 5280 wants in it."""
    context = ssl.create_default_context(cafile=ca)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _subject(name: str, *groups: str) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 30 * DAY)
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
