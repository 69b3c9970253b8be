"""The last line of `simulate` and `changes` says whether something is cut off."""

import pytest

from kgctl_py.changes.change import Changes, Member, MemberKind, ReachChange
from kgctl_py.mesh.routing.trace import Verdict
from kgctl_py.render.changes.changes_text import conclusion

YES, PERHAPS, NO = Verdict.YES, Verdict.PERHAPS, Verdict.NO
ONE, OTHER = Member(MemberKind.NODE, "a"), Member(MemberKind.PEER, "b")


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        ([], "nothing changes"),
        ([(NO, YES)], "nothing is cut off"),
        ([(YES, NO), (PERHAPS, NO)], "cut off: 2 connections"),
        ([(YES, PERHAPS)], "nothing is certain to be cut off; perhaps cut off: 1 connection"),
        ([(YES, NO), (YES, PERHAPS)], "cut off: 1 connection; perhaps cut off: 1 connection"),
    ],
)
def test_what_is_perhaps_cut_off_is_told_apart(verdicts: list[tuple[Verdict, Verdict]], text: str) -> None:
    reach = tuple(ReachChange(source=ONE, destination=OTHER, old=old, new=new) for old, new in verdicts)
    assert conclusion(Changes(reach=reach)) == text
