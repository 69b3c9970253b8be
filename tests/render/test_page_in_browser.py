"""The page in a real browser, opened from a file, used as a person would."""

import json
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kgctl_py.findings import Code, Kind
from kgctl_py.mesh.nodes_and_peers import Granularity
from tests.in_memory import NOW, Cluster, key, node, owned_peer, peer
from tests.render.browser import Browser, asked_for, complaints, resize
from tests.render.meshes import finding
from tests.render.opened import CLUSTER, opened, shown

pytestmark = pytest.mark.slow

TIMES = "\N{MULTIPLICATION SIGN}"
MARKUP = (
    *("</script><script>window.pwned = 1</script>", "<img src=x onerror='window.pwned = 1'>", "<!--<script>"),
    *("<b>x</b>", "&lt;&amp;", "__proto__", "constructor", '"]}', "%", "#", "x y", "ä→"),
    *("\u2028\u2029", "\u202eevil", "a\nb"),
)


def focused(browser: Browser) -> str:
    text: str = browser.execute_script("return document.activeElement.dataset.id || document.activeElement.id")
    return text


def press(browser: Browser, *keys: str) -> None:
    for one in keys:
        browser.switch_to.active_element.send_keys(one)


def choose(browser: Browser, control: str, option: str) -> None:
    browser.find_element(By.CSS_SELECTOR, f"#{control} option[value='{option}']").click()


def details(browser: Browser) -> str:
    return "\n".join(shown(browser, "#details"))


def test_it_shows_every_node_and_peer_and_asks_for_nothing(mesh: Browser, tmp_path: Path) -> None:
    assert shown(mesh) == ["n", "o", "p", "far", "farther", "laptop", "phone"]
    assert asked_for(mesh) == [(tmp_path / "mesh.html").as_uri()]
    assert complaints(mesh) == []


def test_it_may_ask_for_nothing_and_run_nothing_else(mesh: Browser) -> None:
    script = """
        const done = arguments[0], refused = [];
        document.addEventListener("securitypolicyviolation", (one) => refused.push(one.effectiveDirective));
        for (const [tag, field, value] of [["img", "src", "x.png"], ["script", "text", "window.pwned = 1"]]) {
            document.body.append(Object.assign(document.createElement(tag), { [field]: value }));
        }
        fetch("x.json").catch(() => setTimeout(() => done([refused.sort(), window.pwned]), 200));
    """
    assert mesh.execute_async_script(script) == [["connect-src", "img-src", "script-src-elem"], None]


def test_a_name_an_address_or_a_key_is_searched_for(mesh: Browser) -> None:
    search = mesh.find_element(By.ID, "search")
    for text, found in (
        ("far", ["far", "farther"]),
        ("10.1.0.2", ["o"]),
        (key("n")[:9], ["n"]),
        ("far 203.0.113.5", ["farther"]),
        ("10.42.2.77", ["o"]),
        ("10.42.4.0/23", ["far", "farther"]),
        ("10.5.0.0/28", ["laptop", "phone"]),
        ("2001:db8::1", []),
    ):
        search.clear()
        search.send_keys(text)
        assert shown(mesh) == found
        assert shown(mesh, "#count") == [f"{len(found)} of 7 nodes and peers"]
    search.clear()
    search.send_keys("nothing of the kind")
    said = "return getComputedStyle(document.getElementById('mesh'), '::after').content"
    assert "nothing of the kind" in mesh.execute_script(said)
    assert (shown(mesh), shown(mesh, ".card")) == ([], [])


def test_the_title_says_which_cluster_and_when(mesh: Browser) -> None:
    assert mesh.title == "Kilo mesh · kind-prod · 2026-01-01 09:00 UTC"
    assert shown(mesh, "h1") == ["Kilo mesh kind-prod 10.4.0.0/16 2026-01-01 09:00 UTC"]


def without(browser: Browser, name: str) -> list[str]:
    """Return what the page says of the mesh without a node."""
    press_chip = browser.find_element(By.CSS_SELECTOR, f"[data-id='node/{name}']")
    browser.execute_script("arguments[0].click()", press_chip)
    found = browser.find_elements(By.CSS_SELECTOR, "#details .without summary")
    for summary in found:
        summary.click()
    return shown(browser, "#details .without p")


def test_a_node_tells_what_changes_without_it(mesh: Browser) -> None:
    hint = "kgctl simulate --without"
    assert without(mesh, "n") == [
        "o leads a. Peers need its key and endpoint: update their configurations.",
        f"{hint} n",
    ]
    assert without(mesh, "o") == ["No leader and no WireGuard IP changes.", f"{hint} o"]
    assert without(mesh, "far") == [
        "The segment location:b no longer exists, and 1 WireGuard IP moves.",
        "farther: 10.4.0.3 to 10.4.0.2",
        f"{hint} far",
    ]
    assert without(mesh, "farther") == [
        "The segment location:c no longer exists, and 0 WireGuard IPs move.",
        f"{hint} farther",
    ]
    assert without(mesh, "p") == []


def test_only_a_name_that_no_shell_runs_is_part_of_a_command(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, Cluster([node("$(reboot)", 1), node("o", 2)]))
    page.execute_script(
        "[...document.querySelectorAll('.chip')].find((one) => one.innerText.includes('reboot')).click()"
    )
    page.find_element(By.CSS_SELECTOR, "#details .without summary").click()
    assert shown(page, "#details .without p") == [
        "o leads a. Peers need its key and endpoint: update their configurations."
    ]


def test_findings_are_counted_as_check_counts_them_and_notes_stand_apart(mesh: Browser) -> None:
    assert shown(mesh, "#findings h3") == ["Findings\n1 warning", "Notes\n1"]


def test_a_long_name_keeps_its_end(browser: Browser, tmp_path: Path) -> None:
    names = [f"a-node-with-{'a-very-' * 6}long-name-{n:03}" for n in range(130)]
    opened(browser, tmp_path, Cluster([node(name, n + 1) for n, name in enumerate(names)]))
    cut = """
        return [...document.querySelectorAll(".chip .tail")].filter((tail) => {
            const name = tail.closest(".name").getBoundingClientRect();
            return tail.getBoundingClientRect().right > name.right + 1;
        }).length;
    """
    assert (browser.execute_script(cut), len(shown(browser, ".chip .tail"))) == (0, 130)


def test_names_of_usual_length_are_whole_beside_notes(browser: Browser, tmp_path: Path) -> None:
    nodes = [
        node(f"aws-eu-west-{n % 3}-worker-{n}", n, f"aws-eu-west-{n % 3}", last_seen=str(NOW - 5 - n % 7 * 1000))
        for n in range(1, 25)
    ]
    peers = [peer(f"warehouse-scanner-{n:02}", n) for n in range(10)]
    opened(browser, tmp_path, Cluster(nodes, peers))
    whole = """
        return [...document.querySelectorAll(".chip .head")].map((head) => head.scrollWidth <= head.clientWidth);
    """
    for width in (1900, 1300, 390):
        resize(browser, width)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        assert browser.execute_script(whole) == [True] * 34, width


def test_a_click_opens_the_details_and_another_closes_them(mesh: Browser) -> None:
    chip = mesh.find_element(By.CSS_SELECTOR, "[data-id='node/n']")
    chip.click()
    for fact in ("a leader", "10.4.0.1", "203.0.113.1:51820", "10.42.1.0/24", "25 s", key("n"), "far", "laptop"):
        assert fact in details(mesh)
    assert chip.get_attribute("aria-pressed") == "true"
    assert shown(mesh, "#overview") == []
    chip.click()
    assert (details(mesh), chip.get_attribute("aria-pressed")) == ("", "false")
    assert shown(mesh, "#overview") != []


def test_the_tunnels_of_what_is_chosen_are_drawn(mesh: Browser) -> None:
    def lines() -> tuple[int, ...]:
        kinds = (".tunnel:not(.dashed)", ".dashed", ".chosen")
        return tuple(len(mesh.find_elements(By.CSS_SELECTOR, f"#lines {kind}")) for kind in kinds)

    assert lines() == (3, 3, 0)
    for chosen, tunnels in (("node/n", 4), ("peer/phone", 3), ("node/o", 1), ("node/p", 0)):
        mesh.find_element(By.CSS_SELECTOR, f"[data-id='{chosen}']").click()
        assert lines() == (3, 3, tunnels)


def test_details_tell_the_endpoint_that_others_use(browser: Browser, tmp_path: Path) -> None:
    seen = json.dumps({key("n"): {"IP": "198.51.100.7", "Port": 7}})
    nodes = [node("n", 1, persistent_keepalive="25"), node("p", 3, "b", discovered_endpoints=seen)]
    opened(browser, tmp_path, Cluster(nodes), at="#node/n")
    assert "Endpoint\n198.51.100.7:7 (discovered)\nConfigured\n203.0.113.1:51820" in details(browser)
    browser.execute_script("choose('node/p')")
    assert "Endpoint\n203.0.113.3:51820\nInternal IP" in details(browser)
    for location, endpoint in (("a", "198.51.100.7:7 (discovered)"), ("b", "203.0.113.3:51820")):
        browser.execute_script("choose(arguments[0])", f"location/{location}")
        assert f"Endpoint\n{endpoint}" in details(browser)


def test_details_lead_to_what_they_name(mesh: Browser) -> None:
    mesh.find_element(By.CSS_SELECTOR, "[data-id='peer/phone']").click()
    assert "Preshared key\nyes" in details(mesh)
    next(
        one for one in mesh.find_elements(By.CSS_SELECTOR, "#details .reference") if one.text == "farther"
    ).click()
    assert shown(mesh, "#details h2") == ["farther"]


def test_a_location_is_filtered_by(mesh: Browser) -> None:
    choose(mesh, "location", "location/b")
    assert (shown(mesh), shown(mesh, ".card h2 bdi")) == (["far"], ["b"])
    choose(mesh, "location", "peers")
    assert shown(mesh) == ["laptop", "phone"]
    choose(mesh, "location", "")
    assert len(shown(mesh)) == 7


def test_what_is_not_ready_is_shown_as_such_with_the_reason(mesh: Browser) -> None:
    chip = mesh.find_element(By.CSS_SELECTOR, "[data-id='node/p']")
    assert shown(mesh, ".unready .note") == ["last seen 1m40s ago"]
    assert chip.get_attribute("textContent") == "p, node, not ready: last seen 1m40s ago"
    choose(mesh, "show", "unready")
    assert shown(mesh) == ["p"]
    chip.click()
    assert "Not ready, so Kilo leaves it out: last seen 1m40s ago." in details(mesh)


def test_a_finding_is_shown_at_what_it_is_about(mesh: Browser) -> None:
    assert "K-VALUE" in shown(mesh, "#findings")[0]
    choose(mesh, "show", "found")
    assert shown(mesh) == ["o"]
    mesh.find_element(By.CSS_SELECTOR, "[data-id='node/o']").click()
    assert "K-VALUE is <i>odd</i>\nhint: mend it" in details(mesh)


def test_what_is_only_noted_stands_in_the_details_alone(mesh: Browser) -> None:
    chip = mesh.find_element(By.CSS_SELECTOR, "[data-id='node/far']")
    assert chip.get_attribute("class") == "chip node leader"
    chip.click()
    assert "K-PEER-UNSEEN is only noted" in details(mesh)


def test_findings_about_a_segment_and_about_all_are_shown(browser: Browser, tmp_path: Path) -> None:
    one = finding(Kind.SEGMENT, "location:a", "about segment")
    other = finding(Kind.NODES, "", "about nodes")
    opened(browser, tmp_path, CLUSTER, one, other)
    assert "about nodes" in shown(browser, "#overview")[0]
    browser.find_element(By.CSS_SELECTOR, "[data-id='location/a']").click()
    assert "about segment" in details(browser)
    assert "a location with 3 nodes" in details(browser)


def test_with_granularity_cross_nodes_of_one_location_have_no_tunnels(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, CLUSTER, granularity=Granularity.CROSS, at="#node/n")
    assert "Tunnels to\n4\nfar\nfarther\nlaptop\nphone" in details(browser)
    browser.execute_script("choose('')")
    assert "4, 5 tunnels between them" in shown(browser, "#facts")[0]
    assert shown(browser, ".legend li")[0] == "a ready node, which has its own tunnels"


def test_a_location_without_a_ready_node_says_that_it_has_no_tunnels(browser: Browser, tmp_path: Path) -> None:
    gone = node("gone", 6, "d", last_seen=str(NOW - 7200))
    opened(browser, tmp_path, Cluster([*CLUSTER.nodes, gone], CLUSTER.peers))
    counts = browser.find_elements(By.CSS_SELECTOR, ".card h2 .size")
    assert [one.get_attribute("textContent") for one in counts] == [
        *("3 nodes, 1 not ready", "1 node", "1 node", "1 node, none ready", "2 peers")
    ]
    browser.find_element(By.CSS_SELECTOR, "[data-id='location/d']").click()
    assert "No node is ready, so this location has no tunnels." in details(browser)
    browser.find_element(By.CSS_SELECTOR, "[data-id='location/a']").click()
    assert "no tunnels" not in details(browser)


def test_a_page_of_many_nodes_says_why_one_is_not_ready(browser: Browser, tmp_path: Path) -> None:
    nodes = [node(f"n{n}", n, last_seen=str(NOW - (7200 if n == 9 else 5))) for n in range(130)]
    opened(browser, tmp_path, Cluster(nodes))
    assert shown(browser, ".chip.unready .note") == ["last seen 2h0m ago"]


HOME = {"endpoint": "192.168.1.4:51820", "internal_ip": "192.168.1.4/24", "persistent_keepalive": "25"}


def home_and_others(each: int = 1) -> Cluster:
    """A mesh of three locations with so many nodes each; those of home are behind NAT."""
    nodes = [
        node(f"{place}-{n}", 20 * at + n, place, **(HOME if place == "home" else {}))
        for at, place in enumerate(("berlin", "home", "oslo"), 1)
        for n in range(each)
    ]
    return Cluster(nodes, [owned_peer("laptop", 7, "ann@example.com"), peer("phone", 8)])


def rows(browser: Browser, name: str) -> list[str]:
    return shown(browser, f"[data-id='{name}'] .rows > *")


def test_the_boxes_of_a_small_mesh_show_all_addresses(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, home_and_others(2))
    assert shown(browser, "#hint") == ["Click a box to see its details."]
    assert rows(browser, "node/home-0") == [
        *("WireGuard IP", "10.4.0.2", "endpoint", "192.168.1.4:51820", "behind NAT", "opens its tunnels"),
        *("pod CIDR", "10.42.40.0/24", "internal IP", "192.168.1.4"),
    ]
    assert rows(browser, "node/oslo-1") == ["pod CIDR", "10.42.61.0/24", "internal IP", "10.1.0.61"]
    assert rows(browser, "peer/laptop") == ["allowed IPs", "10.5.0.7/32", "owner", "ann@example.com"]


def test_on_a_phone_no_address_is_broken(browser: Browser, tmp_path: Path) -> None:
    resize(browser, 390)
    opened(browser, tmp_path, home_and_others(2))
    heights = """
        const values = [...document.querySelectorAll(".chip .rows > span:nth-child(even)")];
        return values.map((one) => one.getBoundingClientRect().height);
    """
    found = browser.execute_script(heights)
    assert len(found) == 22
    assert max(found) < 30  # one line


def test_those_of_a_larger_one_show_what_fits(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, home_and_others(11))
    assert rows(browser, "node/home-0")[4:6] == ["behind NAT", "opens its tunnels"]
    assert shown(browser, "[data-id='node/oslo-1'] .note") == ["10.42.61.0/24"]
    assert shown(browser, "[data-id='peer/laptop'] .note") == ["10.5.0.7/32 · ann@example.com"]
    opened(browser, tmp_path, home_and_others(11), granularity=Granularity.FULL)
    assert shown(browser, "p.nat") == ["behind NAT: they open their tunnels"]
    assert rows(browser, "node/home-0") == []


@pytest.mark.parametrize(("each", "drawing"), [(1, "lines"), (11, "wheel")])
def test_an_arrow_leads_from_a_location_behind_nat(
    browser: Browser, tmp_path: Path, each: int, drawing: str
) -> None:
    opened(browser, tmp_path, home_and_others(each))
    assert len(browser.find_elements(By.CSS_SELECTOR, f"#{drawing} .arrow")) == 2
    assert "a leader behind NAT opens this tunnel" in "\n".join(shown(browser, ".legend li"))
    texts = [text.text for text in browser.find_elements(By.CSS_SELECTOR, "#wheel text")]
    assert texts == (["berlin", "home", "oslo"] if drawing == "wheel" else ["", "", ""])


@pytest.mark.parametrize("locations", [8, 13])
def test_the_map_names_its_locations_and_cuts_none(browser: Browser, tmp_path: Path, locations: int) -> None:
    places = [f"aws-eu-west-{n}-zone-{n}" if n % 2 else f"oslo-{n}" for n in range(locations)]
    opened(browser, tmp_path, Cluster([node(f"n-{n}", n, places[n % locations]) for n in range(40)]))
    outside = """
        const frame = document.getElementById("wheel").getBoundingClientRect();
        return [...document.querySelectorAll("#wheel text")].map((text) => {
            const box = text.getBoundingClientRect();
            const isAcross = box.left < frame.left || box.right > frame.right;
            return [text.textContent, isAcross || box.top < frame.top || box.bottom > frame.bottom];
        });
    """
    found = browser.execute_script(outside)
    assert [is_cut for _, is_cut in found] == [False] * locations
    assert sorted(name for name, _ in found) == sorted(
        f"aws-eu\u2026zone-{n}" if n % 2 and n < 10 else f"aws-eu\u2026one-{n}" if n % 2 else f"oslo-{n}"
        for n in range(locations)
    )


def test_without_nat_nothing_is_said_of_it(mesh: Browser) -> None:
    assert mesh.find_elements(By.CSS_SELECTOR, ".arrow:not(.sample)") == []
    assert "NAT" not in "\n".join(shown(mesh, ".legend li"))


def test_the_number_of_tunnels_between_two_locations_is_told(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, home_and_others(2), granularity=Granularity.FULL)
    numbers = browser.find_elements(By.CSS_SELECTOR, "#lines .number")
    assert [one.text for one in numbers] == [f"2 {TIMES} 2"] * 3
    browser.find_element(By.CSS_SELECTOR, "[data-id='location/home']").click()
    assert f"Tunnels to other locations\nberlin 2 {TIMES} 2 = 4\noslo 2 {TIMES} 2 = 4" in details(browser)


def test_a_code_comes_with_its_sentence(mesh: Browser) -> None:
    assert shown(mesh, "#findings .meaning") == [Code.VALUE.meaning, Code.PEER_UNSEEN.meaning]


def test_details_of_a_peer_name_its_owner(browser: Browser, tmp_path: Path) -> None:
    peers = [owned_peer("laptop", 7, "ann@example.com"), peer("phone", 8)]
    opened(browser, tmp_path, Cluster(CLUSTER.nodes, peers), at="#peer/laptop")
    assert "Owner\nann@example.com\nAllowed IPs" in details(browser)
    browser.execute_script("choose('peer/phone')")
    assert "Owner" not in details(browser)
    browser.find_element(By.ID, "search").send_keys("ann@")
    assert shown(browser) == ["laptop"]


def test_a_link_opens_the_page_at_an_object(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, CLUSTER, at="#node%2Ffar")
    assert shown(browser, "#details h2") == ["far"]
    opened(browser, tmp_path, CLUSTER, at="#%")
    assert (details(browser), complaints(browser)) == ("", [])


@pytest.mark.parametrize("width", [1400, 400])
def test_what_is_chosen_is_scrolled_to_and_lies_under_nothing(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    resize(browser, width)
    far = [node(f"n{n}", n, f"location-{n:02}") for n in range(80)]
    opened(browser, tmp_path, Cluster(far), at="#node%2Fn79")
    script = """
        const box = document.querySelector("[data-id='node/n79']").getBoundingClientRect();
        const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return seen.closest("[data-id]")?.dataset.id;
    """
    assert browser.execute_script(script) == "node/n79"


def test_all_of_it_is_used_by_keyboard(mesh: Browser) -> None:
    press(mesh, "/")
    assert focused(mesh) == "search"
    press(mesh, *"far", Keys.ARROW_DOWN)
    assert focused(mesh) == "node/far"
    press(mesh, Keys.ENTER)
    assert shown(mesh, "#details h2") == ["far"]
    press(mesh, Keys.TAB)
    assert mesh.switch_to.active_element.get_attribute("class") == "close"
    press(mesh, Keys.TAB, Keys.ENTER)
    assert shown(mesh, "#details .without p")[0].startswith("The segment location:b no longer exists")
    press(mesh, Keys.TAB, Keys.ENTER)
    assert (shown(mesh, "#details h2"), mesh.switch_to.active_element.tag_name) == (["farther"], "h2")
    press(mesh, Keys.ESCAPE)
    assert details(mesh) == ""


def test_arrows_move_from_one_to_the_next_and_only_one_is_in_the_order_of_tab(mesh: Browser) -> None:
    mesh.find_element(By.CSS_SELECTOR, "[data-id='node/n']").click()
    for pressed, there in (
        (Keys.ARROW_DOWN, "node/o"),
        (Keys.ARROW_UP, "node/n"),
        (Keys.END, "peer/phone"),
        (Keys.ARROW_UP, "peer/laptop"),
        (Keys.HOME, "location/a"),
        (Keys.ARROW_UP, "location/a"),
    ):
        press(mesh, pressed)
        assert focused(mesh) == there
        assert len(mesh.find_elements(By.CSS_SELECTOR, "#mesh [tabindex='0']")) == 1


def test_no_text_becomes_markup(browser: Browser, tmp_path: Path) -> None:
    nodes = [node(name, n, name) for n, name in enumerate(MARKUP, 1)]
    found = [finding(Kind.NODE, name, name) for name in MARKUP]
    cluster = Cluster(nodes, [peer(name, n) for n, name in enumerate(MARKUP, 1)])
    opened(browser, tmp_path, cluster, *found)
    spelled = {"\u2028\u2029": "\\u{2028}\\u{2029}", "\u202eevil": "\\u{202e}evil", "a\nb": "a\\u{a}b"}
    names = {spelled.get(name, name) for name in MARKUP}
    assert (set(shown(browser)), set(shown(browser, ".card h2 bdi"))) == (names, names)
    for chip in browser.find_elements(By.CSS_SELECTOR, "[data-id]"):
        chip.click()
        assert len(shown(browser, "#details h2")) == 1
    assert browser.find_elements(By.CSS_SELECTOR, "main img, main b, main i, main script") == []
    assert browser.execute_script("return window.pwned") is None
    assert complaints(browser) == []
