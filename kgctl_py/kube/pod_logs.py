"""The logs of pods, and how they are cleaned of keys."""

import re
from collections.abc import Collection

from kgctl_py.kube.client import Client

LINES = 500
"""Lines of a log that are asked for, the newest."""
_BYTES = 2**20

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


def recent(client: Client, namespace: str, pod: str, container: str) -> str:
    """Give the newest lines of a container's log; raise KgctlError when they cannot be had."""
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
    query = {"container": container, "tailLines": str(LINES), "limitBytes": str(_BYTES)}
    return client.get(path, query).body.decode(errors="replace")


def scrubbed(text: str, public_keys: Collection[str]) -> str:
    """Give a log with a mark in the place of all that looks like a secret, except the `public_keys`.

    Private and public keys look alike, so every key that is not known to be public goes.
    """
    for pattern in (_PEM, _JWT):
        text = pattern.sub(_MARK, text)
    text = _USER_INFO.sub(f"{_MARK}@", text)
    text = _NAMED.sub(lambda match: f"{match[1]}{match[2]}{_MARK}", text)
    text = _BEARER.sub(lambda match: f"{match[1]} {_MARK}", text)
    return _KEY.sub(lambda match: match[0] if match[0] in public_keys else _MARK, text)
