"""Redaction of text for other people: a marker replaces everything that looks like a secret.

Every pattern takes time in proportion to the text: quantifiers are possessive, and matches do not overlap.
"""

import math
import re
from collections.abc import Collection

_MARK = "(redacted)"
_NAMES = (
    r"(?:(?:private|preshared|pre-shared|secret|access|account|storage|api|signing|encryption|master)[-_. ]?key"
    r"|psk|token|jwt|passw(?:or)?d|passphrase|passcode|(?<![a-z])pass(?![a-z])|pwd|secret|credential|signature|\bsig\b"
    r"|session[-_]?id|\bauth\b)"
)
_QUOTED = r"""(?:"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\n]|'')*+'?|\\++"[^"\n]*+"?|\\++'[^'\n]*+'?)"""
_LIST = rf"""\[(?:{_QUOTED}|(?<=[\[,])[ \t]*+\n\s*+|\n\s*+(?=\])|\\++(?!["'])|[^\]\n"'\\])*+\]?"""
_BARE = r"""(?:[^\s"',;&]|[,;&](?!\s|["'\]})]|[\w.-]{1,40}[=:]))"""
_VALUE = rf"(?:{_QUOTED}|{_LIST}{_BARE}*+|{_BARE}++)"
"""A list, a value in quotes, which can contain escaped quotes, or up to the next space or name."""
_COLON = r"(?:[ \t]++(?:is|was))?[ \t]*+(?:[:=]{1,2}+>?|[>：＝])"  # noqa: RUF001 - as some keyboards write them

_UNSEEN = re.compile("\x1b\\[(?:[0-9;?]++[A-Za-z]|[mK]|[A-HJ](?![A-Za-z]))|[\u200b-\u200f\u2060\ufeff]")
"""Colors, other sequences of a terminal, and characters without a width, which can be in the middle of a name."""
_PEM = re.compile(r"-{4,5}BEGIN [A-Z0-9 ]++-{4,5}.*?(?:-{4,5}END [A-Z0-9 ]++-{4,5}|\Z)", re.DOTALL)
_PEM_IN_BASE64 = re.compile(
    r"LS0tLS1CRUdJTi[A-Za-z0-9+/]*+=*+(?:\s++[A-Za-z0-9+/]{16,}+=*+)*+(?:\s++[A-Za-z0-9+/]++=)?"
)
_URL = re.compile(r"""//[^\s"'<>`]++""")
_ESCAPED_URL = re.compile(r"""%(?:25)*+3a(?:%(?:25)*+2f){2}[^\s"'<>`&]*+""", re.IGNORECASE)
_ESCAPED_AT = re.compile(r"%(?:25)*+40", re.IGNORECASE)
_USER = re.compile(r"""(?<![\w/.@+-])([\w.+-]{1,64}+:)[^\s@"'/]{1,256}@(?!sha\d)""")
_HEADER = re.compile(
    r"""((?:authorization|cookie|(?<![a-z0-9-])x-[a-z0-9-]{0,40}(?:token|key|secret))"""
    r"""\\*+["']?[ \t]*+[:=])[^\n]*+""",
    re.IGNORECASE,
)
_QUOTE = r"""\\*+["']?"""
_PAIR_NAME = (
    rf"""\b(?:name|key){_QUOTE}[ \t]*+:[ \t]*+{_QUOTE}[\w.-]{{0,64}}?{_NAMES}[\w.-]{{0,64}}+{_QUOTE}[ \t]*+,?"""
)
"""The first field of a pair such as {"name": "PASSWORD", "value": "x"}."""
_PAIR_VALUE = rf"{_QUOTE}value{_QUOTE}[ \t]*+:[ \t]*+"
_PAIR = re.compile(rf"({_PAIR_NAME}\s*+{_PAIR_VALUE}){_VALUE}", re.IGNORECASE)
_PAIR_NAME_AT_END = re.compile(rf"{_PAIR_NAME}$", re.IGNORECASE)
_BLOCK_SIGN = r"[|>][-+0-9]*+[ \t]*+$"
_BLOCK = re.compile(rf"""({_NAMES}s?["']?[ \t]*+:[ \t]*+){_BLOCK_SIGN}""", re.IGNORECASE)
_PAIR_BLOCK = re.compile(rf"({_PAIR_VALUE}){_BLOCK_SIGN}", re.IGNORECASE)
_INDENT = re.compile(r"[ \t]*+(?:-[ \t]++)*+")
_NAMED = re.compile(
    rf"""({_NAMES}s?\\*+["']?{_COLON}[ \t]*+)(?:(?:bearer|basic)[ \t]++)?{_VALUE}""", re.IGNORECASE
)
_FLAG = re.compile(
    rf"((?<![a-z-])--?[a-z-]{{0,40}}{_NAMES}[a-z-]{{0,40}}+|(?<!\S)(?:-u|--user)|\bsshpass[ \t]++-p"
    rf"|\blogin[ \t]++\S++[ \t]++password)([ \t=]++){_VALUE}",
    re.IGNORECASE,
)
_SHORT_FLAG = re.compile(r"(?<!\S)(-u)[^\s:]{1,64}+:\S++")
_QUERY = re.compile(r"""([?&]code=)[^\s&"']++""", re.IGNORECASE)
_SCHEME = re.compile(r"\b(bearer|basic|digest|negotiate)([ \t]++)[^\s\"',;]{8,}+", re.IGNORECASE)
_PREFIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:gh[a-z]|github_pat|glpat|xox[a-z]|[prs]k|whsec|npm|hf|dop_v1|shpat|hv[a-z]\.|GOCSPX)[_.-]"
    r"|AKIA|ASIA|AIza|ya29\.|eyJ)[A-Za-z0-9_+/=-]{8,}+(?:\.[A-Za-z0-9_+/=-]*+)*+"
)
_JOIN = re.compile(r"(?<![\w.-])(?:[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])|K10[0-9a-f]{64}(?:::[^\s\"']++)?)")
"""The tokens of kubeadm and k3s with which a node joins a cluster."""
_KEY = re.compile(r"(?<![A-Za-z0-9+/_%-])(?:[A-Za-z0-9+/_%-]|\\/|\\u00[23][bdf]){40,}+={0,2}+", re.IGNORECASE)
_HEX = re.compile(r"(?<![A-Za-z0-9])[0-9A-Fa-f]{32,}+(?![A-Za-z0-9])")
_BYTES = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x)?[0-9a-fA-F]{1,3}(?:, ?| |:)){31,}+(?:(?:0x)?[0-9a-fA-F]{1,3})?")
"""A key as a list of its bytes."""


def redacted(text: str, public: Collection[str] = ()) -> str:
    """Return `text` with a marker in place of everything that looks like a secret, except `public` keys and names.

    Private and public keys look the same, so every key that is not known to be public is redacted.
    """
    text = _UNSEEN.sub("", text.replace("\r\n", "\n"))
    text = _PEM.sub(_MARK, text)
    text = _PEM_IN_BASE64.sub(_MARK, text)
    text = _URL.sub(_without_user, text)
    text = _ESCAPED_URL.sub(_without_escaped_user, text)
    text = _USER.sub(rf"\1{_MARK}@", text)
    text = _HEADER.sub(rf"\1 {_MARK}", text)
    text = _without_blocks(text)
    text = _PAIR.sub(rf"\1{_MARK}", text)
    text = _NAMED.sub(rf"\1{_MARK}", text)
    text = _FLAG.sub(rf"\1\2{_MARK}", text)
    text = _SHORT_FLAG.sub(rf"\1{_MARK}", text)
    text = _QUERY.sub(rf"\1{_MARK}", text)
    text = _SCHEME.sub(rf"\1\2{_MARK}", text)
    text = _PREFIXED.sub(_MARK, text)
    text = _JOIN.sub(_MARK, text)
    text = _KEY.sub(lambda match: match[0] if match[0] in public else _MARK, text)
    return _BYTES.sub(_MARK, _HEX.sub(_MARK, text))


def _without_blocks(text: str) -> str:
    """Return a text without the block scalars of YAML that are secret: the lines with more indent than the key."""
    lines: list[str] = []
    indent, previous = math.inf, ""
    for line in text.split("\n"):
        if line.strip() and len(line) - len(line.lstrip(" \t")) > indent:
            continue
        if line.strip():
            indent = math.inf
            if block := _block(line, previous):
                indent = _indent(line)
                line = f"{line[: block.end(1)]}{_MARK}"  # noqa: PLW2901
            previous = line
        lines.append(line)
    return "\n".join(lines)


def _block(line: str, previous: str) -> re.Match[str] | None:
    """Return the match of a key whose secret value starts in the next line."""
    if not line.rstrip(" \t-+0123456789").endswith(("|", ">")):
        return None
    return _BLOCK.search(line) or (_PAIR_BLOCK.search(line) if _PAIR_NAME_AT_END.search(previous) else None)


def _indent(line: str) -> int:
    """Return the column of the first key in a line, which can follow the marks of lists."""
    match = _INDENT.match(line)
    return match.end() if match else 0


def _without_user(match: re.Match[str]) -> str:
    """Return a URL without the user and password, which end at its last @."""
    user, _, rest = match[0].rpartition("@")
    return f"//{_MARK}@{rest}" if user else match[0]


def _without_escaped_user(match: re.Match[str]) -> str:
    """Return the rest of an escaped URL, from its scheme on, without the user and password."""
    ends = [at.end() for at in _ESCAPED_AT.finditer(match[0])]
    return f"://{_MARK}@{match[0][ends[-1] :]}" if ends else match[0]
