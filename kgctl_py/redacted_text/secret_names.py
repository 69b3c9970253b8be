"""The names of fields, variables, and options whose values are secret."""

import re

MARK = "(redacted)"

SENSITIVE = (
    r"(?:(?:private|preshared|pre-shared|secret|access|account|storage|api|signing|encryption|master|ssh|license|auth)"
    r"[-_. ]?key|key[-_]data|psk|token|jwt|passw(?:or)?d|passphrase|passcode|(?<![a-z])pass(?![a-z])|pwd|bindpw"
    r"|requirepass|masterauth|dockerconfigjson|(?<![a-z])creds?(?![a-z])|secret|credential|signature|\bsig\b|\botp\b"
    r"|session[-_]?id|(?<![a-z])auth(?![a-z]))(?:[-_]?(?:string|value|data|text|hash|base64|b64))?"
)
STARTS = re.compile(
    "private|pre-?shared|secret|access|account|storage|api|signing|encryption|master|ssh|license|auth|key[-_]data"
    "|psk|token|jwt|pass|pwd|bindpw|requirepass|dockerconfigjson|cred|signature|sig|otp|session"
)
"""How such a name starts in lower case; `re` finds this many times faster, and the names are rare."""

QUOTE = r"""\\*+["']?"""
PAIR_NAME = (
    rf"""\b(?:name|key){QUOTE}[ \t]*+[:=][ \t]*+{QUOTE}[\w.-]{{0,64}}?{SENSITIVE}[\w.-]{{0,64}}+{QUOTE}[ \t]*+,?"""
)
"""The first field of a pair such as {"name": "PASSWORD", "value": "x"}."""
