"""A browser for the tests: Debian's Chromium, headless, which finds no host on any network."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from selenium import webdriver

Browser: TypeAlias = "webdriver.Chrome"

MODULES = Path(__file__).parent / "node_modules"
_ALONE = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync", "hide-scrollbars", "host-resolver-rules=MAP * ~NOTFOUND"),
)


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start Chromium with an empty profile; without it CI fails and a laptop skips."""
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(programs):
        pytest.skip("there is no chromium or no chromedriver")
    from selenium import webdriver  # it takes a while in every process that collects tests
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = programs[0] or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*_ALONE, f"user-data-dir={profile}"):
        options.add_argument(f"--{flag}")
    with webdriver.Chrome(options, Service(programs[1])) as browser:
        yield browser


def module(place: str) -> Path:
    """Return a file of the npm packages in package.json; without them CI fails and a laptop skips."""
    if not (MODULES / place).exists():
        pytest.skip(f"there is no {place}: npm install --prefix {os.path.relpath(MODULES.parent)}")
    return MODULES / place


def resize(browser: Browser, width: int, height: int = 900) -> None:
    """Return the page so many pixels, whatever the window has around it."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(browser: Browser, scheme: str) -> None:
    """Tell the page that the person prefers `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def asked_for(browser: Browser) -> list[str]:
    """Return the addresses that pages have asked for since this was last called."""
    messages = (json.loads(entry["message"])["message"] for entry in _log(browser, "performance"))
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def complaints(browser: Browser) -> list[str]:
    """Return what stands in the console since this was last called."""
    return [str(entry["message"]) for entry in _log(browser, "browser")]


def _log(browser: Browser, kind: str) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return entries
