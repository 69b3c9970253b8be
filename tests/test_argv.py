import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.app import app
from kgctl_py.argv import arranged
from kgctl_py.errors import UsageError

ROOT = typer.main.get_command(app)


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("showconf peer x --port 1", "--port 1 showconf peer x"),
        ("--as-peer showconf -o yaml peer x", "showconf peer --as-peer -o yaml x"),
        ("showconf peer x -o=yaml --output=json", "showconf peer x -o yaml --output=json"),
        ("showconf peer x --as-peer=true --as-peer=F", "showconf peer x --as-peer"),
        ("showconf peer x --no-resolve=1 --verbose=0", "--no-resolve showconf peer x"),
        ("showconf peer showconf", "showconf peer showconf"),  # a peer of that name
        ("showconf peer x peer", "showconf peer x peer"),
        ("showconf peer -- --port", "showconf peer -- --port"),
        ("showconf --from-file - peer x", "--from-file - showconf peer x"),
        ("showconf peer x --context", "--context"),  # the parser says that its value is missing
        ("showconf --unknown peer x", "showconf peer --unknown x"),
        ("peers x", "peers x"),
        ("", ""),
    ],
)
def test_the_line_is_put_in_the_parsers_order(typed: str, parsed: str) -> None:
    assert arranged(ROOT, typed.split()) == parsed.split()


def test_a_value_that_looks_like_an_option_is_a_value() -> None:
    assert arranged(ROOT, ["showconf", "peer", "x", "--context", "--port"]) == [
        *("--context", "--port"),
        *("showconf", "peer", "x"),
    ]


@pytest.mark.parametrize("value", ["", "yes", "TRue", "2"])
def test_a_flag_takes_only_what_go_takes_for_true_or_false(value: str) -> None:
    with pytest.raises(UsageError, match=f'--as-peer "{value}" is neither true nor false'):
        arranged(ROOT, ["showconf", "peer", "x", f"--as-peer={value}"])


WORDS = ["showconf", "peer", "node", "x", "--port", "1", "--as-peer", "--output=yaml", "-o", "--verbose", "-"]


@given(st.lists(st.sampled_from(WORDS)), st.lists(st.sampled_from(WORDS)))
def test_no_word_is_lost_or_made_up_and_none_moves_over_the_end_of_options(
    typed: list[str], after: list[str]
) -> None:
    line = [*typed, "x", "--", *after]  # the x, lest an option takes the `--` for its value
    once = arranged(ROOT, line)
    assert sorted(once) == sorted(line)
    assert once[once.index("--") :] == ["--", *after]
