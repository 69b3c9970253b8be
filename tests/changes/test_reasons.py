"""The reasons below a line of `reach`, `simulate`, and `changes` name the members that they are about."""

import pytest

from kgctl_py.changes.change import Member, MemberKind
from kgctl_py.render.changes.hubs import Direction, Hub
from kgctl_py.render.changes.shortened_lists import Style, shown_reasons

A, B, C, D, E = (Member(MemberKind.NODE, name) for name in "abcde")


@pytest.mark.parametrize(
    ("reasons", "text"),
    [
        ({B: "x", C: "x", D: "x", E: "x"}, ["    x"]),
        ({B: "x", C: "x", D: "x", E: ""}, ["    node/b, node/c, node/d: x"]),
        ({B: "x", C: "y", D: "y", E: "y"}, ["    node/b: x", "    node/c, node/d, node/e: y"]),
        (
            {B: "w", C: "x", D: "y", E: "z"},
            ["    node/b: w", "    node/c: x", "    and 2 more; to see all, add --verbose"],
        ),
        ({B: "x", C: "y", D: "z", E: ""}, ["    node/b: x", "    node/c: y", "    node/d: z"]),
        ({B: "", C: "", D: "", E: ""}, []),
    ],
)
def test_a_reason_names_its_members_unless_it_is_that_of_all(reasons: dict[Member, str], text: list[str]) -> None:
    hub = Hub(end=A, direction=Direction.BOTH, others=(B, C, D, E))

    def of(start: Member, end: Member) -> str:
        return reasons[end if start == A else start]

    assert list(shown_reasons(hub, of, Style())) == text


def test_a_reason_for_one_direction_names_it() -> None:
    hub = Hub(end=A, direction=Direction.BOTH, others=(B, C))
    shown = shown_reasons(hub, lambda start, _: "x" if start == A else "y", Style())
    assert list(shown) == ["    from node/a: x", "    to node/a: y"]


@pytest.mark.parametrize(
    ("style", "names"),
    [
        (Style(), "peer/b, peer/c, and 2 more"),
        (Style(everything=True), "peer/b, peer/c, peer/d, peer/e"),
    ],
)
def test_of_many_members_only_the_first_two_are_named_without_verbose(style: Style, names: str) -> None:
    others = tuple(Member(MemberKind.PEER, name) for name in "bcdef")
    hub = Hub(end=A, direction=Direction.TO, others=others)
    (text,) = shown_reasons(hub, lambda _, end: "" if end == others[-1] else "x", style)
    assert text == f"    {names}: x"
