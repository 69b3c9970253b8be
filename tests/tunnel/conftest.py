"""The lab as a fixture; where there can be none the tests are skipped, which in CI is a failure."""

from collections.abc import Iterator

import pytest

from tests.tunnel.lab import Lab, why_not


@pytest.fixture
def lab() -> Iterator[Lab]:
    yield from _opened()


@pytest.fixture(scope="module")
def shared_lab() -> Iterator[Lab]:
    """One lab for all tests of a file, where to build it takes longer than to use it."""
    yield from _opened()


def _opened() -> Iterator[Lab]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Lab() as lab:
        yield lab
