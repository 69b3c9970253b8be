"""Looking at the device takes a small part of the time, however long one look takes."""

import pytest

from kgctl_py.connect.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def looked(clock: Clock, seconds: float) -> Pace:
    pace = Pace(clock, clock)
    assert pace.is_due(is_quiet=False)
    with pace.measured():
        clock.now += seconds
    return pace


def test_quick_checks_run_at_the_requested_interval() -> None:
    pace = looked(Clock(), 0.001)
    assert pace.seconds() == 1
    pace.wanted = 0.2
    assert pace.seconds() == 0.2


def test_a_look_that_takes_half_a_second_comes_every_ten() -> None:
    clock = Clock()
    pace = looked(clock, 0.5)
    assert pace.seconds() == 9.5
    clock.now += 9
    assert pace.seconds() == 1
    assert not pace.is_due(is_quiet=True)
    clock.now += 0.5
    assert pace.is_due(is_quiet=True)


def test_a_look_comes_sooner_while_a_session_is_watched() -> None:
    pace = looked(Clock(), 0.1)
    assert pace.seconds() == pytest.approx(1.9)
    pace.wanted = 0.2
    assert pace.seconds() == pytest.approx(0.3)


def test_a_long_look_waits_until_nothing_happens_but_not_for_ever() -> None:
    clock = Clock()
    pace = looked(clock, 0.5)
    clock.now += 9.5
    assert not pace.is_due(is_quiet=False)
    clock.now += 5
    assert pace.is_due(is_quiet=False)


def test_a_short_look_does_not_wait() -> None:
    clock = Clock()
    pace = looked(clock, 0.01)
    clock.now += 1
    assert pace.is_due(is_quiet=False)
