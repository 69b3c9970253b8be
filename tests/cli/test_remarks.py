"""Remarks on stderr: each as a line, and of a repeated computation only what is new."""

import pytest

from kgctl_py.cli.remarks import News, tell_remarks
from kgctl_py.findings import Code, Finding, Kind, Remark, Subject
from kgctl_py.notice import note, warning


def finding(number: int, hint: str = "") -> Finding:
    return Finding(code=Code.LOOP, subject=Subject(Kind.PEER, f"p{number}"), message="loops", hint=hint)


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_remarks_are_printed_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = (finding(number, "mend it") for number in (1, 2, 3))
    tell_remarks((first, second, note("a note", "type this"), third))
    assert told(capsys) == [
        'kgctl: warning: K-LOOP peer "p1": loops',
        "hint: mend it",
        'kgctl: warning: K-LOOP peer "p2": loops',
        "kgctl: a note",
        "hint: type this",
        'kgctl: warning: K-LOOP peer "p3": loops',
        "hint: mend it",
    ]


def test_many_findings_with_one_code_are_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    tell_remarks(finding(number) for number in range(7))
    *lines, last = told(capsys)
    assert (len(lines), last) == (5, "kgctl: warning: K-LOOP: 2 more of this kind")


def test_news_are_what_the_round_before_did_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    news = News()
    rounds: list[tuple[tuple[Remark, ...], int]] = [
        ((finding(1), warning("w")), 2),
        ((finding(1), warning("w")), 0),
        ((finding(1), finding(2)), 1),
        ((warning("w"),), 1),
    ]
    for remarks, expected in rounds:
        news.next_round()
        news.tell(remarks[:1])
        news.tell(remarks[1:])
        assert len(told(capsys)) == expected
