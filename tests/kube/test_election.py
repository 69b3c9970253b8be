"""Leases: one candidate leads at a time, and another one takes over when it fails."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from kgctl_py.kube.leases.election import Election, ElectionTimes
from tests.kube.object_store import Objects

TIMES = ElectionTimes()


def candidates(leases: Objects, *identities: str) -> list[Election]:
    return [Election(leases, "the-lease", identity, TIMES) for identity in identities]


def spec(leases: Objects) -> dict[str, Any]:
    found: dict[str, Any] = leases.objects["the-lease"]["spec"]
    return found


def test_the_first_candidate_leads_and_the_second_waits_as_long_as_the_first_renews() -> None:
    leases = Objects()
    first, second = candidates(leases, "first", "second")
    for now in range(0, 120, 2):
        first.attempt(now)
        second.attempt(now + 1)
        assert (first.leads(now + 1), second.leads(now + 1)) == (True, False)
    assert (second.holder, spec(leases)["leaseTransitions"], spec(leases)["leaseDurationSeconds"]) == (
        "first",
        0,
        15,
    )


def test_a_lease_that_nobody_renews_is_taken_over_after_its_duration() -> None:
    leases = Objects()
    first, second = candidates(leases, "first", "second")
    first.attempt(0)
    second.attempt(1)
    second.attempt(15.9)
    assert not second.leads(15.9)
    second.attempt(16)
    assert second.leads(16)
    assert (spec(leases)["holderIdentity"], spec(leases)["leaseTransitions"]) == ("second", 1)
    first.attempt(17)
    assert not first.leads(17)


def test_a_holder_that_cannot_renew_stops_leading_before_another_takes_over() -> None:
    leases = Objects()
    (first,) = candidates(leases, "first")
    first.attempt(0)
    leases.fault = lambda *_: KgctlError("it does not answer")
    first.attempt(2)
    assert (first.leads(9.9), first.leads(10)) == (True, False)
    assert first.error is not None
    leases.fault = lambda *_: None
    first.attempt(11)
    assert first.leads(11)
    assert first.error is None


def test_a_released_lease_is_acquired_at_once_and_only_its_holder_releases_it() -> None:
    leases = Objects()
    first, second = candidates(leases, "first", "second")
    first.attempt(0)
    second.attempt(1)
    second.release()
    assert spec(leases)["holderIdentity"] == "first"
    first.release()
    assert (spec(leases)["holderIdentity"], first.leads(1)) == ("", False)
    second.attempt(2)
    assert second.leads(2)


def test_of_two_candidates_that_ask_at_the_same_time_one_leads() -> None:
    leases = Objects()
    first, second = candidates(leases, "first", "second")
    overtake(leases, second)
    first.attempt(0)
    assert [first.leads(0), second.leads(0)] == [False, True]
    assert first.error is None


def overtake(leases: Objects, other: Election) -> None:
    """Let `other` create the Lease between the look and the creation of the first candidate."""
    create = leases.create

    def create_second(manifest: dict[str, Any]) -> dict[str, Any]:
        leases.create = create  # type: ignore[method-assign]
        other.attempt(0)
        return create(manifest)

    leases.create = create_second  # type: ignore[method-assign]


def test_unknown_fields_and_labels_of_a_lease_stay() -> None:
    leases = Objects()
    leases.create({"metadata": {"name": "the-lease", "labels": {"a": "b"}}, "spec": {"strategy": "x"}})
    (first,) = candidates(leases, "first")
    first.attempt(0)
    assert first.leads(0)
    assert (spec(leases)["strategy"], leases.objects["the-lease"]["metadata"]["labels"]) == ("x", {"a": "b"})


@pytest.mark.parametrize("value", [None, "x", [], {"holderIdentity": 1, "leaseDurationSeconds": "x"}])
def test_a_lease_with_another_form_is_acquired(value: object) -> None:
    leases = Objects()
    leases.create({"metadata": {"name": "the-lease"}, "spec": value})
    (first,) = candidates(leases, "first")
    first.attempt(0)
    assert first.leads(0)


STEPS = st.lists(
    st.tuples(
        st.floats(0, 9),
        st.integers(0, 2),
        st.sampled_from(["attempt", "attempt", "attempt", "unanswered", "lost answer", "release"]),
    ),
    max_size=60,
)


@given(STEPS)
def test_two_candidates_never_lead_at_the_same_time(steps: list[tuple[float, int, str]]) -> None:
    leases, now = Objects(), 0.0
    elections = candidates(leases, "0", "1", "2")
    for wait, number, what in steps:
        now += wait
        election = elections[number]
        assert sum(one.leads(now) for one in elections) <= 1
        if what == "release":
            election.release()
        elif what == "lost answer":
            lose_answer(leases, election, now)
        else:
            leases.fault = lambda *_, what=what: ApiError("no", status=500) if what == "unanswered" else None
            election.attempt(now)
            leases.fault = lambda *_: None
        assert sum(one.leads(now) for one in elections) <= 1


def lose_answer(leases: Objects, election: Election, now: float) -> None:
    """Let a candidate's change be stored, though it gets an error."""
    replace = leases.replace

    def replace_and_fail(manifest: dict[str, Any]) -> dict[str, Any]:
        replace(manifest)
        raise KgctlError("the answer is lost")

    leases.replace = replace_and_fail  # type: ignore[method-assign]
    election.attempt(now)
    leases.replace = replace  # type: ignore[method-assign]
