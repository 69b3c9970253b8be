"""The browser that the slow tests of pages and drawings share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.render.browser import Browser, chromium, prefer, resize
from tests.render.opened import CLUSTER, FOUND, NOTED, opened


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(started: Browser) -> Browser:
    """The browser as it was at first: wide, and of a person who prefers it light."""
    resize(started, 1400)
    prefer(started, "light")
    return started


@pytest.fixture
def mesh(browser: Browser, tmp_path: Path) -> Browser:
    """The page of a small mesh, opened."""
    return opened(browser, tmp_path, CLUSTER, FOUND, NOTED)
