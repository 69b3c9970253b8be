from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.wireguard import Key, keygen
from tests.wireguard.wg import wg

RAW_KEYS = st.binary(min_size=32, max_size=32)


def clamped(key: Key) -> bool:
    return key.raw[0] % 8 == 0 and key.raw[31] >> 6 == 0b01


@given(RAW_KEYS)
def test_a_public_key_is_the_one_wg_computes_clamped_or_not(raw: bytes) -> None:
    private = Key(raw)
    assert f"{keygen.public_key(private)}\n".encode() == wg("pubkey", stdin=str(private).encode()).stdout


def test_a_public_key_is_that_of_rfc_7748() -> None:
    nine = Key((9).to_bytes(32, "little"))  # section 5.2: k after one iteration
    expected = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    assert keygen.public_key(nine).raw.hex() == expected


def test_private_keys_are_clamped_as_those_of_wg_are() -> None:
    assert clamped(Key.parse(wg("genkey").stdout.decode()))
    assert all(clamped(keygen.generate_private_key()) for _ in range(200))


def test_preshared_keys_are_not_clamped() -> None:
    assert not all(clamped(keygen.generate_preshared_key()) for _ in range(200))


@pytest.mark.parametrize("make", [keygen.generate_private_key, keygen.generate_preshared_key])
def test_every_key_is_a_new_one_of_32_bytes(make: Callable[[], Key]) -> None:
    keys = {make() for _ in range(200)}
    assert len(keys) == 200
    assert {len(key.raw) for key in keys} == {32}
