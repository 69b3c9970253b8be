"""Options declared once as a value, and taken by a command as one parameter."""

import typing
from typing import Annotated

import typer
from typer.testing import CliRunner

from kgctl_py.cli.options import grouped
from kgctl_py.value import Value


class Colours(Value, frozen=True, kw_only=True):
    """A group with every kind of field there is."""

    many: Annotated[list[str], typer.Option("--colour", "-c", help="A colour.")]
    one: Annotated[str | None, typer.Option(metavar="COLOUR")] = None
    depth: Annotated[int, typer.Option(min=1)] = 8
    bright: Annotated[bool, typer.Option("--bright")] = False


class Size(Value, frozen=True, kw_only=True):
    """Another group."""

    width: Annotated[int, typer.Option()] = 1


seen: list[tuple[object, ...]] = []


@grouped
def paint(
    name: Annotated[str, typer.Argument()],
    colours: Colours,
    size: Size,
    wet: Annotated[bool, typer.Option()] = False,
) -> None:
    """Paint something."""
    seen.append((name, colours, size, wet))


def run(*args: str) -> tuple[object, ...]:
    seen.clear()
    app = typer.Typer()
    app.command()(paint)
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    [call] = seen
    return call


def test_options_that_are_not_given_have_the_defaults_of_their_group() -> None:
    assert run("wall") == ("wall", Colours(many=[]), Size(), False)


def test_options_of_all_groups_and_of_the_command_may_be_mixed() -> None:
    args = ("--width", "3", "-c", "red", "wall", "--bright", "--one", "blue", "--colour", "green", "--wet")
    assert run(*args, "--depth", "2") == (
        "wall",
        Colours(many=["red", "green"], one="blue", depth=2, bright=True),
        Size(width=3),
        True,
    )


def test_lists_of_one_run_are_not_in_the_next() -> None:
    assert run("wall", "-c", "red")[1] == Colours(many=["red"])
    assert run("wall")[1] == Colours(many=[])


def test_help_shows_the_fields_and_a_wrong_value_names_its_option() -> None:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(paint)
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(word in shown for word in ("Paint something.", "--colour", "-c", "A colour.", "--one", "--width"))
    assert "colours" not in shown
    wrong = CliRunner().invoke(app, ["wall", "--depth", "0"])
    assert wrong.exit_code == 2
    assert "'--depth'" in wrong.output


def test_a_command_keeps_its_name_and_has_the_annotations_that_are_shown() -> None:
    assert (paint.__name__, paint.__doc__) == ("paint", "Paint something.")
    assert list(typing.get_type_hints(paint)) == ["name", "many", "one", "depth", "bright", "width", "wet"]
