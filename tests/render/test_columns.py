"""Columns line up, whatever stands in them, and no cell is cut or broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.escape_text import visible
from kgctl_py.render.cell_width import display_width
from kgctl_py.render.columns import brief, columns
from tests.strategies import hostile

CELLS = st.text(alphabet="ab.:/,- 日é", max_size=40) | hostile
TABLES = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6)
)


@given(TABLES, st.none() | st.integers(1, 120))
def test_every_cell_stands_whole_in_one_line_under_its_heading(rows: list[list[str]], width: int | None) -> None:
    headings = [f"H{n}" for n in range(len(rows[0]))]
    lines = columns(headings, rows, width=width).removesuffix("\n").split("\n")
    assert len(lines) == 1 + len(rows)
    for line, row in zip(lines[1:], rows, strict=True):
        assert line.isprintable()
        assert line == line.rstrip()
        assert all(visible(cell).rstrip() in line for cell in row)


def test_columns_move_closer_only_where_a_line_would_be_too_long() -> None:
    table = (["A", "B"], [["a" * 10, "b" * 10]])
    assert {width: len(columns(*table, width=width).splitlines()[1]) for width in (None, 23, 22, 5)} == {
        None: 23,
        23: 23,
        22: 22,
        5: 22,
    }


@pytest.mark.parametrize(
    ("values", "shown"), [((), ""), ((1,), "1"), (("10.5.0.1/32", "::1/128", "x"), "10.5.0.1/32 +2 more")]
)
def test_a_list_is_brief_by_its_first_value_and_how_many_more_there_are(
    values: tuple[object, ...], shown: str
) -> None:
    assert brief(values) == shown


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0), ("한글x", 5), ("❤\ufe0f", 2)]
)
def test_text_is_as_wide_as_a_terminal_shows_it(text: str, width: int) -> None:
    assert display_width(text) == width


def test_wide_and_combining_characters_do_not_shift_the_next_column() -> None:
    rows = [["日本", "x"], ["e\u0301", "x"], ["abcd", "x"]]
    lines = columns(["A", "B"], rows).splitlines()[1:]
    assert [display_width(line.partition("x")[0]) for line in lines] == [7, 7, 7]


def test_no_headings_leave_the_columns_where_they_were() -> None:
    headed = columns(["LONG HEADING", "B"], [["a", "b"]]).splitlines()[1:]
    assert columns(["LONG HEADING", "B"], [["a", "b"]], headed=False).splitlines() == headed
