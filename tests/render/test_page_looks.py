"""How the page looks in a real browser: themes, contrast, widths, sizes, paper."""

import base64
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from kgctl_py.findings import Code, Kind
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.render.graph.picture.box_geometry import Box
from tests.in_memory import Cluster, node, peer
from tests.render.browser import Browser, module, prefer, resize
from tests.render.meshes import finding
from tests.render.opened import CLUSTER, FOUND, NOTED, opened, shown

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_system_and_the_switch_wins(browser: Browser, tmp_path: Path, scheme: str) -> None:
    def is_dark() -> bool:
        ground = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
        return int(ground.partition("(")[2].partition(",")[0]) < 128

    prefer(browser, scheme)
    opened(browser, tmp_path, CLUSTER)
    switch = browser.find_element(By.ID, "theme")
    for dark in (scheme == "dark", scheme != "dark", scheme == "dark"):
        assert (is_dark(), switch.text) == (dark, "Light colors" if dark else "Dark colors")
        switch.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_axe_finds_nothing_against_wcag_aa(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    prefer(browser, scheme)
    resize(browser, width)
    many = Cluster([*CLUSTER.nodes, *(node(f"x{n}", n, f"location-{n}") for n in range(10, 18))], CLUSTER.peers)
    opened(browser, tmp_path, many, FOUND, NOTED, finding(Kind.NODE, "p", "is gone", code=Code.NODE_STALE))
    browser.execute_script(module("axe-core/axe.min.js").read_text())
    for chosen in ("", "node/n", "node/o", "node/p", "node/far", "location/a"):
        if chosen:
            chip = browser.find_element(By.CSS_SELECTOR, f"[data-id='{chosen}']")
            browser.execute_script("arguments[0].scrollIntoView({ block: 'nearest' })", chip)
            chip.click()
        assert against_rules(browser) == []


def against_rules(browser: Browser) -> list[Any]:
    browser.execute_script("for (const one of document.getAnimations()) one.finish()")
    found: list[Any] = browser.execute_async_script("""
        const done = arguments[0];
        axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
            .then(({ violations }) => done(violations.map((one) => [one.id, one.nodes.map((node) => node.html)])));
    """)
    return found


def boxes(browser: Browser, selector: str) -> list[tuple[float, ...]]:
    script = """
        return [...document.querySelectorAll(arguments[0])].map((one) => {
            const box = one.getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom];
        });
    """
    return [tuple(box) for box in browser.execute_script(script, selector)]


def overlapping(found: Sequence[tuple[float, ...]]) -> list[object]:
    return [
        (one, other)
        for one, other in itertools.combinations(found, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


@pytest.mark.parametrize("locations", [1, 2, 3, 4, 5, 7, 9, 12, 13, 70])
def test_cards_never_overlap_and_nothing_sticks_out(browser: Browser, tmp_path: Path, locations: int) -> None:
    sizes = (1, 3, 9, 2)
    nodes = [
        node(f"node-{place}-{n}.example.com", n + 1, f"location-{place}")
        for place in range(locations)
        for n in range(sizes[place % 4])
    ]
    opened(browser, tmp_path, Cluster(nodes, [peer(f"peer-{n}", n) for n in range(4)]))
    for width in (320, 700, 1000, 1400, 2000):
        resize(browser, width)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        found = boxes(browser, ".card")
        assert overlapping(found) == [], width
        assert overlapping(boxes(browser, ".chip")) == [], width
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert all(box[0] >= 0 and box[2] <= width for box in found), width
        assert covered(browser) == [], width


@pytest.mark.parametrize(("locations", "each"), [(2, 2), (3, 3), (4, 4), (5, 6), (6, 5), (7, 2), (9, 3)])
def test_no_line_runs_behind_a_card(browser: Browser, tmp_path: Path, locations: int, each: int) -> None:
    nodes = [
        node(f"location-{n % locations}-worker-{n:02}", n + 1, f"location-{n % locations}")
        for n in range(locations * each)
    ]
    opened(browser, tmp_path, Cluster(nodes, [peer(f"peer-{n}", n) for n in range(5)]))
    for width in (700, 1000, 1200, 1400, 1900):
        resize(browser, width)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        assert covered(browser) == [], width
        drawn = len(browser.find_elements(By.CSS_SELECTOR, "#lines line"))
        has_map = browser.find_element(By.ID, "wheel").is_displayed()
        assert (drawn, has_map) in ((locations * (locations + 1) / 2, False), (0, True))
    if locations < 5:
        assert drawn > 0


def covered(browser: Browser) -> list[object]:
    """Return the lines that run behind a card that is at none of their ends."""
    cards = [
        Box(x=(left + right) / 2, y=(top + bottom) / 2, width=right - left, height=bottom - top)
        for left, top, right, bottom in boxes(browser, ".card")
    ]
    lines = browser.execute_script("""
        const frame = document.getElementById("mesh").getBoundingClientRect();
        return [...document.querySelectorAll("#lines line")].map((one) => [
            [one.x1.baseVal.value + frame.left, one.y1.baseVal.value + frame.top],
            [one.x2.baseVal.value + frame.left, one.y2.baseVal.value + frame.top],
        ]);
    """)
    ends = [tuple(Box(x=x, y=y, width=0, height=0) for x, y in line) for line in lines]
    return [
        (start, end, card)
        for start, end in ends
        for card in cards
        if card.is_crossed(start, end, -1) and not card.is_near(start, 0) and not card.is_near(end, 0)
    ]


def worked(browser: Browser) -> float:
    """Return for how many seconds the page has kept the processor busy, which other programs do not prolong."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


@pytest.mark.parametrize("granularity", Granularity)
def test_five_hundred_nodes_are_there_at_once(browser: Browser, tmp_path: Path, granularity: Granularity) -> None:
    nodes = [
        node(f"node-{n}", n % 250, f"location-{n % 20}", pod_cidr=f"10.{100 + n // 250}.{n % 250}.0/24")
        for n in range(500)
    ]
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    opened(browser, tmp_path, Cluster(nodes, [peer(f"peer-{n}", n) for n in range(40)]), granularity=granularity)
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert worked(browser) < 3  # usually 0.3: a tenth, because a slower processor counts, too
    elements = browser.execute_script("return document.querySelectorAll('main *').length")
    assert elements < 11 * 540  # at most 10 for a node, whatever the number of tunnels
    assert len(browser.find_elements(By.CSS_SELECTOR, ".chip")) == 540
    browser.execute_script("choose('node/node-7')")
    assert len(browser.find_elements(By.CSS_SELECTOR, "line")) < 1000
    search = browser.find_element(By.ID, "search")
    search.send_keys("node-499")
    assert shown(browser) == ["node-499"]


def test_a_location_that_is_longer_than_a_sheet_of_paper_leaves_none_empty(
    browser: Browser, tmp_path: Path
) -> None:
    nodes = [node(f"aws-eu-west-1-worker-{n:02}", n, "a" if n <= 50 else f"b{n % 7}") for n in range(1, 101)]
    opened(browser, tmp_path, Cluster(nodes, [peer(f"peer-{n}", n) for n in range(10)]))
    paper = browser.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})["data"]
    assert len(re.findall(rb"/Type /Page\b", base64.b64decode(paper))) == 3  # two, and the overview


def test_paper_gets_the_mesh_and_no_controls(mesh: Browser) -> None:
    mesh.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    seen = shown(mesh, ".controls, .keys, .skip, #hint"), len(shown(mesh))
    mesh.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert seen == ([], 7)
