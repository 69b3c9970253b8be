"""The formats of commands that print data: text for people, JSON and YAML for programs."""

import enum
from collections.abc import Callable, Mapping
from typing import Annotated, Any, assert_never

import typer

from kgctl_py.render.json_yaml import as_json, as_yaml


class Format(enum.StrEnum):
    """The output formats."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


FormatOption = Annotated[Format, typer.Option("--output", "-o", help="Format")]


def formatted(output: Format, data: Mapping[str, Any], text: Callable[[], str]) -> str:
    """Return `data` in a format for programs, or `text` for people."""
    match output:
        case Format.TEXT:
            return text()
        case Format.JSON:
            return as_json(data)
        case Format.YAML:
            return as_yaml(data)
        case _:
            assert_never(output)
