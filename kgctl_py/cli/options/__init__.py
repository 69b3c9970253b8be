"""Options that several commands share, declared once; a command takes each set as one parameter."""

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from kgctl_py.value import Value, fields

Result = TypeVar("Result")

HIDDEN = "hidden"
"""In `Annotated[Options, HIDDEN]`: the command takes the options, but its help does not list them."""


def grouped(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return a command for Typer in which the fields of each parameter with options are parameters of their own.

    The fields are annotated as a command's parameters are, with `Annotated[T, typer.Option(…)]`.
    """
    signature = inspect.signature(function, eval_str=True)
    groups = {p.name: group for p in signature.parameters.values() if (group := _group(p.annotation))}

    @functools.wraps(function)
    def command(**given: Any) -> Result:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        return function(**given)

    shown = [
        one
        for parameter in signature.parameters.values()
        for one in (
            _options(groups[parameter.name], hidden=HIDDEN in get_args(parameter.annotation))
            if parameter.name in groups
            else [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    command.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined] # what inspect reads
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return command


def _group(annotation: Any) -> type[Value] | None:
    kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return kind if isinstance(kind, type) and issubclass(kind, Value) else None


def _options(group: type[Value], *, hidden: bool) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        default = [] if field.required else field.default
        annotation = _hidden(hints[field.name]) if hidden else hints[field.name]
        yield inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _hidden(annotation: Any) -> Any:
    kind, option = get_args(annotation)
    option = copy.copy(option)
    option.hidden = True
    return Annotated[kind, option]
