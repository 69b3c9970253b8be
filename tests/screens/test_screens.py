"""Each screen is as it was recorded and read; `python -m tests.docs.made` records them again."""

import re

import pytest

from tests.cli.in_terminal import kgctl_program_in_terminal
from tests.screens.screens import PLAIN, RECORDED, SCREENS, text_of

pytestmark = pytest.mark.slow

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MAY_BE_WIDER = {"get-all-wide", "lint", "showconf"}
"""Screens for which 80 columns are too few: all columns, and lines of a file."""


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_the_one_that_was_read(name: str) -> None:
    recorded = (RECORDED / f"{name}.txt").read_text(encoding="utf-8")
    assert text_of(SCREENS[name]) == recorded, "uv run python -m tests.docs.made"


@pytest.mark.parametrize("name", SCREENS)
def test_without_colours_a_screen_says_the_same(name: str) -> None:
    coloured = kgctl_program_in_terminal(*SCREENS[name], columns=80, env=PLAIN)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "LC_ALL": "C"}):
        plain = kgctl_program_in_terminal(*SCREENS[name], columns=80, env={**PLAIN, **env})
        assert "\x1b" not in plain.stdout + plain.stderr
        assert plain.stdout == _COLOUR.sub("", coloured.stdout)


@pytest.mark.parametrize("name", sorted(SCREENS.keys() - _MAY_BE_WIDER))
def test_a_screen_fits_80_columns(name: str) -> None:
    lines = (RECORDED / f"{name}.txt").read_text(encoding="utf-8").partition("==> 200")[0].splitlines()
    shown = [line for line in lines if not line.lstrip().startswith(("hint:", "stderr:"))]
    assert max(len(re.sub(r"␛\[[0-9;]*m", "", line)) for line in shown) <= 80


def test_every_recording_belongs_to_a_screen() -> None:
    assert {path.stem for path in RECORDED.glob("*.txt")} == SCREENS.keys()
