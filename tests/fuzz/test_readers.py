"""Whatever is read, it is a value or one clear error: mutations of good inputs, the same ones each time."""

import random
import time

import pytest

from tests.fuzz.readers import READERS, run

SECONDS = 20
FEW, MANY = 12, 400


@pytest.mark.parametrize("name", READERS)
def test_a_few_odd_inputs_are_read_or_refused(name: str) -> None:
    _try(name, FEW, 5)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_many_odd_inputs_are_read_or_refused(name: str) -> None:
    _try(name, MANY, SECONDS)


def _try(name: str, count: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    for data, _ in zip(READERS[name].inputs(random.Random(17)), range(count), strict=False):
        run(READERS[name], data)
        if time.monotonic() > end:
            return
