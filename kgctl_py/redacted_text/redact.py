"""Redaction of text for other people: a marker replaces everything that looks like a secret.

Every pattern takes time in proportion to the text: quantifiers are possessive, and matches do not overlap.
"""

import re
from collections.abc import Collection

from kgctl_py.redacted_text.commands import without_passwords
from kgctl_py.redacted_text.json_lines import without_json_values
from kgctl_py.redacted_text.replace_values import QUOTED, without_value
from kgctl_py.redacted_text.replace_values import VALUE as _VALUE
from kgctl_py.redacted_text.secret_names import MARK as _MARK
from kgctl_py.redacted_text.secret_names import PAIR_NAME as _PAIR_NAME
from kgctl_py.redacted_text.secret_names import QUOTE as _QUOTE
from kgctl_py.redacted_text.secret_names import SENSITIVE as _NAMES
from kgctl_py.redacted_text.secret_names import STARTS as _STARTS
from kgctl_py.redacted_text.yaml_lines import without_values

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
_PAIR_VALUE = rf"value{_QUOTE}[ \t]*+[:=][ \t]*+"
_PAIR_STARTS = re.compile("name|key")
_PAIR = re.compile(rf"({_PAIR_NAME}\s*+{_QUOTE}{_PAIR_VALUE})", re.IGNORECASE)
_REVERSED_PAIR = re.compile(rf"({_PAIR_VALUE})({_VALUE})(\s*+,\s*+{_QUOTE}{_PAIR_NAME})?", re.IGNORECASE)
_TAGS = r"(?:[&!][^\s\[{(]{0,100}+[ \t]++){0,3}"
_NAMED = re.compile(
    rf"""({_NAMES}s?\\*+["']?{_COLON}[ \t]*+{_TAGS})(?:(?:bearer|basic)[ \t]++)?""",
    re.IGNORECASE,
)
_FLAG_STARTS = re.compile(r"(?<![a-z-])--?[a-z]|login")
_FLAG = re.compile(
    rf"((?:--?[a-z-]{{0,40}}{_NAMES}[a-z-]{{0,40}}+"
    r"|(?<!\S)(?:-u|--user)(?=[ \t=]++[^\s:]{1,80}:)(?![ \t=]++\d++:\d++(?!\S))"
    r"|\blogin[ \t]++\S++[ \t]++password)"
    r"(?:[ \t=]++|(?:\\*+[\"'][ \t]*+,\s*+|[\"']?,?[ \t]*+\n[ \t]*+-[ \t]++)(?!\\*+[\"']?-)))",
    re.IGNORECASE,
)
"""An option and what is before its value: a space, or the end of an item in a list of arguments."""
_ELEMENT = re.compile(
    rf"(<[\w:.-]{{0,40}}?{_NAMES}[\w.-]{{0,40}}+(?:[ \t][^<>\n]{{0,200}}+)?>)(?:\s*+[^<\s])[^<\n]*+", re.IGNORECASE
)
_NO_VALUE = (
    r"(?!not\b|no\b|required|incorrect|wrong|invalid|empty|missing|expired|too\b|set\b|changed|accepted|rejected"
    r"|correct|in\b|for\b|a\b|the\b)"
)
_OTHER_WORD = (
    r"(?!(?:auth\w*|attempts?|based|change[ds]?|check|confirmation|entered|entry|exchange|expiry|field|file|from|given"
    r"|grant|has|hash\w*|history|input|is|log-?ins?|lookup|manager|mismatch|of|on|policy|prompt|protected|provided"
    r"|requests?|reset|rotation|supplied|to|update|validation|verification|was|with)\b)"
)
"""Words after "password" that say what becomes of one; `_NO_VALUE` has more."""
_SAID_STARTS = re.compile(r"pass|requirepass|masterauth|bindpw|[.]psk|set|env |hooks|/api/webhooks")
_SAID = re.compile(
    r"(\b(?:password|passphrase|passwd)[ \t]++(?=[\"'])|\b(?:requirepass|masterauth|bindpw)[ \t]++|[.]psk[ \t]++"
    rf"|\b(?:password|passphrase) (?:is|was) {_NO_VALUE}"
    rf"|\b(?:password|passphrase|passwd|passcode)[ \t]++{_NO_VALUE}{_OTHER_WORD}"
    r"(?=[^\s\"']++[ \t]++(?:is |was |has been |not )?+"
    r"(?:accepted|correct|denied|expired|incorrect|invalid|matche[ds]|refused|rejected|wrong)\b)"
    rf"|\b(?:set|setx|ENV) (?:session ++|global ++)?+(?!token bucket\b)\w{{0,40}}?{_NAMES}\w{{0,40}}+ ++"
    rf"|\bhooks\.slack\.com/|/api/webhooks/)",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(\((?:(?<=token\()|(?<=password\()|(?<=passwd\()|(?<=passphrase\()|(?<=passcode\()|(?<=psk\()|(?<=api[-_]key\()"
    r"|(?<=apikey\()|(?<=private[-_]key\()|(?<=privatekey\()|(?<=shared[-_]key\()|(?<=sharedkey\()"
    r"|(?<=secret[-_]key\()|(?<=secretkey\()|(?<=access[-_]key\()|(?<=accesskey\()"
    r"|(?<=client[-_]secret\()|(?<=clientsecret\()))"
    rf"(?!\)|s\)|\.\.\.|\(?redacted\)|\d{{1,2}}\)|[{{&*]{{0,2}}0x[0-9a-f]{{1,16}}[?]?[,)}}])"
    rf"(?:{QUOTED}|\([^()\n\"']*+\)|[^)\n\"'])++",
    re.IGNORECASE,
)
"""A value in parentheses after a name, as in "token(x)"; addresses of memory in a traceback stay."""
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
    text = without_json_values(text)
    text = without_values(text)
    text = without_passwords(text)
    text = without_value(text, _PAIR_STARTS, _PAIR)
    text = _REVERSED_PAIR.sub(lambda match: f"{match[1]}{_MARK}{match[3]}" if match[3] else match[0], text)
    text = _ELEMENT.sub(rf"\1{_MARK}", text)
    text = _CALL.sub(rf"\1{_MARK}", text)
    text = without_value(text, _SAID_STARTS, _SAID)
    text = without_value(text, _STARTS, _NAMED)
    text = without_value(text, _FLAG_STARTS, _FLAG)
    text = _SHORT_FLAG.sub(rf"\1{_MARK}", text)
    text = _QUERY.sub(rf"\1{_MARK}", text)
    text = _SCHEME.sub(rf"\1\2{_MARK}", text)
    text = _PREFIXED.sub(_MARK, text)
    text = _JOIN.sub(_MARK, text)
    text = _KEY.sub(lambda match: match[0] if match[0] in public else _MARK, text)
    return _BYTES.sub(_MARK, _HEX.sub(_MARK, text))


def _without_user(match: re.Match[str]) -> str:
    """Return a URL without the user and password, which end at its last @."""
    user, _, rest = match[0].rpartition("@")
    return f"//{_MARK}@{rest}" if user else match[0]


def _without_escaped_user(match: re.Match[str]) -> str:
    """Return an escaped URL without its scheme, user, and password."""
    ends = [at.end() for at in _ESCAPED_AT.finditer(match[0])]
    return f"://{_MARK}@{match[0][ends[-1] :]}" if ends else match[0]
