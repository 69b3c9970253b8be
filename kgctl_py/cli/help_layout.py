"""The layout of a help text: usage, what the command does, examples, and options in groups."""

import inspect
from collections.abc import Iterable
from enum import Enum
from typing import Any

from kgctl_py.cli import INTERFACE, OUTPUT, PEER, ROUTING

_EXAMPLES = "\nExamples:\n"
_REQUIRED = "(required)"
_NAMES_WIDTH, _SPACING = 30, 2
_UNBROKEN = "\u2011"
"""A hyphen at which no line breaks, in place of those of words such as wg-quick."""
_ARGUMENTS, _OPTIONS = "Arguments", "Options"
_GLOBAL = {
    **dict.fromkeys(("connect", "disconnect", "gather", "heal", "peering", "sync"), "--kubeconfig"),
    **dict.fromkeys(("completion", "genkey", "genpsk", "help", "keygen", "lint", "pubkey"), "--no-color"),
    **dict.fromkeys(("init", "manifests"), "--port"),
    "peer": "--context",
}
"""A global option that matters to the commands which have no use for --from-file."""
_ORDER = (_ARGUMENTS, _OPTIONS, PEER, ROUTING, INTERFACE, OUTPUT)


def global_options(ctx: Any) -> str:
    """Return the line that refers to the global options."""
    options = f"{ctx.find_root().command_path} options"
    while ctx.parent and ctx.parent.parent:
        ctx = ctx.parent
    return f'Use "{options}" for a list of global options, such as {_GLOBAL.get(ctx.info_name, "--from-file")}.'


def summary(command: Any) -> str:
    """Return the first line of the help of a command."""
    return inspect.cleandoc(command.help or "").partition("\n")[0].rstrip(".")


def prose_and_examples(text: str | None) -> tuple[str, str]:
    """Return the paragraphs of a help text, and its examples."""
    prose, _, examples = inspect.cleandoc(text or "").partition(_EXAMPLES)
    return prose.strip(), examples


def write_text(text: str | None, formatter: Any) -> None:
    """Write wrapped paragraphs, and the unchanged examples below them."""
    prose, examples = prose_and_examples(text)
    formatter.write(f"\n{_wrapped(prose, formatter)}\n")
    if examples:
        formatter.write(f"{_EXAMPLES}{examples}\n")


def _wrapped(prose: str, formatter: Any) -> str:
    import textwrap

    paragraphs = (" ".join(paragraph.split()) for paragraph in prose.split("\n\n"))
    return "\n\n".join(textwrap.fill(text, formatter.width, break_on_hyphens=False) for text in paragraphs)


def write_options(params: Iterable[Any], ctx: Any, formatter: Any) -> None:
    """Write options under their headings, in the order of the headings; --help is left out."""
    headings: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if not is_listed(param):
            continue
        is_argument = param.param_type_name == "argument"
        heading = _ARGUMENTS if is_argument else param.rich_help_panel or _OPTIONS
        headings.setdefault(heading, []).append(entry(param, ctx))
    for heading in sorted(headings, key=_ORDER.index):
        rows = [(name, text.replace("-", _UNBROKEN)) for name, text in headings[heading]]
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=_widest_names(rows, formatter))
    formatter.buffer[:] = [text.replace(_UNBROKEN, "-") for text in formatter.buffer]


def _widest_names(rows: Iterable[tuple[str, str]], formatter: Any) -> int:
    """Return the width of the column of names that leaves room for the texts; longer names get their own line."""
    longest = max(len(word) for _, text in rows for word in text.split())
    room: int = formatter.width - formatter.current_indent - 2 * _SPACING - longest
    return min(_NAMES_WIDTH, max(room, _NAMES_WIDTH // 2))


def is_listed(param: Any) -> bool:
    """Return whether a help text lists a parameter."""
    return not param.hidden and param.name != "help"


def entry(param: Any, ctx: Any) -> tuple[str, str]:
    """Return the names of a parameter, and its help."""
    return _name(param, ctx), _help(param)


def _name(param: Any, ctx: Any) -> str:
    """Return the short name, the first long one, and the value; other names are accepted, but not shown."""
    if param.param_type_name == "argument":
        return str(param.make_metavar(ctx=ctx))
    short = [name for name in param.opts if not name.startswith("--")]
    long = [name for name in param.opts if name.startswith("--")]
    names = ", ".join([*short, *long[:1], *param.secondary_opts])
    return names if param.is_flag else f"{names} {param.make_metavar(ctx=ctx).strip('<>')}"


def _help(param: Any) -> str:
    default = param.default.value if isinstance(param.default, Enum) else param.default
    says_so = not param.show_default or "default" in param.help
    return (
        param.help
        if says_so or default in (None, "", []) or isinstance(default, bool)
        else f"{param.help} (default {default})"
    )


def usage(command: Any, ctx: Any) -> list[str]:
    """Return the arguments, the required options, and the word for the others."""
    arguments = [param for param in command.get_params(ctx) if param.param_type_name == "argument"]
    options = [param for param in command.get_params(ctx) if (param.help or "").endswith(_REQUIRED)]
    needed = (param.opts[0] if param.is_flag else f"{param.opts[0]} {param.metavar}" for param in options)
    return [*(_argument(param, ctx) for param in arguments), *needed, "[OPTIONS]"]


def _argument(param: Any, ctx: Any) -> str:
    name = str(param.make_metavar(ctx=ctx))
    says_what_is_optional = " " in name or "[" in name
    return name if param.required or says_what_is_optional else f"[{name}]"
