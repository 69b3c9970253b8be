"""Which servers are trusted: those that kubectl trusts, whatever stands around the certificates of the CA."""

import base64
from pathlib import Path
from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.client import Client
from tests.api.certificates import Authority, Signed
from tests.kube.fake_server import FakeServer, Reply, kubeconfig

PATH = "/api/v1/nodes"
LINE = 64
OK = Reply(body=b'{"ok": true}')
BROKEN = b"-----BEGIN CERTIFICATE-----\nMIIB\xff\n-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority("root")


@pytest.fixture(scope="module")
def intermediate(root: Authority) -> Authority:
    return Authority("intermediate", root)


@pytest.fixture(scope="module")
def chained(intermediate: Authority) -> Signed:
    signed = intermediate.server("kilo", "127.0.0.1")
    return Signed(certificate=signed.certificate + intermediate.certificate, key=signed.key)


def asked(folder: Path, tls: Signed, ca: bytes, *, by_path: bool) -> bytes:
    (folder / "ca.crt").write_bytes(ca)
    data = base64.b64encode(ca).decode()
    fields: dict[str, Any] = (
        {"certificate_authority": "ca.crt"} if by_path else {"certificate_authority_data": data}
    )
    with FakeServer({PATH: [OK]}, tls=tls) as server:
        return Client(kubeconfig=kubeconfig(folder / "config", server.url, **fields)).get(PATH).body


@pytest.mark.parametrize("by_path", [True, False])
@pytest.mark.parametrize(
    "around",
    [
        "# Főtanúsítvány\n{}".encode(),
        "# Autorité\n{}\n# fin é".encode("latin-1"),
        b"\xef\xbb\xbf{}",
        b"\x00\xff\xfe{}\x00",
        b"subject=/CN=x\nissuer=/CN=x\n\n{}\n",
        BROKEN + b"{}",
        b"-----BEGIN CERTIFICATE-----\nMIIB\n" + b"{}",
        b"-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n{}" + BROKEN,
    ],
)
def test_text_around_the_certificates_of_a_ca_does_not_matter(
    tmp_path: Path, root: Authority, chained: Signed, around: bytes, by_path: bool
) -> None:
    for certificate in (root.certificate, root.certificate.replace(b"\n", b"\r\n")):
        assert asked(tmp_path, chained, around.replace(b"{}", certificate), by_path=by_path) == OK.body


def test_any_certificate_of_the_chain_may_be_the_only_ca(
    tmp_path: Path, intermediate: Authority, chained: Signed
) -> None:
    leaf = chained.certificate.partition(b"-----END CERTIFICATE-----\n")
    own = leaf[0] + leaf[1]
    for ca in (intermediate.certificate, own):
        assert asked(tmp_path, chained, ca, by_path=True) == OK.body
        alone = Signed(certificate=own, key=chained.key)
        assert asked(tmp_path, alone, ca, by_path=False) == OK.body


def test_another_intermediate_of_the_same_root_is_no_anchor(
    tmp_path: Path, root: Authority, chained: Signed
) -> None:
    with pytest.raises(KgctlError, match="is not trusted"):
        asked(tmp_path, chained, Authority("another", root).certificate, by_path=True)


@pytest.mark.parametrize("ca", [b"", b"not PEM", BROKEN, b"-----BEGIN CERTIFICATE-----\n"])
def test_a_ca_without_a_certificate_is_named(tmp_path: Path, chained: Signed, ca: bytes) -> None:
    with pytest.raises(KgctlError, match="certificate-authority contains no certificate"):
        asked(tmp_path, chained, ca, by_path=True)


def test_a_name_that_is_only_the_common_name_is_not_trusted(tmp_path: Path, root: Authority) -> None:
    with pytest.raises(KgctlError, match="is not trusted"):
        asked(tmp_path, root.client("127.0.0.1"), root.certificate, by_path=True)


def test_the_zone_of_an_address_is_no_part_of_the_name(tmp_path: Path, root: Authority) -> None:
    path = kubeconfig(tmp_path / "config", "https://[fe80::1%25lo]", certificate_authority="ca.crt")
    (tmp_path / "ca.crt").write_bytes(root.certificate)
    with pytest.raises(KgctlError, match=r'cannot reach the API server "https://\[fe80::1%25lo\]": ') as caught:
        Client(kubeconfig=path).get(PATH)
    assert "name or service" not in caught.value.message


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_base64_can_have_line_breaks(tmp_path: Path, root: Authority, chained: Signed, end: str) -> None:
    data = base64.b64encode(root.certificate).decode()
    lines = end.join(data[start : start + LINE] for start in range(0, len(data), LINE))
    with FakeServer({PATH: [OK]}, tls=chained) as server:
        config = kubeconfig(tmp_path / "config", server.url, certificate_authority_data=lines)
        assert Client(kubeconfig=config).get(PATH).body == OK.body


@pytest.mark.parametrize("bad", [" ", "=", "-", "<base64>", "#"])
def test_base64_with_other_characters_is_refused_as_in_kubectl(tmp_path: Path, root: Authority, bad: str) -> None:
    data = base64.b64encode(root.certificate).decode()
    config = kubeconfig(
        tmp_path / "config", "https://127.0.0.1:1", certificate_authority_data=data[:LINE] + bad + data[LINE:]
    )
    with pytest.raises(KgctlError, match="is not base64"):
        Client(kubeconfig=config).get(PATH)
