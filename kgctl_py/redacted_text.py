"""Redaction of text for other people: a marker replaces everything that looks like a secret.

Every pattern takes time in proportion to the text: quantifiers are possessive, and matches do not overlap.
"""

import re
from collections.abc import Collection

_MARK = "(redacted)"
_NAMES = (
    r"(?:(?:private|preshared|pre-shared|secret|access|api|signing|encryption|master)[-_. ]?key|psk|token|jwt"
    r"|passw(?:or)?d|passphrase|\bpass\b|pwd|secret|credential|signature|\bsig\b|session[-_]?id|\bauth\b)"
)
_VALUE = r"""(?:\\*+"[^"\n]*+"?|\\*+'[^'\n]*+'?|[^\s"',;&]++)"""

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]++-----.*?(?:-----END [A-Z0-9 ]++-----|\Z)", re.DOTALL)
_URL = re.compile(r"""://[^\s"'<>`]++""")
_HEADER = re.compile(
    r"""((?:authorization|cookie|(?<![a-z0-9-])x-[a-z0-9-]{0,40}(?:token|key|secret))"""
    r"""\\*+["']?[ \t]*+[:=])[^\n]*+""",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"""({_NAMES}s?\\*+["']?[ \t]*+[:=][ \t]*+)(?:(?:bearer|basic)[ \t]++)?{_VALUE}""", re.IGNORECASE
)
_FLAG = re.compile(
    rf"((?<![a-z-])--?[a-z-]{{0,40}}{_NAMES}[a-z-]{{0,40}}+|(?<!\S)(?:-u|--user))([ \t=]++){_VALUE}", re.IGNORECASE
)
_SCHEME = re.compile(r"\b(bearer|basic|digest|negotiate)([ \t]++)[^\s\"',;]{8,}+", re.IGNORECASE)
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:gh[a-z]|github_pat|glpat|xox[a-z]|sk|npm|hf|dop_v1|shpat|hv[a-z]\.)[_.-]|AKIA|ASIA|AIza"
    r"|ya29\.|eyJ)[A-Za-z0-9_+/=-]{8,}+(?:\.[A-Za-z0-9_+/=-]*+)*+"
)
_KEY = re.compile(r"(?<![A-Za-z0-9+/_%-])[A-Za-z0-9+/_%-]{40,}+={0,2}+")


def redacted(text: str, public: Collection[str] = ()) -> str:
    """Return `text` with a marker in place of everything that looks like a secret, except `public` keys and names.

    Private and public keys look the same, so every key that is not known to be public is redacted.
    """
    text = _PEM.sub(_MARK, text)
    text = _URL.sub(_without_user, text)
    text = _HEADER.sub(rf"\1 {_MARK}", text)
    text = _NAMED.sub(rf"\1{_MARK}", text)
    text = _FLAG.sub(rf"\1\2{_MARK}", text)
    text = _SCHEME.sub(rf"\1\2{_MARK}", text)
    text = _PREFIXED.sub(_MARK, text)
    return _KEY.sub(lambda match: match[0] if match[0] in public else _MARK, text)


def _without_user(match: re.Match[str]) -> str:
    """Return a URL without the user and password, which end at its last @."""
    user, _, rest = match[0].rpartition("@")
    return f"://{_MARK}@{rest}" if user else match[0]
