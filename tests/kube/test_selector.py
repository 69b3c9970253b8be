"""Label selectors mean what kubectl and the API server mean by them."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.kube.objects.selector import parse_selector

KEYS = st.sampled_from(("a", "b.c", "x/y", "kilo.squat.ai/z_1"))
VALUES = st.sampled_from(("", "1", "v.2", "V-3"))
LABELS = st.dictionaries(KEYS, VALUES, max_size=3)
SPACE = st.sampled_from(("", " "))


@st.composite
def requirements(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """An operator, a key and values."""
    operator = draw(st.sampled_from(("=", "==", "!=", "in", "notin", "exists", "!exists")))
    count = {"exists": 0, "!exists": 0}.get(operator, draw(st.integers(1, 3)) if "in" in operator else 1)
    return operator, draw(KEYS), draw(st.lists(VALUES, min_size=count, max_size=count))


def written(operator: str, key: str, values: list[str], space: str) -> str:
    """Write a requirement as a user would."""
    match operator:
        case "exists":
            return key
        case "!exists":
            return f"!{space}{key}"
        case "in" | "notin":
            return f"{key} {operator} ({f',{space}'.join(values)})"
    return f"{key}{space}{operator}{space}{values[0]}"


def fulfilled(operator: str, key: str, values: list[str], labels: Mapping[str, str]) -> bool:
    """Judge a requirement word by word: «not» is also fulfilled by an object that lacks the label."""
    match operator:
        case "exists":
            return key in labels
        case "!exists":
            return key not in labels
        case "!=" | "notin":
            return labels.get(key) not in values
    return labels.get(key) in values


@given(st.lists(requirements(), min_size=1, max_size=3), LABELS, SPACE)
def test_a_selector_selects_what_fulfils_each_of_its_requirements(
    required: list[tuple[str, str, list[str]]], labels: dict[str, str], space: str
) -> None:
    text = f",{space}".join(written(*one, space) for one in required)
    assert parse_selector(text).selects(labels) is all(fulfilled(*one, labels) for one in required), text


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_selector_selects_everything(text: str) -> None:
    assert parse_selector(text).selects({})


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=b",
            "a=b,",
            ",",
            "a b",
            "a in b",
            "a in (b",
            "a notin",
            "a=b=c",
            "a=!b",
            "!",
            "!a=b",
            "-a",
            "a/b/c",
            "A/b",
        ),
        *("a=" + "v" * 64, "k" * 64, "a in (b c)", "a=\x1b[31m", "a>b"),
    ],
)
def test_an_invalid_selector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_selector(text)
