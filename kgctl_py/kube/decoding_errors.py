"""The messages of msgspec about a value of another type, in words for people."""

import re
from typing import Any

from kgctl_py.os_errors import lowered

_PART = re.compile(r"\[\d+\]|\.[^.\[]+")
_TYPE = re.compile(r'\b(expected|got) "([a-z |]+)"')
TYPE_NAMES = {
    "array": "a list",
    "bool": "a Boolean",
    "float": "a number",
    "int": "a number",
    "object": "a mapping",
    "str": "a string",
}
"""The names for people of the types in messages of msgspec; its "null" is plain enough."""
_FRACTION = ("expected a number, got a number", "expected a whole number, got a fraction")


def with_key(reason: str, value: Any) -> str:
    """Return `reason` with the key of the first value that is not text in place of the `[...]` of msgspec."""
    why, at, path = reason.partition(' - at "$')
    if not path.endswith('[...]"'):
        return reason
    place = path.removesuffix('[...]"')
    for part in _PART.findall(place):
        value = value[int(part[1:-1])] if part.startswith("[") else value[part[1:]]
    keys = [key for key, item in value.items() if not isinstance(item, str)]
    return f'{why}{at}{place}.{keys[0]}"' if keys else reason


def reason_of(error: Exception) -> str:
    """Return why msgspec does not decode a body or convert a value, with its types in words for people."""
    return _with_plain_types(lowered(str(error)).replace("`", '"'))


def _with_plain_types(reason: str) -> str:
    """Return a message of msgspec with names of types that people know."""

    def named(found: "re.Match[str]") -> str:
        wanted = [name for name in found[2].split(" | ") if found[1] == "got" or name != "null"]
        return f"{found[1]} {' or '.join(TYPE_NAMES.get(name, name) for name in wanted)}"

    return _TYPE.sub(named, reason).replace(*_FRACTION)
