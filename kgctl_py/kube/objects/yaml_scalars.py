"""The values of plain scalars of YAML in Kubernetes, which reads YAML 1.1 with sigs.k8s.io/yaml.

PyYAML and ruamel.yaml differ: in Kubernetes, `y` and `off` are Booleans, `0o17` and `017` are 15,
`1e3` is 1000, `25.0` is 25, and a date is a string.
"""

import math
import re

SCALAR = str | int | float | bool | None

_WORDS: dict[str, SCALAR] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_PREFIXES = {"0x": 16, "0b": 2, "0o": 8}
_LONGEST = 400
"""The characters of the longest number; more digits do not change a float."""
_EXACT = 1e21
"""Up to this value, Go writes a whole number to JSON without an exponent, so it is read back as an integer."""


def plain_scalar(text: str) -> SCALAR:
    """Return the value of a scalar without quotes and tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _LONGEST:
        return text
    if text[0] == ".":
        return _float(text, text)
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        number = _integer(digits)
        if -(2**63) <= number < 2**64:
            return number
    return _float(digits, text)


def is_plain_string(text: str) -> bool:
    """Return whether Kubernetes reads `text` without quotes as a string."""
    return plain_scalar(text) is text


def json_number(number: float) -> SCALAR:
    """Return a float as in JSON: a whole number is an integer."""
    return int(number) if abs(number) < _EXACT and number.is_integer() else number


def _integer(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-").lower()
    if digits[:2] in _PREFIXES:
        return sign * int(digits[2:], _PREFIXES[digits[:2]])
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _float(digits: str, text: str) -> SCALAR:
    """Return the float, or the text if it is not a float or too large."""
    if not _FLOAT.fullmatch(digits):
        return text
    number = float(digits)
    return text if math.isinf(number) else json_number(number)
