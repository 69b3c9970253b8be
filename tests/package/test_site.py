"""The site of the pages: built without a warning, whole, and nothing in it is loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.docs.pages import DOCS, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy, so that nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    zensical = str(Path(sys.executable).with_name("zensical"))
    done = subprocess.run([zensical, "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist" / "site"


def test_it_starts_with_what_can_be_tried_at_once(site: Path) -> None:
    first = re.findall(r"<h2[^>]*>([^<]*)", (site / "index.html").read_text())[0]
    assert first == "Try it"


def test_links_lead_somewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        for link in re.findall(r'<a [^>]*href="([^"]*)"', page.read_text()):
            if not link.startswith(("https://", "http://")):
                check(page, link)


def check(page: Path, link: str) -> None:
    place, anchor = urldefrag(unquote(link))
    target = (page.parent / place).resolve() if place else page
    target = target / "index.html" if target.is_dir() else target
    assert target.exists(), f"{page}: {link}"
    if anchor and target.suffix == ".html":
        assert f'id="{anchor}"' in target.read_text(), f"{page}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        for tag in re.findall(r"<(?:script|img|iframe|source|link)\b[^>]*>", page.read_text()):
            assert not re.search(r"\b(?:src|href)=.?(?://|https?:)", tag), f"{page}: {tag}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(.?(?://|https?:)", sheet.read_text()), sheet


def test_it_can_be_searched(site: Path) -> None:
    assert "showconf" in (site / "search.json").read_text()
