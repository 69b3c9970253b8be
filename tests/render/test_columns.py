"""Columns line up, whatever stands in them; on a terminal they fit it, and elsewhere nothing is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.render.cell_width import ELLIPSIS, display_width, wrapped
from kgctl_py.render.columns import columns
from tests.strategies import hostile

CELLS = st.text(alphabet="ab.:/,- 日é", max_size=40) | hostile
TABLES = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6)
)


@given(TABLES)
def test_in_a_pipe_every_cell_stands_whole_in_one_line_under_its_heading(rows: list[list[str]]) -> None:
    headings = [f"H{n}" for n in range(len(rows[0]))]
    lines = columns(headings, rows).removesuffix("\n").split("\n")
    assert len(lines) == 1 + len(rows)
    assert ELLIPSIS not in "".join(lines)
    for line in lines:
        assert line.isprintable()
        assert line == line.rstrip()


@given(TABLES, st.integers(40, 120))
def test_on_a_terminal_no_line_is_wider_unless_there_are_too_many_columns(
    rows: list[list[str]], width: int
) -> None:
    headings = [f"H{n}" for n in range(len(rows[0]))]
    lines = columns(headings, rows, width=width).split("\n")
    least = 40 + 8 * (len(headings) - 1) + 2 * (len(headings) - 1)
    assert least > width or max(map(display_width, lines)) <= width


@given(st.text(alphabet="ab.:/,- 日", max_size=60), st.integers(2, 30))
def test_a_wrapped_cell_loses_nothing_but_what_an_ellipsis_stands_for(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(display_width(line) <= width for line in lines)
    shown = "".join(lines).replace(" ", "")
    whole = text.replace(" ", "")
    assert shown == whole or (shown.endswith(ELLIPSIS) and whole.startswith(shown.removesuffix(ELLIPSIS)))


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0), ("한글x", 5), ("❤\ufe0f", 2)]
)
def test_text_is_as_wide_as_a_terminal_shows_it(text: str, width: int) -> None:
    assert display_width(text) == width


def test_wide_and_combining_characters_do_not_shift_the_next_column() -> None:
    rows = [["日本", "x"], ["e\u0301", "x"], ["abcd", "x"]]
    lines = columns(["A", "B"], rows).splitlines()[1:]
    assert [display_width(line.partition("x")[0]) for line in lines] == [7, 7, 7]


def test_lists_are_wrapped_at_commas_and_long_ones_end_with_an_ellipsis() -> None:
    cidrs = ",".join(f"10.0.{n}.0/24" for n in range(30))
    lines = columns(["NAME", "ALLOWED IPS", "STATUS"], [["a", cidrs, "Ok"]], width=30).splitlines()
    assert [line.split() for line in lines] == [
        ["NAME", "ALLOWED", "IPS", "STATUS"],
        ["a", "10.0.0.0/24,", "Ok"],
        ["10.0.1.0/24,"],
        ["10.0.2.0/24,"],
        ["10.0.3.0/24,…"],
    ]


def test_no_headings_leave_the_columns_where_they_were() -> None:
    headed = columns(["LONG HEADING", "B"], [["a", "b"]]).splitlines()[1:]
    assert columns(["LONG HEADING", "B"], [["a", "b"]], headed=False).splitlines() == headed
