"""The lab as a fixture; where there can be none the tests are skipped, which in CI is a failure."""

from collections.abc import Iterator

import pytest

from tests.tunnel.lab import Lab, why_not


@pytest.fixture
def lab() -> Iterator[Lab]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Lab() as lab:
        yield lab
