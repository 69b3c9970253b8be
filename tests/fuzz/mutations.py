"""Inputs made of good ones: bytes that are cut, doubled and mixed, and values that are replaced by odd ones."""

import copy
import json
import random
from typing import Any

DEEP = 20_000

TOKENS: tuple[bytes, ...] = (
    *(
        b"\x00",
        b"\xff",
        b"\xc3",
        b"\xed\xb0\x80",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
        b"\xef\xbb\xbf",
        b"\r",
        b"\r\n-",
        b"\t",
    ),
    *(
        b"\n---\n",
        b"\n...\n",
        b"- ",
        b"? ",
        b": ",
        b", ",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'",
        b"|\n",
        b">\n",
        b"#",
    ),
    *(
        b"&a ",
        b"*a ",
        b"<<: ",
        b"!!timestamp x",
        b"!!int ''",
        b"!!binary x",
        b"!x ",
        b"!!python/object:os.system ''",
    ),
    *(
        b"%YAML 1.1\n",
        b"%TAG ! x\n",
        b"~",
        b"null",
        b"true",
        b".nan",
        b".inf",
        b"0x",
        b"0o8",
        b"1e999",
        b"-0",
        b"1_0",
    ),
    *(b"9" * 5000, b"-" + b"9" * 400, b"2999999999-01-01", b"0000-00-00", b"2026-02-31T25:61:61Z", b"1:60:60"),
    *(b"[" * DEEP, b'{"a":' * DEEP, b"- " * DEEP, b"a: &a [" + b"*a, " * 99 + b"]", b"x" * 70_000, b"\\u0000"),
    *(
        b"\\ud800",
        b"\\x",
        b"%2e%2e/",
        b"../",
        b"/dev/zero",
        b"[Peer]\n",
        b"[Interface]\n",
        b"= ",
        b"Endpoint = [::1]:",
    ),
    *(b"0.0.0.0/0", b"::/0", b"10.0.0.1/33", b"fe80::1%eth0", b"256.1.1.1", b"AAAA", b"=" * 44, b"A" * 43 + b"="),
)

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 25.5, -0.0, 1e308, 2**31, 2**63, 2**64, 10**30, 1 << 4000),
    *("", " ", "x", "x" * 70_000, "\x00", "\ud800", "é", "\u202e", "\n", "-", "0", "-1", "9" * 5000, "+5", "1e9"),
    *(
        "0.0.0.0/0",
        "::/0",
        "10.1.0.1/33",
        "10.5.0.1/32",
        "fe80::1%x",
        "::ffff:1.2.3.4/128",
        "999.1",
        "a..b",
        "1.2.3.4:0",
    ),
    *(
        "1.2.3.4:99999",
        "[::1]:51820",
        "A" * 43 + "=",
        "full",
        "cross",
        "2999999999",
        "9999-99-99T00:00:00Z",
        "none",
    ),
    *([], {}, [None], [[]], [{}], {"": None}, {"a": "b"}, [1, "a"], {"ip": "1.2.3.4"}, {"dnsOrIP": {}, "port": 0}),
    *(
        "[" * DEEP,
        '{"a":' * DEEP,
        '{"x": {"IP": "1.2.3.4", "Port": 1e3}}',
        '["server", "--service-cidr"]',
        "../../x",
    ),
)


def mutated_bytes(seed: bytes, chance: random.Random) -> bytes:
    """Return `seed` with a few parts cut, doubled, moved, flipped, or replaced by tokens."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 0, 1, 2, 8, 64, 1000)))
        match chance.randrange(6):
            case 0:
                del data[start:end]
            case 1:
                data[start:start] = data[start:end]
            case 2:
                place = chance.randrange(len(data) + 1)
                data[place:place] = data[start:end]
            case 3 if start < len(data):
                data[start] ^= 1 << chance.randrange(8)
            case _:
                data[start:end] = chance.choice(TOKENS)
    return bytes(data)


def mutated_value(seed: Any, chance: random.Random) -> Any:
    """Return a copy of `seed` in which some values are odd, gone, or twice."""
    value = copy.deepcopy(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place = chance.choice(list(_places(value)) or [None])
        if place is None:
            return chance.choice(VALUES)
        container, key = place
        if isinstance(container, dict) and chance.random() < 0.15:
            del container[key]
        elif isinstance(container, list) and chance.random() < 0.15:
            container.append(copy.deepcopy(container[key]))
        else:
            container[key] = copy.deepcopy(chance.choice(VALUES))
    return value


def as_json(value: Any) -> bytes:
    """Return JSON, which may hold what is no UTF-8."""
    return json.dumps(value).encode()


def _places(value: Any) -> Any:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
