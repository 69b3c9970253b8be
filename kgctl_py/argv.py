"""Rearrange arguments in any order into the order that the parser needs.

As in the Go kgctl (cobra), options can be anywhere on the line, before or after the command, Boolean ones also as
`--flag=true`, and short ones also as `-o=json`.
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from kgctl_py.errors import UsageError

_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
"""The values that Go's `strconv.ParseBool` accepts."""


SYNONYMS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("version",): ("--version",),
    **dict.fromkeys((("peer", "ls"), ("peer", "list"), ("peer", "get"), ("peer", "show")), ("get", "peers")),
    **dict.fromkeys((("peer", "create"), ("peer", "new")), ("peer", "add")),
    **dict.fromkeys((("peer", "delete"), ("peer", "remove")), ("peer", "rm")),
}
"""Words that other tools use for the same thing, and the words of kgctl."""


class Option(Protocol):
    """A parameter: its names, and the names that turn it off."""

    opts: list[str]
    secondary_opts: list[str]


class Command(Protocol):
    """A command: its parameters; a group also has `commands`."""

    @property
    def params(self) -> Sequence[Option]:
        """Its options and arguments."""
        ...


def arranged(root: Command, args: Sequence[str]) -> list[str]:
    """Return the global options, then the names of commands, then the rest in its order; stop at `--`.

    Only the options of the named command are used, so that no other command is imported.
    """
    of_root = _options([root])
    args = _without_synonyms(of_root, args)
    known = _options(_possible(_subcommands(root), of_root, args)) | of_root
    leading: list[str] = []
    path: list[str] = []
    rest: list[str] = []
    tokens, command, descending = deque(args), root, True
    while tokens and tokens[0] != "--":
        token = tokens.popleft()
        name = token.partition("=")[0]
        if token.startswith("-") and name in known:
            words = _words(known[name], token, tokens)
            if name in of_root and words == [token] and _needs_value(known[name], token):
                return words  # before other words, the parser would take the next one for the value
            (leading if name in of_root else rest).extend(words)
        elif descending and token in _subcommands(command):
            path.append(token)
            command = _subcommands(command)[token]
        else:
            descending = descending and token.startswith("-")
            rest.append(token)
    return [*leading, *path, *rest, *tokens]


def _without_synonyms(of_root: Mapping[str, Option], args: Sequence[str]) -> list[str]:
    """Return the arguments with the words of kgctl in place of a synonym in the position of the command."""
    tokens = deque(args)
    while tokens and (option := of_root.get(tokens[0].partition("=")[0])):
        _words(option, tokens.popleft(), tokens)
    before = list(args)[: len(args) - len(tokens)]
    for length in (2, 1):
        typed = tuple(tokens)[:length]
        if typed in SYNONYMS:
            return [*before, *SYNONYMS[typed], *list(tokens)[length:]]
    return list(args)


def _possible(
    commands: Mapping[str, Command], of_root: Mapping[str, Option], args: Sequence[str]
) -> Iterator[Command]:
    """Yield the commands whose options can be on the line: those that it names, or all of a named group."""
    for name in _named(commands, of_root, args):
        yield commands[name]
        below = _subcommands(commands[name])
        if below:
            yield from tuple(_possible(below, of_root, args[args.index(name) + 1 :])) or all_commands(
                *below.values()
            )


def _named(commands: Container[str], of_root: Mapping[str, Option], args: Sequence[str]) -> Iterable[str]:
    """Return the command on the line, or all possible ones when an option of the command precedes it."""
    tokens = deque(args)
    while tokens:
        token = tokens.popleft()
        option = of_root.get(token.partition("=")[0])
        if option:
            _words(option, token, tokens)
        elif token.startswith("-"):
            return dict.fromkeys(word for word in args if word in commands)
        else:
            return [token] if token in commands else []
    return []


def _words(option: Option, token: str, following: deque[str]) -> list[str]:
    """Return the words of one option, with its value from the next token if it is not in this one."""
    name, equals, value = token.partition("=")
    if getattr(option, "is_flag", False):
        return _flag(option, name, value) if equals else [token]
    if equals:
        return [token] if name.startswith("--") else [name, value]
    return [token, following.popleft()] if following else [token]


def _needs_value(option: Option, token: str) -> bool:
    return not getattr(option, "is_flag", False) and "=" not in token


def _flag(option: Option, name: str, value: str) -> list[str]:
    if value not in _BOOLEANS:
        raise UsageError(f'{name} "{value}" is neither true nor false', hint=f"use {name}=true or {name}=false")
    wanted = _BOOLEANS[value] == (name in option.opts)
    return (option.opts if wanted else option.secondary_opts)[:1]


def _options(commands: Iterable[Command]) -> dict[str, Option]:
    return {
        name: option
        for command in commands
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("-")
    }


def _subcommands(command: Command) -> Mapping[str, Command]:
    return getattr(command, "commands", {})


def all_commands(*commands: Command) -> Iterator[Command]:
    """Return these commands and all below them."""
    for command in commands:
        yield command
        yield from all_commands(*_subcommands(command).values())
