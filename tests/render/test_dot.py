import itertools
import shutil
import tracemalloc

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from kgctl_py.escape_text import visible
from kgctl_py.mesh.nodes_and_peers import Granularity
from kgctl_py.mesh.topology import Topology
from kgctl_py.render.graph.colours import colours
from kgctl_py.render.graph.go_kgctl_dot import dot, quoted_id, quoted_label
from kgctl_py.render.graph.run_graphviz import Engine, Format, picture
from tests.oracle import drawing
from tests.render.meshes import drawn_lines, hostile_text, hostile_topologies, mesh, sizes, topology

BATCHED = settings(max_examples=5, phases=[Phase.generate])  # each example is one run of Graphviz


def text(drawn: Topology) -> str:
    return "".join(dot(drawn))


def test_a_leader_shows_its_tunnel_and_the_others_do_not() -> None:
    drawn = text(topology([("n", "a"), ("o", "a")]))
    assert '"n" [label="location:a\\nn\\n10.42.1.0/24\\n10.1.0.1\\n10.4.0.1\\n203.0.113.1:51820", ' in drawn
    assert '"o" [label="location:a\\no\\n10.42.2.0/24\\n10.1.0.2"]' in drawn


def test_a_peer_with_the_name_of_a_node_is_a_node_of_its_own_where_they_are_kept_apart() -> None:
    drawn = topology([("a", "x"), ("peer:a", "x")], ["a", "b"])
    (graph,) = drawing.read(["".join(dot(drawn, apart=True))])
    _, (_, _, peers) = graph["clusters"]
    assert peers == [["b", ["b"]], ["peer:peer:a", ["a"]]]
    assert ["a", "peer:peer:a", "both", True] in graph["edges"]


def test_a_layout_is_written_only_if_asked_for() -> None:
    assert "layout=" not in text(mesh(3))
    assert "\tlayout=circo;\n" in "".join(dot(mesh(3), "circo"))


@given(st.lists(hostile_topologies(), min_size=10, max_size=10))
@BATCHED
def test_no_text_breaks_out_of_the_graph(topologies: list[Topology]) -> None:
    texts = ["".join(dot(one, apart=True)) for one in topologies]
    assert all(character.isprintable() or character in "\t\n" for character in "".join(texts))
    graphs = drawing.read(texts)
    found = [(len(g["clusters"]), sum(len(nodes) for *_, nodes in g["clusters"]), len(g["edges"])) for g in graphs]
    assert found == sizes(topologies)


@pytest.mark.skipif(not shutil.which("dot"), reason="needs Graphviz: `dot` is not installed")
@given(st.lists(hostile_text, min_size=30, max_size=30, unique=True))
@BATCHED
def test_a_picture_shows_every_text_as_it_is_written(names: list[str]) -> None:
    drawn = topology([(name, "a") for name in names], granularity=Granularity.FULL)
    svg = picture(dot(drawn), Format.SVG, Engine.SFDP)
    shown = {lines[1] for lines in drawn_lines(svg, "node")}
    assert shown == {visible(name) if len(visible(name)) <= 120 else cut(visible(name)) for name in names}


def cut(name: str) -> str:
    return f"{name[:60]}…{name[-60:]}"


@given(hostile_text, hostile_text)
@example("a\nb", "a\\nb")
@example("\\\n", "\\\\n")
@example("\x1b", "\\x1b")
@example('"', '\\"')
@example("\\", "\\\\")
def test_texts_that_differ_have_identifiers_that_differ(one: str, other: str) -> None:
    assert (quoted_id(one) == quoted_id(other)) == (one == other)


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        ((), '""'),
        (("a", "", None, 7), '"a\\n7"'),
        (('we"ird',), '"we\\"ird"'),
        (("x\\y",), '"x\\y"'),
        (("x\\N",), '"x\\\\N"'),
        (("x\\",), '"x\\\\"'),
        (("x\ny",), '"x\\\\ny"'),
        (("R&D &lt; &#92;",), '"R&D &amp;lt; &amp;#92;"'),
    ],
)
def test_a_label_is_escaped_where_graphviz_would_read_something_else(
    lines: tuple[object, ...], label: str
) -> None:
    assert quoted_label(*lines) == label


def test_the_graph_of_many_nodes_is_never_held_whole() -> None:
    large = mesh(400, peers=50)
    tracemalloc.start()
    characters = sum(map(len, dot(large)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert characters > 2_000_000
    assert peak < 500_000


def test_eight_locations_have_eight_colours_which_do_not_depend_on_the_order() -> None:
    names = [f"location-{n}" for n in range(8)]
    given_colours = colours(names)
    assert len({(colour.strong, colour.tint, colour.pale) for colour in given_colours.values()}) == 8
    assert colours(reversed(names)) == given_colours


def test_a_leader_stands_out_and_a_full_mesh_has_the_colours_of_its_locations() -> None:
    members, leaders = text(topology([("n", "a"), ("o", "a")])), text(mesh(4, locations=2))
    assert [line.count("penwidth=3") for line in members.splitlines() if 'label="location:a\\n' in line] == [1, 0]
    clusters = [line for line in leaders.splitlines() if 'label="node:' in line and "fontcolor" in line]
    strong = [line.partition('color="')[2][:7] for line in clusters]
    assert strong[0] == strong[2] != strong[1] == strong[3]


def test_the_more_edges_the_fainter() -> None:
    styles = [line for n in (3, 30, 300) for line in dot(mesh(n)) if line.startswith('\tedge [color="#334155')]
    opacities = [int(style.partition("#334155")[2][:2], 16) for style in styles]
    assert opacities == sorted(opacities, reverse=True)
    assert len(set(opacities)) == 3
    assert [("arrowhead=none" in style) for style in styles] == [False, True, True]


def test_lines_come_one_by_one() -> None:
    assert next(itertools.islice(dot(mesh(1000)), 10_000, None)).count("\n") == 1
