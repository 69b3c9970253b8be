import base64
import re
import textwrap
import time

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


def test_text_that_is_not_secret_stays() -> None:
    line = '{"level":"info","msg":"reconciled","node":"a","endpoint":"203.0.113.1:51820","took":"1.5s"}\n'
    assert redacted(line) == line
    named = f"peer {PUBLIC} at /var/lib/kilo/conf: no such file\n"
    assert redacted(named, {PUBLIC}) == named

    image = "pulling ghcr.io/kilo:0.9@sha256:0a1b, uid 01234567-89ab-cdef-0123-456789abcdef, took 00:01:02\n"
    assert redacted(image) == image


RAW = bytes(range(200, 232))


@pytest.mark.parametrize(
    "form",
    [
        RAW.hex(),
        RAW.hex()[:32],
        str(list(RAW)),
        " ".join(map(str, RAW)),
        ", ".join(map(hex, RAW)),
        RAW.hex(":"),
        str(Key(RAW)).replace("/", r"\/").replace("+", r"\u002b"),
        "\n".join(textwrap.wrap(base64.b64encode(b"-----BEGIN PRIVATE KEY-----\n" + RAW * 3).decode(), 30)),
    ],
)
def test_a_key_in_any_form_is_redacted(form: str) -> None:
    assert re.sub(r"[][ ]", "", redacted(f"key {form} is unusable")) == "key(redacted)isunusable"


SECRETS = [
    "PASSWORD=[Q]hush",
    "password: [x]hush",
    "token: []hush",
    "password: ['a', hush]",
    'password: ["a]b", c, hush]',
    "token: ['a', hush,   ",
    'password: [\n  "a",\n  "hush"\n]',
    "\x1b[token=hush",
    "token=hush",
    "https://me:hush@example.com",
    "https://me:hu/sh:hush@example.com/x",
    "https://me:hu@hush@example.com",
    "socks5://hush@proxy:1080",
    "postgres://kilo:hush@db/kilo",
    "Authorization: Bearer hush-hush-hush",
    "Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=hush",
    "map[Authorization:[Bearer hush] Accept:[*/*]]",
    '"password": "hush"',
    '"password": "my hush, and more hush"',
    r"""{"msg":"{\"token\":\"hush\"}"}""",
    "password: 'hush hush'",
    "PGPASSWORD=hush psql",
    "--token hush",
    "--token=hush",
    "-token hush",
    "--kubelet-token-secret 'hush hush'",
    "curl -u me:hush https://example.com",
    "Cookie: a=b; session=hush",
    "Set-Cookie: sid=hush; HttpOnly",
    '"cookie":"a=hush"',
    "X-Auth-Token: hush",
    "X-Vault-Token: hush",
    "https://s3/x?X-Amz-Signature=hush&x=1",
    "https://blob/x?sv=1&sig=hush",
    "client_secret=hush",
    "ghp_hushhushhush",
    "(github_pat_hushhushhush)",
    "glpat-hushhushhush",
    "xoxb-1-hushhushhush",
    "AKIAhushhushhush",
    "eyJhushhush.hush.hush",
    "x=eyJhushhush.hush.hush",
    "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\\nhush",
    "joining by bhushx.hush56789abcdefg",
    f"K10{'0a' * 32}::server:hush",
    "rk_live_hushhushhush",
    "GOCSPX-hushhushhush",
    "root:hush@tcp(10.0.0.1:3306)/db",
    "me:hush@db.example.com",
    "//me:hush@example.com/x",
    "next=https%3A%2F%2Fme%3Ahush%40example.com%2Fx",
    "https%253A%252F%252Fme%253Ahush%2540example.com",
    '"password": "my\\"hush"',
    "password=a,hush",
    "password: |\n  hush\n  hush",
    "token: >-\n    hush\n",
    "password is: hush",
    "<password>hush</password>",
    "passcode=hush",
    "vault_pass=hush",
    "password\x1b[0m=\x1b[1mhush",
    "pass\u200bword=hush",
    "AccountKey=hush==;x",
    "/callback?code=hush&x=1",
    "machine x login me password hush",
    "curl -ume:hush https://example.com",
    "sshpass -p hush ssh x",
    "----BEGIN PRIVATE KEY----\nhush\n----END PRIVATE KEY----",
    "password: |\n  hush\n\n  hush\n \n\n  hush",
    "password: >-\r\n  hush\r\n\r\n  hush\r\n",
    "- password: |\n    hush\n",
    'password: ["hush", "hush"]',
    "passwords: [hush, hush]",
    '"tokens": [\n  "hush",\n  "hush"\n]',
    "password => hush",
    "password := hush",
    "password == 'hush'",
    '{"name":"DB_PASSWORD","value":"hush"}',
    r"{\"name\":\"DB_PASSWORD\",\"value\":\"hush\"}",
    "- name: PASSWORD\n  value: hush",
    "- name: API_TOKEN_OLD\n  value: 'hush hush'",
    "- name: PASSWORD\n  value: |\n    hush\n\n    hush",
    "password: 'it''s hush'",
    "pass\x1b[Kword=hush",
    "pass\x1b[?25lword=\x1b[2Khush",
    "hush" * 10,
    "kEy/hush+" + "hush" * 8,
    "kEy%2Fhush%2B" + "hush" * 8,
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "it failed: {}", "E1 x.go:5] {}\nnext", '{{"msg":"{}"}}'])
def test_tokens_and_passwords_are_redacted(secret: str, around: str) -> None:
    assert "hush" not in redacted(around.format(secret))


def test_fields_next_to_a_secret_block_stay() -> None:
    text = "a:\n  password: |\n    hush\n\n    hush\n  user: kim\n- token: >-\n    hush\n  node: b\nc: 1\n"
    clean = "a:\n  password: (redacted)\n\n  user: kim\n- token: (redacted)\n  node: b\nc: 1\n"
    assert redacted(text) == clean
    pair = "- name: NODE\n  value: |\n    b\n- name: PASSWORD\n  valueFrom: c\n"
    assert redacted(pair) == pair


@pytest.mark.parametrize("length", [10_000, pytest.param(40_000, marks=pytest.mark.slow)])
def test_the_time_is_in_proportion_to_the_text(length: int) -> None:
    seeds = [
        *SECRETS,
        *(secret[:cut] for secret in SECRETS for cut in (5, 9)),
        "a",
        " ",
        '"',
        "\\",
        "\t",
        "-",
    ]
    seeds += [
        "-eyJ",
        ".eyJ",
        "eyJ.",
        "x-",
        "--",
        "-a",
        "://",
        "@",
        "://a@",
        "token ",
        "token=",
        "bearer ",
        "a://",
        "%",
    ]
    seeds += ["-----BEGIN ", "-----BEGIN A", "-----BEGIN A-----", "-----END ", "x-a", "--token", "key ", "secret"]
    seeds += [
        "name:token",
        "name: a",
        "name: token\n",
        "value: |\n",
        "password: |\n ",
        "token:[",
        "token:[''",
        "\x1b[",
    ]
    seeds += ["token: |", "name:a-", "|", ">", "token:[\n", "token=['a',"]
    for seed in dict.fromkeys(seeds):
        text = seed * (length // len(seed))
        started = time.process_time()
        redacted(text)
        assert time.process_time() - started < 0.5, seed
