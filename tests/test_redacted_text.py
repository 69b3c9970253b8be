import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.redacted_text import redacted
from kgctl_py.wireguard import Key
from tests.in_memory import key

BYTES = st.binary(min_size=32, max_size=32)
PUBLIC = key("public")


@given(
    st.lists(BYTES, min_size=1, max_size=4), st.sampled_from(["{}", "key={}", '"{}"', "x:{},", "[{}]", "/{}\n"])
)
def test_of_all_keys_only_public_ones_stay(raw: list[bytes], around: str) -> None:
    keys = [str(Key(one)) for one in raw]
    text = "".join(around.format(one) for one in (*keys, PUBLIC, *(one.hex() for one in raw)))
    cleaned = redacted(text, {PUBLIC})
    assert not any(one in cleaned for one in keys if one != PUBLIC)
    assert not re.search(r"[0-9a-f]{64}", cleaned)


def test_what_is_no_secret_stays() -> None:
    line = '{"level":"info","msg":"reconciled","node":"a","endpoint":"203.0.113.1:51820","took":"1.5s"}\n'
    assert redacted(line) == line
    named = f"peer {PUBLIC} at /var/lib/kilo/conf: no such file\n"
    assert redacted(named, {PUBLIC}) == named


@pytest.mark.parametrize(
    "secret",
    ["token=hush", "https://me:hush@example.com", "Authorization: Bearer hush-hush-hush", '"password": "hush"'],
)
def test_tokens_and_passwords_are_redacted(secret: str) -> None:
    assert "hush" not in redacted(f"it failed: {secret} was refused")
