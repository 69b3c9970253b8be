"""The picture that kgctl designs: what it says, and that nothing of it lies on anything else."""

import itertools
import os
import re
import shutil
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgctl_py.cluster.open import Options, open_cluster
from kgctl_py.escape_text import visible
from kgctl_py.mesh.build_with_agreed_settings import build_topology
from kgctl_py.mesh.nodes_and_peers import Granularity, Mesh
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import colours
from kgctl_py.render.graph.picture.box_geometry import NARROWEST, WIDEST, Box, bounds
from kgctl_py.render.graph.picture.choose_layout import placed_scene
from kgctl_py.render.graph.picture.drawing import DrawingStyle, drawing
from kgctl_py.render.graph.picture.location_cards import location_cards
from kgctl_py.render.graph.picture.peers_card import peers_card
from kgctl_py.render.graph.picture.rings import on_a_ring
from kgctl_py.render.graph.picture.text_width import text_width
from kgctl_py.render.graph.picture.title_and_legend import page_of
from kgctl_py.render.graph.run_graphviz import Detail, Format, Theme, placed_picture
from kgctl_py.value import replace
from tests.in_memory import EXAMPLE, Cluster, node, peer
from tests.render.meshes import hostile_text, ready_mesh

pytestmark = pytest.mark.skipif(not shutil.which("neato"), reason="needs Graphviz: `neato` is not installed")

FULL, LOCATION = Granularity.FULL, Granularity.LOCATION
SIZES = [
    (1, 0, LOCATION, 1, 0),
    (3, 2, LOCATION, 3, 0),
    (2, 1, FULL, 1, 1),
    (8, 4, FULL, 3, 1),
    (20, 2, FULL, 9, 1),
    (30, 4, LOCATION, 6, 3),
    (30, 4, FULL, 6, 0),
    (60, 5, FULL, 9, 3),
    (100, 20, LOCATION, 8, 9),
    (100, 20, FULL, 12, 0),
    (130, 9, Granularity.CROSS, 13, 5),
    (200, 40, FULL, 6, 20),
    (200, 40, LOCATION, 12, 30),
    pytest.param((500, 60, LOCATION, 60, 7), marks=pytest.mark.slow),
    pytest.param((1000, 300, FULL, 40, 50), marks=pytest.mark.slow),
]


def example(granularity: Granularity | None = None) -> tuple[Mesh, Topology]:
    mesh = open_cluster(Options(from_file=(str(EXAMPLE),), resolve=False)).mesh()
    return mesh, build_topology(mesh, granularity=granularity, look_up=lambda _: {})


def svg(mesh: Mesh, topology: Topology, style: DrawingStyle | None = None) -> ET.Element:
    style = style or DrawingStyle(source="kind-prod")
    return ET.fromstring(placed_picture(drawing(mesh, topology, style), Format.SVG))


def texts(picture: ET.Element) -> list[str]:
    return [" ".join((text.text or "").replace("\xa0", " ").split()) for text in picture.iterfind(".//{*}text")]


def node_boxes(picture: ET.Element, names: str) -> dict[str, Box]:
    """Return the boxes that are drawn for the nodes whose names match, by the outline of each."""
    found = {}
    for group in picture.iterfind(".//{*}g[@class='node']"):
        name = group.findtext("{*}title", "")
        if re.fullmatch(names, name):
            outlines = [
                one.get("d") or one.get("points") or "" for one in group if one.tag[-4:] in ("path", "ygon")
            ]
            numbers = [float(number) for text in outlines for number in re.findall(r"-?\d+\.?\d*", text)]
            xs, ys = numbers[::2], numbers[1::2]
            found[name] = Box(
                x=(min(xs) + max(xs)) / 2,
                y=(min(ys) + max(ys)) / 2,
                width=max(xs) - min(xs),
                height=max(ys) - min(ys),
            )
    return found


def lines(picture: ET.Element) -> list[tuple[str, str]]:
    """Return the ends of the lines between cards, or between the locations of a map."""
    titles = [edge.findtext("{*}title", "") for edge in picture.iterfind(".//{*}g[@class='edge']")]
    return [(one, other) for one, _, other in (text.partition("--") for text in titles) if one[0] in "cm"]


def legend_end(picture: ET.Element) -> tuple[str, float]:
    """Return the last text of the legend, and where it ends at most."""
    text = picture.findall(".//{*}text")[-1]
    size = float((text.get("font-size") or "").removesuffix("px"))
    return text.text or "", float(text.get("x") or 0) + text_width(text.text or "", size)


def test_the_example_says_all_that_is_known() -> None:
    said = texts(svg(*example()))
    assert said[:2] == [
        "Kilo mesh · kind-prod · 2026-01-01 09:00 UTC",
        "10.4.0.0/16 · granularity location · 3 locations · 8 nodes (1 not ready) · 4 peers",
    ]
    assert {"berlin", "4 nodes, 1 not ready", "berlin-1", "leader", "10.4.0.1", "203.0.113.11:51820"} <= set(said)
    assert {"10.42.2.0/24", "2001:db8:2:1::23", "10.9.0.0/24", "paris.example.com:51820"} <= set(said)
    assert {"not ready", "berlin-4", "10.42.4.0/24", "last seen 2h13m ago"} <= set(said)
    assert {"Peers", "laptop", "10.5.0.1/32", "ann@example.com", "10.5.0.3/32, 192.168.50.0/24"} <= set(said)


def test_a_discovered_endpoint_replaces_the_one_that_others_contradict() -> None:
    said = texts(svg(*example()))
    assert "198.51.100.77:40312 ~" in said
    assert "~ discovered: the address at which others see it" in said
    assert "192.168.1.10:51820" not in said


def test_what_repeats_is_said_once() -> None:
    said = texts(svg(*example()))
    assert said.count("berlin") == 1
    assert not [text for text in said if "location:" in text]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_node_is_named_and_nothing_lies_on_anything_else_on_a_page_of_good_shape(
    size: tuple[int, int, Granularity, int, int],
) -> None:
    nodes, peers, granularity, locations, out = size
    mesh, topology = ready_mesh(nodes, peers, granularity, locations, out)
    picture = svg(mesh, topology)
    said = texts(picture)
    assert {node.name for node in mesh.nodes} <= set(said)
    assert len([text for text in said if text.startswith("peer-")]) == peers
    cards = node_boxes(picture, r"c\d+")
    places = cards | node_boxes(picture, r"m\d+")
    labels = node_boxes(picture, r"t\d+_\d+|to_peers")
    assert len(cards) >= 1
    for (one, box), (other, second) in itertools.combinations({**places, **labels}.items(), 2):
        assert not box.is_near(second, 0), f"{one} lies on {other}"
    last, right = legend_end(picture)
    assert right <= float((picture.get("width") or "").removesuffix("pt")), last
    for start, end in lines(picture):
        for name in places.keys() - {start, end}:
            assert not places[name].is_crossed(places[start], places[end], 0), f"{start}--{end} crosses {name}"
    width, height = (float((picture.get(side) or "").removesuffix("pt")) for side in ("width", "height"))
    assert NARROWEST - 0.01 <= width / height <= WIDEST + 0.01
    left, top, wide, high = map(float, (picture.get("viewBox") or "").split())
    assert (left, top) == (0, 0)
    for box in cards.values():
        assert box.width <= wide
        assert box.height <= high


def test_a_thousand_nodes_are_drawn_in_two_seconds() -> None:
    mesh, topology = ready_mesh(1000, 100, FULL, 40)
    before = os.times()
    placed_picture(drawing(mesh, topology, DrawingStyle()), Format.SVG)
    after = os.times()
    assert after.user - before.user < 2  # usually half a second
    assert after.children_user - before.children_user < 2  # Graphviz, usually a fifth of a second


def test_fully_meshed_locations_have_one_line_that_says_how_many_tunnels_it_is() -> None:
    picture = svg(*ready_mesh(15, 0, FULL, 2))
    assert "8 \N{MULTIPLICATION SIGN} 7 tunnels" in texts(picture)
    assert "8 nodes, 28 tunnels inside" in texts(picture)
    assert "tunnel between ready nodes" in texts(picture)
    assert (
        len([edge for edge in picture.iterfind(".//{*}g[@class='edge']") if "c0" in edge.findtext("{*}title", "")])
        == 1
    )


def test_up_to_thirteen_locations_a_map_has_a_line_between_each_two() -> None:
    said, drawn = texts(svg(*ready_mesh(60, 3, FULL, 12))), lines(svg(*ready_mesh(60, 3, FULL, 12)))
    assert drawn == [(f"m{n}", f"m{m}") for n, m in itertools.combinations(range(12), 2)]
    assert said.count("5 \N{MULTIPLICATION SIGN} 5") == 66
    assert "2 \N{MULTIPLICATION SIGN} 3: number of tunnels between two locations" in said
    by_location = svg(*ready_mesh(60, 3, LOCATION, 13))
    assert (len(lines(by_location)), node_boxes(by_location, r"t\d+_\d+")) == (78, {})
    assert lines(svg(*ready_mesh(60, 3, FULL, 14))) == []


@pytest.mark.parametrize("locations", range(9, 14))
@pytest.mark.parametrize("each", [2, 40])
def test_on_a_map_no_number_hides_another(locations: int, each: int) -> None:
    cards = location_cards(*ready_mesh(locations * each, 0, FULL, locations), Detail.LOCATION)
    scene = placed_scene(cards, None)
    assert len(scene.map.pills) == locations * (locations - 1) / 2
    for one, other in itertools.combinations((*scene.map.dots, *scene.map.pills), 2):
        assert not one.is_near(other, 2)


def test_nodes_and_peers_are_listed_in_the_order_in_which_people_count() -> None:
    mesh, topology = ready_mesh(12, 11, locations=1)
    peers = peers_card(mesh, topology, Detail.FULL)
    assert peers
    (card,) = location_cards(mesh, topology, Detail.FULL)
    assert [row.cells[0] for row in card.rows] == [f"node-{number}" for number in range(12)]
    assert [row.cells[0] for row in peers.rows] == [f"peer-{number}" for number in range(11)]


@pytest.mark.parametrize("detail", [Detail.LOCATION, Detail.FULL])
@pytest.mark.parametrize("granularity", [LOCATION, FULL])
@pytest.mark.parametrize(
    ("nodes", "locations", "out"),
    [(200, 12, 20), (500, 40, 9), pytest.param(1000, 60, 40, marks=pytest.mark.slow)],
)
def test_a_picture_in_a_frame_fills_its_page(
    nodes: int, locations: int, out: int, granularity: Granularity, detail: Detail
) -> None:
    mesh, topology = ready_mesh(nodes, nodes // 5, granularity, locations, out)
    scene = placed_scene(location_cards(mesh, topology, detail), peers_card(mesh, topology, detail))
    page = page_of(scene, ("title", "subtitle"))
    filled = [*scene.boxes, *([bounds(scene.map.dots)] if scene.map.dots else [])]
    assert sum(box.width * box.height for box in filled) > 0.4 * page.width * page.height


def test_with_granularity_cross_no_tunnel_is_inside_a_location() -> None:
    assert "8 nodes" in texts(svg(*ready_mesh(15, 0, Granularity.CROSS, 2)))
    said = texts(svg(*ready_mesh(40, 0, Granularity.CROSS, 20)))
    assert "760 tunnels, one between each pair of ready nodes in different locations" in said


def test_many_locations_stand_in_a_frame_that_counts_their_tunnels() -> None:
    said = texts(svg(*ready_mesh(60, 3, LOCATION, 20)))
    assert "190 tunnels, one between each pair of leaders" in said
    assert "20 \N{MULTIPLICATION SIGN} 3 tunnels" in said


def test_above_thirty_nodes_a_location_lists_its_nodes_unless_all_is_wanted() -> None:
    few, many = ready_mesh(30), ready_mesh(31)

    def has_addresses(mesh: Mesh, topology: Topology, detail: Detail) -> bool:
        return any(row.cells[1:] for card in location_cards(mesh, topology, detail) for row in card.rows)

    assert has_addresses(*few, Detail.AUTO)
    assert not has_addresses(*few, Detail.LOCATION)
    assert not has_addresses(*many, Detail.AUTO)
    assert has_addresses(*many, Detail.FULL)


def columns(picture: ET.Element) -> list[list[str]]:
    """Return the texts of each card from top to bottom, column after column."""
    return [
        [" ".join((text.text or "").replace("\xa0", " ").split()) for text in group.iterfind(".//{*}text")]
        for group in picture.iterfind(".//{*}g[@class='node']")
        if re.fullmatch(r"c\d+", group.findtext("{*}title", ""))
    ]


def home_and_others(**home: str) -> tuple[Mesh, Topology]:
    """A mesh of three locations, of which home has a private endpoint."""
    own = {"endpoint": "192.168.1.10:51820", "internal_ip": "192.168.1.10/24", **home}
    cluster = Cluster(
        [node("berlin-1", 1, "berlin"), node("home-1", 2, "home", **own), node("oslo-1", 3, "oslo")],
        [peer("phone", 1)],
    )
    return cluster.mesh(), cluster.topology()


def arrows(picture: ET.Element, kind: str = "c") -> set[str]:
    """Return the lines between cards, or on a map, that have an arrow."""
    edges = [edge for edge in picture.iterfind(".//{*}g[@class='edge']") if edge.find("{*}polygon") is not None]
    titles = {edge.findtext("{*}title", "") for edge in edges}
    return {title for title in titles if title.startswith(kind)}


def test_a_location_behind_nat_says_so_and_points_at_those_that_it_calls() -> None:
    picture = svg(*home_and_others(persistent_keepalive="25"))
    said = texts(picture)
    assert {"behind NAT", "opens its tunnels, keepalive 25 s"} <= set(said)
    assert said.count("behind NAT") == 1
    assert arrows(picture) == {"c0--c1", "c1--c2"}  # berlin, home, oslo
    assert "the end behind NAT opens it; without an arrow, either end may" in said
    assert "each peer has a tunnel to each leader, which the peer opens" in said


def test_without_a_keepalive_it_is_only_said_that_the_endpoint_is_private() -> None:
    picture = svg(*home_and_others())
    said = texts(picture)
    assert ("behind NAT" in said, "private endpoint" in said, arrows(picture)) == (False, True, set())
    assert not [text for text in said if "arrow" in text]


def test_a_keepalive_alone_is_shown_as_such() -> None:
    picture = svg(*home_and_others(persistent_keepalive="25", endpoint="203.0.113.9:51820"))
    said = texts(picture)
    assert ("keepalive" in said, "25 s" in said, "behind NAT" in said) == (True, True, False)
    assert arrows(picture) == set()


def test_on_a_map_a_location_behind_nat_has_arrows_too() -> None:
    nodes = [node(f"n-{n}", n, f"location-{n:02}") for n in range(1, 13)]
    hidden = node("home-1", 20, "home", endpoint="192.168.1.10:51820", persistent_keepalive="25")
    cluster = Cluster([*nodes, hidden])
    picture = svg(cluster.mesh(), cluster.topology())
    assert "1 node, behind NAT" in texts(picture)
    assert arrows(picture, "m") == {f"m0--m{n}" for n in range(1, 13)}


def test_without_lines_a_sentence_says_who_opens_the_tunnels() -> None:
    nodes = [node(f"n-{n}", n, f"location-{n:02}") for n in range(1, 16)]
    hidden = node("home-1", 20, "home", endpoint="192.168.1.10:51820", persistent_keepalive="25")
    cluster = Cluster([*nodes, hidden])
    sentence = "behind NAT: opens its tunnels; either end may open the others"
    assert sentence in texts(svg(cluster.mesh(), cluster.topology()))
    assert sentence not in texts(svg(Cluster(nodes).mesh(), Cluster(nodes).topology()))


@pytest.mark.parametrize("detail", [Detail.LOCATION, Detail.FULL])
def test_of_fully_meshed_nodes_those_behind_nat_are_marked(detail: Detail) -> None:
    hidden = {"endpoint": "192.168.1.10:51820", "persistent_keepalive": "25"}
    nodes = [
        *(node(f"berlin-{n}", n, "berlin", **(hidden if n == 2 else {})) for n in range(1, 8)),
        *(node(f"home-{n}", n + 10, "home", **hidden) for n in range(2)),
    ]
    mesh, topology = Cluster(nodes).mesh(), Cluster(nodes).topology(FULL)
    picture = svg(mesh, topology, DrawingStyle(detail=detail))
    berlin, home = columns(picture)
    assert berlin.count("behind NAT") == 1
    assert home[2:4] == ["behind NAT", "they open their tunnels, keepalive 25 s"]
    assert home.count("behind NAT") == 1
    assert arrows(picture) == {"c0--c1"}
    assert "the end behind NAT opens it; without an arrow, either end may, except as marked" in texts(picture)


@pytest.mark.parametrize("detail", [Detail.LOCATION, Detail.FULL])
def test_a_location_that_is_only_partly_behind_nat_has_no_arrow(detail: Detail) -> None:
    hidden = node("berlin-0", 1, "berlin", endpoint="192.168.1.10:51820", persistent_keepalive="25")
    open_nodes = [node(f"n-{n}", n, "berlin" if n < 9 else "oslo") for n in range(2, 12)]
    cluster = Cluster([hidden, *open_nodes])
    picture = svg(cluster.mesh(), cluster.topology(FULL), DrawingStyle(detail=detail))
    assert arrows(picture) == set()
    assert "a node behind NAT opens its tunnels" in texts(picture)


def test_a_listed_node_has_its_addresses_and_one_with_tunnels_those_of_them() -> None:
    style = DrawingStyle(detail=Detail.LOCATION)
    mesh, topology = ready_mesh(6, 1, FULL, 3)
    first = columns(svg(mesh, topology, style))[0]
    nodes = [node for node in mesh.nodes if node.location == "location-0"]
    assert first == [
        *("location-0", "2 nodes, 1 tunnel inside", "node", "pod CIDR", "internal IP", "WireGuard IP", "endpoint"),
        *(node.name for node in nodes),
        *(str(node.subnet) for node in nodes),
        *(str(node.internal_ip.ip) for node in nodes if node.internal_ip),
        *(str(topology.segment_of(node.name).wireguard_ip) for node in nodes),
        *(str(node.endpoint) for node in nodes),
    ]
    mesh, topology = ready_mesh(6, 1, LOCATION, 3)
    picture = svg(mesh, topology, style)
    leader, other = topology.segments[0].nodes
    assert other.internal_ip
    heads = ["node", "pod CIDR", "internal IP"]
    assert columns(picture)[0][-6:] == [*heads, other.name, str(other.subnet), str(other.internal_ip.ip)]
    assert {"leader", leader.name, str(leader.subnet)} <= set(columns(picture)[0])
    assert "each peer has a tunnel to each leader, which the peer opens" in texts(picture)


@pytest.mark.parametrize("detail", [Detail.LOCATION, Detail.FULL])
def test_a_node_that_is_not_ready_has_its_pod_cidr_and_the_reason(detail: Detail) -> None:
    mesh, topology = ready_mesh(90, 1, LOCATION, 3, out=80)
    (card, *_) = columns(svg(mesh, topology, DrawingStyle(detail=detail)))
    out = [node for node in mesh.nodes if node.location == "location-0" and node.last_seen < mesh.now - 3600]
    heads = card.index("not ready")
    assert card[heads : heads + 3] == ["not ready", "pod CIDR", "reason"]
    assert {node.name for node in out} | {str(node.subnet) for node in out} <= set(card[heads:])
    assert card[heads:].count("last seen 2h0m ago") == len(out) == 27


def test_a_listed_peer_has_the_network_behind_it_and_its_owner() -> None:
    said = columns(svg(*example(), DrawingStyle(detail=Detail.LOCATION)))
    (peers,) = (card for card in said if card[0] == "Peers")
    assert {"office", "10.5.0.3/32, 192.168.50.0/24", "laptop", "10.5.0.1/32", "owner", "ann@example.com"} <= set(
        peers
    )


def test_a_dark_picture_has_dark_ground_and_light_text() -> None:
    picture = svg(*example(), DrawingStyle(theme=Theme.DARK))
    ground = picture.find("./{*}g/{*}polygon")
    title = picture.find(".//{*}text")
    assert ground is not None
    assert title is not None
    assert int((ground.get("fill") or "")[1:3], 16) < 0x30
    assert int((title.get("fill") or "")[1:3], 16) > 0xC0


def test_a_location_without_a_name_is_called_that() -> None:
    mesh, topology = ready_mesh(2, locations=1)
    nameless = Mesh.of([replace(node, location="") for node in mesh.nodes], (), mesh.now)
    built = build_topology(nameless, granularity=LOCATION, look_up=lambda _: {})
    assert "(no location)" in texts(svg(nameless, built))
    assert topology.segments


def test_locations_do_not_share_a_colour() -> None:
    assert len({colour.strong for colour in colours(f"location-{n}" for n in range(60)).values()}) == 60


@settings(max_examples=15, deadline=None)
@given(st.lists(hostile_text, min_size=1, max_size=4, unique=True), hostile_text, hostile_text)
def test_every_name_is_shown_as_it_is_written(names: list[str], location: str, source: str) -> None:
    mesh, _ = ready_mesh(len(names), len(names))
    nodes = [replace(node, name=name, location=location) for node, name in zip(mesh.nodes, names, strict=True)]
    peers = [replace(peer, name=name) for peer, name in zip(mesh.peers, names, strict=True)]
    hostile = Mesh.of(nodes, peers, mesh.now)
    topology = build_topology(hostile, granularity=LOCATION, look_up=lambda _: {})
    said = texts(svg(hostile, topology, DrawingStyle(source=source)))
    for name in (*names, location):
        shown = " ".join(visible(name).split())
        assert any(text == shown or ("…" in text and shown.startswith(text.partition("…")[0])) for text in said)


@settings(max_examples=8, deadline=None)
@given(st.lists(hostile_text, min_size=9, max_size=12, unique_by=visible), st.sampled_from([FULL, LOCATION]))
def test_every_location_of_a_map_is_shown_as_it_is_written(places: list[str], granularity: Granularity) -> None:
    mesh, _ = ready_mesh(len(places))
    nodes = [replace(node, location=place) for node, place in zip(mesh.nodes, places, strict=True)]
    hostile = Mesh.of(nodes, (), mesh.now)
    topology = build_topology(hostile, granularity=granularity, look_up=lambda _: {})
    picture = svg(hostile, topology, DrawingStyle(detail=Detail.LOCATION))
    assert len(node_boxes(picture, r"m\d+")) == len(places)
    for place in places:
        shown = " ".join(visible(place).split())
        both = [
            text
            for text in texts(picture)
            if text == shown or ("…" in text and shown.startswith(text.partition("…")[0]))
        ]
        assert len(both) >= 2, place


@given(st.lists(st.tuples(st.integers(80, 600), st.integers(40, 500)), min_size=1, max_size=8), st.booleans())
@settings(max_examples=15, deadline=None)
def test_on_a_ring_no_line_runs_over_a_third_box(sizes: list[tuple[int, int]], below: bool) -> None:
    ring = on_a_ring([Box(width=width, height=height) for width, height in sizes], last_is_below=below)
    for start, end in itertools.combinations(ring or [], 2):
        assert not start.is_near(end, 0)
        assert not [box for box in ring or [] if box not in (start, end) and box.is_crossed(start, end, 0)]
