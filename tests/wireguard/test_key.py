import base64
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgctl_py.wireguard import Key

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
RAW_KEYS = st.binary(min_size=32, max_size=32)
TEXT = base64.b64encode(bytes(range(32))).decode()


def go_key(text: str) -> bytes | None:
    """What Go's base64.StdEncoding.DecodeString makes of `text`, when that is 32 bytes."""
    digits = [c for c in text if c not in "\r\n"]
    padding = 0
    while digits and digits[-1] == "=":
        digits.pop()
        padding += 1
    if any(c not in ALPHABET for c in digits) or (len(digits) + padding) % 4 or padding > 2:
        return None
    bits = "".join(f"{ALPHABET.index(c):06b}" for c in digits)
    raw = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))
    return raw if len(raw) == 32 else None


@st.composite
def nearly_keys(draw: st.DrawFn) -> str:
    """The text of a key after a few edits, some of which Go forgives."""
    characters = list(base64.b64encode(draw(RAW_KEYS)).decode())
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, len(characters)))
        put = draw(st.sampled_from(["\r", "\n", "=", "A", "/", "-", "_", " ", "\t", "é", ""]))
        characters[position : position + draw(st.integers(0, 1))] = [put]
    return "".join(characters)


@given(nearly_keys() | st.text(ALPHABET + "=\r\n", min_size=40, max_size=50) | st.text())
@example(TEXT)
@example(f"\r\n{TEXT[:7]}\r{TEXT[7:-1]}\n=\r\n")
@example(TEXT[:-2] + "9=")
@example(TEXT[:-1])
@example(TEXT[:-1] + "==")
@example(f" {TEXT}")
@example(f"{TEXT}\n{TEXT}")
@example(TEXT.replace("A", "_"))
def test_a_key_is_read_as_go_reads_it(text: str) -> None:
    expected = go_key(text)
    if expected is None:
        with pytest.raises(ValueError, match="is not a WireGuard key"):
            Key.parse(text)
    else:
        assert Key.parse(text).raw == expected


@given(RAW_KEYS)
def test_a_key_is_printed_as_it_is_read(raw: bytes) -> None:
    assert Key.parse(str(Key(raw))) == Key(raw)


def test_stray_bits_of_the_last_character_are_ignored_and_not_printed() -> None:
    assert TEXT.endswith("8=")
    assert str(Key.parse(TEXT[:-2] + "9=")) == TEXT


@pytest.mark.parametrize("text", ["", "A" * 43 + "=", TEXT[:-1], TEXT + "=", TEXT * 2, "not a key"])
def test_an_invalid_key_or_zeros_is_none(text: str) -> None:
    assert Key.parse_or_none(text) is None


def test_a_key_does_not_show_itself_where_values_are_logged() -> None:
    key = Key.parse(TEXT)
    assert TEXT not in repr(key)
    assert TEXT not in f"{key!r} {[key]} {(key,)}"


def test_an_error_about_a_key_does_not_hold_it() -> None:
    with pytest.raises(ValueError, match="base64") as caught:
        Key.parse(TEXT + "x")
    assert TEXT not in str(caught.value)
