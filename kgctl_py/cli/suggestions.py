"""What an unknown command or option probably means: a word of another tool, or a similar name that is harmless."""

from collections.abc import Mapping
from typing import Any

from kgctl_py.escape_text import typed

_ROOT_WORDS: Mapping[str, str] = {
    "config": "showconf",
    "down": "disconnect",
    "list": "get nodes",
    "location": "get locations",
    "locations": "get locations",
    "ls": "get nodes",
    "node": "get nodes",
    "nodes": "get nodes",
    "peers": "get peers",
    "show": "showconf",
    "status": "check",
    "up": "connect",
}
"""Words that other tools use for a command."""
_KINDS = ("peer", "node")
_OTHER_KINDS = ("node", "location")
_OPTION_WORDS: Mapping[str, tuple[str, ...]] = {
    "--allowed-ip": ("--ip", "--allowed-ips"),
    "--allowed-ips": ("--ip", "--allowed-ip"),
    "--allowedips": ("--ip", "--allowed-ips"),
    "--file": ("--output-file",),
    "--filename": ("--output-file",),
    "--format": ("--output",),
    "--ip": ("--allowed-ip",),
    "--overwrite": ("--force",),
    "--port": ("--listen-port",),
    "--with": ("--with-node",),
    "--without-node": ("--without",),
    "--pubkey": ("--public-key",),
}
"""Options of other commands and tools, and those of the same meaning."""
_SIMILAR = 0.75
_NEGATIONS = ("no-", "without")
_HARMFUL = ("disable", "disconnect", "enable", "expire", "prune", "rm", "rotate", "set")
"""Commands that are suggested only for a word that begins as they do."""


def commands_meant(word: str, path: str, context: Any) -> list[str]:
    """Return the commands that a word probably means: a word of another tool, or a name without its kind."""
    if context.parent is None:
        return [_ROOT_WORDS[word]] if word in _ROOT_WORDS else []
    kinds = [kind for kind in _KINDS if kind in context.command.commands]
    if word.removesuffix("s") in kinds:
        return [f"{path} {word.removesuffix('s')}"]
    kind, _, name = word.partition("/")
    if name and kind in kinds:
        return [f"{path} {kind} {typed(name)}"]
    if name or word.removesuffix("s") in _OTHER_KINDS:
        return []
    return [f"{path} {kind} {typed(word)}" for kind in kinds]


def without_harmful(suggestions: list[str], word: str) -> list[str]:
    """Return the suggested commands without those that would change more than the word means."""
    return [name for name in suggestions if _is_harmless(name, word)]


def options_meant(typed_option: str, suggestions: list[str], context: Any) -> list[str]:
    """Return the option that has this name in another command or tool, or those with a similar name."""
    shown = {name: _shown(param) for param in context.command.params for name in param.opts} if context else {}
    meant = [name for name in _OPTION_WORDS.get(typed_option, ()) if name in shown]
    similar = [shown.get(name, name) for name in suggestions if _is_similar(name, typed_option)]
    return meant or list(dict.fromkeys(similar))


def _shown(param: Any) -> str:
    """Return the name of an option that the help shows; its other long names are aliases."""
    names: list[str] = param.opts
    return next((name for name in names if name.startswith("--")), names[0])


def global_options_meant(typed_option: str, context: Any) -> list[str]:
    """Return the global options with a similar name."""
    known = [name for param in context.find_root().command.params for name in param.opts] if context else []
    return [name for name in known if name.startswith("--") and _is_similar(name, typed_option)]


def _is_similar(name: str, typed_option: str) -> bool:
    """Return whether a name is so similar that it is probably meant; the limit of the parser is lower."""
    import difflib

    one, other = name.strip("-"), typed_option.strip("-")
    if one.startswith(_NEGATIONS) != other.startswith(_NEGATIONS):
        return False
    return difflib.SequenceMatcher(None, one, other).ratio() > _SIMILAR


def _is_harmless(name: str, word: str) -> bool:
    return name not in _HARMFUL or word[:1] == name[:1]
