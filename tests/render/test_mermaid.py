import functools
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.escape_text import visible
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph import mermaid, mermaid_parts
from kgctl_py.render.graph.mermaid_of_locations import mermaid_of_locations
from tests.in_memory import EXAMPLE
from tests.render.browser import Browser, module
from tests.render.meshes import hostile_text, hostile_topologies, mesh, topology

BATCHED = settings(
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LINE = re.compile(
    r"flowchart LR|  subgraph ((s\d+|out)\[LABEL\]|peers)|    o\d+\[LABEL\]:::ghost|  out\[LABEL\]:::ghost"
    r"|    n\d+\[LABEL\]:::c\d(leader)?|    p\d+\(\[LABEL\]\):::peer"
    r"|  g\d+\[LABEL\]:::(c\d+leader|location)|  peers\(\[LABEL\]\):::peer"
    r"|  end|  \w+ (---|===|-\.-)(\|LABEL\|)? \w+"
    r"|  mesh\(\(LABEL\)\)|  classDef \w+ [#\w:,-]+|  style \w+ [#\w:,-]+".replace(
        "LABEL", r'"[^"`<>]*(<br/>[^"`<>]*)*"'
    )
)
MARKDOWN = (
    "1. x",
    "- x",
    "+ x",
    "# x",
    "> x",
    "x_y_z",
    "**x**",
    "`x`",
    "www.x.com",
    "https://x.y",
    "a@b.c",
    "~~x~~",
)
NAMES = (
    *MARKDOWN,
    "fa:fa-home",
    "#quot;",
    "#9829;",
    "end",
    "ﬂ°°60¶ß",
    "$$x$$",
    "style: #1;",
    "<script>alert(1)</script>",
    "<b>x</b>",
    "a\nb",
)


def text(drawn: Topology) -> str:
    return mermaid.mermaid(drawn)


def test_a_leader_shows_its_tunnel_and_stands_out() -> None:
    drawn = text(topology([("n", "a"), ("o", "a")], ["laptop"]))
    assert '    n0["n<br/>10.42.1.0/24<br/>10.1.0.1<br/>10.4.0.1<br/>203.0.113.1#58;51820"]:::c0leader\n' in drawn
    assert '    n1["o<br/>10.42.2.0/24<br/>10.1.0.2"]:::c0\n' in drawn
    assert '    p0(["laptop"]):::peer\n' in drawn


def test_leaders_are_joined_with_each_other_with_their_nodes_and_with_the_peers() -> None:
    drawn = text(topology([("n", "a"), ("o", "a"), ("p", "b")], ["laptop"]))
    assert re.findall(r"^  (\w+) (---|===|-\.-) (\w+)$", drawn, re.MULTILINE) == [
        ("n0", "---", "n1"),
        ("n0", "===", "n2"),
        ("n0", "-.-", "peers"),
        ("n2", "-.-", "peers"),
    ]
    assert mermaid_parts.edges(drawn) == 4


def test_a_mesh_without_peers_has_no_box_for_them() -> None:
    assert "peers" not in text(mesh(3))


def test_many_leaders_are_joined_through_one_mark_so_that_mermaid_draws_them_all() -> None:
    few, many = text(mesh(11)), text(mesh(300, peers=100))
    assert mermaid_parts.edges(few) == 55
    assert mermaid_parts.edges(many) == 301
    assert 'mesh(("44850 tunnels"))' in many


def test_a_discovered_endpoint_replaces_the_configured_one() -> None:
    mesh = open_cluster(Options(from_file=(str(EXAMPLE),), resolve=False)).mesh()
    drawn = text(build_topology(mesh, granularity=None, look_up=lambda _: {}))
    assert "198.51.100.77#58;40312" in drawn
    assert "192.168.1.10#58;51820" not in drawn


@pytest.mark.parametrize(
    "large",
    [
        functools.partial(mesh, 600, peers=600, locations=6),
        functools.partial(mesh, 600, peers=3, granularity=Granularity.LOCATION, locations=300),
        lambda: topology(
            [(f"node-{n}", f"location-with-{'a-very-' * 30}long-name-{n}") for n in range(2000)], ["laptop"]
        ),
    ],
    ids=["full", "locations", "many locations"],
)
def test_a_flowchart_of_locations_stays_below_the_limits_of_mermaid(large: Callable[[], Topology]) -> None:
    drawn = large()
    assert not mermaid_parts.is_drawn(text(drawn))
    grouped = mermaid_of_locations(drawn)
    assert len(grouped) <= 50_000
    assert mermaid_parts.edges(grouped) <= 500
    assert mermaid_parts.edges(grouped) > 0


def test_a_location_shows_its_leader_or_how_many_tunnels_it_has() -> None:
    lines = mermaid_of_locations(topology([("n", "a"), ("o", "a"), ("p", "")], ["laptop"]))
    assert '  g1["a<br/>2 nodes<br/>leader n<br/>10.4.0.2<br/>203.0.113.1#58;51820"]:::c1leader\n' in lines
    assert '  g0["#40;no location#41;<br/>1 node<br/>leader p' in lines
    assert "  g0 === g1\n" in lines
    assert "  g1 -.- peers\n" in lines
    full = mermaid_of_locations(topology([("n", "a"), ("o", "a"), ("p", "b")], granularity=Granularity.FULL))
    assert '  g0 ===|"2 x 1 tunnels"| g1\n' in full


@pytest.mark.slow
@pytest.mark.parametrize(("nodes", "peers", "locations"), [(40, 4, 3), (900, 3, 30)])
def test_mermaid_draws_every_location(
    browser: Browser, tmp_path: Path, nodes: int, peers: int, locations: int
) -> None:
    drawn = mesh(nodes, peers=peers, locations=locations)
    grouped = mermaid_of_locations(drawn)
    draw(browser, tmp_path, grouped)
    assert browser.execute_script(
        "return document.querySelectorAll('.edgePaths > path').length"
    ) == mermaid_parts.edges(grouped)
    shown = {lines[0] for lines in labels(browser, ".node")}
    assert shown >= {node.location for segment in drawn.segments for node in segment.nodes}


def test_fully_meshed_nodes_are_in_the_box_of_their_location() -> None:
    drawn = text(topology([("n", "a"), ("o", "a"), ("p", "")], granularity=Granularity.FULL))
    assert re.findall(r"^  subgraph (.*)$", drawn, re.MULTILINE) == ['s0["a"]', 's1["#40;no location#41;"]']
    assert re.findall(r"^  (n\w) === (n\w)$", drawn, re.MULTILINE) == [("n0", "n1"), ("n0", "n2"), ("n1", "n2")]


def test_nodes_that_are_not_ready_have_a_box_of_their_own() -> None:
    one = mesh(3)
    drawn = mermaid.mermaid(one, [("gone", "last seen 2h ago")])
    assert '  subgraph out["not ready"]\n    o0["gone<br/>last seen 2h ago"]:::ghost\n  end\n' in drawn
    assert '  out["1 node<br/>not ready"]:::ghost\n' in mermaid_of_locations(one, [("gone", "x")])
    assert "ghost" not in text(one) + mermaid_of_locations(one)


@given(hostile_topologies(), st.lists(st.tuples(hostile_text, hostile_text), max_size=2))
def test_no_text_breaks_out_of_its_label(drawn: Topology, out: list[tuple[str, str]]) -> None:
    both = mermaid.mermaid(drawn, out) + mermaid_of_locations(drawn, out)
    for line in both.removesuffix("\n").split("\n"):
        assert LINE.fullmatch(line)


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [mesh(30, peers=4, granularity=Granularity.LOCATION), mesh(60, peers=3)])
def test_mermaid_draws_every_node_and_every_edge(browser: Browser, tmp_path: Path, drawn: Topology) -> None:
    draw(browser, tmp_path, text(drawn))
    assert browser.execute_script(
        "return document.querySelectorAll('.edgePaths > path').length"
    ) == mermaid_parts.edges(text(drawn))
    shown = {lines[0] for lines in labels(browser, ".node")}
    assert shown >= {node.name for segment in drawn.segments for node in segment.nodes}
    assert shown >= {peer.name for peer in drawn.peers}


@pytest.mark.slow
def test_mermaid_shows_markup_and_markdown_as_it_is_written(browser: Browser, tmp_path: Path) -> None:
    draw(browser, tmp_path, text(topology([(name, name) for name in NAMES], NAMES, Granularity.FULL)))
    assert_shown(browser, NAMES)
    titles = {" ".join(visible(name).split()) for name in NAMES}
    assert {lines[0] for lines in labels(browser, ".cluster")} == {*titles, "peers"}


@pytest.mark.slow
@given(st.lists(hostile_text, min_size=30, max_size=30, unique_by=visible))
@BATCHED
def test_mermaid_shows_every_name_as_it_is_written(browser: Browser, tmp_path: Path, names: list[str]) -> None:
    draw(browser, tmp_path, text(topology([(name, "a") for name in names], names[:3], Granularity.FULL)))
    assert_shown(browser, names)


def assert_shown(browser: Browser, names: Sequence[str]) -> None:
    expected = {" ".join(visible(name).split()) for name in names}
    hub = f"{math.comb(len(names), 2)} tunnels"
    assert {lines[0] for lines in labels(browser, ".node")} - {hub} == expected
    marked = "return [...document.querySelectorAll('.nodeLabel *')].map(one => one.tagName)"
    assert set(browser.execute_script(marked)) <= {"P", "BR"}


def draw(browser: Browser, folder: Path, flowchart: str) -> None:
    """Let the real Mermaid draw, with the settings that it has by itself."""
    page = folder / "mermaid.html"
    page.write_text(
        f'<meta charset="utf-8"><main></main><script src="{module("mermaid/dist/mermaid.min.js")}"></script>'
    )
    browser.get(page.as_uri())
    script = """
        const [text, done] = arguments;
        mermaid.initialize({ startOnLoad: false });
        mermaid.render("drawn", text).then(
            ({ svg }) => { document.querySelector("main").innerHTML = svg; done(""); },
            (error) => done(String(error)),
        );
    """
    assert browser.execute_async_script(script, flowchart) == ""


def labels(browser: Browser, kind: str) -> list[list[str]]:
    """Return the lines of each label as they are seen, without spaces of no width."""
    script = """
        return [...document.querySelectorAll(`${arguments[0]} .nodeLabel`)].map((label) =>
            label.innerHTML.split(/<br ?.?>/).map((line) => {
                const element = document.createElement("p");
                element.innerHTML = line.replaceAll("\u200b", "");
                return element.textContent.split(/\\s+/).filter(Boolean).join(" ");
            }));
    """
    found: list[list[str]] = browser.execute_script(script, kind)
    return found
