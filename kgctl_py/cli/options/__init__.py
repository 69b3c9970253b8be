"""Options that several commands share, as values: declared once, taken by any command as one parameter."""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, get_type_hints

from kgctl_py.value import Value, fields

Result = TypeVar("Result")


def grouped(function: Callable[..., Result]) -> Callable[..., Result]:
    """Let a command have parameters that are values of options: Typer is shown their fields instead.

    The fields are annotated as a command's parameters are, with `Annotated[T, typer.Option(…)]`.
    """
    signature = inspect.signature(function, eval_str=True)
    groups: dict[str, type[Value]] = {
        p.name: p.annotation for p in signature.parameters.values() if _is_group(p.annotation)
    }

    @functools.wraps(function)
    def command(**given: Any) -> Result:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        return function(**given)

    shown = [
        one
        for parameter in signature.parameters.values()
        for one in (
            _options(groups[parameter.name])
            if parameter.name in groups
            else [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
        )
    ]
    command.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined] # what inspect reads
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return command


def _is_group(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Value)


def _options(group: type[Value]) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        default = [] if field.required else field.default
        yield inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[field.name]
        )
