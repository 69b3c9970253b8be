"""The browser that the slow tests of pages and drawings share."""

from collections.abc import Iterator

import pytest

from tests.render.browser import Browser, chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser
