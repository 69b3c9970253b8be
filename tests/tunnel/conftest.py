"""The lab as a fixture; where there can be none CI fails and a laptop skips."""

import os
from collections.abc import Iterator

import pytest

from tests.tunnel.lab import Lab, why_not


@pytest.fixture
def lab() -> Iterator[Lab]:
    reason = why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with Lab() as lab:
        yield lab
