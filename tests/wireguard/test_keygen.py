from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgctl_py.wireguard import Key, keygen
from tests.wireguard.wg import wg

RAW_KEYS = st.binary(min_size=32, max_size=32)


def clamped(key: Key) -> bool:
    return key.raw[0] % 8 == 0 and key.raw[31] >> 6 == 0b01


@settings(max_examples=50, deadline=None)
@given(RAW_KEYS)
def test_a_public_key_is_the_one_wg_computes_clamped_or_not(raw: bytes) -> None:
    private = Key(raw)
    assert f"{keygen.public_key(private)}\n".encode() == wg("pubkey", stdin=str(private).encode()).stdout


def test_a_public_key_is_that_of_rfc_7748() -> None:
    alice = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ac177fba51db92c2a")
    expected = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    assert keygen.public_key(Key(alice)).raw.hex() == expected


def test_private_keys_are_clamped_as_those_of_wg_are() -> None:
    assert clamped(Key.parse(wg("genkey").stdout.decode()))
    assert all(clamped(keygen.private_key()) for _ in range(200))


def test_preshared_keys_are_not_clamped() -> None:
    assert not all(clamped(keygen.preshared_key()) for _ in range(200))


@pytest.mark.parametrize("make", [keygen.private_key, keygen.preshared_key])
def test_every_key_is_a_new_one_of_32_bytes(make: Callable[[], Key]) -> None:
    keys = {make() for _ in range(200)}
    assert len(keys) == 200
    assert {len(key.raw) for key in keys} == {32}
