"""Text for other people to read, with a mark in the place of all that looks like a secret."""

import re
from collections.abc import Collection

_KEY = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{42,}={0,2}|(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
_NAMED = re.compile(
    r"((?:private|preshared|secret|access|api)[-_]?key|psk|token|password|passwd|secret|authorization)"
    r"(\\?[\"']?\s*[:=]\s*\\?[\"']?)(?:(?:bearer|basic)\s+)?[^\s\"',;&]+",
    re.IGNORECASE,
)
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_USER_INFO = re.compile(r"(?<=://)[^\s/@]+@")
_MARK = "(redacted)"


def redacted(text: str, public_keys: Collection[str] = ()) -> str:
    """Return `text` with a mark in the place of all that looks like a secret, except the `public_keys`.

    Private and public keys look alike, so every key that is not known to be public is redacted.
    """
    for pattern in (_PEM, _JWT):
        text = pattern.sub(_MARK, text)
    text = _USER_INFO.sub(f"{_MARK}@", text)
    text = _NAMED.sub(lambda match: f"{match[1]}{match[2]}{_MARK}", text)
    text = _BEARER.sub(lambda match: f"{match[1]} {_MARK}", text)
    return _KEY.sub(lambda match: match[0] if match[0] in public_keys else _MARK, text)
