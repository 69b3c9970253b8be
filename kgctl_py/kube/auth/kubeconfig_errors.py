"""Errors about a kubeconfig or an ExecCredential that kgctl cannot decode or use; no message contains a value."""

import base64
import binascii
import re
import shlex
from pathlib import Path
from typing import Any

from kgctl_py.errors import KgctlError, did_you_mean, either, in_quotes, similar, the_known
from kgctl_py.escape_text import visible
from kgctl_py.foreign_files import StandIn, describe_foreign, is_sops
from kgctl_py.kube.decoding_errors import TYPE_NAMES
from kgctl_py.os_errors import lowered

_MISSING = re.compile(r"missing required field `([^`]*)`(?: - at `([^`]*)`)?")
_TIME = re.compile(r"datetime.*- at `([^`]*)`")
_MISMATCH = re.compile(r"Expected `([^`]*)`, got `([^`]*)`(?: - at `([^`]*)`)?")
_SCALARS = frozenset({"int", "float", "bool"})
_KIND, _VERSION = "Config", "v1"
_HEREDOC = b"<<"
_LARGEST_IN_TEXT = 2**20


def explain_mismatch(error: Exception, place: str = "") -> tuple[str, str]:
    """Return why a value does not fit its type, below `place` if it is given, and a hint."""
    text = str(error)
    if found := _TIME.search(text):
        return f'"{_joined(place, found[1])}" is not a time with a zone, as in RFC 3339', ""
    if found := _MISSING.search(text):
        return f'"{_joined(place, found[2], found[1])}" is missing', ""
    found = _MISMATCH.search(text)
    if not found:
        return lowered(text).replace("`", '"'), ""
    wanted, got, where = found[1].removesuffix(" | null"), found[2], _joined(place, found[3])
    hint = "put the value in quotes" if wanted == "str" and got in _SCALARS else ""
    subject = f'"{where}" is' if where else "it is"
    return f"{subject} {TYPE_NAMES.get(got, got)}, not {TYPE_NAMES.get(wanted, wanted)}", hint


def _joined(*parts: str | None) -> str:
    """Return a path from the parts that are known, without the root `$` of msgspec."""
    path = ".".join(part for each in parts if each and (part := each.removeprefix("$").removeprefix(".")))
    return path.replace(".[", "[")


def malformed(path: Path, error: Exception, place: str = "") -> KgctlError:
    """Return the error for a kubeconfig with a value that does not fit its type."""
    reason, hint = explain_mismatch(error, place)
    return KgctlError(f'kubeconfig "{path}" is malformed: {reason}', hint=hint)


def unparsable(path: Path, text: bytes, error: Exception) -> KgctlError:
    """Return the error for a kubeconfig that is not YAML."""
    if found := describe_foreign(text):
        return _instead(path, found)
    hint = "remove the lines <<EOT and EOT; terraform output -raw does not print them"
    return KgctlError(f'kubeconfig "{path}" is not YAML: {error}', hint=hint if text.startswith(_HEREDOC) else "")


def no_context(name: str, known: list[str], source: str) -> KgctlError:
    """Return the error that kubeconfigs have no context, no current one, or none with this name."""
    known = [visible(one) for one in known]
    quoted = [in_quotes(one) for one in known]
    near = similar(name, known)
    if not known:
        return KgctlError(f"{source} has no contexts", hint="use another file with --kubeconfig FILE")
    if not name:
        return KgctlError(f"{source} has no current context", hint=f"add --context with {either(quoted)}")
    hint = did_you_mean(near) if near else the_known("contexts", quoted)
    return KgctlError(f'context "{name}" not found in {source}', hint=hint)


def check_is_kubeconfig(path: Path, text: bytes, value: Any) -> None:
    """Raise KgctlError for content that is not a kubeconfig, and for one that SOPS encrypted."""
    if isinstance(value, dict):
        if is_sops(value):
            raise _instead(path, StandIn("encrypted by SOPS", "decrypt it first"))
        _check_kind(path, value.get("kind") or _KIND, value.get("apiVersion"))
        return
    if found := describe_foreign(text) or (_kubeconfig_in(value) if isinstance(value, str) else None):
        raise _instead(path, found)
    kind = "a list" if isinstance(value, list) else "a single value"
    raise KgctlError(f'"{path}" is not a kubeconfig: it contains {kind}')


def _check_kind(path: Path, kind: object, api_version: object) -> None:
    if kind != _KIND:
        shown = f' of kind "{kind}"' if isinstance(kind, str) else ""
        hint = (
            "decode the kubeconfig in its data with base64 -d"
            if kind == "Secret"
            else f"to read a saved cluster, use --from-file {shlex.quote(str(path))}"
        )
        raise KgctlError(f'"{path}" is not a kubeconfig: it contains an object{shown}', hint=hint)
    if api_version not in (None, "", _VERSION):
        raise KgctlError(f'kubeconfig "{path}" has an unknown apiVersion', hint=f"set it to {_VERSION}")


def _instead(path: Path, found: StandIn) -> KgctlError:
    return KgctlError(f'kubeconfig "{path}" is {found.what}', hint=found.remedy)


def _kubeconfig_in(text: str) -> StandIn | None:
    """Return what a text is that contains a kubeconfig: base64 of it, or all of it in quotes."""
    if "clusters" in text:
        return StandIn("one string in quotes", "write it without quotes, as terraform output -raw does")
    try:
        decoded = base64.b64decode("".join(text[:_LARGEST_IN_TEXT].split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return StandIn("encoded in base64", "decode it first: base64 -d") if b"clusters" in decoded else None
